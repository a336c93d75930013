//! The only source of randomness.

use std::sync::{Arc, Mutex, PoisonError};

use rand::rngs::{ChaCha12Rng, SysRng};
use rand::{Rng, SeedableRng, TryRng};
use uuid::Uuid;

use super::Instant;
use super::ids::Id;

/// Generates random bytes and new ids: from the operating system, or seeded for reproducible demo data.
#[derive(Debug, Clone)]
pub enum Entropy {
    /// The operating system's generator.
    System,
    /// A seeded generator: the same seed and calls give the same bytes. Never for secrets of a real server.
    Seeded(Arc<Mutex<ChaCha12Rng>>),
}

impl Entropy {
    /// A seeded generator.
    pub fn seeded(seed: u64) -> Self {
        Entropy::Seeded(Arc::new(Mutex::new(ChaCha12Rng::seed_from_u64(seed))))
    }

    /// Fills the slice. Aborts the process when the operating system provides no random numbers.
    pub fn fill(&self, bytes: &mut [u8]) {
        match self {
            Entropy::System => {
                if SysRng.try_fill_bytes(bytes).is_err() {
                    tracing::error!("the operating system gives no random numbers");
                    std::process::abort();
                }
            }
            Entropy::Seeded(rng) => {
                rng.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
            }
        }
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// A new UUIDv7 with this timestamp.
    pub fn id<T: Id>(&self, now: Instant) -> T {
        let random = self.bytes::<10>();
        T::from_uuid(uuid::Builder::from_unix_timestamp_millis(now.millis(), &random).into_uuid())
    }

    /// A new UUIDv4, for request ids.
    pub fn uuid(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.bytes()).into_uuid()
    }
}
