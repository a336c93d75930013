//! Hashing passwords, on a bounded pool of its own.

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

/// How long a hash is, in bytes.
const LENGTH: usize = Params::DEFAULT_OUTPUT_LEN;

/// Whether a password is the right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is, hashed as new ones are.
    Right,
    /// It is, hashed with parameters of another time: hash it again.
    RightButStale,
    /// It is not.
    Wrong,
}

/// Why a password was not hashed.
#[derive(Debug, thiserror::Error)]
pub enum HashingError {
    /// Too many are waiting.
    #[error("too many passwords are waiting to be hashed")]
    Busy,
    /// The hash function refused.
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

/// Hashes passwords, as many at once as there are cores, on threads that do nothing else: a request that is given up
/// makes no room for another hash before its own is done.
#[derive(Clone)]
pub struct Hasher {
    inner: Arc<Inner>,
    line: SyncSender<Work>,
}

/// What is done on a thread of the pool, in the memory of that thread.
type Work = Box<dyn FnOnce(&mut Memory) + Send>;

/// What argon2 works in: megabytes that a thread takes once and keeps. Taken and given back at each hash, they would
/// leave holes in the heap that nothing else fits.
type Memory = Vec<Block>;

struct Inner {
    params: Params,
    /// What the passwords of unknown people are compared with, so that they take the same time.
    nobody: String,
    hashes: AtomicU64,
    entropy: Entropy,
}

impl Hasher {
    /// A pool with these settings.
    pub fn new(settings: &Settings, entropy: Entropy) -> Result<Self, HashingError> {
        let (memory, iterations, parallelism) =
            (settings.password_memory_kib, settings.password_iterations, settings.password_parallelism);
        let params = Params::new(memory, iterations, parallelism, Some(LENGTH)).map_err(HashingError::failed)?;
        let nobody = hash(&params, &entropy.bytes::<32>(), &entropy, &mut Memory::new())?;
        let threads = match settings.hashing_threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        };
        let (line, waiting) = sync_channel(settings.hashing_queue);
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..threads {
            let waiting = Arc::clone(&waiting);
            std::thread::Builder::new()
                .name("hashing".into())
                .spawn(move || work_off(&waiting))
                .map_err(HashingError::failed)?;
        }
        Ok(Hasher { inner: Arc::new(Inner { params, nobody, hashes: AtomicU64::new(0), entropy }), line })
    }

    /// Hashes a new password.
    pub async fn hash(&self, password: &Password) -> Result<String, HashingError> {
        let bytes = password.bytes();
        self.in_turn(move |inner, memory| hash(&inner.params, &bytes, &inner.entropy, memory)).await
    }

    /// Hashes a new password on this thread; for programs without a runtime.
    pub fn hash_blocking(&self, password: &Password) -> Result<String, HashingError> {
        self.inner.hashes.fetch_add(1, Ordering::Relaxed);
        hash(&self.inner.params, &password.bytes(), &self.inner.entropy, &mut Memory::new())
    }

    /// Compares a password with the hash of an account; with nobody's in the same time, which is wrong.
    pub async fn verify(&self, password: &Password, known: Option<String>) -> Result<Verdict, HashingError> {
        let bytes = password.bytes();
        self.in_turn(move |inner, memory| {
            let is_somebody = known.is_some();
            let known = PasswordHash::new(known.as_deref().unwrap_or(&inner.nobody)).map_err(HashingError::failed)?;
            let right = is_right(&known, &bytes, memory)?;
            Ok(match (right && is_somebody, inner.is_current(&known)) {
                (true, true) => Verdict::Right,
                (true, false) => Verdict::RightButStale,
                (false, _) => Verdict::Wrong,
            })
        })
        .await
    }

    /// How many passwords were hashed so far.
    pub fn hashes(&self) -> u64 {
        self.inner.hashes.load(Ordering::Relaxed)
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner, &mut Memory) -> Result<T, HashingError> + Send + 'static,
    ) -> Result<T, HashingError> {
        let inner = Arc::clone(&self.inner);
        let (answer, answered) = oneshot::channel();
        let work = move |memory: &mut Memory| {
            // Whoever has gone meanwhile is not worked for.
            if !answer.is_closed() {
                inner.hashes.fetch_add(1, Ordering::Relaxed);
                drop(answer.send(work(&inner, memory)));
            }
        };
        self.line.try_send(Box::new(work)).map_err(|_| HashingError::Busy)?;
        answered.await.map_err(HashingError::failed)?
    }
}

/// Does one piece of work after another, until nobody is left who could bring any.
fn work_off(waiting: &Mutex<Receiver<Work>>) {
    let mut memory = Memory::new();
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(work) = next else { return };
        // What breaks is told to who asked, by the answer that does not come.
        if catch_unwind(AssertUnwindSafe(|| work(&mut memory))).is_err() {
            tracing::error!("hashing a password panicked");
        }
    }
}

impl Inner {
    fn is_current(&self, hash: &PasswordHash) -> bool {
        hash.algorithm == Algorithm::Argon2id.ident()
            && Params::try_from(hash).is_ok_and(|params| {
                let figures = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
                figures(&params) == figures(&self.params)
            })
    }
}

/// Argon2 itself, in this memory.
fn digest(argon: &Argon2<'_>, password: &[u8], salt: &[u8], memory: &mut Memory) -> Result<Output, HashingError> {
    let needed = argon.params().block_count();
    if memory.len() < needed {
        memory.resize(needed, Block::new());
    }
    let mut bytes = [0; Output::MAX_LENGTH];
    let length = argon.params().output_len().unwrap_or(LENGTH);
    let (Some(out), Some(blocks)) = (bytes.get_mut(..length), memory.get_mut(..needed)) else {
        return Err(HashingError::failed("the hash is too long"));
    };
    argon.hash_password_into_with_memory(password, salt, out, blocks).map_err(HashingError::failed)?;
    Output::new(out).map_err(HashingError::failed)
}

/// The hash of a new password, in the PHC string format.
fn hash(params: &Params, password: &[u8], entropy: &Entropy, memory: &mut Memory) -> Result<String, HashingError> {
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

/// Whether this is the password of a hash, under whatever parameters it was made.
fn is_right(known: &PasswordHash, password: &[u8], memory: &mut Memory) -> Result<bool, HashingError> {
    let (Some(salt), Some(expected)) = (&known.salt, &known.hash) else {
        return Err(HashingError::failed("the stored hash is none"));
    };
    let algorithm = Algorithm::try_from(known.algorithm.as_str()).map_err(HashingError::failed)?;
    let version = known.version.map(Version::try_from).transpose().map_err(HashingError::failed)?.unwrap_or_default();
    let params = Params::try_from(known).map_err(HashingError::failed)?;
    // Outputs compare in constant time.
    Ok(digest(&Argon2::new(algorithm, version, params), password, salt, memory)? == *expected)
}

impl std::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hasher").field("hashes", &self.hashes()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::{PasswordHasher, PasswordVerifier};

    fn params(memory: u32) -> Params {
        Params::new(memory, 2, 1, Some(LENGTH)).unwrap()
    }

    #[test]
    fn hashes_are_those_of_the_library_whatever_the_memory_held_before() {
        let mut memory = Memory::new();
        for size in [64, 16, 32] {
            let ours = hash(&params(size), b"kunci delapan", &Entropy::seeded(7), &mut memory).unwrap();
            let library = Argon2::new(Algorithm::Argon2id, Version::V0x13, params(size));
            library.verify_password(b"kunci delapan", ours.as_str()).unwrap();
            let theirs = library.hash_password_with_salt(b"kunci delapan", b"a salt of theirs").unwrap();
            assert!(is_right(&theirs, b"kunci delapan", &mut memory).unwrap());
            assert!(!is_right(&theirs, b"kunci sembilan", &mut memory).unwrap());
            assert!(!is_right(&PasswordHash::new(&ours).unwrap(), b"kunci sembilan", &mut memory).unwrap());
        }
    }

    #[test]
    fn a_stored_hash_that_is_none_is_a_fault_and_no_password() {
        let bare = PasswordHash::new("$argon2id$v=19$m=16,t=2,p=1").unwrap();
        assert!(is_right(&bare, b"", &mut Memory::new()).is_err());
    }
}
