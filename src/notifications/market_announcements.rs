//! Announcements of market days and standing orders.

use serde::de::DeserializeOwned;

use super::announcement::{Announcement, AnnouncementKind, TemplateValues};
use super::store::{self, LetterRecipient};
use crate::catalogue::{self, format_amount};
use crate::db::{Conn, Result};
use crate::events::RecordedEvent;
use crate::kernel::ids::{GroupId, MarketDayId, StandingOrderId};
use crate::kernel::{Day, Instant, Language, Quantity, Zone, format};
use crate::market_days;
use crate::standing_orders::{self, Shortfall, ShortfallReason};

/// Builds the announcements of an event.
pub(super) fn build_announcements(conn: &mut Conn, event: &RecordedEvent) -> Result<Vec<Announcement>> {
    match event.kind.as_str() {
        "market_day.moved" => build_for_market_day(conn, event, AnnouncementKind::MarketMoved),
        "market_day.cancelled" => build_for_market_day(conn, event, AnnouncementKind::MarketCancelled),
        "standing_order.refused" => build_for_standing_order(conn, event, AnnouncementKind::StandingRefused),
        "standing_order.came_round" => build_for_standing_order(conn, event, AnnouncementKind::StandingShort),
        "standing_order.reminded" => build_for_standing_order(conn, event, AnnouncementKind::StandingReminder),
        "standing_order.lapsed" => build_for_standing_order(conn, event, AnnouncementKind::StandingLapsed),
        "standing_order.paused_by_group" => build_for_standing_order(conn, event, AnnouncementKind::StandingPaused),
        "standing_order.resumed_by_group" => build_for_standing_order(conn, event, AnnouncementKind::StandingResumed),
        _ => Ok(Vec::new()),
    }
}

fn payload_value<T: DeserializeOwned>(event: &RecordedEvent, name: &str) -> Option<T> {
    serde_json::from_value(event.payload.get(name)?.clone()).ok()
}

/// Notifies the officers of the groups with offerings on the day; buyers are notified of their orders.
fn build_for_market_day(conn: &mut Conn, event: &RecordedEvent, kind: AnnouncementKind) -> Result<Vec<Announcement>> {
    let day = match payload_value::<MarketDayId>(event, "market_day") {
        Some(day) => market_days::find_day(conn, day)?,
        None => None,
    };
    let Some(day) = day else { return Ok(Vec::new()) };
    let mut groups: Vec<GroupId> =
        market_days::list_offerings(conn, day.id)?.iter().map(|offering| offering.group).collect();
    groups.sort_unstable();
    groups.dedup();
    let (cooperative, zone) = store::load_cooperative(conn, day.cooperative)?;
    let mut announcements: Vec<Announcement> = Vec::new();
    for group in groups {
        for recipient in store::list_officers(conn, group)? {
            let is_actor = recipient.account.is_some() && recipient.account == event.actor;
            if is_actor || announcements.iter().any(|other| other.recipient.address == recipient.address) {
                continue;
            }
            let language = recipient.language;
            let before = payload_value::<Day>(event, "before").filter(|before| *before != day.held_on);
            let values = TemplateValues::from([
                ("what", day.name.clone()),
                ("day", format::day(language, day.held_on)),
                ("day_before", before.map(|before| format::day(language, before)).unwrap_or_default()),
                ("until", format::moment(language, zone, day.closes_at)),
                ("why", day.reason.clone().unwrap_or_default()),
            ]);
            announcements.push(Announcement { kind, values, cooperative: cooperative.clone(), recipient, link: None });
        }
    }
    Ok(announcements)
}

/// Notifies the buyer of a standing order.
fn build_for_standing_order(
    conn: &mut Conn,
    event: &RecordedEvent,
    kind: AnnouncementKind,
) -> Result<Vec<Announcement>> {
    let standing_order = match payload_value::<StandingOrderId>(event, "standing_order") {
        Some(id) => standing_orders::find_standing_order(conn, id)?,
        None => None,
    };
    let Some(standing_order) = standing_order else { return Ok(Vec::new()) };
    let shortfalls: Vec<Shortfall> = payload_value(event, "shortfalls").unwrap_or_default();
    if kind == AnnouncementKind::StandingShort && shortfalls.is_empty() {
        return Ok(Vec::new());
    }
    let Some(recipient) = store::find_recipient(conn, standing_order.buyer)? else { return Ok(Vec::new()) };
    let (cooperative, zone) = store::load_cooperative(conn, standing_order.cooperative)?;
    let values = build_standing_order_values(conn, event, &recipient, zone, &shortfalls)?;
    Ok(vec![Announcement { kind, values, cooperative, recipient, link: None }])
}

fn build_standing_order_values(
    conn: &mut Conn,
    event: &RecordedEvent,
    recipient: &LetterRecipient,
    zone: Zone,
    shortfalls: &[Shortfall],
) -> Result<TemplateValues> {
    let language = recipient.language;
    let mut goods = Vec::new();
    for shortfall in shortfalls {
        goods.push(describe_shortfall(conn, language, shortfall)?);
    }
    let day = payload_value::<Day>(event, "due_on").map(|day| format::day(language, day));
    let until = payload_value::<Instant>(event, "until").map(|until| format::moment(language, zone, until));
    Ok(TemplateValues::from([
        ("goods", goods.join("; ")),
        ("day", day.unwrap_or_default()),
        ("until", until.unwrap_or_default()),
    ]))
}

/// Describes the missing quantity of a product and the reason.
fn describe_shortfall(conn: &mut Conn, language: Language, shortfall: &Shortfall) -> Result<String> {
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
