//! Content of each chart: the rows of a report, limited in number, with a description.

use std::collections::BTreeMap;

use super::draw::{self, Bar, Heading, Point};
use super::text::{format_percent, sanitize};
use crate::db::Conn;
use crate::kernel::{Day, Language, Rupiah, format};
use crate::sales::comparison::load_last_year;
use crate::sales::labels;
use crate::sales::report::{GroupBy, Period, Report, ReportKey, Row, SalesScope, bucket_day};
use crate::sales::share::basis_points;
use crate::sales::store::margin::load_margins;
use crate::sales::store::{self, load_buckets};
use crate::web::Problem;

/// The maximum of bars without the bar of all other rows.
const MAX_BARS: usize = 10;
const MAX_NAMES: usize = 3;

/// Scope, period and language of a chart.
#[derive(Debug, Clone, Copy)]
pub(in crate::sales) struct ChartRequest {
    pub(in crate::sales) scope: SalesScope,
    pub(in crate::sales) period: Period,
    pub(in crate::sales) language: Language,
}

impl ChartRequest {
    fn heading(&self, id: &str, en: &str, description: String) -> Heading {
        let days = labels::period_label(self.period.from, self.period.to, self.language);
        Heading { title: self.translate(id, en).to_owned(), days, description }
    }

    fn translate<'t>(&self, id: &'t str, en: &'t str) -> &'t str {
        match self.language {
            Language::Indonesian => id,
            Language::English => en,
        }
    }

    fn draw_empty(&self, id: &str, en: &str) -> Result<String, Problem> {
        let description = self.translate("Belum ada penjualan pada hari-hari ini.", "Nothing was sold on these days.");
        draw::draw_empty(&self.heading(id, en, description.to_owned())).map_err(Problem::internal)
    }

    fn load_report(&self, conn: &mut Conn, by: GroupBy) -> Result<Report, Problem> {
        Ok(store::load_report(conn, self.scope, self.period, by, self.language, false, &|key| key.to_owned())?)
    }
}

/// Turnover by day or week, compared with the same Hijri days of the year before.
pub(in crate::sales) fn draw_turnover(conn: &mut Conn, request: ChartRequest, by: GroupBy) -> Result<String, Problem> {
    let (id, en) = match by {
        GroupBy::Week => ("Omzet per minggu", "Turnover by week"),
        _ => ("Omzet per hari", "Turnover by day"),
    };
    let ChartRequest { scope, period, language } = request;
    let sold: BTreeMap<Day, Rupiah> = load_buckets(conn, scope, period, by)?
        .into_iter()
        .filter_map(|bucket| match bucket.key {
            ReportKey::Day(day) => Some((day, bucket.amount)),
            _ => None,
        })
        .collect();
    let before = load_last_year(conn, scope, period, by)?;
    if sold.is_empty() && before.values().all(|row| row.amount == Rupiah::ZERO) {
        return request.draw_empty(id, en);
    }
    let mut days: Vec<Day> =
        period.from.iter_days().take_while(|day| *day <= period.to).map(|day| bucket_day(day, by)).collect();
    days.dedup();
    let point = |day: Day| Point {
        day,
        amount: sold.get(&day).copied().unwrap_or_default(),
        last_year: before.get(&day).map(|row| row.amount),
    };
    let points: Vec<Point> = days.into_iter().map(point).collect();
    let sum = Rupiah::sum(points.iter().map(|point| point.amount)).unwrap_or_default();
    let sum_before = Rupiah::sum(points.iter().filter_map(|point| point.last_year)).unwrap_or_default();
    let description = match language {
        Language::Indonesian => format!("Jumlah {sum}; pada hari Hijriah yang sama tahun lalu {sum_before}."),
        Language::English => format!("{sum} in all; {sum_before} on the same Hijri days last year."),
    };
    draw::draw_turnover(&request.heading(id, en, description), &points, language).map_err(Problem::internal)
}

/// Share of each product in the turnover.
pub(super) fn draw_products(conn: &mut Conn, request: ChartRequest) -> Result<String, Problem> {
    draw_shares(&request, request.load_report(conn, GroupBy::Product)?, "Omzet menurut produk", "Turnover by product")
}

/// Share of each channel in the turnover.
pub(super) fn draw_channels(conn: &mut Conn, request: ChartRequest) -> Result<String, Problem> {
    draw_shares(&request, request.load_report(conn, GroupBy::Channel)?, "Omzet menurut saluran", "Turnover by channel")
}

fn draw_shares(request: &ChartRequest, report: Report, id: &str, en: &str) -> Result<String, Problem> {
    let whole = report.totals.amount;
    let figure = |amount: Rupiah| match basis_points(amount.0, whole.0).filter(|share| *share >= 0) {
        Some(share) => format!("{amount} · {}", format_percent(share)),
        None => amount.to_string(),
    };
    let rows = report.rows.into_iter().filter(|row| row.bucket.amount != Rupiah::ZERO);
    let rows = limit_rows(request, rows.map(|Row { bucket, label, .. }| (sanitize(&label), bucket.amount)).collect());
    if rows.is_empty() {
        return request.draw_empty(id, en);
    }
    let bars: Vec<Bar> = rows
        .into_iter()
        .map(|(label, amount)| Bar { label, amount: amount.0, figure: figure(amount), is_highlighted: true })
        .collect();
    draw::draw_bars(&request.heading(id, en, describe(&bars)), &bars, &[]).map_err(Problem::internal)
}

/// Keeps the first rows, and sums the others in one.
fn limit_rows(request: &ChartRequest, mut rows: Vec<(String, Rupiah)>) -> Vec<(String, Rupiah)> {
    if rows.len() <= MAX_BARS.saturating_add(1) {
        return rows;
    }
    let rest = rows.split_off(MAX_BARS);
    let amount = Rupiah::sum(rest.iter().map(|(_, amount)| *amount)).unwrap_or_default();
    rows.push((format!("{} ({})", request.translate("Lainnya", "Others"), rest.len()), amount));
    rows
}

fn describe(bars: &[Bar]) -> String {
    let each: Vec<String> = bars.iter().map(|bar| format!("{}: {}", bar.label, bar.figure)).collect();
    each.join("; ")
}

/// Margin of each product. Products without a cost, or with a partly unknown one, are named in the notes.
pub(super) fn draw_margin(conn: &mut Conn, request: ChartRequest) -> Result<String, Problem> {
    let (id, en) = ("Sisa hasil menurut produk", "Margin by product");
    let report = request.load_report(conn, GroupBy::Product)?;
    if report.rows.is_empty() {
        return request.draw_empty(id, en);
    }
    let load_margins = load_margins(conn, request.scope, request.period)?;
    let (mut amounts, mut without_cost, mut partly_costed) = (Vec::new(), Vec::new(), Vec::new());
    for Row { bucket, label, .. } in report.rows {
        let ReportKey::Product(product) = bucket.key else { continue };
        let name = sanitize(&label);
        match load_margins.get(&product).and_then(|margin| Some((margin, margin.amount()?))) {
            None => without_cost.push(name),
            Some((margin, amount)) => {
                if margin.costed != bucket.amount {
                    partly_costed.push(name.clone());
                }
                amounts.push((name, amount));
            }
        }
    }
    amounts.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    let bars: Vec<Bar> = limit_rows(&request, amounts)
        .into_iter()
        .map(|(label, amount)| Bar { label, amount: amount.0, figure: amount.to_string(), is_highlighted: true })
        .collect();
    let meaning = request.translate(
        "Omzet dikurangi bagian koperasi dan biaya satuan bahan dan upah.",
        "Turnover less the cooperative's share and the unit cost.",
    );
    let mut notes = vec![meaning.to_owned()];
    notes.extend(list_names(&request, ("Belum ada biaya satuan", "Without a unit cost"), &without_cost));
    notes.extend(list_names(&request, ("Sebagian belum ada biaya", "Partly without a cost"), &partly_costed));
    let mut text = describe(&bars);
    for note in &notes {
        text.push_str(if text.is_empty() { "" } else { ". " });
        text.push_str(note.trim_end_matches('.'));
    }
    draw::draw_bars(&request.heading(id, en, text), &bars, &notes).map_err(Problem::internal)
}

fn list_names(request: &ChartRequest, (id, en): (&str, &str), names: &[String]) -> Option<String> {
    let first = names.first()?;
    let mut text = format!("{}: {first}", request.translate(id, en));
    for name in names.iter().take(MAX_NAMES).skip(1) {
        text.push_str(", ");
        text.push_str(name);
    }
    match names.len().saturating_sub(MAX_NAMES) {
        0 => {}
        more => text.push_str(&format!(" + {more}")),
    }
    Some(text)
}

/// Average turnover by weekday.
pub(super) fn draw_days(conn: &mut Conn, request: ChartRequest) -> Result<String, Problem> {
    let (id, en) = ("Hari terbaik: rata-rata sehari", "Best days: average a day");
    let sold: BTreeMap<u32, Rupiah> = load_buckets(conn, request.scope, request.period, GroupBy::Weekday)?
        .into_iter()
        .filter_map(|bucket| match bucket.key {
            ReportKey::Weekday(weekday) => Some((weekday, bucket.amount)),
            _ => None,
        })
        .collect();
    if sold.is_empty() {
        return request.draw_empty(id, en);
    }
    let average = |weekday: u32| {
        let sum = sold.get(&weekday).copied().unwrap_or_default();
        sum.0.checked_div(request.period.count_weekdays(weekday)).unwrap_or(0)
    };
    let best = (0..7).map(average).max().unwrap_or(0);
    let bar = |weekday: u32| {
        let amount = average(weekday);
        let label = format::weekday(request.language, weekday).to_owned();
        Bar { label, amount, figure: Rupiah(amount).to_string(), is_highlighted: amount == best }
    };
    let bars: Vec<Bar> = (0..7).map(bar).collect();
    draw::draw_bars(&request.heading(id, en, describe(&bars)), &bars, &[]).map_err(Problem::internal)
}
