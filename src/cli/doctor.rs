//! `lumbung doctor`: looks whether all is well, and says what is not.

use std::path::Path;

use clap::Args;

use super::Failure;
use crate::config::Config;
use crate::db::{self, Conn, Db, maintenance};
use crate::integrity;
use crate::jobs;
use crate::kernel::{Clock, Duration, Entropy};
use crate::mail::{self, Mailer};

/// Less free space than this is trouble soon.
const LOW: u64 = 512 * 1024 * 1024;
/// A letter that waits for longer than this waits for a fault to be mended.
const SOON: Duration = Duration::hours(1);

/// Looks whether all is well: the database and its schema, what contradicts itself, work that was given up, letters and
/// the way they leave by, the disk, the keys. Ends with 0 when it is, with 1 when it is not.
#[derive(Debug, Args)]
pub struct Doctor {
    /// Proves for every cooperative that books, payments, sales and supply agree.
    #[arg(long)]
    books: bool,
}

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
                match maintenance::damages(&config.database) {
                    Ok(found) if found.is_empty() => Ok("sound".into()),
                    Ok(found) => Err(found.join("; ")),
                    Err(error) => Err(error.to_string()),
                },
            );
            match db.read_blocking::<_, db::Error>(maintenance::contradictions) {
                Ok((oversold, unequal)) => {
                    tell("claims", none_of(oversold, "batch(es) have more claimed than there is"));
                    tell("sales", none_of(unequal, "handed-over part(s) differ from their sale facts"));
                }
                Err(error) => tell("claims and sales", Err(error.to_string())),
            }
            if self.books {
                match db.read_blocking::<_, db::Error>(examined) {
                    Ok(books) => {
                        books.into_iter().for_each(|(code, outcome)| tell(&format!("books of {code}"), outcome))
                    }
                    Err(error) => tell("books", Err(error.to_string())),
                }
            }
            tell("jobs", given_up(db));
            tell("outbox", waiting(db));
        }
        tell("mail", way_out(config));
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
        let folder = config.data_dir.join("keys");
        tell("keys", keys(&folder));
        if let Ok(db) = &db {
            tell("what the keys made", lost(db, config, &folder));
        }
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

/// Whether any work was given up: somebody must look at why, and do it by hand.
/// The books of every cooperative: how much was proven, or what does not agree.
fn examined(conn: &mut Conn) -> db::Result<Vec<(String, Result<String, String>)>> {
    let mut books = Vec::new();
    for (cooperative, code) in integrity::cooperatives(conn)? {
        let findings = integrity::examine(conn, cooperative)?;
        let wrong = findings.iter().filter(|it| it.wrong > 0).map(|it| {
            let example = it.example.as_deref().unwrap_or("?");
            format!("{}: {} wrong, {example} for one", it.check, it.wrong)
        });
        let wrong: Vec<String> = wrong.collect();
        let proven = format!("{} proofs hold", findings.len());
        books.push((code, if wrong.is_empty() { Ok(proven) } else { Err(wrong.join("; ")) }));
    }
    Ok(books)
}

fn given_up(db: &Db) -> Result<String, String> {
    let found = db.read_blocking::<_, db::Error>(jobs::given_up).map_err(|error| error.to_string())?;
    if found.is_empty() {
        return Ok("none was given up".into());
    }
    let kinds: Vec<String> = found.iter().map(|(kind, many)| format!("{many} of {kind}")).collect();
    Err(format!("given up after many tries: {}", kinds.join(", ")))
}

/// Whether letters leave as they come.
fn waiting(db: &Db) -> Result<String, String> {
    let now = Clock::System.now();
    let (many, oldest) = db.read_blocking::<_, db::Error>(mail::waiting).map_err(|error| error.to_string())?;
    match oldest {
        Some(oldest) if now.since(oldest) > SOON => Err(format!("{many} letter(s) wait, the oldest since {oldest}")),
        _ => Ok(format!("{many} letter(s) wait")),
    }
}

/// Whether letters could leave now: an open door, TLS and the password, without sending one.
fn way_out(config: &Config) -> Result<String, String> {
    let mailer = Mailer::open(&config.mail, &config.data_dir).map_err(|error| Failure::from_error(&error).message)?;
    mailer.knock(Clock::System.now())?;
    Ok(match config.mail.transport {
        mail::Transport::Smtp => format!("{}:{} lets us in", config.mail.host, config.mail.port),
        mail::Transport::File | mail::Transport::Memory => "letters stay on this machine".into(),
    })
}

/// Whether a key is gone that something was made with: the next start would make another one, which opens none of it.
fn lost(db: &Db, config: &Config, folder: &Path) -> Result<String, String> {
    let (sessions, orders) =
        db.read_blocking::<_, db::Error>(maintenance::made_with_keys).map_err(|error| error.to_string())?;
    let gone = |configured: bool, name: &str| !configured && !folder.join(name).exists();
    let mut faults = Vec::new();
    if sessions > 0 && gone(!config.accounts.signing_keys.is_empty(), "access") {
        faults.push(format!("the signing key is lost: tokens of {sessions} session(s) are not accepted any more"));
    }
    if orders > 0 && gone(config.server.seal_key.is_some(), "seal") {
        faults.push(format!("the seal key is lost: links to {orders} order(s) do not open any more"));
    }
    if faults.is_empty() {
        Ok("opens".into())
    } else {
        Err(format!("{}; put keys/ back from a backup", faults.join("; ")))
    }
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
