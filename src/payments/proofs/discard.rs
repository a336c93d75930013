//! Discarding pictures that show no payment, or not any more.

use serde::{Deserialize, Serialize};

use crate::db::{self, Tx};
use crate::files::{FileName, Store};
use crate::jobs::{self, Handler, Job};
use crate::kernel::{Duration, Instant};
use crate::payments::store;

const KIND: &str = "payments.discard_proof";
/// Within this time an upload has come through, or never will.
const UPLOAD: Duration = Duration::hours(1);

#[derive(Debug, Serialize, Deserialize)]
struct Discard {
    file: String,
}

fn job(file: &str) -> Job {
    Job::new(KIND, &Discard { file: file.to_owned() })
}

/// Has a file that is about to be kept looked at when its upload is over.
pub(super) fn look_after(tx: &mut Tx<'_>, now: Instant, file: &str) -> db::Result<()> {
    jobs::enqueue(tx, now, &job(file).not_before(now.after(UPLOAD))).map(drop)
}

/// Discards a file that shows no payment any more, once this is committed.
pub(in crate::payments) fn discard(tx: &mut Tx<'_>, now: Instant, file: &str) -> db::Result<()> {
    jobs::enqueue(tx, now, &job(file)).map(drop)
}

/// Deletes discarded files, unless a payment shows them.
pub fn discarder(files: &Store) -> Handler {
    let files = files.private();
    Handler::new(KIND, move |db, _, payload| {
        let Discard { file } = payload.read()?;
        let asked = file.clone();
        if !db.read_blocking::<_, db::Error>(move |conn| store::is_proof(conn, &asked))?
            && let Some(name) = FileName::parse(&file)
        {
            files.delete(&name)?;
        }
        Ok(())
    })
}
