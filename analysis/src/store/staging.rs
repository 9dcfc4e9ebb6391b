//! A result in the making: a hidden folder beside its target, renamed into place when it is whole
//! and removed when it is dropped before.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::{FileEntry, MANIFEST, Manifest};
use crate::Error;

/// Where a result gathers before it is published. Dropping it leaves nothing behind.
#[derive(Debug)]
pub struct Staging {
    target: PathBuf,
    path: PathBuf,
    /// Folders this staging had to make above the target, outermost first.
    made: Vec<PathBuf>,
    published: bool,
}

impl Staging {
    /// Starts a result for `target`, which must be absent, empty or an older result.
    pub fn begin(target: &Path) -> Result<Self, Error> {
        refuse_foreign(target)?;
        let target = std::path::absolute(target).map_err(Error::at(target))?;
        let parent = target.parent().ok_or_else(|| Error::Foreign(target.clone()))?;
        let mut made: Vec<PathBuf> =
            parent.ancestors().take_while(|p| !p.exists()).map(Path::to_owned).collect();
        made.reverse();
        fs::create_dir_all(parent).map_err(Error::at(parent))?;
        let path = beside(&target, "partial");
        fs::create_dir(&path).map_err(Error::at(&path))?;
        Ok(Staging { target, path, made, published: false })
    }

    /// The folder to write into.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes one file of the result and makes it durable.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = self.path.join(name);
        let mut file = File::create(&path).map_err(Error::at(&path))?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(Error::at(&path))
    }

    /// Hashes the files, writes the manifest and puts the folder in place of its target.
    pub fn publish(mut self, mut manifest: Manifest) -> Result<Manifest, Error> {
        manifest.files = self.entries()?;
        let text = serde_json::to_vec_pretty(&manifest).expect("a manifest is plain data");
        self.write(MANIFEST, &text)?;
        sync_folder(&self.path)?;
        self.swap()?;
        self.published = true;
        Ok(manifest)
    }

    fn entries(&self) -> Result<Vec<FileEntry>, Error> {
        let at = Error::at(&self.path);
        let mut paths = fs::read_dir(&self.path)
            .and_then(|entries| entries.map(|e| e.map(|e| e.path())).collect::<Result<Vec<_>, _>>())
            .map_err(at)?;
        paths.sort();
        let entry = |path: &PathBuf| {
            let bytes = fs::read(path).map_err(Error::at(path))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let blake3 = blake3::hash(&bytes).to_hex().to_string();
            Ok(FileEntry { name, bytes: bytes.len() as u64, blake3 })
        };
        paths.iter().map(entry).collect()
    }

    /// Renames into place. The target was checked at the start; it is checked again because a run
    /// takes time.
    fn swap(&self) -> Result<(), Error> {
        refuse_foreign(&self.target)?;
        let parent = self.target.parent().unwrap_or(Path::new("."));
        let old = beside(&self.target, "old");
        let replaces = self.target.exists();
        if replaces {
            fs::rename(&self.target, &old).map_err(Error::at(&self.target))?;
        }
        if let Err(source) = fs::rename(&self.path, &self.target) {
            if replaces {
                fs::rename(&old, &self.target).map_err(Error::at(&old))?;
            }
            return Err(Error::Io { path: self.target.clone(), source });
        }
        sync_folder(parent)?;
        if replaces {
            fs::remove_dir_all(&old).map_err(Error::at(&old))?;
        }
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if self.published {
            return;
        }
        // Nothing can be done about a failure here, and the error that led here is the one to tell.
        let _ = fs::remove_dir_all(&self.path);
        for folder in self.made.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

fn beside(target: &Path, what: &str) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.{what}-{}", std::process::id()))
}

/// A folder with content that is not ours is never touched.
fn refuse_foreign(target: &Path) -> Result<(), Error> {
    match fs::read_dir(target) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => {
            Err(Error::Foreign(target.to_owned()))
        }
        Err(source) => Err(Error::Io { path: target.to_owned(), source }),
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => {
                Manifest::read(target).map(drop).map_err(|_| Error::Foreign(target.to_owned()))
            }
        },
    }
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> Result<(), Error> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(Error::at(path))
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> Result<(), Error> {
    Ok(())
}
