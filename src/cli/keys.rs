//! `lumbung keys rotate`: a new key for access tokens.

use clap::{Args, Subcommand};

use super::Failure;
use crate::accounts::{KeyFolder, rotate_signing_key};
use crate::config::Config;
use crate::kernel::Entropy;

/// The keys that are kept in the data folder.
#[derive(Debug, Args)]
pub struct Keys {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Makes a new key that signs access tokens from the next start on. What the present key has signed stays good:
    /// nobody is signed out. Wait ten minutes before the next rotation.
    Rotate,
}

impl Keys {
    pub(super) fn run(self, config: &Config) -> Result<(), Failure> {
        let Act::Rotate = self.act;
        let folder = KeyFolder::inside(&config.data_dir, config.production);
        rotate_signing_key(&config.accounts, &folder, &Entropy::System)?;
        println!("A new key is in place. Start the server anew: from then on it signs with this key.");
        Ok(())
    }
}
