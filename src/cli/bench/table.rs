//! The results as Markdown tables.

use std::fmt;

use super::client::Measurement;

/// A table of the cases, and a table of facts: ratios to the baselines, start-up time and memory.
#[derive(Debug, Default)]
pub(super) struct ResultTable {
    rows: Vec<Row>,
    facts: Vec<(String, String)>,
}

#[derive(Debug)]
struct Row {
    name: String,
    clients: usize,
    per_second: f64,
    percentiles: [f64; 3],
    cpu_millis: Option<f64>,
}

impl ResultTable {
    /// Adds a case, with the CPU time of the server in milliseconds.
    pub(super) fn add_row(&mut self, name: &str, clients: usize, measurement: &Measurement, cpu_millis: Option<f64>) {
        let count = f64::from(u32::try_from(measurement.count()).unwrap_or(u32::MAX)).max(1.0);
        let row = Row {
            name: name.to_owned(),
            clients,
            per_second: measurement.per_second(),
            percentiles: [
                measurement.percentile_millis(500),
                measurement.percentile_millis(950),
                measurement.percentile_millis(990),
            ],
            cpu_millis: cpu_millis.map(|total| total / count),
        };
        eprintln!("{row}");
        self.rows.push(row);
    }

    /// Adds a fact.
    pub(super) fn add_fact(&mut self, name: &str, value: String) {
        self.facts.push((name.to_owned(), value));
    }

    /// Adds the ratio of the throughputs of two cases, if both were measured.
    pub(super) fn add_ratio(&mut self, name: &str, baseline: &str) {
        let speed = |name: &str| self.rows.iter().find(|row| row.name == name).map(|row| row.per_second);
        if let (Some(speed), Some(baseline_speed)) = (speed(name), speed(baseline)) {
            self.add_fact(&format!("{name} : {baseline}"), format!("{:.2}", speed / baseline_speed.max(f64::EPSILON)));
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [p50, p95, p99] = self.percentiles;
        let cpu_millis = self.cpu_millis.map_or_else(|| "–".to_owned(), |millis| format!("{millis:.3}"));
        write!(
            f,
            "| {} | {} | {:.0} | {p50:.2} | {p95:.2} | {p99:.2} | {cpu_millis} |",
            self.name, self.clients, self.per_second
        )
    }
}

impl fmt::Display for ResultTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| case | clients | requests/s | p50 ms | p95 ms | p99 ms | CPU ms/request |")?;
        writeln!(f, "|---|---:|---:|---:|---:|---:|---:|")?;
        self.rows.iter().try_for_each(|row| writeln!(f, "{row}"))?;
        writeln!(f, "\n| | |\n|---|---:|")?;
        self.facts.iter().try_for_each(|(name, value)| writeln!(f, "| {name} | {value} |"))
    }
}
