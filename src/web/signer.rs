//! Tags that only this server can make: for cursors, and for links that are secrets.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;
use std::sync::Arc;

/// Makes and checks HMAC-SHA-256 tags under the server's own key, kept apart by purpose.
#[derive(Debug, Clone)]
pub struct Signer {
    /// Padded with zeros to the block of the hash, as HMAC does itself.
    key: Arc<SecretBox<[u8; 64]>>,
}

impl Signer {
    /// A sealer with this key.
    pub fn new(key: [u8; 32]) -> Self {
        let mut block = [0; 64];
        for (place, byte) in block.iter_mut().zip(key) {
            *place = byte;
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

    /// The tag of this content for this purpose.
    pub fn sign(&self, purpose: &str, content: &[u8]) -> [u8; 32] {
        self.mac(purpose, content).finalize().into_bytes().into()
    }

    /// Whether the tag, or the beginning of it, is the one of this content; takes the same time either way.
    pub fn verify(&self, purpose: &str, content: &[u8], tag: &[u8]) -> bool {
        tag.len() >= 16 && self.mac(purpose, content).verify_truncated_left(tag).is_ok()
    }
}
