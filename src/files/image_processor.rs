//! Image processing, one image at a time, outside the request threads.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::FileName;
use super::picture::{Format, PictureError};
use super::renditions::{Renditions, create_renditions, encode_document};
use super::store::Store;

/// How long an upload waits for the processor.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(8);

/// Processes images one at a time, because each may need a hundred megabytes, and stores the results.
#[derive(Debug, Clone)]
pub struct ImageProcessor {
    store: Store,
    permits: Arc<Semaphore>,
}

/// Why an image was not processed or stored.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// The image is rejected.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// The processor did not become free in time.
    #[error("too many pictures wait")]
    Busy,
    /// The files could not be stored.
    #[error("the files could not be kept")]
    Storage(#[from] std::io::Error),
    /// The work panicked.
    #[error("the work panicked")]
    Panicked,
}

impl ImageProcessor {
    /// A processor that saves to this store.
    pub fn new(store: Store) -> Self {
        ImageProcessor { store, permits: Arc::new(Semaphore::new(1)) }
    }

    /// The file store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Creates the renditions of an image of the declared format, without saving them.
    pub async fn process(&self, bytes: Vec<u8>, declared: Format) -> Result<Renditions, ImageError> {
        self.run_exclusive(move || Ok(create_renditions(&bytes, declared)?)).await
    }

    /// Saves renditions.
    pub async fn save(&self, renditions: Renditions) -> Result<(), ImageError> {
        let store = self.store.clone();
        let saving = tokio::task::spawn_blocking(move || {
            for (name, content) in renditions.named_files() {
                store.save(&name, content)?;
            }
            Ok(())
        });
        saving.await.unwrap_or(Err(ImageError::Panicked))
    }

    /// Normalizes an image and saves it under this name among the private files.
    pub async fn process_private(&self, bytes: Vec<u8>, declared: Format, name: FileName) -> Result<(), ImageError> {
        let store = self.store.private();
        self.run_exclusive(move || Ok(store.save(&name, &encode_document(&bytes, declared)?)?)).await
    }

    /// Runs the work while holding the only permit, on a blocking thread.
    async fn run_exclusive<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, ImageError> + Send + 'static,
    ) -> Result<T, ImageError> {
        let permit = tokio::time::timeout(QUEUE_TIMEOUT, Arc::clone(&self.permits).acquire_owned()).await;
        let Ok(Ok(permit)) = permit else { return Err(ImageError::Busy) };
        let working = tokio::task::spawn_blocking(move || {
            let _turn = permit;
            work()
        });
        working.await.unwrap_or(Err(ImageError::Panicked))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Settings;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[actix_web::test]
    async fn one_picture_is_worked_on_at_a_time() {
        let image_processor = ImageProcessor::new(Store::open(&Settings::default(), std::path::Path::new("nowhere")));
        let (running, peak) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let images = (0..8).map(|_| {
            let (running, peak) = (Arc::clone(&running), Arc::clone(&peak));
            image_processor.run_exclusive(move || {
                peak.fetch_max(running.fetch_add(1, Ordering::SeqCst).saturating_add(1), Ordering::SeqCst);
                // Long enough for any concurrent one to be counted.
                std::thread::sleep(Duration::from_millis(20));
                running.fetch_sub(1, Ordering::SeqCst);
                Ok(())
            })
        });
        for outcome in futures_util::future::join_all(images).await {
            outcome.unwrap();
        }
        assert_eq!(peak.load(Ordering::SeqCst), 1);
    }
}
