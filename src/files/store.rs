//! A folder of files, written whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Deserialize;

use super::FileName;

/// Where files are kept.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The folder; `files` in the data folder when left out. It is made when the first file is kept.
    pub folder: Option<PathBuf>,
}

/// Keeps files in a folder on disk. All of it blocks.
#[derive(Debug, Clone)]
pub struct Store {
    folder: Arc<Path>,
}

/// Tells temporary files of one process apart.
static NUMBER: AtomicU64 = AtomicU64::new(0);

impl Store {
    /// The files of the folder that is set, or else of `files` in the data folder.
    pub fn open(settings: &Settings, data_dir: &Path) -> Self {
        Store { folder: settings.folder.clone().unwrap_or_else(|| data_dir.join("files")).into() }
    }

    /// The files that only some may see: a folder of their own, which no public name reaches.
    #[must_use]
    pub fn private(&self) -> Self {
        Store { folder: self.folder.join("private").into() }
    }

    fn path(&self, name: &FileName) -> PathBuf {
        self.folder.join(name.folder()).join(name.as_str())
    }

    /// Keeps the content under this name; after a crash it is there whole, or not at all.
    pub fn save(&self, name: &FileName, content: &[u8]) -> io::Result<()> {
        let path = self.path(name);
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder)?;
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let draft = folder.join(format!(".{}-{number}.part", std::process::id()));
        let written = write_through(&draft, content).and_then(|()| fs::rename(&draft, &path));
        if written.is_err() {
            // The half of a file helps nobody; that it may stay behind is no further fault.
            let _ = fs::remove_file(&draft);
        }
        written?;
        // The rename itself is durable when its folder is.
        File::open(folder)?.sync_all()
    }

    /// The content kept under this name; nothing when there is none.
    pub fn load(&self, name: &FileName) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.path(name)) {
            Ok(content) => Ok(Some(content)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Forgets what is kept under this name, if anything.
    pub fn delete(&self, name: &FileName) -> io::Result<()> {
        match fs::remove_file(self.path(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

fn write_through(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(content)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_private_is_not_among_the_rest() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&Settings::default(), folder.path());
        let name = FileName::random(&crate::kernel::Entropy::System);
        store.private().save(&name, b"slip").unwrap();
        assert_eq!(store.load(&name).unwrap(), None);
        assert_eq!(store.private().load(&name).unwrap().as_deref(), Some(b"slip".as_slice()));
    }

    #[test]
    fn what_is_saved_is_there_whole_until_it_is_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&Settings::default(), folder.path());
        let name = FileName::parse(&format!("{}.jpg", FileName::stem_of([b"a".as_slice()]))).unwrap();
        assert_eq!(store.load(&name).unwrap(), None);
        store.save(&name, b"first").unwrap();
        store.save(&name, b"again").unwrap();
        assert_eq!(store.load(&name).unwrap().as_deref(), Some(b"again".as_slice()));
        let kept = fs::read_dir(folder.path().join("files").join(name.folder())).unwrap().count();
        assert_eq!(kept, 1, "no drafts stay behind");
        store.delete(&name).unwrap();
        store.delete(&name).unwrap();
        assert_eq!(store.load(&name).unwrap(), None);
    }
}
