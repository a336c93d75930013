//! A letter about an order: its words, and the order itself below them.

use serde::Serialize;

use super::notice::{Notice, OrderNotice};
use super::store::Person;
use crate::catalogue::amount;
use crate::events::RecordedEvent;
use crate::kernel::{Day, Language, Quantity, Rupiah, Zone, format};
use crate::mail::{Template, compose};
use crate::orders::{DeliveryKind, FulfilmentStatus, Line, Part, WholeOrder};

pub(super) const PAGE: Template =
    Template { subject: "{{ subject }}", text: include_str!("letter.txt"), html: include_str!("letter.html") };

/// What is known beside the order.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    pub(super) cooperative: String,
    pub(super) zone: Zone,
    /// Where the goods wait.
    pub(super) point: Option<String>,
    /// Where the buyer sees the order.
    pub(super) link: Option<String>,
    /// When as much as was refused can be had again.
    pub(super) next_day: Option<Day>,
}

#[derive(Debug, Serialize)]
struct Words {
    number: String,
    name: String,
    buyer: String,
    cooperative: String,
    group: String,
    answer_by: Option<String>,
    ready_on: String,
    reason: Option<String>,
    pickup: bool,
    point: Option<String>,
    product: String,
    quantity: String,
    before: String,
    nothing: bool,
    /// Why there is less.
    why: String,
    until: String,
    day_before: String,
    next_day: Option<String>,
    /// Whether the group has promised it beforehand, or has answered by now.
    promised: bool,
}

/// What the letter shows, whatever it is about.
#[derive(Debug, Serialize)]
pub(super) struct Page {
    subject: String,
    heading: String,
    intro: String,
    language: Language,
    number: String,
    cooperative: String,
    lines: Vec<LineText>,
    goods: String,
    fee: Option<String>,
    total: String,
    ready_on: String,
    link: Option<String>,
    labels: Labels,
}

#[derive(Debug, Serialize)]
struct LineText {
    name: String,
    quantity: String,
    price: String,
    total: String,
}

#[derive(Debug, Serialize)]
struct Labels {
    goods: &'static str,
    delivery: &'static str,
    total: &'static str,
    ready: &'static str,
    look: &'static str,
    why: &'static str,
}

/// Of a letter that is not about an order.
const NEWS_INDONESIAN: Labels = Labels {
    look: "Selengkapnya",
    why: "Surat ini dikirim karena ada kabar yang menyangkut Anda. Tidak perlu dibalas.",
    ..INDONESIAN
};
const NEWS_ENGLISH: Labels = Labels {
    look: "Read more",
    why: "You get this letter because there is news that concerns you. There is no need to answer.",
    ..ENGLISH
};

const INDONESIAN: Labels = Labels {
    goods: "Barang",
    delivery: "Ongkos kirim",
    total: "Total",
    ready: "Siap",
    look: "Lihat pesanan",
    why: "Surat ini dikirim karena ada kabar tentang pesanan yang menyangkut Anda. Tidak perlu dibalas.",
};
const ENGLISH: Labels = Labels {
    goods: "Goods",
    delivery: "Delivery",
    total: "Total",
    ready: "Ready",
    look: "See the order",
    why: "You get this letter because there is news of an order that concerns you. There is no need to answer.",
};

impl Page {
    /// A page that tells something without an order below it.
    pub(super) fn told(
        language: Language,
        subject: String,
        heading: String,
        intro: String,
        cooperative: String,
        link: Option<String>,
    ) -> Self {
        Page {
            subject,
            heading,
            intro,
            language,
            number: String::new(),
            cooperative,
            lines: Vec::new(),
            goods: String::new(),
            fee: None,
            total: String::new(),
            ready_on: String::new(),
            link,
            labels: match language {
                Language::Indonesian => NEWS_INDONESIAN,
                Language::English => NEWS_ENGLISH,
            },
        }
    }
}

/// Writes the letter: subject, text and HTML.
pub(super) fn write(
    event: &RecordedEvent,
    whole: &WholeOrder,
    telling: &OrderNotice<'_>,
    person: &Person,
    setting: &Setting,
) -> Result<(String, String, String), minijinja::Error> {
    let (language, order) = (person.language, &whole.order);
    let words = words(event, whole, telling, person, setting);
    let mut lines = telling.notice.words(language).splitn(2, '\n');
    let spoken =
        Template { subject: lines.next().unwrap_or_default(), text: lines.next().unwrap_or_default(), html: "" };
    let ready_on = words.ready_on.clone();
    let (subject, told, _) = compose(&spoken, words)?;
    let (heading, intro) = told.trim().split_once('\n').unwrap_or((told.trim(), ""));

    let is_whole = telling.notice == Notice::Placed;
    let goods = if is_whole { order.goods_total } else { goods_of(&telling.parts) };
    let fee = Some(order.delivery_fee).filter(|fee| is_whole && *fee != Rupiah::ZERO);
    let total = if is_whole { order.total } else { goods };
    compose(
        &PAGE,
        Page {
            subject,
            heading: heading.to_owned(),
            intro: intro.trim().to_owned(),
            language,
            number: order.number.clone(),
            cooperative: setting.cooperative.clone(),
            lines: lines_of(&telling.parts).map(|line| line_text(language, line)).collect(),
            goods: goods.to_string(),
            fee: fee.map(|fee| fee.to_string()),
            total: total.to_string(),
            ready_on,
            link: setting.link.clone(),
            labels: match language {
                Language::Indonesian => INDONESIAN,
                Language::English => ENGLISH,
            },
        },
    )
}

fn words(
    event: &RecordedEvent,
    whole: &WholeOrder,
    telling: &OrderNotice<'_>,
    person: &Person,
    setting: &Setting,
) -> Words {
    let (language, order) = (person.language, &whole.order);
    let groups: Vec<&str> = telling.parts.iter().map(|part| part.group_name.as_str()).collect();
    let line = event
        .payload
        .get("line")
        .and_then(|id| id.as_str())
        .and_then(|id| lines_of(&telling.parts).find(|line| line.id.to_string() == id));
    let told_amount = |member: &str| {
        let quantity: Option<Quantity> =
            event.payload.get(member).and_then(|value| serde_json::from_value(value.clone()).ok());
        match (quantity, line) {
            (Some(quantity), Some(line)) => amount(language, quantity, &line.unit),
            _ => String::new(),
        }
    };
    let is_pending = |part: &&&Part| part.fulfilment.status == FulfilmentStatus::Pending;
    let answer_by = telling.parts.iter().filter(is_pending).filter_map(|part| part.fulfilment.answer_by).min();
    let ready_on = telling.parts.iter().map(|part| part.fulfilment.ready_on).max();
    Words {
        number: order.number.clone(),
        name: person.name.clone(),
        buyer: order.contact().name,
        cooperative: setting.cooperative.clone(),
        group: groups.join(", "),
        answer_by: answer_by.map(|moment| format::moment(language, setting.zone, moment)),
        ready_on: ready_on.map(|day| format::day(language, day)).unwrap_or_default(),
        reason: telling.parts.iter().find_map(|part| part.fulfilment.reason.clone()),
        pickup: order.delivery_kind == DeliveryKind::Pickup,
        point: setting.point.clone(),
        product: line.map(|line| line.product_name.clone()).unwrap_or_default(),
        quantity: told_amount("quantity"),
        before: told_amount("before"),
        nothing: line.is_some_and(|line| line.quantity == Quantity::ZERO),
        why: event.payload.get("reason").and_then(|why| why.as_str()).unwrap_or_default().to_owned(),
        until: event
            .payload
            .get("until")
            .and_then(|until| until.as_str()?.parse().ok())
            .map(|until| format::moment(language, setting.zone, until))
            .unwrap_or_default(),
        day_before: event
            .payload
            .get("day_before")
            .and_then(|day| day.as_str()?.parse().ok())
            .map(|day| format::day(language, day))
            .unwrap_or_default(),
        next_day: setting.next_day.map(|day| format::day(language, day)),
        promised: event.payload.get("promised") == Some(&serde_json::Value::Bool(true))
            || !telling.parts.iter().any(|part| is_pending(&part)),
    }
}

fn lines_of<'a>(parts: &'a [&'a Part]) -> impl Iterator<Item = &'a Line> {
    parts.iter().flat_map(|part| &part.lines).map(|line| &line.line)
}

fn goods_of(parts: &[&Part]) -> Rupiah {
    Rupiah::sum(parts.iter().map(|part| part.fulfilment.goods_total)).unwrap_or(Rupiah::ZERO)
}

fn line_text(language: Language, line: &Line) -> LineText {
    LineText {
        name: line.product_name.clone(),
        quantity: amount(language, line.quantity, &line.unit),
        price: line.unit_price.to_string(),
        total: line.total.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::LineReason;

    fn words(why: &str, flags: u8) -> Words {
        let is = |bit: u8| flags & bit != 0;
        let some = |text: &str| is(1).then(|| text.to_owned());
        Words {
            number: "CIH-2611-0042".into(),
            name: "Contoh Sari".into(),
            buyer: "Contoh Budi".into(),
            cooperative: "Koperasi Contoh Cihonje".into(),
            group: "Sekar Laras".into(),
            answer_by: some("Selasa, 24 November 2026 14.30 WIB"),
            ready_on: "Jumat, 27 November 2026".into(),
            reason: some("Kompor rusak"),
            pickup: is(2),
            point: some("Balai Desa"),
            product: "Pastel sayur".into(),
            quantity: "20 biji".into(),
            before: "30 biji".into(),
            nothing: is(4),
            why: why.into(),
            until: "Rabu, 25 November 2026 17.00 WIB".into(),
            day_before: "Kamis, 26 November 2026".into(),
            next_day: some("Sabtu, 28 November 2026"),
            promised: is(8),
        }
    }

    #[test]
    fn every_letter_can_be_written_in_both_languages_whatever_there_is_to_tell() {
        let reasons: Vec<&str> = LineReason::ALL.iter().map(|why| why.as_str()).chain([""]).collect();
        for notice in Notice::ALL {
            let mut texts = Vec::new();
            for language in [Language::Indonesian, Language::English] {
                let mut lines = notice.words(language).splitn(2, '\n');
                let (subject, text) = (lines.next().unwrap(), lines.next().unwrap());
                let template = Template { subject, text, html: "" };
                for (why, flags) in reasons.iter().flat_map(|why| (0..16).map(move |flags| (why, flags))) {
                    let (subject, told, _) = compose(&template, words(why, flags)).unwrap();
                    let (heading, body) = told.trim().split_once('\n').expect("a heading and what is told");
                    for part in [&subject, heading, body] {
                        assert!(!part.trim().is_empty() && !part.contains("{{"), "{notice} {language}: {part}");
                    }
                    assert!(subject.contains("CIH-2611-0042"), "{notice} {language}: {subject}");
                }
                texts.push(notice.words(language));
            }
            assert_ne!(texts[0], texts[1], "{notice} is told in one language only");
        }
    }
}
