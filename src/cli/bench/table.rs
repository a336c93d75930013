//! What was measured, as a table that a README can take.

use std::fmt;

use super::client::Tally;

/// A line a case, then what is held against what, then the process.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: Vec<Row>,
    facts: Vec<(String, String)>,
}

#[derive(Debug)]
struct Row {
    name: String,
    clients: usize,
    per_second: f64,
    within: [f64; 3],
    processor: Option<f64>,
}

impl Table {
    /// A case, with the milliseconds of processor time that the server took for it.
    pub(super) fn row(&mut self, name: &str, clients: usize, tally: &Tally, processor: Option<f64>) {
        let count = f64::from(u32::try_from(tally.count()).unwrap_or(u32::MAX)).max(1.0);
        let row = Row {
            name: name.to_owned(),
            clients,
            per_second: tally.per_second(),
            within: [tally.within(500), tally.within(950), tally.within(990)],
            processor: processor.map(|all| all / count),
        };
        eprintln!("{row}");
        self.rows.push(row);
    }

    /// Something that is no case.
    pub(super) fn fact(&mut self, name: &str, value: String) {
        self.facts.push((name.to_owned(), value));
    }

    /// How many times the speed of the second case the first one has, where both were measured.
    pub(super) fn ratio(&mut self, name: &str, against: &str) {
        let speed = |name: &str| self.rows.iter().find(|row| row.name == name).map(|row| row.per_second);
        if let (Some(own), Some(other)) = (speed(name), speed(against)) {
            self.fact(&format!("{name} : {against}"), format!("{:.2}", own / other.max(f64::EPSILON)));
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [half, most, nearly_all] = self.within;
        let processor = self.processor.map_or_else(|| "–".to_owned(), |spent| format!("{spent:.3}"));
        write!(
            f,
            "| {} | {} | {:.0} | {half:.2} | {most:.2} | {nearly_all:.2} | {processor} |",
            self.name, self.clients, self.per_second
        )
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| case | clients | requests/s | p50 ms | p95 ms | p99 ms | CPU ms/request |")?;
        writeln!(f, "|---|---:|---:|---:|---:|---:|---:|")?;
        self.rows.iter().try_for_each(|row| writeln!(f, "{row}"))?;
        writeln!(f, "\n| | |\n|---|---:|")?;
        self.facts.iter().try_for_each(|(name, value)| writeln!(f, "| {name} | {value} |"))
    }
}
