//! Letters about an order: the text, and the order below it.

use serde::Serialize;

use super::order_notice::{OrderNotice, OrderNoticeKind};
use super::store::LetterRecipient;
use crate::catalogue::format_amount;
use crate::events::RecordedEvent;
use crate::kernel::{Day, Language, Quantity, Rupiah, Zone, format};
use crate::mail::{Template, compose};
use crate::orders::{DeliveryKind, FulfilmentStatus, OrderLine, Part, WholeOrder};

pub(super) const PAGE: Template =
    Template { subject: "{{ subject }}", text: include_str!("letter.txt"), html: include_str!("letter.html") };

/// Values of a letter that are not in the order.
#[derive(Debug, Clone)]
pub(super) struct LetterContext {
    pub(super) cooperative: String,
    pub(super) zone: Zone,
    /// The pickup point.
    pub(super) point: Option<String>,
    /// The link to the order.
    pub(super) link: Option<String>,
    /// The next day on which the cancelled quantity is available.
    pub(super) next_day: Option<Day>,
}

#[derive(Debug, Serialize)]
struct LetterValues {
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
    /// The reason of a reduced quantity.
    why: String,
    until: String,
    day_before: String,
    next_day: Option<String>,
    /// Whether the group has promised the order before, or has answered.
    promised: bool,
}

/// Values of the page of any letter.
#[derive(Debug, Serialize)]
pub(super) struct LetterPage {
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

/// Labels of letters without an order.
const ANNOUNCEMENT_INDONESIAN: Labels = Labels {
    look: "Selengkapnya",
    why: "Surat ini dikirim karena ada kabar yang menyangkut Anda. Tidak perlu dibalas.",
    ..INDONESIAN
};
const ANNOUNCEMENT_ENGLISH: Labels = Labels {
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

impl LetterPage {
    /// A page without an order.
    pub(super) fn without_order(
        language: Language,
        subject: String,
        heading: String,
        intro: String,
        cooperative: String,
        link: Option<String>,
    ) -> Self {
        LetterPage {
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
                Language::Indonesian => ANNOUNCEMENT_INDONESIAN,
                Language::English => ANNOUNCEMENT_ENGLISH,
            },
        }
    }
}

/// Renders the letter: subject, text and HTML.
pub(super) fn render(
    event: &RecordedEvent,
    whole: &WholeOrder,
    notice: &OrderNotice<'_>,
    person: &LetterRecipient,
    context: &LetterContext,
) -> Result<(String, String, String), minijinja::Error> {
    let (language, order) = (person.language, &whole.order);
    let values = build_values(event, whole, notice, person, context);
    let mut lines = notice.kind.template(language).splitn(2, '\n');
    let template =
        Template { subject: lines.next().unwrap_or_default(), text: lines.next().unwrap_or_default(), html: "" };
    let ready_on = values.ready_on.clone();
    let (subject, body, _) = compose(&template, values)?;
    let (heading, intro) = body.trim().split_once('\n').unwrap_or((body.trim(), ""));

    let is_whole = notice.kind == OrderNoticeKind::Placed;
    let goods = if is_whole { order.goods_total } else { sum_goods(&notice.parts) };
    let fee = Some(order.delivery_fee).filter(|fee| is_whole && *fee != Rupiah::ZERO);
    let total = if is_whole { order.total } else { goods };
    compose(
        &PAGE,
        LetterPage {
            subject,
            heading: heading.to_owned(),
            intro: intro.trim().to_owned(),
            language,
            number: order.number.clone(),
            cooperative: context.cooperative.clone(),
            lines: order_lines(&notice.parts).map(|line| line_text(language, line)).collect(),
            goods: goods.to_string(),
            fee: fee.map(|fee| fee.to_string()),
            total: total.to_string(),
            ready_on,
            link: context.link.clone(),
            labels: match language {
                Language::Indonesian => INDONESIAN,
                Language::English => ENGLISH,
            },
        },
    )
}

fn build_values(
    event: &RecordedEvent,
    whole: &WholeOrder,
    notice: &OrderNotice<'_>,
    person: &LetterRecipient,
    context: &LetterContext,
) -> LetterValues {
    let (language, order) = (person.language, &whole.order);
    let groups: Vec<&str> = notice.parts.iter().map(|part| part.group_name.as_str()).collect();
    let line = event
        .payload
        .get("line")
        .and_then(|id| id.as_str())
        .and_then(|id| order_lines(&notice.parts).find(|line| line.id.to_string() == id));
    let payload_amount = |member: &str| {
        let quantity: Option<Quantity> =
            event.payload.get(member).and_then(|value| serde_json::from_value(value.clone()).ok());
        match (quantity, line) {
            (Some(quantity), Some(line)) => format_amount(language, quantity, &line.unit),
            _ => String::new(),
        }
    };
    let is_pending = |part: &&&Part| part.fulfilment.status == FulfilmentStatus::Pending;
    let answer_by = notice.parts.iter().filter(is_pending).filter_map(|part| part.fulfilment.answer_by).min();
    let ready_on = notice.parts.iter().map(|part| part.fulfilment.ready_on).max();
    LetterValues {
        number: order.number.clone(),
        name: person.name.clone(),
        buyer: order.contact().name,
        cooperative: context.cooperative.clone(),
        group: groups.join(", "),
        answer_by: answer_by.map(|moment| format::moment(language, context.zone, moment)),
        ready_on: ready_on.map(|day| format::day(language, day)).unwrap_or_default(),
        reason: notice.parts.iter().find_map(|part| part.fulfilment.reason.clone()),
        pickup: order.delivery_kind == DeliveryKind::Pickup,
        point: context.point.clone(),
        product: line.map(|line| line.product_name.clone()).unwrap_or_default(),
        quantity: payload_amount("quantity"),
        before: payload_amount("before"),
        nothing: line.is_some_and(|line| line.quantity == Quantity::ZERO),
        why: event.payload.get("reason").and_then(|why| why.as_str()).unwrap_or_default().to_owned(),
        until: event
            .payload
            .get("until")
            .and_then(|until| until.as_str()?.parse().ok())
            .map(|until| format::moment(language, context.zone, until))
            .unwrap_or_default(),
        day_before: event
            .payload
            .get("day_before")
            .and_then(|day| day.as_str()?.parse().ok())
            .map(|day| format::day(language, day))
            .unwrap_or_default(),
        next_day: context.next_day.map(|day| format::day(language, day)),
        promised: event.payload.get("promised") == Some(&serde_json::Value::Bool(true))
            || !notice.parts.iter().any(|part| is_pending(&part)),
    }
}

fn order_lines<'a>(parts: &'a [&'a Part]) -> impl Iterator<Item = &'a OrderLine> {
    parts.iter().flat_map(|part| &part.lines).map(|line| &line.line)
}

fn sum_goods(parts: &[&Part]) -> Rupiah {
    Rupiah::sum(parts.iter().map(|part| part.fulfilment.goods_total)).unwrap_or(Rupiah::ZERO)
}

fn line_text(language: Language, line: &OrderLine) -> LineText {
    LineText {
        name: line.product_name.clone(),
        quantity: format_amount(language, line.quantity, &line.unit),
        price: line.unit_price.to_string(),
        total: line.total.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::LineReason;

    fn values(why: &str, flags: u8) -> LetterValues {
        let has_flag = |bit: u8| flags & bit != 0;
        let some = |text: &str| has_flag(1).then(|| text.to_owned());
        LetterValues {
            number: "CIH-2611-0042".into(),
            name: "Contoh Sari".into(),
            buyer: "Contoh Budi".into(),
            cooperative: "Koperasi Contoh Cihonje".into(),
            group: "Sekar Laras".into(),
            answer_by: some("Selasa, 24 November 2026 14.30 WIB"),
            ready_on: "Jumat, 27 November 2026".into(),
            reason: some("Kompor rusak"),
            pickup: has_flag(2),
            point: some("Balai Desa"),
            product: "Pastel sayur".into(),
            quantity: "20 biji".into(),
            before: "30 biji".into(),
            nothing: has_flag(4),
            why: why.into(),
            until: "Rabu, 25 November 2026 17.00 WIB".into(),
            day_before: "Kamis, 26 November 2026".into(),
            next_day: some("Sabtu, 28 November 2026"),
            promised: has_flag(8),
        }
    }

    #[test]
    fn every_letter_renders_in_both_languages_with_any_values() {
        let reasons: Vec<&str> = LineReason::ALL.iter().map(|why| why.as_str()).chain([""]).collect();
        for kind in OrderNoticeKind::ALL {
            let mut texts = Vec::new();
            for language in [Language::Indonesian, Language::English] {
                let mut lines = kind.template(language).splitn(2, '\n');
                let (subject, text) = (lines.next().unwrap(), lines.next().unwrap());
                let template = Template { subject, text, html: "" };
                for (why, flags) in reasons.iter().flat_map(|why| (0..16).map(move |flags| (why, flags))) {
                    let (subject, body, _) = compose(&template, values(why, flags)).unwrap();
                    let (heading, intro) = body.trim().split_once('\n').expect("a heading and a text");
                    for part in [&subject, heading, intro] {
                        assert!(!part.trim().is_empty() && !part.contains("{{"), "{kind} {language}: {part}");
                    }
                    assert!(subject.contains("CIH-2611-0042"), "{kind} {language}: {subject}");
                }
                texts.push(kind.template(language));
            }
            assert_ne!(texts[0], texts[1], "{kind} has one language only");
        }
    }
}
