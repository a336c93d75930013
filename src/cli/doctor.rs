//! `lumbung doctor`: looks whether all is well, and says what is not.

use std::path::Path;

use clap::Args;

use super::Failure;
use crate::config::Config;
use crate::db::{self, Db, upkeep};
use crate::kernel::Entropy;

/// Less free space than this is trouble soon.
const LOW: u64 = 512 * 1024 * 1024;

/// Looks whether all is well: the database and its schema, what contradicts itself, the disk, the keys. Ends with 0
/// when it is, with 1 when it is not.
#[derive(Debug, Args)]
pub struct Doctor {}

impl Doctor {
    pub(super) fn run(self, config: &Config) -> Result<(), Failure> {
        let mut ill = 0_u32;
        let mut tell = |what: &str, outcome: Result<String, String>| match outcome {
            Ok(detail) => println!("  well  {what}: {detail}"),
            Err(detail) => {
                ill = ill.saturating_add(1);
                println!("  ILL   {what}: {detail}");
            }
        };
        let db = Db::open(&config.database, Entropy::System);
        match &db {
            Ok(db) => tell("database", Ok(format!("{:?} answers, its schema is the one of this version", db.engine()))),
            Err(error) => tell("database", Err(Failure::from_error(error).message)),
        }
        if let Ok(db) = &db {
            tell(
                "pages and references",
                match upkeep::damages(&config.database) {
                    Ok(found) if found.is_empty() => Ok("sound".into()),
                    Ok(found) => Err(found.join("; ")),
                    Err(error) => Err(error.to_string()),
                },
            );
            match db.read_blocking::<_, db::Error>(upkeep::contradictions) {
                Ok((oversold, unequal)) => {
                    tell("claims", none_of(oversold, "batch(es) have more claimed than there is"));
                    tell("sales", none_of(unequal, "handed-over part(s) differ from their sale facts"));
                }
                Err(error) => tell("claims and sales", Err(error.to_string())),
            }
        }
        tell(
            "disk",
            match rustix::fs::statvfs(existing(&config.data_dir)) {
                Ok(disk) => {
                    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
                    let text = format!("{} MiB free", free / (1024 * 1024));
                    if free < LOW { Err(text) } else { Ok(text) }
                }
                Err(error) => Err(error.to_string()),
            },
        );
        tell("keys", keys(&config.data_dir.join("keys")));
        if ill == 0 {
            println!("All is well.");
            Ok(())
        } else {
            Err(Failure::new(format!("{ill} thing(s) are not well.")))
        }
    }
}

fn none_of(count: i64, what: &str) -> Result<String, String> {
    if count == 0 { Ok("agree".into()) } else { Err(format!("{count} {what}")) }
}

/// The folder, or the nearest one above it that is there.
fn existing(folder: &Path) -> std::path::PathBuf {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.into());
    absolute.ancestors().find(|folder| folder.exists()).map_or_else(|| "/".into(), Into::into)
}

/// Whether any key can be read by others than its owner.
fn keys(folder: &Path) -> Result<String, String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok("none are kept in the data folder".into()) };
    let mut open = Vec::new();
    for entry in entries.flatten() {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            if entry.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o077 != 0) {
                open.push(entry.path().display().to_string());
            }
        }
    }
    if open.is_empty() {
        Ok("only their owner reads them".into())
    } else {
        Err(format!("can be read by others: {}; run chmod 600", open.join(", ")))
    }
}
