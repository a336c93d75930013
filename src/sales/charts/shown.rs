//! What each picture shows: the rows of a report, few enough to be looked at, with a sentence that says the same.

use std::collections::BTreeMap;

use super::draw::{self, Bar, Heading, Point};
use super::words::{clean, percent};
use crate::db::Conn;
use crate::kernel::{Day, Language, Rupiah, format};
use crate::sales::comparison::last_year;
use crate::sales::labels;
use crate::sales::report::{By, Key, Period, Report, Row, Scope, row_of};
use crate::sales::stability::share;
use crate::sales::store::margin::margins;
use crate::sales::store::{self, buckets};
use crate::web::Problem;

/// The most bars that are drawn by themselves; what is left is one more.
const MOST_BARS: usize = 10;
/// The most names in a line below a picture.
const MOST_NAMES: usize = 3;

/// Whose sales of which days are drawn, and in which language.
#[derive(Debug, Clone, Copy)]
pub(in crate::sales) struct Asked {
    pub(in crate::sales) scope: Scope,
    pub(in crate::sales) period: Period,
    pub(in crate::sales) language: Language,
}

impl Asked {
    fn heading(&self, id: &str, en: &str, said: String) -> Heading {
        let days = labels::of_days(self.period.from, self.period.to, self.language);
        Heading { title: self.say(id, en).to_owned(), days, said }
    }

    fn say<'t>(&self, id: &'t str, en: &'t str) -> &'t str {
        match self.language {
            Language::Indonesian => id,
            Language::English => en,
        }
    }

    fn nothing(&self, id: &str, en: &str) -> Result<String, Problem> {
        let said = self.say("Belum ada penjualan pada hari-hari ini.", "Nothing was sold on these days.");
        draw::nothing(&self.heading(id, en, said.to_owned())).map_err(Problem::internal)
    }

    fn report(&self, conn: &mut Conn, by: By) -> Result<Report, Problem> {
        Ok(store::report(conn, self.scope, self.period, by, self.language, false, &|key| key.to_owned())?)
    }
}

/// Turnover by day or week, beside that of the same Hijri days a year before.
pub(in crate::sales) fn turnover(conn: &mut Conn, asked: Asked, by: By) -> Result<String, Problem> {
    let (id, en) = match by {
        By::Week => ("Omzet per minggu", "Turnover by week"),
        _ => ("Omzet per hari", "Turnover by day"),
    };
    let Asked { scope, period, language } = asked;
    let sold: BTreeMap<Day, Rupiah> = buckets(conn, scope, period, by)?
        .into_iter()
        .filter_map(|bucket| match bucket.key {
            Key::Day(day) => Some((day, bucket.amount)),
            _ => None,
        })
        .collect();
    let before = last_year(conn, scope, period, by)?;
    if sold.is_empty() && before.values().all(|row| row.amount == Rupiah::ZERO) {
        return asked.nothing(id, en);
    }
    let mut days: Vec<Day> =
        period.from.iter_days().take_while(|day| *day <= period.to).map(|day| row_of(day, by)).collect();
    days.dedup();
    let point = |day: Day| Point {
        day,
        amount: sold.get(&day).copied().unwrap_or_default(),
        last_year: before.get(&day).map(|row| row.amount),
    };
    let points: Vec<Point> = days.into_iter().map(point).collect();
    let sum = Rupiah::sum(points.iter().map(|it| it.amount)).unwrap_or_default();
    let sum_before = Rupiah::sum(points.iter().filter_map(|it| it.last_year)).unwrap_or_default();
    let said = match language {
        Language::Indonesian => format!("Jumlah {sum}; pada hari Hijriah yang sama tahun lalu {sum_before}."),
        Language::English => format!("{sum} in all; {sum_before} on the same Hijri days last year."),
    };
    draw::turnover(&asked.heading(id, en, said), &points, language).map_err(Problem::internal)
}

/// What each product's part of the turnover is.
pub(super) fn products(conn: &mut Conn, asked: Asked) -> Result<String, Problem> {
    shares(&asked, asked.report(conn, By::Product)?, "Omzet menurut produk", "Turnover by product")
}

/// What each channel's part of the turnover is.
pub(super) fn channels(conn: &mut Conn, asked: Asked) -> Result<String, Problem> {
    shares(&asked, asked.report(conn, By::Channel)?, "Omzet menurut saluran", "Turnover by channel")
}

fn shares(asked: &Asked, report: Report, id: &str, en: &str) -> Result<String, Problem> {
    let whole = report.totals.amount;
    let figure = |amount: Rupiah| match share(amount.0, whole.0).filter(|share| *share >= 0) {
        Some(share) => format!("{amount} · {}", percent(share)),
        None => amount.to_string(),
    };
    let rows = report.rows.into_iter().filter(|row| row.bucket.amount != Rupiah::ZERO);
    let drawn = few(asked, rows.map(|Row { bucket, label, .. }| (clean(&label), bucket.amount)).collect());
    if drawn.is_empty() {
        return asked.nothing(id, en);
    }
    let bars: Vec<Bar> = drawn
        .into_iter()
        .map(|(label, amount)| Bar { label, amount: amount.0, figure: figure(amount), stands_out: true })
        .collect();
    draw::bars(&asked.heading(id, en, said(&bars)), &bars, &[]).map_err(Problem::internal)
}

/// The first rows, and the rest as one.
fn few(asked: &Asked, mut rows: Vec<(String, Rupiah)>) -> Vec<(String, Rupiah)> {
    if rows.len() <= MOST_BARS.saturating_add(1) {
        return rows;
    }
    let rest = rows.split_off(MOST_BARS);
    let amount = Rupiah::sum(rest.iter().map(|(_, amount)| *amount)).unwrap_or_default();
    rows.push((format!("{} ({})", asked.say("Lainnya", "Others"), rest.len()), amount));
    rows
}

fn said(bars: &[Bar]) -> String {
    let each: Vec<String> = bars.iter().map(|bar| format!("{}: {}", bar.label, bar.figure)).collect();
    each.join("; ")
}

/// What is left of each product. Products without a cost are named and not drawn, and so is the part that has none.
pub(super) fn margin(conn: &mut Conn, asked: Asked) -> Result<String, Problem> {
    let (id, en) = ("Sisa hasil menurut produk", "Margin by product");
    let report = asked.report(conn, By::Product)?;
    if report.rows.is_empty() {
        return asked.nothing(id, en);
    }
    let margins = margins(conn, asked.scope, asked.period)?;
    let (mut left, mut without, mut partly) = (Vec::new(), Vec::new(), Vec::new());
    for Row { bucket, label, .. } in report.rows {
        let Key::Product(product) = bucket.key else { continue };
        let name = clean(&label);
        match margins.get(&product).and_then(|it| Some((it, it.left()?))) {
            None => without.push(name),
            Some((it, rest)) => {
                if it.costed != bucket.amount {
                    partly.push(name.clone());
                }
                left.push((name, rest));
            }
        }
    }
    left.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    let bars: Vec<Bar> = few(&asked, left)
        .into_iter()
        .map(|(label, rest)| Bar { label, amount: rest.0, figure: rest.to_string(), stands_out: true })
        .collect();
    let meaning = asked.say(
        "Omzet dikurangi bagian koperasi dan biaya satuan bahan dan upah.",
        "Turnover less the cooperative's share and the unit cost.",
    );
    let mut notes = vec![meaning.to_owned()];
    notes.extend(named(&asked, ("Belum ada biaya satuan", "Without a unit cost"), &without));
    notes.extend(named(&asked, ("Sebagian belum ada biaya", "Partly without a cost"), &partly));
    let mut words = said(&bars);
    for note in &notes {
        words.push_str(if words.is_empty() { "" } else { ". " });
        words.push_str(note.trim_end_matches('.'));
    }
    draw::bars(&asked.heading(id, en, words), &bars, &notes).map_err(Problem::internal)
}

fn named(asked: &Asked, (id, en): (&str, &str), names: &[String]) -> Option<String> {
    let first = names.first()?;
    let mut text = format!("{}: {first}", asked.say(id, en));
    for name in names.iter().take(MOST_NAMES).skip(1) {
        text.push_str(", ");
        text.push_str(name);
    }
    match names.len().saturating_sub(MOST_NAMES) {
        0 => {}
        more => text.push_str(&format!(" + {more}")),
    }
    Some(text)
}

/// What a day of each kind brings on the average.
pub(super) fn days(conn: &mut Conn, asked: Asked) -> Result<String, Problem> {
    let (id, en) = ("Hari terbaik: rata-rata sehari", "Best days: average a day");
    let sold: BTreeMap<u32, Rupiah> = buckets(conn, asked.scope, asked.period, By::Weekday)?
        .into_iter()
        .filter_map(|bucket| match bucket.key {
            Key::Weekday(place) => Some((place, bucket.amount)),
            _ => None,
        })
        .collect();
    if sold.is_empty() {
        return asked.nothing(id, en);
    }
    let average = |place: u32| {
        let sum = sold.get(&place).copied().unwrap_or_default();
        sum.0.checked_div(asked.period.weekdays(place)).unwrap_or(0)
    };
    let best = (0..7).map(average).max().unwrap_or(0);
    let bar = |place: u32| {
        let amount = average(place);
        let label = format::weekday(asked.language, place).to_owned();
        Bar { label, amount, figure: Rupiah(amount).to_string(), stands_out: amount == best }
    };
    let bars: Vec<Bar> = (0..7).map(bar).collect();
    draw::bars(&asked.heading(id, en, said(&bars)), &bars, &[]).map_err(Problem::internal)
}
