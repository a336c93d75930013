//! `lumbung config`: prints the configuration in force.

use clap::Args;

use super::Failure;
use crate::config::Sources;

/// Prints the configuration in force as TOML, with the source of each value. Secrets are not shown.
#[derive(Debug, Args)]
pub struct PrintConfig {}

impl PrintConfig {
    pub(super) fn run(self, sources: &Sources) -> Result<(), Failure> {
        print!("{}", sources.print().map_err(|errors| Failure::usage(errors.to_string()))?);
        Ok(())
    }
}
