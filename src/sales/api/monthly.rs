//! The monthly report of a group on one page to print: sales compared with the month before and the same Hijri days a
//! year before, the group's share, best products and days, and production and discards.

use actix_web::http::StatusCode;
use chrono::Months;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::catalogue;
use crate::cooperatives::{self, Officer, Overseer};
use crate::db::Conn;
use crate::kernel::ids::GroupId;
use crate::kernel::{Day, Language, Rupiah};
use crate::sales::access::ReportAccess;
use crate::sales::charts::{ChartRequest, draw_turnover};
use crate::sales::comparison::{Margin, load_last_year};
use crate::sales::report::{Bucket, GroupBy, Period, Report, ReportKey, SalesScope, month_start};
use crate::sales::store::margin::load_margins;
use crate::sales::{labels, store};
use crate::web::html::{self, HtmlPage};
use crate::web::{ApiResponse, PathIds, Problem, Query, Read, Routes, Rule, routes};

const PAGE: &str = include_str!("monthly.html");

/// What fits on the page.
const MAX_ROWS: usize = 5;

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["sales": get_group_sales_month]
}

/// Month of a report.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct MonthQuery {
    /// The month; the current one by default.
    #[param(min_length = 7, max_length = 7, example = "2026-11")]
    month: Option<String>,
}

impl MonthQuery {
    fn first_day(&self, today: Day) -> Result<Day, Problem> {
        let Some(month) = &self.month else { return Ok(month_start(today)) };
        let complete = Some(month).filter(|month| month.len() == 7);
        complete
            .and_then(|month| format!("{month}-01").parse().ok())
            .ok_or_else(|| Problem::invalid_parameter("/month", Rule::NoMonth))
    }
}

/// The month that begins on this day.
fn month_period(first: Day) -> Period {
    let next = first.checked_add_months(Months::new(1));
    Period { from: first, to: next.and_then(|next| next.pred_opt()).unwrap_or(first) }
}

#[derive(Serialize)]
struct Line {
    label: String,
    cells: Vec<String>,
}

#[derive(Serialize)]
struct Part {
    title: &'static str,
    rows: Vec<Line>,
}

#[derive(Serialize)]
struct Month {
    group: String,
    cooperative: String,
    heads: [&'static str; 3],
    figures: Vec<Line>,
    picture: String,
    parts: Vec<Part>,
    nothing: &'static str,
}

/// Get the monthly sales page of a group
///
/// For its officers, and everyone with an office in its cooperative: a page to print in the reader's language. The
/// figures are those of the reports.
#[utoipa::path(
    get, path = "/v1/groups/{id}/sales/report",
    responses((status = 200, content((HtmlPage = "text/html")))),
)]
pub(super) async fn get_group_sales_month(
    read: Read,
    officer: Officer,
    overseer: Overseer,
    PathIds(group): PathIds<GroupId>,
    Query(query): Query<MonthQuery>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    read.run(move |conn, now| {
        let access = ReportAccess::to_group(conn, &officer, &overseer, group)?;
        let today = cooperatives::load_zone(conn, access.cooperative)?.day_of(now);
        render(conn, group, month_period(query.first_day(today)?), language)
    })
    .await
}

fn render(conn: &mut Conn, group: GroupId, period: Period, language: Language) -> Result<ApiResponse, Problem> {
    let text = |id: &'static str, en: &'static str| match language {
        Language::Indonesian => id,
        Language::English => en,
    };
    let scope = SalesScope::Group(group);
    let mut report = |by: GroupBy, period: Period| -> Result<Report, Problem> {
        Ok(store::load_report(conn, scope, period, by, language, false, &|key| key.to_owned())?)
    };
    let before = period.from.checked_sub_months(Months::new(1)).map(month_period).unwrap_or(period);
    let (current, products) = (report(GroupBy::Day, period)?.totals, report(GroupBy::Product, period)?);
    let (previous, mut days) = (report(GroupBy::Day, before)?.totals, report(GroupBy::Day, period)?.rows);
    let year_before = Rupiah::sum(load_last_year(conn, scope, period, GroupBy::Day)?.values().map(|row| row.amount));
    let service =
        Margin::sum(load_margins(conn, scope, period)?.values()).map(|margin| margin.service).unwrap_or_default();
    let share = current.amount.minus(service).unwrap_or_default();
    let (name, cooperative) = store::monthly::load_names(conn, group)?;

    let line = |label: &str, cells: Vec<String>| Line { label: label.to_owned(), cells };
    let only = |amount: Rupiah| vec![amount.to_string(), String::new(), String::new()];
    let year_before = year_before.unwrap_or_default().to_string();
    let turnover = vec![current.amount.to_string(), previous.amount.to_string(), year_before];
    let orders = vec![current.orders.to_string(), previous.orders.to_string(), String::new()];
    let figures = vec![
        line(text("Omzet", "Turnover"), turnover),
        line(text("Pesanan", "Orders"), orders),
        line(text("Bagian koperasi", "The cooperative's share"), only(service)),
        line(text("Masuk untuk kelompok", "Comes in for the group"), only(share)),
    ];
    let quantity = |bucket: &Bucket, unit: Option<&String>| {
        unit.map(|unit| catalogue::format_amount(language, bucket.quantity, unit)).unwrap_or_default()
    };
    let best = products.rows.iter().take(MAX_ROWS);
    let best =
        best.map(|row| line(&row.label, vec![quantity(&row.bucket, row.unit.as_ref()), row.bucket.amount.to_string()]));
    let best: Vec<Line> = best.collect();
    days.sort_by(|left, right| {
        right.bucket.amount.cmp(&left.bucket.amount).then_with(|| left.bucket.key.cmp(&right.bucket.key))
    });
    let day_name = |key: &ReportKey| match key {
        ReportKey::Day(day) => crate::kernel::format::day(language, *day),
        _ => String::new(),
    };
    let days = days.iter().take(MAX_ROWS);
    let days = days.map(|row| line(&day_name(&row.bucket.key), vec![row.bucket.amount.to_string()])).collect();
    let mut production = store::monthly::list_production(conn, group, period)?;
    production.sort_by_key(|row| std::cmp::Reverse(row.batches));
    let (mut made, mut discarded) = (Vec::new(), Vec::new());
    for row in &production {
        let batches = format!("{} {}", row.batches, text("kloter", "batches"));
        made.push(line(&row.name, vec![batches, catalogue::format_amount(language, row.made, &row.unit)]));
        if row.discarded != crate::kernel::Quantity::ZERO {
            discarded.push(line(&row.name, vec![catalogue::format_amount(language, row.discarded, &row.unit)]));
        }
    }
    made.truncate(MAX_ROWS);
    discarded.truncate(MAX_ROWS);
    let picture = draw_turnover(conn, ChartRequest { scope, period, language }, GroupBy::Day)?;
    let month = labels::day_label(period.from, GroupBy::Month, language);
    let title = format!("{} {month}", text("Laporan Penjualan", "Sales of"));
    let values = Month {
        group: name,
        cooperative,
        heads: [
            text("Bulan ini", "This month"),
            text("Bulan lalu", "Last month"),
            text("Hari Hijriah yang sama tahun lalu", "Same Hijri days last year"),
        ],
        figures,
        picture,
        parts: vec![
            Part { title: text("Produk terlaris", "Best products"), rows: best },
            Part { title: text("Hari terbaik", "Best days"), rows: days },
            Part { title: text("Dibuat", "Made"), rows: made },
            Part { title: text("Dibuang", "Thrown away"), rows: discarded },
        ],
        nothing: text("Tidak ada.", "Nothing."),
    };
    html::page(StatusCode::OK, language, &title, PAGE, values)
}
