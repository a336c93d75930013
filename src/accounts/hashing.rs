//! Password hashing (Argon2id) on a bounded thread pool.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use tokio::sync::oneshot;

use super::password::Password;
use super::settings::Settings;
use crate::kernel::Entropy;
use crate::web::{Code, Problem};

/// In bytes.
const HASH_LENGTH: usize = Params::DEFAULT_OUTPUT_LEN;

/// The result of verifying a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordCheck {
    /// Correct, and hashed with the current parameters.
    Valid,
    /// Correct, but hashed with outdated parameters: hash it again.
    ValidOutdated,
    /// Wrong.
    Invalid,
}

/// Why a password was not hashed.
#[derive(Debug, thiserror::Error)]
pub enum HashingError {
    /// The queue is full.
    #[error("too many passwords are waiting to be hashed")]
    Busy,
    /// The hash function failed.
    #[error("hashing failed: {0}")]
    Failed(String),
}

impl HashingError {
    fn failed(error: impl std::fmt::Display) -> Self {
        HashingError::Failed(error.to_string())
    }
}

impl From<HashingError> for Problem {
    fn from(error: HashingError) -> Self {
        match error {
            HashingError::Busy => Problem::new(Code::Unavailable).retry_after(2).because(error),
            HashingError::Failed(_) => Problem::internal(error),
        }
    }
}

/// Hashes passwords on a fixed number of dedicated threads. A cancelled request keeps its thread until its hash is
/// done, so that clients cannot raise the load by disconnecting.
#[derive(Clone)]
pub struct Hasher {
    inner: Arc<Inner>,
    queue: SyncSender<Job>,
}

/// Work for a thread of the pool, with the buffer of that thread.
type Job = Box<dyn FnOnce(&mut Blocks) + Send>;

/// Argon2's working memory, megabytes: allocated once per thread and reused, because allocating it for each hash
/// fragments the heap.
type Blocks = Vec<Block>;

struct Inner {
    params: Params,
    /// Verified against when the login is unknown, so that the response takes the same time.
    dummy_hash: String,
    hashes: AtomicU64,
    entropy: Entropy,
}

impl Hasher {
    /// Starts the pool.
    pub fn new(settings: &Settings, entropy: Entropy) -> Result<Self, HashingError> {
        let (memory, iterations, parallelism) =
            (settings.password_memory_kib, settings.password_iterations, settings.password_parallelism);
        let params = Params::new(memory, iterations, parallelism, Some(HASH_LENGTH)).map_err(HashingError::failed)?;
        let dummy_hash = hash(&params, &entropy.bytes::<32>(), &entropy, &mut Blocks::new())?;
        let threads = match settings.hashing_threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        };
        let (queue, jobs) = sync_channel(settings.hashing_queue);
        let jobs = Arc::new(Mutex::new(jobs));
        for _ in 0..threads {
            let jobs = Arc::clone(&jobs);
            std::thread::Builder::new()
                .name("hashing".into())
                .spawn(move || run_worker(&jobs))
                .map_err(HashingError::failed)?;
        }
        Ok(Hasher { inner: Arc::new(Inner { params, dummy_hash, hashes: AtomicU64::new(0), entropy }), queue })
    }

    /// Hashes a new password. [`HashingError::Busy`] when the queue is full.
    pub async fn hash(&self, password: &Password) -> Result<String, HashingError> {
        let bytes = password.to_bytes();
        self.run_on_pool(move |inner, memory| hash(&inner.params, &bytes, &inner.entropy, memory)).await
    }

    /// Hashes a new password on this thread; for commands without an async runtime.
    pub fn hash_blocking(&self, password: &Password) -> Result<String, HashingError> {
        self.inner.hashes.fetch_add(1, Ordering::Relaxed);
        hash(&self.inner.params, &password.to_bytes(), &self.inner.entropy, &mut Blocks::new())
    }

    /// Verifies a password against a stored hash. `None` takes the same time and is always invalid.
    pub async fn verify(&self, password: &Password, stored: Option<String>) -> Result<PasswordCheck, HashingError> {
        let bytes = password.to_bytes();
        self.run_on_pool(move |inner, memory| {
            let is_known = stored.is_some();
            let stored =
                PasswordHash::new(stored.as_deref().unwrap_or(&inner.dummy_hash)).map_err(HashingError::failed)?;
            let is_match = matches_hash(&stored, &bytes, memory)?;
            Ok(match (is_match && is_known, inner.is_current(&stored)) {
                (true, true) => PasswordCheck::Valid,
                (true, false) => PasswordCheck::ValidOutdated,
                (false, _) => PasswordCheck::Invalid,
            })
        })
        .await
    }

    /// How many hashes were computed so far.
    pub fn hash_count(&self) -> u64 {
        self.inner.hashes.load(Ordering::Relaxed)
    }

    async fn run_on_pool<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner, &mut Blocks) -> Result<T, HashingError> + Send + 'static,
    ) -> Result<T, HashingError> {
        let inner = Arc::clone(&self.inner);
        let (sender, receiver) = oneshot::channel();
        let work = move |memory: &mut Blocks| {
            // The request was cancelled while it waited.
            if !sender.is_closed() {
                inner.hashes.fetch_add(1, Ordering::Relaxed);
                drop(sender.send(work(&inner, memory)));
            }
        };
        self.queue.try_send(Box::new(work)).map_err(|_| HashingError::Busy)?;
        receiver.await.map_err(HashingError::failed)?
    }
}

/// Runs queued jobs until the queue is closed.
fn run_worker(jobs: &Mutex<Receiver<Job>>) {
    let mut memory = Blocks::new();
    loop {
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(work) = next else { return };
        // On panic the sender is dropped, and the waiting request fails.
        if catch_unwind(AssertUnwindSafe(|| work(&mut memory))).is_err() {
            tracing::error!("hashing a password panicked");
        }
    }
}

impl Inner {
    fn is_current(&self, hash: &PasswordHash) -> bool {
        hash.algorithm == Algorithm::Argon2id.ident()
            && Params::try_from(hash).is_ok_and(|params| {
                let costs = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
                costs(&params) == costs(&self.params)
            })
    }
}

/// Computes Argon2 in this buffer.
fn digest(argon: &Argon2<'_>, password: &[u8], salt: &[u8], memory: &mut Blocks) -> Result<Output, HashingError> {
    let needed = argon.params().block_count();
    if memory.len() < needed {
        memory.resize(needed, Block::new());
    }
    let mut bytes = [0; Output::MAX_LENGTH];
    let length = argon.params().output_len().unwrap_or(HASH_LENGTH);
    let (Some(out), Some(blocks)) = (bytes.get_mut(..length), memory.get_mut(..needed)) else {
        return Err(HashingError::failed("the hash is too long"));
    };
    argon.hash_password_into_with_memory(password, salt, out, blocks).map_err(HashingError::failed)?;
    Output::new(out).map_err(HashingError::failed)
}

/// Hashes a new password, in the PHC string format.
fn hash(params: &Params, password: &[u8], entropy: &Entropy, memory: &mut Blocks) -> Result<String, HashingError> {
    let (algorithm, version) = (Algorithm::Argon2id, Version::V0x13);
    let salt = Salt::new(&entropy.bytes::<16>()).map_err(HashingError::failed)?;
    let output = digest(&Argon2::new(algorithm, version, params.clone()), password, &salt, memory)?;
    let hash = PasswordHash {
        algorithm: algorithm.ident(),
        version: Some(version.into()),
        params: ParamsString::try_from(params).map_err(HashingError::failed)?,
        salt: Some(salt),
        hash: Some(output),
    };
    Ok(hash.to_string())
}

/// Whether the password matches the hash, with the parameters stored in the hash.
fn matches_hash(stored: &PasswordHash, password: &[u8], memory: &mut Blocks) -> Result<bool, HashingError> {
    let (Some(salt), Some(expected)) = (&stored.salt, &stored.hash) else {
        return Err(HashingError::failed("the stored hash is none"));
    };
    let algorithm = Algorithm::try_from(stored.algorithm.as_str()).map_err(HashingError::failed)?;
    let version = stored.version.map(Version::try_from).transpose().map_err(HashingError::failed)?.unwrap_or_default();
    let params = Params::try_from(stored).map_err(HashingError::failed)?;
    // `Output` compares in constant time.
    Ok(digest(&Argon2::new(algorithm, version, params), password, salt, memory)? == *expected)
}

impl std::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hasher").field("hashes", &self.hash_count()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::{PasswordHasher, PasswordVerifier};

    fn params(memory: u32) -> Params {
        Params::new(memory, 2, 1, Some(HASH_LENGTH)).unwrap()
    }

    #[test]
    fn hashes_equal_those_of_the_library_with_a_reused_buffer() {
        let mut memory = Blocks::new();
        for size in [64, 16, 32] {
            let hash_text = hash(&params(size), b"kunci delapan", &Entropy::seeded(7), &mut memory).unwrap();
            let library = Argon2::new(Algorithm::Argon2id, Version::V0x13, params(size));
            library.verify_password(b"kunci delapan", hash_text.as_str()).unwrap();
            let library_hash = library.hash_password_with_salt(b"kunci delapan", b"a salt of theirs").unwrap();
            assert!(matches_hash(&library_hash, b"kunci delapan", &mut memory).unwrap());
            assert!(!matches_hash(&library_hash, b"kunci sembilan", &mut memory).unwrap());
            assert!(!matches_hash(&PasswordHash::new(&hash_text).unwrap(), b"kunci sembilan", &mut memory).unwrap());
        }
    }

    #[test]
    fn a_malformed_stored_hash_is_an_error() {
        let malformed = PasswordHash::new("$argon2id$v=19$m=16,t=2,p=1").unwrap();
        assert!(matches_hash(&malformed, b"", &mut Blocks::new()).is_err());
    }
}
