//! HMAC signatures of this server, for cursors and secret links.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;
use std::sync::Arc;

/// Signs and verifies with HMAC-SHA-256. The purpose is part of what is signed, so that a signature is valid for one
/// purpose only.
#[derive(Debug, Clone)]
pub struct Signer {
    /// Padded with zeros to the block size of the hash, as HMAC does itself.
    key: Arc<SecretBox<[u8; 64]>>,
}

impl Signer {
    /// A signer with this key.
    pub fn new(key: [u8; 32]) -> Self {
        let mut block = [0; 64];
        for (slot, byte) in block.iter_mut().zip(key) {
            *slot = byte;
        }
        Signer { key: Arc::new(SecretBox::new(Box::new(block))) }
    }

    fn mac(&self, purpose: &str, content: &[u8]) -> Hmac<Sha256> {
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&(*self.key.expose_secret()).into());
        mac.update(&u64::try_from(purpose.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(purpose.as_bytes());
        mac.update(content);
        mac
    }

    /// Signs the content for this purpose.
    pub fn sign(&self, purpose: &str, content: &[u8]) -> [u8; 32] {
        self.mac(purpose, content).finalize().into_bytes().into()
    }

    /// Verifies a signature, or the first 16 bytes or more of one, in constant time.
    pub fn verify(&self, purpose: &str, content: &[u8], signature: &[u8]) -> bool {
        signature.len() >= 16 && self.mac(purpose, content).verify_truncated_left(signature).is_ok()
    }
}
