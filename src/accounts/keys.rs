//! Secret keys of the server: configured, or generated once into files in the data folder that only the server can read.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretBox, SecretString};

use crate::kernel::{Entropy, Instant};

/// A key of 256 bits.
pub type Key = SecretBox<[u8; 32]>;

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Production requires configured keys.
    #[error("{0} is not set; in production the server makes no keys of its own")]
    Missing(&'static str),
    /// A key is shorter than 32 bytes or clearly not random.
    #[error("{0} must be at least 32 random bytes in base64")]
    Weak(String),
    /// Configured keys are rotated in the configuration, not here.
    #[error(
        "{0} is configured: put a new key first in it (head -c 32 /dev/urandom | base64), keep the present one second, \
         and start the server anew"
    )]
    Configured(&'static str),
    /// Tokens signed with the key that would be dropped may still be valid.
    #[error("the last rotation is less than {} minute(s) ago; what the key before it signed may still be good", .0.as_secs() / 60)]
    TooSoon(Duration),
    /// More than two keys are configured.
    #[error("{0} holds more than two keys")]
    TooMany(&'static str),
    /// The key file is readable by others.
    #[error("{} can be read by others (mode {mode:o}); make it 0600", path.display())]
    Readable {
        /// The path of the file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file cannot be read or written.
    #[error("{} cannot be read or made: {source}", path.display())]
    File {
        /// The path of the file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The key does not work with its algorithm.
    #[error("a signing key is not usable: {0}")]
    Unusable(String),
}

/// The folder of the key files.
#[derive(Debug, Clone)]
pub struct KeyFolder {
    folder: PathBuf,
    production: bool,
}

impl KeyFolder {
    /// The `keys` folder of this data folder. In production no key is generated.
    pub fn new(data: &Path, production: bool) -> Self {
        KeyFolder { folder: data.join("keys"), production }
    }

    /// The configured key, or the key file of this name, which is generated when missing.
    pub fn load_key(
        &self,
        setting: &'static str,
        configured: Option<&SecretString>,
        name: &str,
        entropy: &Entropy,
    ) -> Result<Key, KeyError> {
        match configured {
            Some(text) => decode_key(setting, text),
            None if self.production => Err(KeyError::Missing(setting)),
            None => self.load_or_generate(name, entropy),
        }
    }

    /// The configured keys, newest first, or the key files: the current one (generated when missing) and the previous one.
    pub fn load_keys(
        &self,
        setting: &'static str,
        configured: &[SecretString],
        name: &str,
        entropy: &Entropy,
    ) -> Result<Vec<Key>, KeyError> {
        match configured {
            [] if self.production => Err(KeyError::Missing(setting)),
            [] => {
                let mut keys = vec![self.load_or_generate(name, entropy)?];
                keys.extend(self.read_file(&self.previous_path(name))?);
                Ok(keys)
            }
            [_] | [_, _] => configured.iter().map(|text| decode_key(setting, text)).collect(),
            _ => Err(KeyError::TooMany(setting)),
        }
    }

    /// Generates a new key of this name. The current key becomes the previous one, which is still accepted until the next
    /// rotation. [`KeyError::TooSoon`] within `ttl` after a rotation: tokens of the previous key may still be valid.
    pub fn rotate(
        &self,
        now: Instant,
        setting: &'static str,
        configured: &[SecretString],
        name: &str,
        ttl: Duration,
        entropy: &Entropy,
    ) -> Result<(), KeyError> {
        match configured {
            [] if self.production => return Err(KeyError::Missing(setting)),
            [] => {}
            _ => return Err(KeyError::Configured(setting)),
        }
        let (path, previous) = (self.folder.join(name), self.previous_path(name));
        let modified = std::fs::metadata(&path).and_then(|file| file.modified());
        let age = modified.map(|time| now.since(Instant::from_utc(time.into())).to_std().unwrap_or(Duration::MAX));
        let is_recent = age.is_ok_and(|age| age < ttl);
        if is_recent && previous.exists() {
            return Err(KeyError::TooSoon(ttl));
        }
        match std::fs::rename(&path, &previous) {
            Err(source) if source.kind() != ErrorKind::NotFound => return Err(KeyError::File { path, source }),
            _ => {}
        }
        self.load_or_generate(name, entropy).map(drop)
    }

    fn previous_path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.previous"))
    }

    fn load_or_generate(&self, name: &str, entropy: &Entropy) -> Result<Key, KeyError> {
        let path = self.folder.join(name);
        if let Some(key) = self.read_file(&path)? {
            return Ok(key);
        }
        let failed = |source| KeyError::File { path: path.clone(), source };
        DirBuilder::new().recursive(true).mode(0o700).create(&self.folder).map_err(failed)?;
        let key: [u8; 32] = entropy.bytes();
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
            Ok(mut file) => {
                file.write_all(URL_SAFE_NO_PAD.encode(key).as_bytes()).map_err(failed)?;
                file.sync_all().map_err(failed)?;
                Ok(SecretBox::new(Box::new(key)))
            }
            // Another process has just created it.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                self.read_file(&path)?.ok_or(KeyError::File { path, source: error })
            }
            Err(error) => Err(failed(error)),
        }
    }

    fn read_file(&self, path: &Path) -> Result<Option<Key>, KeyError> {
        let failed = |source| KeyError::File { path: path.to_owned(), source };
        let mut file = match OpenOptions::new().read(true).open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let mode = file.metadata().map_err(failed)?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(KeyError::Readable { path: path.to_owned(), mode: mode & 0o777 });
        }
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(failed)?;
        decode_key(&path.display().to_string(), &SecretString::from(text)).map(Some)
    }
}

/// Decodes a key from base64 (standard or URL-safe). Longer keys are cut to 32 bytes; shorter and clearly non-random ones
/// are rejected.
fn decode_key(setting: &str, text: &SecretString) -> Result<Key, KeyError> {
    let text = text.expose_secret().trim();
    let bytes =
        [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD].iter().find_map(|base64| base64.decode(text).ok());
    let weak = || KeyError::Weak(setting.to_owned());
    let bytes = bytes.ok_or_else(weak)?;
    let key: [u8; 32] = bytes.get(..32).and_then(|bytes| bytes.try_into().ok()).ok_or_else(weak)?;
    let distinct: std::collections::BTreeSet<u8> = key.into_iter().collect();
    // The probability that 32 random bytes have fewer than eight distinct values is negligible.
    if distinct.len() < 8 { Err(weak()) } else { Ok(SecretBox::new(Box::new(key))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key_folder() -> (tempfile::TempDir, KeyFolder) {
        let folder = tempfile::tempdir().unwrap();
        let keys = KeyFolder::new(folder.path(), false);
        (folder, keys)
    }

    #[test]
    fn a_key_is_generated_once_and_only_its_owner_can_read_it() {
        let (data, keys) = key_folder();
        let first = keys.load_key("x", None, "seal", &Entropy::System).unwrap();
        let again = keys.load_key("x", None, "seal", &Entropy::System).unwrap();
        assert_eq!(first.expose_secret(), again.expose_secret());
        let path = data.path().join("keys/seal");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(
            keys.load_key("x", None, "seal", &Entropy::System),
            Err(KeyError::Readable { mode: 0o640, .. })
        ));
    }

    #[test]
    fn rotation_keeps_the_previous_key() {
        let (data, keys) = key_folder();
        let old = keys.load_keys("x", &[], "access", &Entropy::System).unwrap();
        assert_eq!(old.len(), 1);
        let rotate = |now: Instant, configured: &[SecretString]| {
            keys.rotate(now, "x", configured, "access", Duration::from_mins(10), &Entropy::System)
        };
        let modified = || {
            let file = std::fs::metadata(data.path().join("keys/access")).unwrap();
            Instant::from_utc(file.modified().unwrap().into())
        };
        rotate(modified(), &[]).unwrap();
        let ring = keys.load_keys("x", &[], "access", &Entropy::System).unwrap();
        assert_eq!(ring.len(), 2);
        assert_eq!(ring[1].expose_secret(), old[0].expose_secret());
        let at_age = |seconds| modified().after(crate::kernel::Duration::seconds(seconds));
        assert!(matches!(rotate(at_age(599), &[]), Err(KeyError::TooSoon(_))));
        assert!(matches!(rotate(at_age(600), &["a key".into()]), Err(KeyError::Configured("x"))));
        rotate(at_age(600), &[]).unwrap();
        let later = keys.load_keys("x", &[], "access", &Entropy::System).unwrap();
        assert_eq!(later[1].expose_secret(), ring[0].expose_secret());
    }

    #[test]
    fn weak_keys_and_production_without_keys_are_refused() {
        let (data, keys) = key_folder();
        let load = |text: &str| keys.load_key("x", Some(&text.into()), "seal", &Entropy::System);
        assert!(matches!(load("secret"), Err(KeyError::Weak(_))));
        assert!(matches!(load(&STANDARD.encode([7; 31])), Err(KeyError::Weak(_))));
        assert!(matches!(load(&STANDARD.encode([0; 32])), Err(KeyError::Weak(_))));
        assert!(load(&STANDARD.encode(Entropy::System.bytes::<32>())).is_ok());
        let production = KeyFolder::new(data.path(), true);
        assert!(matches!(production.load_key("x", None, "seal", &Entropy::System), Err(KeyError::Missing("x"))));
        assert!(matches!(production.load_keys("x", &[], "access", &Entropy::System), Err(KeyError::Missing("x"))));
    }
}
