//! `lumbung doctor`: checks the health of the service and reports problems.

use std::path::Path;

use clap::Args;

use super::Failure;
use crate::config::Config;
use crate::db::{self, Conn, Db, maintenance};
use crate::integrity;
use crate::jobs;
use crate::kernel::{Clock, Duration, Entropy};
use crate::mail::{self, Mailer};

/// The smallest acceptable free disk space, in bytes.
const MIN_FREE_BYTES: u64 = 512 * 1024 * 1024;
/// The longest acceptable time of a mail in the outbox; an older one waits for a repair.
const MAX_OUTBOX_AGE: Duration = Duration::hours(1);

/// Checks the service: database and schema, consistency, failed jobs, outbox and mail server, free disk space, keys. The
/// exit code is 0 when all is well and 1 otherwise.
#[derive(Debug, Args)]
pub struct Doctor {
    /// Also checks for every cooperative that books, payments, sales and supply agree.
    #[arg(long)]
    books: bool,
}

impl Doctor {
    pub(super) fn run(self, config: &Config) -> Result<(), Failure> {
        let mut problem_count = 0_u32;
        let mut report = |name: &str, outcome: Result<String, String>| match outcome {
            Ok(detail) => println!("  well  {name}: {detail}"),
            Err(detail) => {
                problem_count = problem_count.saturating_add(1);
                println!("  ILL   {name}: {detail}");
            }
        };
        let db = Db::open(&config.database, Entropy::System);
        match &db {
            Ok(db) => {
                report("database", Ok(format!("{:?} answers, its schema is the one of this version", db.engine())))
            }
            Err(error) => report("database", Err(Failure::from_error(error).message)),
        }
        if let Ok(db) = &db {
            report(
                "pages and references",
                match maintenance::check_integrity(&config.database) {
                    Ok(damages) if damages.is_empty() => Ok("sound".into()),
                    Ok(damages) => Err(damages.join("; ")),
                    Err(error) => Err(error.to_string()),
                },
            );
            match db.read_blocking::<_, db::Error>(maintenance::count_inconsistencies) {
                Ok((oversold, unequal)) => {
                    report("claims", expect_none(oversold, "batch(es) have more claimed than there is"));
                    report("sales", expect_none(unequal, "handed-over part(s) differ from their sale facts"));
                }
                Err(error) => report("claims and sales", Err(error.to_string())),
            }
            if self.books {
                match db.read_blocking::<_, db::Error>(check_books) {
                    Ok(books) => {
                        books.into_iter().for_each(|(code, outcome)| report(&format!("books of {code}"), outcome))
                    }
                    Err(error) => report("books", Err(error.to_string())),
                }
            }
            report("jobs", check_jobs(db));
            report("outbox", check_outbox(db));
        }
        report("mail", check_mail_server(config));
        report(
            "disk",
            match rustix::fs::statvfs(existing_ancestor(&config.data_dir)) {
                Ok(disk) => {
                    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
                    let text = format!("{} MiB free", free / (1024 * 1024));
                    if free < MIN_FREE_BYTES { Err(text) } else { Ok(text) }
                }
                Err(error) => Err(error.to_string()),
            },
        );
        let folder = config.data_dir.join("keys");
        report("keys", check_key_permissions(&folder));
        if let Ok(db) = &db {
            report("what the keys made", check_lost_keys(db, config, &folder));
        }
        if problem_count == 0 {
            println!("All is well.");
            Ok(())
        } else {
            Err(Failure::new(format!("{problem_count} thing(s) are not well.")))
        }
    }
}

fn expect_none(count: i64, problem: &str) -> Result<String, String> {
    if count == 0 { Ok("agree".into()) } else { Err(format!("{count} {problem}")) }
}

/// Runs the integrity checks of every cooperative and returns the results by cooperative code.
fn check_books(conn: &mut Conn) -> db::Result<Vec<(String, Result<String, String>)>> {
    let mut books = Vec::new();
    for (cooperative, code) in integrity::list_cooperatives(conn)? {
        let findings = integrity::run_checks(conn, cooperative)?;
        let wrong = findings.iter().filter(|finding| finding.wrong > 0).map(|finding| {
            let example = finding.example.as_deref().unwrap_or("?");
            format!("{}: {} wrong, {example} for one", finding.check, finding.wrong)
        });
        let wrong: Vec<String> = wrong.collect();
        let proven = format!("{} proofs hold", findings.len());
        books.push((code, if wrong.is_empty() { Ok(proven) } else { Err(wrong.join("; ")) }));
    }
    Ok(books)
}

/// Reports dead jobs: jobs that failed after all retries and need manual action.
fn check_jobs(db: &Db) -> Result<String, String> {
    let dead_jobs = db.read_blocking::<_, db::Error>(jobs::count_dead).map_err(|error| error.to_string())?;
    if dead_jobs.is_empty() {
        return Ok("none was given up".into());
    }
    let kinds: Vec<String> = dead_jobs.iter().map(|(kind, count)| format!("{count} of {kind}")).collect();
    Err(format!("given up after many tries: {}", kinds.join(", ")))
}

/// Reports the mails in the outbox.
fn check_outbox(db: &Db) -> Result<String, String> {
    let now = Clock::System.now();
    let (count, oldest) = db.read_blocking::<_, db::Error>(mail::count_pending).map_err(|error| error.to_string())?;
    match oldest {
        Some(oldest) if now.since(oldest) > MAX_OUTBOX_AGE => {
            Err(format!("{count} letter(s) wait, the oldest since {oldest}"))
        }
        _ => Ok(format!("{count} letter(s) wait")),
    }
}

/// Checks the mail server without sending a mail: connection, TLS and login.
fn check_mail_server(config: &Config) -> Result<String, String> {
    let mailer = Mailer::open(&config.mail, &config.data_dir).map_err(|error| Failure::from_error(&error).message)?;
    mailer.check_connection(Clock::System.now())?;
    Ok(match config.mail.transport {
        mail::Transport::Smtp => format!("{}:{} lets us in", config.mail.host, config.mail.port),
        mail::Transport::File | mail::Transport::Memory => "letters stay on this machine".into(),
    })
}

/// Reports missing keys that sessions or order links depend on. The next start would generate new keys, which would
/// invalidate them.
fn check_lost_keys(db: &Db, config: &Config, folder: &Path) -> Result<String, String> {
    let (sessions, orders) =
        db.read_blocking::<_, db::Error>(maintenance::count_key_dependents).map_err(|error| error.to_string())?;
    let is_missing = |configured: bool, name: &str| !configured && !folder.join(name).exists();
    let mut problems = Vec::new();
    if sessions > 0 && is_missing(!config.accounts.signing_keys.is_empty(), "access") {
        problems.push(format!("the signing key is lost: tokens of {sessions} session(s) are not accepted any more"));
    }
    if orders > 0 && is_missing(config.server.seal_key.is_some(), "seal") {
        problems.push(format!("the seal key is lost: links to {orders} order(s) do not open any more"));
    }
    if problems.is_empty() {
        Ok("opens".into())
    } else {
        Err(format!("{}; put keys/ back from a backup", problems.join("; ")))
    }
}

/// The folder, or its nearest existing ancestor.
fn existing_ancestor(folder: &Path) -> std::path::PathBuf {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.into());
    absolute.ancestors().find(|folder| folder.exists()).map_or_else(|| "/".into(), Into::into)
}

/// Reports key files that can be read by other users than their owner.
fn check_key_permissions(folder: &Path) -> Result<String, String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok("none are kept in the data folder".into()) };
    let mut readable_by_others = Vec::new();
    for entry in entries.flatten() {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            if entry.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o077 != 0) {
                readable_by_others.push(entry.path().display().to_string());
            }
        }
    }
    if readable_by_others.is_empty() {
        Ok("only their owner reads them".into())
    } else {
        Err(format!("can be read by others: {}; run chmod 600", readable_by_others.join(", ")))
    }
}
