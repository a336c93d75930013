//! What becomes of requests and offers, and who hears of it.

use super::announcement::{Announcement, Facts, News};
use super::store::{self, Person};
use crate::catalogue::{self, amount};
use crate::cooperatives;
use crate::db::{Conn, Result};
use crate::events::RecordedEvent;
use crate::kernel::ids::{AccountId, GroupId, OfferId, RequestId};
use crate::kernel::{Language, Rupiah, Zone, format};
use crate::requests::{self, Occasion, Offer, Request};

/// How many letters of a buyer's words stand in a letter.
const LONGEST_IN_A_SUBJECT: usize = 80;

/// What this event makes necessary.
pub(super) fn bulletins(conn: &mut Conn, event: &RecordedEvent) -> Result<Vec<Announcement>> {
    let news = match event.kind.as_str() {
        "request.asked" => News::RequestAsked,
        "offer.made" => News::OfferMade,
        "offer.changed" => News::OfferChanged,
        "offer.withdrawn" => News::OfferWithdrawn,
        "offer.lapsed" => News::OfferLapsed,
        "request.expired" => News::RequestExpired,
        _ => return Ok(Vec::new()),
    };
    let Some(request) = named::<RequestId>(event, "request") else { return Ok(Vec::new()) };
    let Some(request) = requests::find_request(conn, request)? else { return Ok(Vec::new()) };
    let offer = match named::<OfferId>(event, "offer") {
        Some(offer) => requests::find_offer(conn, offer)?,
        None => None,
    };
    let readers = match (news, &offer) {
        (News::RequestAsked, _) => {
            let groups = requests::groups_addressed(conn, &request)?;
            officers(conn, &groups, event.actor)?
        }
        (News::OfferLapsed, Some(offer)) => officers(conn, &[offer.group], event.actor)?,
        (News::OfferLapsed, None) => Vec::new(),
        _ => keeper(conn, &request, event.actor)?,
    };
    let (cooperative, zone) = store::cooperative(conn, request.cooperative)?;
    let told = Told::of(conn, event, request, offer, zone)?;
    let bulletin = |to: Person| Announcement {
        news,
        facts: told.facts(to.language, news),
        cooperative: cooperative.clone(),
        to,
        link: None,
    };
    Ok(readers.into_iter().map(bulletin).collect())
}

fn named<T: std::str::FromStr>(event: &RecordedEvent, member: &str) -> Option<T> {
    event.payload.get(member)?.as_str()?.parse().ok()
}

/// The officers of these groups, each once; not the one who did it.
fn officers(conn: &mut Conn, groups: &[GroupId], actor: Option<AccountId>) -> Result<Vec<Person>> {
    let mut all: Vec<Person> = Vec::new();
    for group in groups {
        for officer in store::officers(conn, *group)? {
            let did_it = officer.account.is_some() && officer.account == actor;
            if !did_it && !all.iter().any(|known| known.address == officer.address) {
                all.push(officer);
            }
        }
    }
    Ok(all)
}

/// Whoever acts for the request: the buyer, or the officer who must ring up the one who called.
fn keeper(conn: &mut Conn, request: &Request, actor: Option<AccountId>) -> Result<Vec<Person>> {
    let Some(account) = request.keeper().filter(|account| Some(*account) != actor) else { return Ok(Vec::new()) };
    Ok(store::person(conn, account)?.into_iter().collect())
}

/// Everything that the words may name, not yet in any language.
struct Told {
    request: Request,
    offer: Option<Offer>,
    zone: Zone,
    who: String,
    product: Option<String>,
    offered: Option<(String, String)>,
    group: String,
    why: String,
}

impl Told {
    fn of(conn: &mut Conn, event: &RecordedEvent, request: Request, offer: Option<Offer>, zone: Zone) -> Result<Self> {
        let who = requests::asker_of(conn, &request)?.contact.name;
        let mut product = |id| -> Result<Option<(String, String)>> {
            let known = catalogue::find_of_any_status(conn, id)?;
            Ok(known.map(|product| (product.name.clone(), product.unit.as_str().to_owned())))
        };
        let wanted = request.product.map(&mut product).transpose()?.flatten().map(|(name, _)| name);
        let offered = offer.as_ref().map(|offer| product(offer.product)).transpose()?.flatten();
        let group = match &offer {
            Some(offer) => cooperatives::find_group(conn, offer.group)?.map(|group| group.name),
            None => None,
        };
        let why = event.payload.get("reason").and_then(|why| why.as_str()).unwrap_or_default().to_owned();
        Ok(Told { request, offer, zone, who, product: wanted, offered, group: group.unwrap_or_default(), why })
    }

    fn facts(&self, language: Language, news: News) -> Facts {
        let request = &self.request;
        let what = self.product.clone().or_else(|| request.words.clone()).unwrap_or_default();
        let quantity = |quantity| on_one_line(&amount(language, quantity, &request.unit));
        let mut facts = Facts::from([
            ("what", on_one_line(&what)),
            ("quantity", quantity(request.quantity)),
            ("missing", quantity(request.missing())),
            ("day", format::day(language, request.needed_on)),
            ("until", format::moment(language, self.zone, request.answers_until)),
            ("why", self.why.clone()),
            ("group", self.group.clone()),
        ]);
        if news == News::RequestAsked {
            facts.insert("who", requests::first_name(&self.who));
            facts.extend(request.budget.map(|budget| ("budget", budget.to_string())));
            facts.extend(occasion(language, request.occasion).map(|occasion| ("occasion", occasion.to_owned())));
        } else if request.captured_by.is_some() && news != News::OfferLapsed {
            facts.insert("caller", self.who.clone());
        }
        if let (Some(offer), Some((name, unit))) = (&self.offer, &self.offered) {
            facts.insert("product", name.clone());
            facts.insert("quantity", amount(language, offer.quantity, unit));
            facts.insert("price", offer.unit_price.to_string());
            facts.insert("total", offer.quantity.cost(offer.unit_price).unwrap_or(Rupiah::MAX_LINE).to_string());
            facts.insert("ready_on", format::day(language, offer.ready_on));
            facts.insert("until", format::moment(language, self.zone, offer.valid_until));
        }
        facts
    }
}

/// What a buyer wrote, short enough for a subject, and without anything that would break its line.
fn on_one_line(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(LONGEST_IN_A_SUBJECT) {
        Some((end, _)) => format!("{}…", words.get(..end).unwrap_or_default().trim_end()),
        None => words,
    }
}

/// What people call the occasion; nothing, when it is none in particular.
fn occasion(language: Language, occasion: Occasion) -> Option<&'static str> {
    Some(match (occasion, language) {
        (Occasion::Hajatan, Language::Indonesian) => "hajatan",
        (Occasion::Hajatan, Language::English) => "a family feast",
        (Occasion::Arisan, Language::Indonesian) => "arisan",
        (Occasion::Arisan, Language::English) => "a savings circle",
        (Occasion::Office, Language::Indonesian) => "acara kantor",
        (Occasion::Office, Language::English) => "an office",
        (Occasion::School, Language::Indonesian) => "acara sekolah",
        (Occasion::School, Language::English) => "a school",
        (Occasion::Other, _) => return None,
    })
}
