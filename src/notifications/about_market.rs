//! What becomes of market days and standing orders, and who hears of it.

use serde::de::DeserializeOwned;

use super::announcement::{Announcement, Facts, News};
use super::store::{self, Person};
use crate::catalogue::{self, amount};
use crate::db::{Conn, Result};
use crate::events::RecordedEvent;
use crate::kernel::ids::{GroupId, MarketDayId, StandingOrderId};
use crate::kernel::{Day, Instant, Language, Quantity, Zone, format};
use crate::market_days;
use crate::standing_orders::{self, Shortfall, Why};

/// What this event makes necessary.
pub(super) fn bulletins(conn: &mut Conn, event: &RecordedEvent) -> Result<Vec<Announcement>> {
    match event.kind.as_str() {
        "market_day.moved" => of_market_day(conn, event, News::MarketMoved),
        "market_day.cancelled" => of_market_day(conn, event, News::MarketCancelled),
        "standing_order.refused" => of_standing_order(conn, event, News::StandingRefused),
        "standing_order.came_round" => of_standing_order(conn, event, News::StandingShort),
        "standing_order.reminded" => of_standing_order(conn, event, News::StandingReminder),
        "standing_order.lapsed" => of_standing_order(conn, event, News::StandingLapsed),
        "standing_order.paused_by_group" => of_standing_order(conn, event, News::StandingPaused),
        "standing_order.resumed_by_group" => of_standing_order(conn, event, News::StandingResumed),
        _ => Ok(Vec::new()),
    }
}

fn told<T: DeserializeOwned>(event: &RecordedEvent, name: &str) -> Option<T> {
    serde_json::from_value(event.payload.get(name)?.clone()).ok()
}

/// The officers of the groups that bring something hear of the day; its buyers hear of their orders.
fn of_market_day(conn: &mut Conn, event: &RecordedEvent, news: News) -> Result<Vec<Announcement>> {
    let day = match told::<MarketDayId>(event, "market_day") {
        Some(day) => market_days::find_day(conn, day)?,
        None => None,
    };
    let Some(day) = day else { return Ok(Vec::new()) };
    let mut groups: Vec<GroupId> = market_days::offerings_of(conn, day.id)?.iter().map(|it| it.group).collect();
    groups.sort_unstable();
    groups.dedup();
    let (cooperative, zone) = store::cooperative(conn, day.cooperative)?;
    let mut bulletins: Vec<Announcement> = Vec::new();
    for group in groups {
        for to in store::officers(conn, group)? {
            let did_it = to.account.is_some() && to.account == event.actor;
            if did_it || bulletins.iter().any(|other| other.to.address == to.address) {
                continue;
            }
            let language = to.language;
            let before = told::<Day>(event, "before").filter(|before| *before != day.held_on);
            let facts = Facts::from([
                ("what", day.name.clone()),
                ("day", format::day(language, day.held_on)),
                ("day_before", before.map(|before| format::day(language, before)).unwrap_or_default()),
                ("until", format::moment(language, zone, day.closes_at)),
                ("why", day.reason.clone().unwrap_or_default()),
            ]);
            bulletins.push(Announcement { news, facts, cooperative: cooperative.clone(), to, link: None });
        }
    }
    Ok(bulletins)
}

/// Buyers hear of what does not come of their standing orders as they wanted.
fn of_standing_order(conn: &mut Conn, event: &RecordedEvent, news: News) -> Result<Vec<Announcement>> {
    let it = match told::<StandingOrderId>(event, "standing_order") {
        Some(id) => standing_orders::find(conn, id)?,
        None => None,
    };
    let Some(it) = it else { return Ok(Vec::new()) };
    let shortfalls: Vec<Shortfall> = told(event, "shortfalls").unwrap_or_default();
    if news == News::StandingShort && shortfalls.is_empty() {
        return Ok(Vec::new());
    }
    let Some(to) = store::person(conn, it.buyer)? else { return Ok(Vec::new()) };
    let (cooperative, zone) = store::cooperative(conn, it.cooperative)?;
    let facts = standing_facts(conn, event, &to, zone, &shortfalls)?;
    Ok(vec![Announcement { news, facts, cooperative, to, link: None }])
}

fn standing_facts(
    conn: &mut Conn,
    event: &RecordedEvent,
    to: &Person,
    zone: Zone,
    shortfalls: &[Shortfall],
) -> Result<Facts> {
    let language = to.language;
    let mut goods = Vec::new();
    for shortfall in shortfalls {
        goods.push(in_words(conn, language, shortfall)?);
    }
    let day = told::<Day>(event, "due_on").map(|day| format::day(language, day));
    let until = told::<Instant>(event, "until").map(|until| format::moment(language, zone, until));
    Ok(Facts::from([
        ("goods", goods.join("; ")),
        ("day", day.unwrap_or_default()),
        ("until", until.unwrap_or_default()),
    ]))
}

/// What of a product was not to be had, and why.
fn in_words(conn: &mut Conn, language: Language, it: &Shortfall) -> Result<String> {
    let known = catalogue::find_of_any_status(conn, it.product)?;
    let (name, unit) = known.map_or_else(
        || (String::new(), String::new()),
        |product| (product.name.clone(), product.unit.as_str().to_owned()),
    );
    let (wanted, got) = (amount(language, it.wanted, &unit), amount(language, it.got, &unit));
    let why = why(language, it.reason);
    let nothing = it.got == Quantity::ZERO;
    Ok(match language {
        Language::Indonesian if nothing => format!("{name}, {wanted}: {why}"),
        Language::Indonesian => format!("{name}: {got} dari {wanted}, {why}"),
        Language::English if nothing => format!("{name}, {wanted}: {why}"),
        Language::English => format!("{name}: {got} of {wanted}, {why}"),
    })
}

fn why(language: Language, why: Why) -> &'static str {
    match (why, language) {
        (Why::Short, Language::Indonesian) => "jumlahnya tidak cukup",
        (Why::Short, Language::English) => "there was not enough",
        (Why::Retired, Language::Indonesian) => "tidak dijual lagi",
        (Why::Retired, Language::English) => "it is no longer sold",
        (Why::Closed, Language::Indonesian) => "tidak dibuat hari itu",
        (Why::Closed, Language::English) => "it is not made that day",
        (Why::NotBrought, Language::Indonesian) => "tidak dibawa ke hari pasar itu",
        (Why::NotBrought, Language::English) => "nobody brings it to that market day",
        (Why::TooLate, Language::Indonesian) => "batas pesannya sudah lewat",
        (Why::TooLate, Language::English) => "it was too late to order",
        (Why::RuleChanged, Language::Indonesian) => "ketentuannya sudah berubah",
        (Why::RuleChanged, Language::English) => "its rules have changed",
        (Why::ContractEnded, Language::Indonesian) => "kontraknya tidak berlaku untuk hari itu",
        (Why::ContractEnded, Language::English) => "the contract is not in force that day",
        (Why::CreditLimit, Language::Indonesian) => "batas kredit kontraknya sudah tercapai",
        (Why::CreditLimit, Language::English) => "the credit limit of the contract is reached",
        (Why::FieldError, Language::Indonesian) => "ada gangguan di sistem kami, silakan pesan sendiri untuk hari itu",
        (Why::FieldError, Language::English) => {
            "something went wrong on our side, please order it yourself for that day"
        }
    }
}
