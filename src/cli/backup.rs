//! `lumbung backup` and `lumbung restore`: a folder with the database, photos, keys and a manifest with checksums.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Failure;
use crate::app;
use crate::config::Config;
use crate::db::{Migrations, Settings, maintenance};
use crate::kernel::{Clock, Instant, hex};

const DATABASE: &str = "lumbung.db";
const MANIFEST: &str = "manifest.json";
const POSTGRES_INSTRUCTIONS: &str = "This service runs on PostgreSQL, whose own tools copy it while it is used:\n  \
    pg_dump --format=custom --file=lumbung.dump \"$LUMBUNG__DATABASE__URL\"\n  \
    pg_restore --clean --if-exists --dbname=\"$LUMBUNG__DATABASE__URL\" lumbung.dump\n\
    For any moment between dumps, archive its write-ahead log (PostgreSQL manual, chapter Continuous Archiving).";

/// Copies database, photos and keys into a new folder while the service runs. Keep the folder as safe as the service
/// itself. On PostgreSQL, use pg_dump for the database.
#[derive(Debug, Args)]
pub struct Backup {
    /// The folder to create.
    folder: PathBuf,
}

/// Restores a backup. Stop the service first.
#[derive(Debug, Args)]
pub struct Restore {
    /// The folder of the backup.
    folder: PathBuf,
    /// Overwrites existing data.
    #[arg(long)]
    force: bool,
}

/// The content of a backup.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    lumbung: String,
    made_at: Instant,
    migrations: Vec<String>,
    /// The SHA-256 hash of every file, by its path in the folder.
    files: BTreeMap<String, String>,
}

impl Backup {
    pub(super) fn run(self, config: &Config) -> Result<(), Failure> {
        fs::create_dir(&self.folder)
            .map_err(|error| Failure::new(format!("{} cannot be created: {error}", self.folder.display())))?;
        restrict_to_owner(&self.folder).map_err(Failure::at_path(&self.folder))?;
        let embedded = maintenance::sqlite_path(&config.database)?;
        if embedded.is_some() {
            let copy = self.folder.join(DATABASE);
            maintenance::backup_sqlite(&config.database, &copy)?;
            let damages = maintenance::check_integrity(&database_settings(&copy))?;
            if let Some(damage) = damages.first() {
                return Err(Failure::new(format!("the copy is damaged: {damage}")));
            }
        }
        // The database first: photos are saved before the rows that refer to them.
        copy_tree(&photo_folder(config), &self.folder.join("files"))?;
        copy_tree(&config.data_dir.join("keys"), &self.folder.join("keys"))?;
        let mut files = BTreeMap::new();
        hash_files(&self.folder, &self.folder, &mut files)?;
        let count = files.len();
        let manifest = Manifest {
            lumbung: env!("CARGO_PKG_VERSION").to_owned(),
            made_at: Clock::System.now(),
            migrations: Migrations::names().0,
            files,
        };
        let path = self.folder.join(MANIFEST);
        fs::write(&path, serde_json::to_vec_pretty(&manifest)?).map_err(Failure::at_path(&path))?;
        println!("{count} file(s) copied to {} and checked.", self.folder.display());
        if embedded.is_none() {
            return Err(Failure::new(format!(
                "Photos and keys are copied, the database is not. {POSTGRES_INSTRUCTIONS}"
            )));
        }
        Ok(())
    }
}

impl Restore {
    pub(super) fn run(self, config: &Config) -> Result<(), Failure> {
        let Some(database) = maintenance::sqlite_path(&config.database)? else {
            return Err(Failure::usage(POSTGRES_INSTRUCTIONS));
        };
        let path = self.folder.join(MANIFEST);
        let text = fs::read(&path).map_err(|error| {
            Failure::usage(format!("{} is no backup: {}: {error}", self.folder.display(), path.display()))
        })?;
        let manifest: Manifest =
            serde_json::from_slice(&text).map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
        let known = Migrations::names().0;
        if let Some(newer) = manifest.migrations.iter().find(|name| !known.contains(name)) {
            return Err(Failure::new(format!("the backup was made by a newer Lumbung (migration {newer})")));
        }
        let mut actual = BTreeMap::new();
        hash_files(&self.folder, &self.folder, &mut actual)?;
        actual.remove(MANIFEST);
        if actual != manifest.files {
            return Err(Failure::new("the backup is not what it was when it was made: a file is missing or altered"));
        }
        if let Some(damage) = maintenance::check_integrity(&database_settings(&self.folder.join(DATABASE)))?.first() {
            return Err(Failure::new(format!("the backup's database is damaged: {damage}")));
        }
        if database.exists() && !self.force {
            return Err(Failure::usage(format!(
                "{} is there already; --force overwrites it with the backup of {}",
                database.display(),
                manifest.made_at
            )));
        }
        copy_tree(&self.folder.join("files"), &photo_folder(config))?;
        copy_tree(&self.folder.join("keys"), &config.data_dir.join("keys"))?;
        if let Some(folder) = database.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(Failure::at_path(folder))?;
        }
        let draft = database.with_extension("restoring");
        fs::copy(self.folder.join(DATABASE), &draft).map_err(Failure::at_path(&draft))?;
        fs::File::open(&draft).and_then(|file| file.sync_all()).map_err(Failure::at_path(&draft))?;
        for suffix in ["-wal", "-shm"] {
            let mut name = database.clone().into_os_string();
            name.push(suffix);
            if let Err(error) = fs::remove_file(&name)
                && error.kind() != io::ErrorKind::NotFound
            {
                return Err(Failure::at_path(Path::new(&name))(error));
            }
        }
        fs::rename(&draft, &database).map_err(Failure::at_path(&database))?;
        app::migrate(&config.database)?;
        println!("The backup of {} is in place.", manifest.made_at);
        Ok(())
    }
}

fn database_settings(file: &Path) -> Settings {
    Settings { url: format!("sqlite:{}", file.display()).into(), ..Settings::default() }
}

fn photo_folder(config: &Config) -> PathBuf {
    config.files.folder.clone().unwrap_or_else(|| config.data_dir.join("files"))
}

fn restrict_to_owner(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

/// Copies a folder recursively, with permissions. Does nothing if `from` does not exist.
fn copy_tree(from: &Path, to: &Path) -> Result<(), Failure> {
    let entries = match fs::read_dir(from) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Failure::at_path(from)(error)),
    };
    fs::create_dir_all(to).map_err(Failure::at_path(to))?;
    let permissions = fs::metadata(from).map_err(Failure::at_path(from))?.permissions();
    fs::set_permissions(to, permissions).map_err(Failure::at_path(to))?;
    for entry in entries {
        let entry = entry.map_err(Failure::at_path(from))?;
        let target = to.join(entry.file_name());
        if entry.file_type().map_err(Failure::at_path(from))?.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else if !entry.file_name().to_string_lossy().ends_with(".part") {
            match fs::copy(entry.path(), &target) {
                // The photo was replaced during the copy.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(Failure::at_path(&target)(error)),
                Ok(_) => {}
            }
        }
    }
    Ok(())
}

/// Hashes every file below the folder, except for SQLite's WAL and shared-memory files: opening the copied database
/// creates them.
fn hash_files(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder).map_err(Failure::at_path(folder))? {
        let path = entry.map_err(Failure::at_path(folder))?.path();
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
        if path.is_dir() {
            hash_files(root, &path, files)?;
        } else if !name.ends_with("-wal") && !name.ends_with("-shm") {
            files.insert(name, hash_file(&path).map_err(Failure::at_path(&path))?);
        }
    }
    Ok(())
}

fn hash_file(path: &Path) -> io::Result<String> {
    let (mut file, mut digest, mut chunk) = (fs::File::open(path)?, Sha256::new(), vec![0; 64 * 1024]);
    loop {
        let count = file.read(&mut chunk)?;
        if count == 0 {
            return Ok(hex(&digest.finalize()));
        }
        digest.update(chunk.get(..count).unwrap_or_default());
    }
}
