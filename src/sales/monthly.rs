//! A group's month on one page, to print and to hang up: what was sold, held against the month before and the same Hijri
//! days a year before, what it brought the group, what was liked best, and what was made and thrown away.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use chrono::Months;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::api::reader_of_group;
use super::charts::{Asked, turnover};
use super::comparison::{Margin, last_year};
use super::report::{Bucket, By, Key, Period, Report, Scope, first_of_month};
use super::store::margin::margins;
use super::{labels, store};
use crate::catalogue;
use crate::cooperatives::{Officer, Overseer};
use crate::db::Conn;
use crate::kernel::ids::GroupId;
use crate::kernel::{Day, Language, Rupiah};
use crate::web::html::{self, HtmlPage};
use crate::web::{ApiResponse, AppState, Code, FieldError, FieldErrors, PathIds, Problem, Query, Routes, routes};

const PAGE: &str = include_str!("monthly.html");

/// As many products as one page has room for.
const MOST_ROWS: usize = 5;

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes![group_sales_month]
}

/// Which month.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct MonthQuery {
    /// Which month; the one of today when it is not said.
    #[param(min_length = 7, max_length = 7, example = "2026-11")]
    month: Option<String>,
}

impl MonthQuery {
    fn first_day(&self, today: Day) -> Result<Day, Problem> {
        let Some(month) = &self.month else { return Ok(first_of_month(today)) };
        let written = Some(month).filter(|month| month.len() == 7);
        written.and_then(|month| format!("{month}-01").parse().ok()).ok_or_else(|| {
            let fault = FieldError::Rule {
                code: "no-month",
                id: "Tulislah bulan seperti 2026-11.",
                en: "Write a month as 2026-11.",
            };
            Problem::new(Code::QueryInvalid).with_faults(FieldErrors::one("/month", fault))
        })
    }
}

/// The month that begins on this day.
fn month_from(first: Day) -> Period {
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

/// A group's month on one page
///
/// For its officers, and for everyone who holds an office in its cooperative: a page to print, in the reader's language.
/// The figures are those of the reports.
#[utoipa::path(
    get,
    path = "/v1/groups/{id}/sales/report",
    tag = "sales",
    operation_id = "group_sales_month",
    params(("id" = GroupId, Path, description = "The group"), MonthQuery),
    responses((status = 200, description = "The page", content((HtmlPage = "text/html")))),
    security(("bearer" = [])),
)]
pub(super) async fn group_sales_month(
    state: Data<AppState>,
    officer: Officer,
    overseer: Overseer,
    PathIds(group): PathIds<GroupId>,
    Query(query): Query<MonthQuery>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let reader = reader_of_group(&state, &officer, &overseer, group).await?;
    let now = state.now();
    state
        .db
        .read::<_, Problem, _>(move |conn| {
            let today = store::zone_of(conn, reader.cooperative)?.day_of(now);
            page(conn, group, month_from(query.first_day(today)?), language)
        })
        .await
}

fn page(conn: &mut Conn, group: GroupId, period: Period, language: Language) -> Result<ApiResponse, Problem> {
    let say = |id: &'static str, en: &'static str| match language {
        Language::Indonesian => id,
        Language::English => en,
    };
    let scope = Scope::Group(group);
    let mut report = |by: By, period: Period| -> Result<Report, Problem> {
        Ok(store::report(conn, scope, period, by, language, false, &|key| key.to_owned())?)
    };
    let before = period.from.checked_sub_months(Months::new(1)).map(month_from).unwrap_or(period);
    let (this, products) = (report(By::Day, period)?.totals, report(By::Product, period)?);
    let (last, mut days) = (report(By::Day, before)?.totals, report(By::Day, period)?.rows);
    let year_before = Rupiah::sum(last_year(conn, scope, period, By::Day)?.values().map(|it| it.amount));
    let service = Margin::sum(margins(conn, scope, period)?.values()).map(|it| it.service).unwrap_or_default();
    let share = this.amount.minus(service).unwrap_or_default();
    let (name, cooperative) = store::monthly::names(conn, group)?;

    let line = |label: &str, cells: Vec<String>| Line { label: label.to_owned(), cells };
    let only = |amount: Rupiah| vec![amount.to_string(), String::new(), String::new()];
    let year_before = year_before.unwrap_or_default().to_string();
    let turned_over = vec![this.amount.to_string(), last.amount.to_string(), year_before];
    let orders = vec![this.orders.to_string(), last.orders.to_string(), String::new()];
    let figures = vec![
        line(say("Omzet", "Turnover"), turned_over),
        line(say("Pesanan", "Orders"), orders),
        line(say("Bagian koperasi", "The cooperative's share"), only(service)),
        line(say("Masuk untuk kelompok", "Comes in for the group"), only(share)),
    ];
    let quantity = |bucket: &Bucket, unit: Option<&String>| {
        unit.map(|unit| catalogue::amount(language, bucket.quantity, unit)).unwrap_or_default()
    };
    let best = products.rows.iter().take(MOST_ROWS);
    let best =
        best.map(|row| line(&row.label, vec![quantity(&row.bucket, row.unit.as_ref()), row.bucket.amount.to_string()]));
    let best: Vec<Line> = best.collect();
    days.sort_by(|one, other| {
        other.bucket.amount.cmp(&one.bucket.amount).then_with(|| one.bucket.key.cmp(&other.bucket.key))
    });
    let named = |key: &Key| match key {
        Key::Day(day) => crate::kernel::format::day(language, *day),
        _ => String::new(),
    };
    let days = days.iter().take(MOST_ROWS);
    let days = days.map(|row| line(&named(&row.bucket.key), vec![row.bucket.amount.to_string()])).collect();
    let mut made = store::monthly::made(conn, group, period)?;
    made.sort_by_key(|it| std::cmp::Reverse(it.batches));
    let (mut cooked, mut thrown) = (Vec::new(), Vec::new());
    for it in &made {
        let batches = format!("{} {}", it.batches, say("kloter", "batches"));
        cooked.push(line(&it.name, vec![batches, catalogue::amount(language, it.made, &it.unit)]));
        if it.discarded != crate::kernel::Quantity::ZERO {
            thrown.push(line(&it.name, vec![catalogue::amount(language, it.discarded, &it.unit)]));
        }
    }
    cooked.truncate(MOST_ROWS);
    thrown.truncate(MOST_ROWS);
    let picture = turnover(conn, Asked { scope, period, language }, By::Day)?;
    let month = labels::of_day(period.from, By::Month, language);
    let title = format!("{} {month}", say("Laporan Penjualan", "Sales of"));
    let values = Month {
        group: name,
        cooperative,
        heads: [
            say("Bulan ini", "This month"),
            say("Bulan lalu", "Last month"),
            say("Hari Hijriah yang sama tahun lalu", "Same Hijri days last year"),
        ],
        figures,
        picture,
        parts: vec![
            Part { title: say("Produk terlaris", "Best products"), rows: best },
            Part { title: say("Hari terbaik", "Best days"), rows: days },
            Part { title: say("Dibuat", "Made"), rows: cooked },
            Part { title: say("Dibuang", "Thrown away"), rows: thrown },
        ],
        nothing: say("Tidak ada.", "Nothing."),
    };
    html::page(StatusCode::OK, language, &title, PAGE, values)
}
