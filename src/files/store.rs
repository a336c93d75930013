//! A directory of files with atomic writes.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Deserialize;

use super::FileName;

/// The settings of the file store.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The directory, created with the first file; `files` in the data directory when not set.
    pub folder: Option<PathBuf>,
}

/// A directory of files. All methods block.
#[derive(Debug, Clone)]
pub struct Store {
    folder: Arc<Path>,
}

/// Numbers the temporary files of this process.
static NUMBER: AtomicU64 = AtomicU64::new(0);

impl Store {
    /// The store of the configured directory, without touching the disk.
    pub fn open(settings: &Settings, data_dir: &Path) -> Self {
        Store { folder: settings.folder.clone().unwrap_or_else(|| data_dir.join("files")).into() }
    }

    /// The store of private files, a subdirectory that public names cannot reach.
    #[must_use]
    pub fn private(&self) -> Self {
        Store { folder: self.folder.join("private").into() }
    }

    fn path(&self, name: &FileName) -> PathBuf {
        self.folder.join(name.folder()).join(name.as_str())
    }

    /// Saves a file atomically and durably: after a crash it is complete or absent.
    pub fn save(&self, name: &FileName, content: &[u8]) -> io::Result<()> {
        let path = self.path(name);
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder).map_err(|error| name_path(folder, &error))?;
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let temporary = folder.join(format!(".{}-{number}.part", std::process::id()));
        let outcome = write_synced(&temporary, content).and_then(|()| fs::rename(&temporary, &path));
        if outcome.is_err() {
            // Best effort: a leftover temporary file does no harm.
            let _ = fs::remove_file(&temporary);
        }
        outcome.map_err(|error| name_path(&path, &error))?;
        // The rename is durable once the directory is synced.
        File::open(folder)?.sync_all()
    }

    /// The content of a file; `None` when it does not exist.
    pub fn load(&self, name: &FileName) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.path(name)) {
            Ok(content) => Ok(Some(content)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Deletes a file; `Ok` when it does not exist.
    pub fn delete(&self, name: &FileName) -> io::Result<()> {
        match fs::remove_file(self.path(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// The error with the path that it concerns.
fn name_path(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

fn write_synced(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(content)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_files_are_separate() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&Settings::default(), folder.path());
        let name = FileName::random(&crate::kernel::Entropy::System);
        store.private().save(&name, b"slip").unwrap();
        assert_eq!(store.load(&name).unwrap(), None);
        assert_eq!(store.private().load(&name).unwrap().as_deref(), Some(b"slip".as_slice()));
    }

    #[test]
    fn a_saved_file_can_be_loaded_until_it_is_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&Settings::default(), folder.path());
        let name = FileName::parse(&format!("{}.jpg", FileName::content_hash([b"a".as_slice()]))).unwrap();
        assert_eq!(store.load(&name).unwrap(), None);
        store.save(&name, b"first").unwrap();
        store.save(&name, b"again").unwrap();
        assert_eq!(store.load(&name).unwrap().as_deref(), Some(b"again".as_slice()));
        let count = fs::read_dir(folder.path().join("files").join(name.folder())).unwrap().count();
        assert_eq!(count, 1, "no temporary files remain");
        store.delete(&name).unwrap();
        store.delete(&name).unwrap();
        assert_eq!(store.load(&name).unwrap(), None);
    }
}
