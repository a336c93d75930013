//! `lumbung migrate`: runs the pending schema migrations.

use clap::Args;

use super::Failure;
use crate::app;
use crate::config::Config;

/// Runs the pending migrations of the database schema.
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
