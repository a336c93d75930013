//! `lumbung migrate`: brings the schema up to date.

use clap::Args;

use super::Failure;
use crate::app;
use crate::config::Config;

/// Brings the schema of the database up to date.
#[derive(Debug, Args)]
pub struct Migrate {}

impl Migrate {
    pub(super) fn run(self, config: &Config) -> Result<(), Failure> {
        match app::migrate(&config.database)? {
            0 => println!("The schema is up to date."),
            count => println!("{count} migration(s) done; the schema is up to date."),
        }
        Ok(())
    }
}
