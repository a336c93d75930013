//! Where pictures are worked on: one at a time, away from the threads that answer requests.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::FileName;
use super::picture::{Format, PictureError};
use super::renditions::{Renditions, normalize, prepare};
use super::store::Store;

/// How long an upload waits for its turn.
const PATIENCE: Duration = Duration::from_secs(8);

/// Works on pictures one at a time, because each may take a hundred megabytes, and keeps what comes out of it.
#[derive(Debug, Clone)]
pub struct ImageProcessor {
    store: Store,
    turns: Arc<Semaphore>,
}

/// Why a picture did not come out.
#[derive(Debug, thiserror::Error)]
pub enum DarkroomError {
    /// The picture is not taken.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// Too many pictures wait.
    #[error("too many pictures wait")]
    Busy,
    /// The files could not be kept.
    #[error("the files could not be kept")]
    Storage(#[from] std::io::Error),
    /// The work broke off.
    #[error("the work broke off")]
    BrokeOff,
}

impl ImageProcessor {
    /// Keeps its files here.
    pub fn new(store: Store) -> Self {
        ImageProcessor { store, turns: Arc::new(Semaphore::new(1)) }
    }

    /// Where the files are.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Makes the renditions of a picture; nothing is kept yet.
    pub async fn process(&self, bytes: Vec<u8>, said: Format) -> Result<Renditions, DarkroomError> {
        self.in_turn(move || Ok(prepare(&bytes, said)?)).await
    }

    /// Keeps the files of renditions.
    pub async fn keep(&self, renditions: Renditions) -> Result<(), DarkroomError> {
        let store = self.store.clone();
        let saving = tokio::task::spawn_blocking(move || {
            for (name, content) in renditions.named() {
                store.save(&name, content)?;
            }
            Ok(())
        });
        saving.await.unwrap_or(Err(DarkroomError::BrokeOff))
    }

    /// Makes a picture legible and keeps it under this name among the files that only some may see.
    pub async fn develop_private(&self, bytes: Vec<u8>, said: Format, name: FileName) -> Result<(), DarkroomError> {
        let store = self.store.private();
        self.in_turn(move || Ok(store.save(&name, &normalize(&bytes, said)?)?)).await
    }

    /// Does the work when it is its turn.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, DarkroomError> + Send + 'static,
    ) -> Result<T, DarkroomError> {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(DarkroomError::Busy) };
        let working = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        working.await.unwrap_or(Err(DarkroomError::BrokeOff))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Settings;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Each may take a hundred megabytes.
    #[actix_web::test]
    async fn one_picture_is_worked_on_at_a_time() {
        let image_processor = ImageProcessor::new(Store::open(&Settings::default(), std::path::Path::new("nowhere")));
        let (at_once, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let pictures = (0..8).map(|_| {
            let (at_once, most) = (Arc::clone(&at_once), Arc::clone(&most));
            image_processor.in_turn(move || {
                most.fetch_max(at_once.fetch_add(1, Ordering::SeqCst).saturating_add(1), Ordering::SeqCst);
                // Long enough for any other that is let in to be seen.
                std::thread::sleep(Duration::from_millis(20));
                at_once.fetch_sub(1, Ordering::SeqCst);
                Ok(())
            })
        });
        for outcome in futures_util::future::join_all(pictures).await {
            outcome.unwrap();
        }
        assert_eq!(most.load(Ordering::SeqCst), 1);
    }
}
