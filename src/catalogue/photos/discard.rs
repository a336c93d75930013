//! Discarding the files of photos that nobody shows any more.

use serde::{Deserialize, Serialize};

use super::{Photo, store};
use crate::db::{self, Tx};
use crate::files::Store;
use crate::jobs::{self, Handler, Job};
use crate::kernel::{Duration, Instant};

const KIND: &str = "catalogue.discard_photo";
/// Phones and caches may still hold a list that names the files.
const GRACE: Duration = Duration::days(1);

#[derive(Debug, Serialize, Deserialize)]
struct Discard {
    stem: String,
}

/// Has the files looked at when the grace is over: those that are about to be kept, and those that were shown.
pub(super) fn discard_later(tx: &mut Tx<'_>, now: Instant, stem: &str) -> db::Result<()> {
    let job = Job::new(KIND, &Discard { stem: stem.to_owned() }).unique(stem).not_before(now.after(GRACE));
    jobs::enqueue(tx, now, &job)?;
    Ok(())
}

/// Deletes the files of discarded photos, unless a product shows the same picture again.
pub fn discarder(files: Store) -> Handler {
    Handler::new(KIND, move |db, _, payload| {
        let Discard { stem } = payload.read()?;
        let asked = stem.clone();
        if !db.read_blocking::<_, db::Error>(move |conn| store::is_shown(conn, &asked))? {
            for file in Photo::files(&stem) {
                files.delete(&file)?;
            }
        }
        Ok(())
    })
}
