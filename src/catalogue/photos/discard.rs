//! Deletes the files of photos that no product uses any more.

use serde::{Deserialize, Serialize};

use super::store;
use crate::catalogue::photo::Photo;
use crate::db::{self, Tx};
use crate::files::Store;
use crate::jobs::{self, Handler, Job};
use crate::kernel::{Duration, Instant};

const KIND: &str = "catalogue.discard_photo";
/// Clients and caches may still have a list that refers to the files.
const GRACE_PERIOD: Duration = Duration::days(1);

#[derive(Debug, Serialize, Deserialize)]
struct DiscardPhoto {
    stem: String,
}

/// Enqueues a job that deletes the files after the grace period if no product uses them then. Used for files about to be
/// saved, and for files of replaced or detached photos.
pub(super) fn discard_later(tx: &mut Tx<'_>, now: Instant, stem: &str) -> db::Result<()> {
    let job = Job::new(KIND, &DiscardPhoto { stem: stem.to_owned() }).unique(stem).not_before(now.after(GRACE_PERIOD));
    jobs::enqueue(tx, now, &job)?;
    Ok(())
}

/// The job handler: deletes the files of a photo unless a product uses the same picture.
pub fn discard_handler(files: Store) -> Handler {
    Handler::new(KIND, move |db, _, payload| {
        let DiscardPhoto { stem } = payload.read()?;
        let photo = stem.clone();
        if !db.read_blocking::<_, db::Error>(move |conn| store::is_used(conn, &photo))? {
            for file in Photo::file_names(&stem) {
                files.delete(&file)?;
            }
        }
        Ok(())
    })
}
