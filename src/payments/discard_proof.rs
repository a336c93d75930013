//! Deletion of proofs that no payment refers to.

use serde::{Deserialize, Serialize};

use super::store;
use crate::db::{self, Tx};
use crate::files::{FileName, Store};
use crate::jobs::{self, Handler, Job};
use crate::kernel::{Duration, Instant};

const KIND: &str = "payments.discard_proof";
/// An upload is complete within this time, or was aborted.
const UPLOAD_TIMEOUT: Duration = Duration::hours(1);

#[derive(Debug, Serialize, Deserialize)]
struct Discard {
    file: String,
}

fn job(file: &str) -> Job {
    Job::new(KIND, &Discard { file: file.to_owned() })
}

/// Schedules the cleanup of a file after the upload timeout.
pub(super) fn schedule_cleanup(tx: &mut Tx<'_>, now: Instant, file: &str) -> db::Result<()> {
    jobs::enqueue(tx, now, &job(file).not_before(now.after(UPLOAD_TIMEOUT))).map(drop)
}

/// Schedules the deletion of a file, after the commit.
pub(super) fn schedule_discard(tx: &mut Tx<'_>, now: Instant, file: &str) -> db::Result<()> {
    jobs::enqueue(tx, now, &job(file)).map(drop)
}

/// The job that deletes files that no payment refers to.
pub fn discard_handler(files: &Store) -> Handler {
    let files = files.private();
    Handler::new(KIND, move |db, _, payload| {
        let Discard { file } = payload.read()?;
        let proof = file.clone();
        if !db.read_blocking::<_, db::Error>(move |conn| store::is_proof_in_use(conn, &proof))?
            && let Some(name) = FileName::parse(&file)
        {
            files.delete(&name)?;
        }
        Ok(())
    })
}
