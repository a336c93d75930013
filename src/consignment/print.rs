//! What was brought to an outlet, and what was counted there, as a slip for both sides to sign.

use actix_web::http::StatusCode;
use serde::Serialize;

use super::goods::OutletCount;
use super::store::{self, Shown};
use crate::catalogue::amount;
use crate::cooperatives::AccessError;
use crate::db::Conn;
use crate::kernel::ids::ConsignmentId;
use crate::kernel::{Language, Quantity, Rupiah, format};
use crate::web::{ApiResponse, Problem, html};

const PAGE: &str = include_str!("print.html");

#[derive(Serialize)]
struct Slip {
    outlet: String,
    group: String,
    day: String,
    state: Option<&'static str>,
    rows: Vec<Row>,
    sums: Vec<Row>,
    remarks: Vec<String>,
}

/// Goods, how many of them and why, and what they come to.
#[derive(Serialize)]
struct Row {
    goods: String,
    detail: String,
    amount: String,
}

const fn say(language: Language, indonesian: &'static str, english: &'static str) -> &'static str {
    match language {
        Language::Indonesian => indonesian,
        Language::English => english,
    }
}

/// What was brought, and what the outlet owes for a unit that it sells.
pub(super) fn of_delivery(shown: &Shown, language: Language) -> Result<ApiResponse, Problem> {
    let it = &shown.consignment;
    let worth = it.delivered.cost(it.unit_price).unwrap_or_default();
    let mut remarks = Vec::new();
    if let Some(retail) = it.retail_price {
        let words = say(language, "Harga jual di warung", "Price at the outlet");
        remarks.push(format!("{words}: {retail}"));
    }
    if let Some(last) = shown.best_before {
        let words = say(language, "Baik sampai", "Best before");
        remarks.push(format!("{words}: {}", format::date(language, last)));
    }
    remarks.push(
        say(
            language,
            "Barang tetap milik kelompok sampai terjual. Yang tidak terjual dikembalikan.",
            "The goods stay the group's until they are sold. What is not sold goes back.",
        )
        .to_owned(),
    );
    remarks.extend(it.note.clone());
    let slip = Slip {
        outlet: it
            .received_by
            .as_ref()
            .map_or_else(|| shown.outlet_name.clone(), |by| format!("{} ({by})", shown.outlet_name)),
        group: shown.group_name.clone(),
        day: format::day(language, it.delivered_on),
        state: None,
        rows: vec![Row {
            goods: shown.product_name.clone(),
            detail: format!("{} × {}", amount(language, it.delivered, &shown.unit), it.unit_price),
            amount: worth.to_string(),
        }],
        sums: Vec::new(),
        remarks,
    };
    html::page(StatusCode::OK, language, say(language, "Nota titip jual", "Consignment note"), PAGE, slip)
}

/// What was found, and what is to be paid for it.
pub(super) fn of_count(conn: &mut Conn, count: &OutletCount, language: Language) -> Result<ApiResponse, Problem> {
    let lines = store::lines_of(conn, &[count.id])?;
    let ids: Vec<ConsignmentId> = lines.iter().map(|line| line.consignment).collect();
    let shown = store::consignments_of(conn, &ids)?;
    let (row, outlet) = (store::count_row(conn, count.id)?, store::outlet(conn, count.outlet)?);
    let (order, outlet) = (row.and_then(|(_, order)| order), outlet.ok_or(AccessError::Hidden)?);
    let mut rows = Vec::new();
    for it in &shown {
        let Some(line) = lines.iter().find(|line| line.consignment == it.consignment.id) else { continue };
        let owed = line.billed.cost(it.consignment.unit_price).unwrap_or_default();
        let found = [
            (line.sold, "terjual", "sold"),
            (line.returned, "retur", "returned"),
            (line.damaged, "rusak", "damaged"),
            (line.on_hand, "sisa", "left"),
        ];
        let found = found.into_iter().filter(|(many, ..)| *many != Quantity::ZERO);
        let said = found.map(|(many, id, en)| format!("{} {}", format::number(language, many), say(language, id, en)));
        let said: Vec<String> = said.collect();
        rows.push(Row {
            goods: it.product_name.clone(),
            detail: format!("{} @ {}", said.join(" · "), it.consignment.unit_price),
            amount: owed.to_string(),
        });
    }
    let mut sums = Vec::new();
    if let Some((number, total, paid)) = order {
        let row = |words: &str, detail: String, amount: Rupiah| Row {
            goods: words.to_owned(),
            detail,
            amount: amount.to_string(),
        };
        let within =
            say(language, "paling lambat {} hari setelah dihitung", "{} days after it was counted at the latest");
        let detail = format!("{number}, {}", within.replace("{}", &outlet.settle_days.to_string()));
        sums.push(row(say(language, "Yang harus disetor", "To be paid"), detail, total));
        if paid > Rupiah::ZERO {
            sums.push(row(say(language, "Sudah disetor", "Paid so far"), String::new(), paid));
        }
    }
    let remarks = count.note.clone().into_iter().collect();
    let slip = Slip {
        outlet: outlet.name,
        group: shown.first().map(|it| it.group_name.clone()).unwrap_or_default(),
        day: format::day(language, count.counted_on),
        state: count.reversed_at.map(|_| say(language, "Dibatalkan", "Taken back")),
        rows,
        sums,
        remarks,
    };
    html::page(StatusCode::OK, language, say(language, "Hitungan titip jual", "Count of a consignment"), PAGE, slip)
}
