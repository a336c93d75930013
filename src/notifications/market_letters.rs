//! Letters about market days and standing orders.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde_json::json;

use super::error::DispatchError;
use super::recipients::list_officers;
use super::store;
use crate::catalogue::{self, format_amount};
use crate::db::{self, Conn};
use crate::events::RecordedEvent;
use crate::kernel::ids::{GroupId, MarketDayId, StandingOrderId};
use crate::kernel::{Day, Instant, Language, Quantity, format};
use crate::mail::{self, Letter, LetterKind, letter_kind};
use crate::market_days;
use crate::standing_orders::{self, Shortfall, ShortfallReason};

/// Composes the letters about an event.
pub(super) fn compose_letters(conn: &mut Conn, event: &RecordedEvent) -> Result<Vec<Letter>, DispatchError> {
    match event.kind.as_str() {
        "market_day.moved" => compose_for_market_day(conn, event, letter_kind!("market-moved")),
        "market_day.cancelled" => compose_for_market_day(conn, event, letter_kind!("market-cancelled")),
        "standing_order.refused" => compose_for_standing_order(conn, event, letter_kind!("standing-refused")),
        "standing_order.came_round" => compose_for_standing_order(conn, event, letter_kind!("standing-short")),
        "standing_order.reminded" => compose_for_standing_order(conn, event, letter_kind!("standing-reminder")),
        "standing_order.lapsed" => compose_for_standing_order(conn, event, letter_kind!("standing-lapsed")),
        "standing_order.paused_by_group" => compose_for_standing_order(conn, event, letter_kind!("standing-paused")),
        "standing_order.resumed_by_group" => compose_for_standing_order(conn, event, letter_kind!("standing-resumed")),
        _ => Ok(Vec::new()),
    }
}

fn payload_value<T: DeserializeOwned>(event: &RecordedEvent, name: &str) -> Option<T> {
    serde_json::from_value(event.payload.get(name)?.clone()).ok()
}

/// Notifies the officers of the groups with offerings on the day; buyers are notified of their orders.
fn compose_for_market_day(
    conn: &mut Conn,
    event: &RecordedEvent,
    kind: LetterKind,
) -> Result<Vec<Letter>, DispatchError> {
    let day = match payload_value::<MarketDayId>(event, "market_day") {
        Some(day) => market_days::find_day(conn, day)?,
        None => None,
    };
    let Some(day) = day else { return Ok(Vec::new()) };
    let groups: BTreeSet<GroupId> =
        market_days::list_offerings(conn, day.id)?.iter().map(|offering| offering.group).collect();
    let (cooperative, zone) = store::load_cooperative(conn, day.cooperative)?;
    let before = payload_value::<Day>(event, "before").filter(|before| *before != day.held_on);
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
) -> Result<Vec<Letter>, DispatchError> {
    let standing_order = match payload_value::<StandingOrderId>(event, "standing_order") {
        Some(id) => standing_orders::find_standing_order(conn, id)?,
        None => None,
    };
    let Some(standing_order) = standing_order else { return Ok(Vec::new()) };
    let shortfalls: Vec<Shortfall> = payload_value(event, "shortfalls").unwrap_or_default();
    if event.kind == "standing_order.came_round" && shortfalls.is_empty() {
        return Ok(Vec::new());
    }
    let Some(recipient) = store::find_recipient(conn, standing_order.buyer)? else { return Ok(Vec::new()) };
    let (cooperative, zone) = store::load_cooperative(conn, standing_order.cooperative)?;
    let language = recipient.language;
    let mut goods = Vec::new();
    for shortfall in &shortfalls {
        goods.push(describe_shortfall(conn, language, shortfall)?);
    }
    let day = payload_value::<Day>(event, "due_on").map(|day| format::day(language, day));
    let until = payload_value::<Instant>(event, "until").map(|until| format::moment(language, zone, until));
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
        (ShortfallReason::Short, Language::Indonesian) => "jumlahnya tidak cukup",
        (ShortfallReason::Short, Language::English) => "there was not enough",
        (ShortfallReason::Retired, Language::Indonesian) => "tidak dijual lagi",
        (ShortfallReason::Retired, Language::English) => "it is no longer sold",
        (ShortfallReason::Closed, Language::Indonesian) => "tidak dibuat hari itu",
        (ShortfallReason::Closed, Language::English) => "it is not made that day",
        (ShortfallReason::NotBrought, Language::Indonesian) => "tidak dibawa ke hari pasar itu",
        (ShortfallReason::NotBrought, Language::English) => "nobody brings it to that market day",
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
