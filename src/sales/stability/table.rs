//! The stability report as a table with one line per figure.

use super::views::{HalfPeriodView, StabilityView};
use crate::web::table::{Cell, Table};

/// Makes the table: section, figure, product, value and unit.
pub(super) fn to_table(report: &StabilityView) -> Table {
    let mut rows = Vec::new();
    let mut line = |section: &str, figure: &str, product: &str, value: Cell, unit: &str| {
        rows.push(vec![Cell::text(section), Cell::text(figure), Cell::text(product), value, Cell::text(unit)]);
    };
    line("period", "from", "", report.from.into(), "day");
    line("period", "to", "", report.to.into(), "day");
    line("period", "since", "", report.since.into(), "day");
    line("sold", "amount", "", report.sold.amount.0.into(), "rupiah");
    line("sold", "committed", "", report.sold.committed.0.into(), "rupiah");
    line("sold", "committed_share", "", report.sold.committed_share.into(), "basis points");
    let halves: [(&str, Option<&HalfPeriodView>); 2] =
        [("before", Some(&report.before)), ("after", report.after.as_ref())];
    for (section, half) in halves.into_iter().filter_map(|(section, half)| Some((section, half?))) {
        line(section, "weeks", "", half.weeks.into(), "weeks");
        line(section, "amount", "", half.sold.amount.0.into(), "rupiah");
        line(section, "committed", "", half.sold.committed.0.into(), "rupiah");
        line(section, "committed_share", "", half.sold.committed_share.into(), "basis points");
        line(section, "weekly_demand", "", half.weekly_demand.into(), "rupiah");
        line(section, "deviation", "", half.deviation.into(), "rupiah");
        line(section, "variation", "", half.variation.into(), "basis points");
    }
    for row in &report.refused {
        let reason = row.reason.as_str();
        line("refused", reason, &row.name, row.quantity.into(), &row.unit);
        line("refused, nobody known", reason, &row.name, row.anonymous.into(), &row.unit);
    }
    for row in &report.discarded {
        line("discarded", "quantity", &row.name, row.quantity.into(), &row.unit);
        line("discarded", "made", &row.name, row.made.into(), &row.unit);
        line("discarded", "cost", &row.name, row.cost.into(), "rupiah");
    }
    let standing = &report.standing_orders;
    for (figure, count) in [
        ("placed", standing.placed),
        ("refused", standing.refused),
        ("skipped", standing.skipped),
        ("lapsed", standing.lapsed),
        ("lines", standing.lines),
        ("filled", standing.filled),
    ] {
        line("standing_orders", figure, "", count.into(), "times");
    }
    line("standing_orders", "fill_rate", "", standing.fill_rate.into(), "basis points");
    for row in &standing.reasons {
        line("standing_orders", row.reason.as_str(), "", row.lines.into(), "lines");
    }
    let name = format!("steadiness-{}-{}", report.from, report.to);
    let columns = vec!["section", "figure", "product", "value", "unit"];
    Table { name, day: report.to, columns, rows }
}
