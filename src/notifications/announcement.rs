//! A letter about anything but an order: its words, and the facts that they tell.
//!
//! A new kind is a variant of [`News`] with its two files of words, and a [`Announcement`] made of its event, as
//! `about_requests.rs` does. Words name facts in braces, out of [`NAMES`]; one that is not told is empty, and can be asked
//! for.

use std::collections::BTreeMap;

use super::order_letter::{self, Page};
use super::store::Person;
use crate::kernel::Language;
use crate::kernel::text_enum::text_enum;
use crate::mail::{Template, compose};

text_enum! {
    /// One kind of letter about anything but an order.
    News {
        /// To officers: a buyer asks for something that they could make.
        RequestAsked = "request-asked",
        /// To who asked: a group has made an offer.
        OfferMade = "offer-made",
        /// To who asked: a group has changed its offer.
        OfferChanged = "offer-changed",
        /// To who asked: a group has taken its offer back.
        OfferWithdrawn = "offer-withdrawn",
        /// To officers: their offer was not taken.
        OfferLapsed = "offer-lapsed",
        /// To who asked: nobody offered enough in time.
        RequestExpired = "request-expired",
        /// To officers: a market day to which they bring something was moved.
        MarketMoved = "market-moved",
        /// To officers: a market day to which they bring something is not held.
        MarketCancelled = "market-cancelled",
        /// To the buyer: nothing of a standing order can be had that day.
        StandingRefused = "standing-refused",
        /// To the buyer: not all of a standing order can be had that day.
        StandingShort = "standing-short",
        /// To the buyer: a standing order waits to be confirmed.
        StandingReminder = "standing-reminder",
        /// To the buyer: a standing order was not confirmed.
        StandingLapsed = "standing-lapsed",
        /// To the buyer: a standing order is paused with its groups.
        StandingPaused = "standing-paused",
        /// To the buyer: a standing order goes on with its groups.
        StandingResumed = "standing-resumed",
        /// To the buyer: a cooperative proposes a contract.
        ContractProposed = "contract-proposed",
        /// To the board: a buyer has accepted a contract.
        ContractAccepted = "contract-accepted",
        /// To the board: a buyer has declined a contract.
        ContractDeclined = "contract-declined",
        /// To the buyer and the board: a contract is over.
        ContractEnded = "contract-ended",
        /// To the buyer: a month's invoice.
        InvoiceIssued = "invoice-issued",
        /// To the buyer: an invoice is overdue.
        InvoiceOverdue = "invoice-overdue",
        /// To board and treasury: a QRIS code that pays someone else waits for a second person.
        QrisProposed = "qris-proposed",
        /// To board and treasury: buyers pay by another QRIS code.
        QrisSet = "qris-set",
    }
}

macro_rules! words {
    ($news:expr, $language:expr, $($variant:ident = $file:literal),* $(,)?) => {
        match ($news, $language) {
            $(
                (News::$variant, Language::Indonesian) => include_str!(concat!("templates/", $file, ".id.txt")),
                (News::$variant, Language::English) => include_str!(concat!("templates/", $file, ".en.txt")),
            )*
        }
    };
}

impl News {
    /// Its words: a line for the subject, a line for the heading, and what is told.
    fn words(self, language: Language) -> &'static str {
        words!(
            self,
            language,
            RequestAsked = "request-asked",
            OfferMade = "offer-made",
            OfferChanged = "offer-changed",
            OfferWithdrawn = "offer-withdrawn",
            OfferLapsed = "offer-lapsed",
            RequestExpired = "request-expired",
            MarketMoved = "market-moved",
            MarketCancelled = "market-cancelled",
            StandingRefused = "standing-refused",
            StandingShort = "standing-short",
            StandingReminder = "standing-reminder",
            StandingLapsed = "standing-lapsed",
            StandingPaused = "standing-paused",
            StandingResumed = "standing-resumed",
            ContractProposed = "contract-proposed",
            ContractAccepted = "contract-accepted",
            ContractDeclined = "contract-declined",
            ContractEnded = "contract-ended",
            InvoiceIssued = "invoice-issued",
            InvoiceOverdue = "invoice-overdue",
            QrisProposed = "qris-proposed",
            QrisSet = "qris-set",
        )
    }
}

/// Every name that words may use. The reader's own is `name`, and `cooperative` whose letterhead it bears.
const NAMES: [&str; 17] = [
    "who",
    "caller",
    "what",
    "quantity",
    "missing",
    "day",
    "occasion",
    "budget",
    "until",
    "group",
    "product",
    "price",
    "total",
    "ready_on",
    "why",
    "day_before",
    "goods",
];

/// What is told, by the names that the words use.
pub(super) type Facts = BTreeMap<&'static str, String>;

/// One thing to be told to one person, in their language.
#[derive(Debug, Clone)]
pub(super) struct Announcement {
    pub(super) news: News,
    pub(super) to: Person,
    /// Whose letterhead it bears.
    pub(super) cooperative: String,
    pub(super) facts: Facts,
    /// Where more can be read.
    pub(super) link: Option<String>,
}

/// Writes the letter: subject, text and HTML.
pub(super) fn write(bulletin: &Announcement) -> Result<(String, String, String), minijinja::Error> {
    let language = bulletin.to.language;
    let mut lines = bulletin.news.words(language).splitn(2, '\n');
    let spoken =
        Template { subject: lines.next().unwrap_or_default(), text: lines.next().unwrap_or_default(), html: "" };
    let mut facts: Facts = NAMES.iter().map(|name| (*name, String::new())).collect();
    facts.extend(bulletin.facts.iter().map(|(name, fact)| (*name, fact.clone())));
    facts.insert("name", bulletin.to.name.clone());
    facts.insert("cooperative", bulletin.cooperative.clone());
    let (subject, told, _) = compose(&spoken, facts)?;
    let (heading, intro) = told.trim().split_once('\n').unwrap_or((told.trim(), ""));
    compose(
        &order_letter::PAGE,
        Page::told(
            language,
            subject,
            heading.to_owned(),
            intro.trim().to_owned(),
            bulletin.cooperative.clone(),
            bulletin.link.clone(),
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_news_can_be_written_in_both_languages_whatever_there_is_to_tell() {
        for news in News::ALL {
            let mut texts = Vec::new();
            for language in [Language::Indonesian, Language::English] {
                let whys = ["covered", "withdrawn", "expired"];
                for (why, full) in whys.into_iter().flat_map(|why| [(why, true), (why, false)]) {
                    let optional = ["who", "caller", "budget", "occasion"];
                    let mut facts: Facts = NAMES.iter().map(|name| (*name, format!("<{name}>"))).collect();
                    facts.insert("why", why.to_owned());
                    facts.retain(|name, _| full || !optional.contains(name));
                    let to = Person {
                        account: None,
                        name: "Contoh Budi".into(),
                        address: "budi@contoh.example".into(),
                        language,
                    };
                    let cooperative = "Koperasi Contoh Cihonje".to_owned();
                    let (subject, text, html) =
                        write(&Announcement { news: *news, to, cooperative, facts, link: None }).unwrap();
                    let told = text.split("--").next().unwrap();
                    for part in [subject.as_str(), told] {
                        assert!(!part.trim().is_empty() && !part.contains("{{"), "{news} {language}: {part}");
                        assert!(!part.contains("  ") && !part.contains(" ,") && !part.contains(" ."), "{news}: {part}");
                    }
                    assert!(html.contains("Koperasi Contoh Cihonje"), "{news} {language}");
                }
                texts.push(news.words(language));
            }
            assert_ne!(texts[0], texts[1], "{news} is told in one language only");
        }
    }
}
