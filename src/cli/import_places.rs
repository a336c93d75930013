//! `lumbung import-places`: imports the national list of administrative areas.

use std::path::PathBuf;

use clap::Args;

use super::Failure;
use crate::config::Config;
use crate::cooperatives;
use crate::db::Db;
use crate::kernel::Entropy;

/// Imports administrative areas from a CSV file with the columns code, name, postal_code (codes of the Ministry of Home
/// Affairs, such as 33.02.15.2003). Existing ones are updated.
#[derive(Debug, Args)]
pub struct ImportPlaces {
    /// The CSV file.
    file: PathBuf,
}

impl ImportPlaces {
    pub(super) fn run(self, config: &Config) -> Result<(), Failure> {
        let table = std::fs::read(&self.file)
            .map_err(|error| Failure::usage(format!("{} cannot be read: {error}", self.file.display())))?;
        let db = Db::open(&config.database, Entropy::System)?;
        let count = db.write_blocking(move |tx| cooperatives::import_admin_areas(tx, table.as_slice()))?;
        println!("{count} place(s) read.");
        Ok(())
    }
}
