//! The report as a table for a spreadsheet: a line a figure.

use super::api::{HalfView, SteadinessView};
use crate::sales::table::{begun, harmless};

/// The table: a line of names, and a line a figure: of which section, what, of which product, how much in which unit.
pub(super) fn csv(report: &SteadinessView) -> Result<Vec<u8>, csv::Error> {
    let mut writer = begun();
    writer.write_record(["section", "figure", "product", "value", "unit"])?;
    let mut line = |section: &str, figure: &str, product: &str, value: Option<String>, unit: &str| {
        writer.write_record([section, figure, &harmless(product), &value.unwrap_or_default(), &harmless(unit)])
    };
    let number = |value: i64| Some(value.to_string());
    line("period", "from", "", Some(report.from.to_string()), "day")?;
    line("period", "to", "", Some(report.to.to_string()), "day")?;
    line("period", "since", "", report.since.map(|day| day.to_string()), "day")?;
    line("sold", "amount", "", number(report.sold.amount.0), "rupiah")?;
    line("sold", "committed", "", number(report.sold.committed.0), "rupiah")?;
    line("sold", "committed_share", "", report.sold.committed_share.map(|it| it.to_string()), "basis points")?;
    let halves: [(&str, Option<&HalfView>); 2] = [("before", Some(&report.before)), ("after", report.after.as_ref())];
    for (section, half) in halves.into_iter().filter_map(|(section, half)| Some((section, half?))) {
        line(section, "weeks", "", Some(half.weeks.to_string()), "weeks")?;
        line(section, "amount", "", number(half.sold.amount.0), "rupiah")?;
        line(section, "committed", "", number(half.sold.committed.0), "rupiah")?;
        line(section, "committed_share", "", half.sold.committed_share.map(|it| it.to_string()), "basis points")?;
        line(section, "weekly_demand", "", half.weekly_demand.map(|it| it.to_string()), "rupiah")?;
        line(section, "deviation", "", half.deviation.map(|it| it.to_string()), "rupiah")?;
        line(section, "variation", "", half.variation.map(|it| it.to_string()), "basis points")?;
    }
    for row in &report.refused {
        let reason = row.reason.as_str();
        line("refused", reason, &row.name, Some(row.quantity.to_string()), &row.unit)?;
        line("refused, nobody known", reason, &row.name, Some(row.anonymous.to_string()), &row.unit)?;
    }
    for row in &report.discarded {
        line("discarded", "quantity", &row.name, Some(row.quantity.to_string()), &row.unit)?;
        line("discarded", "made", &row.name, Some(row.made.to_string()), &row.unit)?;
        line("discarded", "cost", &row.name, row.cost.map(|cost| cost.0.to_string()), "rupiah")?;
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
        line("standing_orders", figure, "", Some(count.to_string()), "times")?;
    }
    line("standing_orders", "fill_rate", "", standing.fill_rate.map(|it| it.to_string()), "basis points")?;
    for row in &standing.reasons {
        line("standing_orders", row.reason.as_str(), "", Some(row.lines.to_string()), "lines")?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(std::io::Error::other(error.to_string())))
}
