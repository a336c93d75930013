//! Printable delivery notes and count notes for both sides to sign.

use actix_web::http::StatusCode;
use serde::Serialize;

use super::goods::OutletCount;
use super::store::{self, ConsignmentDetails};
use crate::catalogue::format_amount;
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

#[derive(Serialize)]
struct Row {
    goods: String,
    detail: String,
    amount: String,
}

const fn translate(language: Language, indonesian: &'static str, english: &'static str) -> &'static str {
    match language {
        Language::Indonesian => indonesian,
        Language::English => english,
    }
}

/// Renders the delivery note of a consignment.
pub(super) fn render_delivery_note(details: &ConsignmentDetails, language: Language) -> Result<ApiResponse, Problem> {
    let consignment = &details.consignment;
    let value = consignment.delivered.total_at(consignment.unit_price).unwrap_or_default();
    let mut remarks = Vec::new();
    if let Some(retail) = consignment.retail_price {
        let words = translate(language, "Harga jual di warung", "Price at the outlet");
        remarks.push(format!("{words}: {retail}"));
    }
    if let Some(last) = details.best_before {
        let words = translate(language, "Baik sampai", "Best before");
        remarks.push(format!("{words}: {}", format::date(language, last)));
    }
    remarks.push(
        translate(
            language,
            "Barang tetap milik kelompok sampai terjual. Yang tidak terjual dikembalikan.",
            "The goods stay the group's until they are sold. What is not sold goes back.",
        )
        .to_owned(),
    );
    remarks.extend(consignment.note.clone());
    let slip = Slip {
        outlet: consignment
            .received_by
            .as_ref()
            .map_or_else(|| details.outlet_name.clone(), |by| format!("{} ({by})", details.outlet_name)),
        group: details.group.name.clone(),
        day: format::day(language, consignment.delivered_on),
        state: None,
        rows: vec![Row {
            goods: details.product_name.clone(),
            detail: format!(
                "{} × {}",
                format_amount(language, consignment.delivered, &details.unit),
                consignment.unit_price
            ),
            amount: value.to_string(),
        }],
        sums: Vec::new(),
        remarks,
    };
    html::page(StatusCode::OK, language, translate(language, "Nota titip jual", "Consignment note"), PAGE, slip)
}

/// Renders the note of a count and what is to be paid.
pub(super) fn render_count_note(
    conn: &mut Conn,
    count: &OutletCount,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let lines = store::list_count_lines(conn, &[count.id])?;
    let ids: Vec<ConsignmentId> = lines.iter().map(|line| line.consignment).collect();
    let consignments = store::list_consignments_by_id(conn, &ids)?;
    let (row, outlet) = (store::find_count_row(conn, count.id)?, store::find_outlet(conn, count.outlet)?);
    let (order, outlet) = (row.and_then(|(.., order)| order), outlet.ok_or(AccessError::Hidden)?);
    let mut rows = Vec::new();
    for details in &consignments {
        let Some(line) = lines.iter().find(|line| line.consignment == details.consignment.id) else { continue };
        let owed = line.billed.total_at(details.consignment.unit_price).unwrap_or_default();
        let quantities = [
            (line.sold, "terjual", "sold"),
            (line.returned, "retur", "returned"),
            (line.damaged, "rusak", "damaged"),
            (line.on_hand, "sisa", "left"),
        ];
        let quantities = quantities.into_iter().filter(|(quantity, ..)| *quantity != Quantity::ZERO);
        let texts = quantities.map(|(quantity, id, en)| {
            format!("{} {}", format::number(language, quantity), translate(language, id, en))
        });
        let texts: Vec<String> = texts.collect();
        rows.push(Row {
            goods: details.product_name.clone(),
            detail: format!("{} @ {}", texts.join(" · "), details.consignment.unit_price),
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
            translate(language, "paling lambat {} hari setelah dihitung", "{} days after it was counted at the latest");
        let detail = format!("{number}, {}", within.replace("{}", &outlet.terms.settle_days.to_string()));
        sums.push(row(translate(language, "Yang harus disetor", "To be paid"), detail, total));
        if paid > Rupiah::ZERO {
            sums.push(row(translate(language, "Sudah disetor", "Paid so far"), String::new(), paid));
        }
    }
    let remarks = count.note.clone().into_iter().collect();
    let slip = Slip {
        outlet: outlet.terms.name,
        group: consignments.first().map(|details| details.group.name.clone()).unwrap_or_default(),
        day: format::day(language, count.counted_on),
        state: count.reversed_at.map(|_| translate(language, "Dibatalkan", "Taken back")),
        rows,
        sums,
        remarks,
    };
    html::page(
        StatusCode::OK,
        language,
        translate(language, "Hitungan titip jual", "Count of a consignment"),
        PAGE,
        slip,
    )
}
