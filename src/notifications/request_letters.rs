//! Letters about requests and offers.

use std::collections::BTreeMap;

use super::error::DispatchError;
use super::recipients::list_officers;
use super::store;
use crate::catalogue::{self, format_amount};
use crate::cooperatives;
use crate::db::{self, Conn};
use crate::events::RecordedEvent;
use crate::kernel::ids::AccountId;
use crate::kernel::{Language, Rupiah, Zone, format};
use crate::mail::{self, Letter, LetterRecipient, letter_kind};
use crate::requests::events::RequestEvent;
use crate::requests::{self, Occasion, Offer, Request};

const MAX_SUBJECT_CHARS: usize = 80;

/// Composes the letters about an event.
pub(super) fn compose_letters(conn: &mut Conn, event: &RecordedEvent) -> Result<Vec<Letter>, DispatchError> {
    let Some(change) = event.read::<RequestEvent>() else { return Ok(Vec::new()) };
    let (kind, request, offer) = match &change {
        RequestEvent::Asked { request, .. } => (letter_kind!("request-asked"), *request, None),
        RequestEvent::Expired(of) => (letter_kind!("request-expired"), of.request, None),
        RequestEvent::OfferMade(of) => (letter_kind!("offer-made"), of.request, Some(of.offer)),
        RequestEvent::OfferChanged(of) => (letter_kind!("offer-changed"), of.request, Some(of.offer)),
        RequestEvent::OfferWithdrawn(of) => (letter_kind!("offer-withdrawn"), of.request, Some(of.offer)),
        RequestEvent::OfferLapsed(of) => (letter_kind!("offer-lapsed"), of.request, Some(of.offer)),
        _ => return Ok(Vec::new()),
    };
    let Some(request) = requests::find_request(conn, request)? else { return Ok(Vec::new()) };
    let offer = offer.map(|offer| requests::find_offer(conn, offer)).transpose()?.flatten();
    let recipients = match (&change, &offer) {
        (RequestEvent::Asked { .. }, _) => {
            let groups = requests::list_addressed_groups(conn, &request)?;
            list_officers(conn, groups.into_iter().map(|group| (group, ())), event.actor)?
        }
        (RequestEvent::OfferLapsed(_), Some(offer)) => list_officers(conn, [(offer.group, ())], event.actor)?,
        (RequestEvent::Expired(_), _) | (_, Some(_)) => list_handlers(conn, &request, event.actor)?,
        _ => Vec::new(),
    };
    let (cooperative, zone) = store::load_cooperative(conn, request.cooperative)?;
    let details = RequestDetails::load(conn, request, offer, zone)?;
    recipients
        .into_iter()
        .map(|(recipient, _)| {
            let mut values = details.build_values(recipient.language, &change);
            values.insert("cooperative", cooperative.clone());
            Ok(mail::compose(kind, Some(event.id), recipient, values)?)
        })
        .collect()
}

/// The person who handles the request: the buyer, or the officer who must call back the caller.
fn list_handlers(
    conn: &mut Conn,
    request: &Request,
    actor: Option<AccountId>,
) -> db::Result<Vec<(LetterRecipient, Vec<()>)>> {
    let Some(account) = request.handler().filter(|account| Some(*account) != actor) else { return Ok(Vec::new()) };
    Ok(store::find_recipient(conn, account)?.into_iter().map(|person| (person, Vec::new())).collect())
}

/// The values of the templates, before they are formatted in a language.
struct RequestDetails {
    request: Request,
    offer: Option<Offer>,
    zone: Zone,
    requester: String,
    product: Option<String>,
    offered: Option<(String, String)>,
    group: String,
}

impl RequestDetails {
    fn load(conn: &mut Conn, request: Request, offer: Option<Offer>, zone: Zone) -> db::Result<Self> {
        let requester = requests::find_requester(conn, &request)?.contact.name;
        let mut product = |id| -> db::Result<Option<(String, String)>> {
            let product = catalogue::find_of_any_status(conn, id)?;
            Ok(product.map(|product| (product.name.clone(), product.unit.as_str().to_owned())))
        };
        let requested = request.product.map(&mut product).transpose()?.flatten().map(|(name, _)| name);
        let offered = offer.as_ref().map(|offer| product(offer.product)).transpose()?.flatten();
        let group = match &offer {
            Some(offer) => cooperatives::find_group(conn, offer.group)?.map(|group| group.name),
            None => None,
        };
        Ok(RequestDetails {
            request,
            offer,
            zone,
            requester,
            product: requested,
            offered,
            group: group.unwrap_or_default(),
        })
    }

    fn build_values(&self, language: Language, change: &RequestEvent) -> BTreeMap<&'static str, String> {
        let request = &self.request;
        let what = self.product.clone().or_else(|| request.words.clone()).unwrap_or_default();
        let quantity = |quantity| to_single_line(&format_amount(language, quantity, &request.unit));
        let reason = if let RequestEvent::OfferLapsed(of) = change { of.reason } else { None };
        let mut values = BTreeMap::from([
            ("what", to_single_line(&what)),
            ("quantity", quantity(request.quantity)),
            ("missing", quantity(request.missing())),
            ("day", format::day(language, request.needed_on)),
            ("until", format::moment(language, self.zone, request.answers_until)),
            ("why", reason.map(|reason| reason.to_string()).unwrap_or_default()),
            ("group", self.group.clone()),
        ]);
        if let RequestEvent::Asked { .. } = change {
            values.insert("who", requests::first_name(&self.requester));
            values.extend(request.budget.map(|budget| ("budget", budget.to_string())));
            values.extend(occasion_name(language, request.occasion).map(|occasion| ("occasion", occasion.to_owned())));
        } else if request.captured_by.is_some() && !matches!(change, RequestEvent::OfferLapsed(_)) {
            values.insert("caller", self.requester.clone());
        }
        if let (Some(offer), Some((name, unit))) = (&self.offer, &self.offered) {
            values.insert("product", name.clone());
            values.insert("quantity", format_amount(language, offer.quantity, unit));
            values.insert("price", offer.unit_price.to_string());
            values.insert("total", offer.quantity.total_at(offer.unit_price).unwrap_or(Rupiah::MAX_LINE).to_string());
            values.insert("ready_on", format::day(language, offer.ready_on));
            values.insert("until", format::moment(language, self.zone, offer.valid_until));
        }
        values
    }
}

/// Puts a buyer's text on one line, shortened for a subject.
fn to_single_line(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(MAX_SUBJECT_CHARS) {
        Some((end, _)) => format!("{}…", words.get(..end).unwrap_or_default().trim_end()),
        None => words,
    }
}

/// The name of the occasion; `None` for others.
fn occasion_name(language: Language, occasion: Occasion) -> Option<&'static str> {
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
