//! `lumbung import-places`: reads the full national list of places.

use std::path::PathBuf;

use clap::Args;

use super::Failure;
use crate::config::Config;
use crate::cooperatives;
use crate::db::Db;
use crate::kernel::Entropy;

/// Reads places from a CSV file with the columns code, name, postal_code (codes of the Ministry of Home Affairs,
/// such as 33.02.15.2003). What is known already is brought up to date.
#[derive(Debug, Args)]
pub struct ImportPlaces {
    /// The file.
    file: PathBuf,
}

impl ImportPlaces {
    pub(super) fn run(self, config: &Config) -> Result<(), Failure> {
        let table = std::fs::read(&self.file)
            .map_err(|error| Failure::usage(format!("{} cannot be read: {error}", self.file.display())))?;
        let db = Db::open(&config.database, Entropy::System)?;
        let count = db.write_blocking(move |tx| cooperatives::import_places(tx, table.as_slice()))?;
        println!("{count} place(s) read.");
        Ok(())
    }
}
