//! Keys of the server: configured, or made once and kept in its data folder where only it can read them.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretBox, SecretString};

use crate::kernel::Entropy;

/// A key of 256 bits.
pub type Key = SecretBox<[u8; 32]>;

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Production runs on configured keys only.
    #[error("{0} is not set; in production the server makes no keys of its own")]
    Missing(&'static str),
    /// A configured key is too weak to keep anything.
    #[error("{0} must be at least 32 random bytes in base64")]
    Weak(String),
    /// Keys of the configuration are changed there.
    #[error(
        "{0} is configured: put a new key first in it (head -c 32 /dev/urandom | base64), keep the present one second, \
         and start the server anew"
    )]
    Configured(&'static str),
    /// Tokens of the key that would be dropped may still be good.
    #[error("the last rotation is less than {} minute(s) ago; what the key before it signed may still be good", .0.as_secs() / 60)]
    TooSoon(Duration),
    /// Too many keys at once.
    #[error("{0} holds more than two keys")]
    TooMany(&'static str),
    /// Others can read the file.
    #[error("{} can be read by others (mode {mode:o}); make it 0600", path.display())]
    Readable {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The file cannot be read or made.
    #[error("{} cannot be read or made: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The key is no key of its algorithm.
    #[error("a signing key is not usable: {0}")]
    Unusable(String),
}

/// The folder where keys are kept.
#[derive(Debug, Clone)]
pub struct KeyFolder {
    folder: PathBuf,
    production: bool,
}

impl KeyFolder {
    /// The key folder inside this data folder.
    pub fn inside(data: &Path, production: bool) -> Self {
        KeyFolder { folder: data.join("keys"), production }
    }

    /// A configured key, or the one that is kept under this name, made now when there is none.
    pub fn one(
        &self,
        setting: &'static str,
        configured: Option<&SecretString>,
        name: &str,
        entropy: &Entropy,
    ) -> Result<Key, KeyError> {
        match configured {
            Some(text) => read(setting, text),
            None if self.production => Err(KeyError::Missing(setting)),
            None => self.kept(name, entropy),
        }
    }

    /// The configured keys, newest first, or those that are kept: the present one, and the one before it.
    pub fn ring(
        &self,
        setting: &'static str,
        configured: &[SecretString],
        name: &str,
        entropy: &Entropy,
    ) -> Result<Vec<Key>, KeyError> {
        match configured {
            [] if self.production => Err(KeyError::Missing(setting)),
            [] => {
                let mut ring = vec![self.kept(name, entropy)?];
                ring.extend(self.open(&self.previous(name))?);
                Ok(ring)
            }
            [_] | [_, _] => configured.iter().map(|text| read(setting, text)).collect(),
            _ => Err(KeyError::TooMany(setting)),
        }
    }

    /// Makes a new key of this name; the one that stood there is accepted until the next rotation, which is refused
    /// while something may still be good that the key before it has signed: for `life` after this one.
    pub fn rotate(
        &self,
        setting: &'static str,
        configured: &[SecretString],
        name: &str,
        life: Duration,
        entropy: &Entropy,
    ) -> Result<(), KeyError> {
        match configured {
            [] if self.production => return Err(KeyError::Missing(setting)),
            [] => {}
            _ => return Err(KeyError::Configured(setting)),
        }
        let (path, previous) = (self.folder.join(name), self.previous(name));
        let made = std::fs::metadata(&path).and_then(|file| file.modified());
        let is_young = made.is_ok_and(|made| made.elapsed().is_ok_and(|age| age < life));
        if is_young && previous.exists() {
            return Err(KeyError::TooSoon(life));
        }
        match std::fs::rename(&path, &previous) {
            Err(source) if source.kind() != ErrorKind::NotFound => return Err(KeyError::File { path, source }),
            _ => {}
        }
        self.kept(name, entropy).map(drop)
    }

    fn previous(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.previous"))
    }

    fn kept(&self, name: &str, entropy: &Entropy) -> Result<Key, KeyError> {
        let path = self.folder.join(name);
        if let Some(key) = self.open(&path)? {
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
            // Another process made it in this moment.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                self.open(&path)?.ok_or(KeyError::File { path, source: error })
            }
            Err(error) => Err(failed(error)),
        }
    }

    fn open(&self, path: &Path) -> Result<Option<Key>, KeyError> {
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
        read(&path.display().to_string(), &SecretString::from(text)).map(Some)
    }
}

/// A key from its base64, of either alphabet. Longer ones are cut, shorter and plainly made-up ones refused.
fn read(setting: &str, text: &SecretString) -> Result<Key, KeyError> {
    let text = text.expose_secret().trim();
    let bytes =
        [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD].iter().find_map(|base64| base64.decode(text).ok());
    let weak = || KeyError::Weak(setting.to_owned());
    let bytes = bytes.ok_or_else(weak)?;
    let key: [u8; 32] = bytes.get(..32).and_then(|bytes| bytes.try_into().ok()).ok_or_else(weak)?;
    let distinct: std::collections::BTreeSet<u8> = key.into_iter().collect();
    // 32 random bytes have fewer than eight different values once in more years than there are.
    if distinct.len() < 8 { Err(weak()) } else { Ok(SecretBox::new(Box::new(key))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, KeyFolder) {
        let folder = tempfile::tempdir().unwrap();
        let keys = KeyFolder::inside(folder.path(), false);
        (folder, keys)
    }

    #[test]
    fn a_key_is_made_once_and_only_its_owner_can_read_it() {
        let (data, keys) = folder();
        let first = keys.one("x", None, "seal", &Entropy::System).unwrap();
        let again = keys.one("x", None, "seal", &Entropy::System).unwrap();
        assert_eq!(first.expose_secret(), again.expose_secret());
        let path = data.path().join("keys/seal");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(keys.one("x", None, "seal", &Entropy::System), Err(KeyError::Readable { mode: 0o640, .. })));
    }

    #[test]
    fn rotation_keeps_the_key_before() {
        let (data, keys) = folder();
        let old = keys.ring("x", &[], "access", &Entropy::System).unwrap();
        assert_eq!(old.len(), 1);
        let rotate = |configured: &[SecretString]| {
            keys.rotate("x", configured, "access", Duration::from_mins(10), &Entropy::System)
        };
        rotate(&[]).unwrap();
        let ring = keys.ring("x", &[], "access", &Entropy::System).unwrap();
        assert_eq!(ring.len(), 2);
        assert_eq!(ring[1].expose_secret(), old[0].expose_secret());
        assert!(matches!(rotate(&[]), Err(KeyError::TooSoon(_))));
        assert!(matches!(rotate(&["a key".into()]), Err(KeyError::Configured("x"))));
        let present = OpenOptions::new().write(true).open(data.path().join("keys/access")).unwrap();
        present.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
        rotate(&[]).unwrap();
        let later = keys.ring("x", &[], "access", &Entropy::System).unwrap();
        assert_eq!(later[1].expose_secret(), ring[0].expose_secret());
    }

    #[test]
    fn weak_keys_and_production_without_keys_are_refused() {
        let (data, keys) = folder();
        let one = |text: &str| keys.one("x", Some(&text.into()), "seal", &Entropy::System);
        assert!(matches!(one("secret"), Err(KeyError::Weak(_))));
        assert!(matches!(one(&STANDARD.encode([7; 31])), Err(KeyError::Weak(_))));
        assert!(matches!(one(&STANDARD.encode([0; 32])), Err(KeyError::Weak(_))));
        assert!(one(&STANDARD.encode(Entropy::System.bytes::<32>())).is_ok());
        let production = KeyFolder::inside(data.path(), true);
        assert!(matches!(production.one("x", None, "seal", &Entropy::System), Err(KeyError::Missing("x"))));
        assert!(matches!(production.ring("x", &[], "access", &Entropy::System), Err(KeyError::Missing("x"))));
    }
}
