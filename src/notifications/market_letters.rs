//! Letters about market days and standing orders.

use std::collections::BTreeSet;

use serde_json::json;

use super::error::DispatchError;
use super::recipients::list_officers;
use super::store;
use crate::catalogue::{self, format_amount};
use crate::db::{self, Conn};
use crate::events::RecordedEvent;
use crate::kernel::ids::{GroupId, MarketDayId, StandingOrderId};
use crate::kernel::{Day, Language, Quantity, format};
use crate::mail::{self, Letter, LetterKind, letter_kind};
use crate::market_days::{self, events::MarketEvent};
use crate::standing_orders::events::StandingOrderEvent;
use crate::standing_orders::{self, Shortfall, ShortfallReason};

/// Composes the letters about an event.
pub(super) fn compose_letters(conn: &mut Conn, event: &RecordedEvent) -> Result<Vec<Letter>, DispatchError> {
    match event.read() {
        Some(MarketEvent::DayChanged { market_day, before, .. }) => {
            return compose_for_market_day(conn, event, letter_kind!("market-moved"), market_day, Some(before));
        }
        Some(MarketEvent::DayCancelled { market_day, .. }) => {
            return compose_for_market_day(conn, event, letter_kind!("market-cancelled"), market_day, None);
        }
        _ => {}
    }
    let Some(change) = event.read::<StandingOrderEvent>() else { return Ok(Vec::new()) };
    let (kind, id) = match &change {
        StandingOrderEvent::Refused(of) => (letter_kind!("standing-refused"), of.standing_order),
        StandingOrderEvent::Placed(of) if !of.shortfalls.is_empty() => {
            (letter_kind!("standing-short"), of.standing_order)
        }
        StandingOrderEvent::Reminded(of) => (letter_kind!("standing-reminder"), of.standing_order),
        StandingOrderEvent::Lapsed(of) => (letter_kind!("standing-lapsed"), of.standing_order),
        StandingOrderEvent::PausedByGroup(of) => (letter_kind!("standing-paused"), of.standing_order),
        StandingOrderEvent::ResumedByGroup(of) => (letter_kind!("standing-resumed"), of.standing_order),
        _ => return Ok(Vec::new()),
    };
    compose_for_standing_order(conn, event, kind, id, change)
}

/// Notifies the officers of the groups with offerings on the day, but not the one who changed it; buyers are notified of their orders.
fn compose_for_market_day(
    conn: &mut Conn,
    event: &RecordedEvent,
    kind: LetterKind,
    day: MarketDayId,
    before: Option<Day>,
) -> Result<Vec<Letter>, DispatchError> {
    let Some(day) = market_days::find_day(conn, day)? else { return Ok(Vec::new()) };
    let groups: BTreeSet<GroupId> =
        market_days::list_offerings(conn, day.id)?.iter().map(|offering| offering.group).collect();
    let (cooperative, zone) = store::load_cooperative(conn, day.cooperative)?;
    let before = before.filter(|before| *before != day.held_on);
    list_officers(conn, groups.into_iter().map(|group| (group, ())), event.actor)?
        .into_iter()
        .map(|(recipient, _)| {
            let language = recipient.language;
            let values = json!({
                "cooperative": cooperative,
                "what": day.name,
                "day": format::day(language, day.held_on),
                "day_before": before.map(|before| format::day(language, before)),
                "until": format::moment(language, zone, day.closes_at),
                "why": day.reason,
            });
            Ok(mail::compose(kind, Some(event.id), recipient, values)?)
        })
        .collect()
}

/// Notifies the buyer of a standing order.
fn compose_for_standing_order(
    conn: &mut Conn,
    event: &RecordedEvent,
    kind: LetterKind,
    id: StandingOrderId,
    change: StandingOrderEvent,
) -> Result<Vec<Letter>, DispatchError> {
    let Some(standing_order) = standing_orders::find_standing_order(conn, id)? else { return Ok(Vec::new()) };
    let (due_on, until, shortfalls) = match change {
        StandingOrderEvent::Placed(of) | StandingOrderEvent::Refused(of) => (Some(of.due_on), None, of.shortfalls),
        StandingOrderEvent::Reminded(of) | StandingOrderEvent::Lapsed(of) => (Some(of.due_on), of.until, Vec::new()),
        _ => (None, None, Vec::new()),
    };
    let Some(recipient) = store::find_recipient(conn, standing_order.buyer)? else { return Ok(Vec::new()) };
    let (cooperative, zone) = store::load_cooperative(conn, standing_order.cooperative)?;
    let language = recipient.language;
    let mut goods = Vec::new();
    for shortfall in &shortfalls {
        goods.push(describe_shortfall(conn, language, shortfall)?);
    }
    let day = due_on.map(|day| format::day(language, day));
    let until = until.map(|until| format::moment(language, zone, until));
    let values = json!({
        "cooperative": cooperative,
        "goods": goods.join("; "),
        "day": day.unwrap_or_default(),
        "until": until.unwrap_or_default(),
    });
    Ok(vec![mail::compose(kind, Some(event.id), recipient, values)?])
}

/// Describes the missing quantity of a product and the reason.
fn describe_shortfall(conn: &mut Conn, language: Language, shortfall: &Shortfall) -> db::Result<String> {
    let product = catalogue::find_of_any_status(conn, shortfall.product)?;
    let (name, unit) = product.map_or_else(
        || (String::new(), String::new()),
        |product| (product.name.clone(), product.unit.as_str().to_owned()),
    );
    let (wanted, got) =
        (format_amount(language, shortfall.wanted, &unit), format_amount(language, shortfall.got, &unit));
    let reason = reason_text(language, shortfall.reason);
    let is_unavailable = shortfall.got == Quantity::ZERO;
    Ok(match language {
        Language::Indonesian if is_unavailable => format!("{name}, {wanted}: {reason}"),
        Language::Indonesian => format!("{name}: {got} dari {wanted}, {reason}"),
        Language::English if is_unavailable => format!("{name}, {wanted}: {reason}"),
        Language::English => format!("{name}: {got} of {wanted}, {reason}"),
    })
}

fn reason_text(language: Language, reason: ShortfallReason) -> &'static str {
    match (reason, language) {
        (ShortfallReason::NotEnough, Language::Indonesian) => "jumlahnya tidak cukup",
        (ShortfallReason::NotEnough, Language::English) => "there was not enough",
        (ShortfallReason::NotOnSale, Language::Indonesian) => "tidak dijual lagi",
        (ShortfallReason::NotOnSale, Language::English) => "it is no longer sold",
        (ShortfallReason::Closed, Language::Indonesian) => "tidak dibuat hari itu",
        (ShortfallReason::Closed, Language::English) => "it is not made that day",
        (ShortfallReason::NotOffered, Language::Indonesian) => "tidak dibawa ke hari pasar itu",
        (ShortfallReason::NotOffered, Language::English) => "nobody brings it to that market day",
        (ShortfallReason::TooLate, Language::Indonesian) => "batas pesannya sudah lewat",
        (ShortfallReason::TooLate, Language::English) => "it was too late to order",
        (ShortfallReason::RuleChanged, Language::Indonesian) => "ketentuannya sudah berubah",
        (ShortfallReason::RuleChanged, Language::English) => "its rules have changed",
        (ShortfallReason::ContractEnded, Language::Indonesian) => "kontraknya tidak berlaku untuk hari itu",
        (ShortfallReason::ContractEnded, Language::English) => "the contract is not in force that day",
        (ShortfallReason::CreditLimit, Language::Indonesian) => "batas kredit kontraknya sudah tercapai",
        (ShortfallReason::CreditLimit, Language::English) => "the credit limit of the contract is reached",
        (ShortfallReason::InternalError, Language::Indonesian) => {
            "ada gangguan di sistem kami, silakan pesan sendiri untuk hari itu"
        }
        (ShortfallReason::InternalError, Language::English) => {
            "something went wrong on our side, please order it yourself for that day"
        }
    }
}
