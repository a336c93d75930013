//! Announcements: letters about anything but an order.
//!
//! A new kind is a variant of [`AnnouncementKind`] with its two template files, and an [`Announcement`] built from its
//! event, as in
//! `request_announcements.rs`. Templates name values in braces, out of [`VALUE_NAMES`]; a value that is not set is
//! empty, and templates can test for it.

use std::collections::BTreeMap;

use super::order_letter::{self, LetterPage};
use super::store::LetterRecipient;
use crate::kernel::Language;
use crate::kernel::text_enum::text_enum;
use crate::mail::{Template, compose};

text_enum! {
    /// Kind of an announcement.
    AnnouncementKind {
        /// To officers: a buyer requests something that they could make.
        RequestAsked = "request-asked",
        /// To the requester: a group has made an offer.
        OfferMade = "offer-made",
        /// To the requester: a group has changed its offer.
        OfferChanged = "offer-changed",
        /// To the requester: a group has withdrawn its offer.
        OfferWithdrawn = "offer-withdrawn",
        /// To officers: their offer was not accepted.
        OfferLapsed = "offer-lapsed",
        /// To the requester: there were not enough offers in time.
        RequestExpired = "request-expired",
        /// To officers: a market day with their offerings was moved.
        MarketMoved = "market-moved",
        /// To officers: a market day with their offerings was cancelled.
        MarketCancelled = "market-cancelled",
        /// To the buyer: nothing of a standing order is available that day.
        StandingRefused = "standing-refused",
        /// To the buyer: a standing order is available in part that day.
        StandingShort = "standing-short",
        /// To the buyer: a standing order waits to be confirmed.
        StandingReminder = "standing-reminder",
        /// To the buyer: a standing order was not confirmed.
        StandingLapsed = "standing-lapsed",
        /// To the buyer: a standing order is paused with its groups.
        StandingPaused = "standing-paused",
        /// To the buyer: a standing order is resumed with its groups.
        StandingResumed = "standing-resumed",
        /// To the buyer: a cooperative proposes a contract.
        ContractProposed = "contract-proposed",
        /// To the board: a buyer has accepted a contract.
        ContractAccepted = "contract-accepted",
        /// To the board: a buyer has declined a contract.
        ContractDeclined = "contract-declined",
        /// To the buyer and the board: a contract has ended.
        ContractEnded = "contract-ended",
        /// To the buyer: a month's invoice.
        InvoiceIssued = "invoice-issued",
        /// To the buyer: an invoice is overdue.
        InvoiceOverdue = "invoice-overdue",
        /// To board and treasurer: a QRIS code with another merchant waits for a second person.
        QrisProposed = "qris-proposed",
        /// To board and treasurer: buyers pay by another QRIS code.
        QrisSet = "qris-set",
    }
}

macro_rules! templates {
    ($kind:expr, $language:expr, $($variant:ident = $file:literal),* $(,)?) => {
        match ($kind, $language) {
            $(
                (AnnouncementKind::$variant, Language::Indonesian) => include_str!(concat!("templates/", $file, ".id.txt")),
                (AnnouncementKind::$variant, Language::English) => include_str!(concat!("templates/", $file, ".en.txt")),
            )*
        }
    };
}

impl AnnouncementKind {
    /// The template: a line for the subject, a line for the heading, and the text.
    fn template(self, language: Language) -> &'static str {
        templates!(
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

/// The names of all values except `name`, the recipient's, and `cooperative`, of the letterhead.
const VALUE_NAMES: [&str; 17] = [
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

/// Values of a template by name.
pub(super) type TemplateValues = BTreeMap<&'static str, String>;

/// An announcement to one recipient, in their language.
#[derive(Debug, Clone)]
pub(super) struct Announcement {
    pub(super) kind: AnnouncementKind,
    pub(super) recipient: LetterRecipient,
    /// The cooperative of the letterhead.
    pub(super) cooperative: String,
    pub(super) values: TemplateValues,
    pub(super) link: Option<String>,
}

/// Renders the letter: subject, text and HTML.
pub(super) fn render(announcement: &Announcement) -> Result<(String, String, String), minijinja::Error> {
    let language = announcement.recipient.language;
    let mut lines = announcement.kind.template(language).splitn(2, '\n');
    let template =
        Template { subject: lines.next().unwrap_or_default(), text: lines.next().unwrap_or_default(), html: "" };
    let mut values: TemplateValues = VALUE_NAMES.iter().map(|name| (*name, String::new())).collect();
    values.extend(announcement.values.iter().map(|(name, value)| (*name, value.clone())));
    values.insert("name", announcement.recipient.name.clone());
    values.insert("cooperative", announcement.cooperative.clone());
    let (subject, body, _) = compose(&template, values)?;
    let (heading, intro) = body.trim().split_once('\n').unwrap_or((body.trim(), ""));
    compose(
        &order_letter::PAGE,
        LetterPage::without_order(
            language,
            subject,
            heading.to_owned(),
            intro.trim().to_owned(),
            announcement.cooperative.clone(),
            announcement.link.clone(),
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_announcement_renders_in_both_languages_with_and_without_optional_values() {
        for kind in AnnouncementKind::ALL {
            let mut texts = Vec::new();
            for language in [Language::Indonesian, Language::English] {
                let reasons = ["covered", "withdrawn", "expired"];
                for (reason, full) in reasons.into_iter().flat_map(|reason| [(reason, true), (reason, false)]) {
                    let optional = ["who", "caller", "budget", "occasion"];
                    let mut values: TemplateValues =
                        VALUE_NAMES.iter().map(|name| (*name, format!("<{name}>"))).collect();
                    values.insert("why", reason.to_owned());
                    values.retain(|name, _| full || !optional.contains(name));
                    let recipient = LetterRecipient {
                        account: None,
                        name: "Contoh Budi".into(),
                        address: "budi@contoh.example".into(),
                        language,
                    };
                    let cooperative = "Koperasi Contoh Cihonje".to_owned();
                    let (subject, text, html) =
                        render(&Announcement { kind: *kind, recipient, cooperative, values, link: None }).unwrap();
                    let body = text.split("--").next().unwrap();
                    for part in [subject.as_str(), body] {
                        assert!(!part.trim().is_empty() && !part.contains("{{"), "{kind} {language}: {part}");
                        assert!(!part.contains("  ") && !part.contains(" ,") && !part.contains(" ."), "{kind}: {part}");
                    }
                    assert!(html.contains("Koperasi Contoh Cihonje"), "{kind} {language}");
                }
                texts.push(kind.template(language));
            }
            assert_ne!(texts[0], texts[1], "{kind} has one language only");
        }
    }
}
