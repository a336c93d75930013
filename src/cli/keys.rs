//! `lumbung keys rotate`: replaces the signing key of access tokens.

use clap::{Args, Subcommand};

use super::Failure;
use crate::accounts::{KeyFolder, rotate_signing_key};
use crate::config::Config;
use crate::kernel::{Clock, Entropy};

/// Manages the keys in the data folder.
#[derive(Debug, Args)]
pub struct Keys {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Generates a new key that signs access tokens from the next start on. Tokens signed by the current key stay valid,
    /// so that nobody is signed out. Wait ten minutes before the next rotation.
    Rotate,
}

impl Keys {
    pub(super) fn run(self, config: &Config) -> Result<(), Failure> {
        let Action::Rotate = self.action;
        let folder = KeyFolder::new(&config.data_dir, config.production);
        rotate_signing_key(Clock::System.now(), &config.accounts, &folder, &Entropy::System)?;
        println!("A new key is in place. Start the server anew: from then on it signs with this key.");
        Ok(())
    }
}
