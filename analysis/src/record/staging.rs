//! A result in the making: a hidden folder beside its target, whose inner folder is renamed into
//! place when it is whole. Dropped before, it leaves nothing but finished runs, if there are any.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::manifest::{FileEntry, MANIFEST, MAP, Manifest};
use crate::Error;
use crate::record::work::Work;

const LOCK: &str = "lock";
const RESULT: &str = "result";
const WORK: &str = "work";

/// Where a result gathers before it is published.
#[derive(Debug)]
pub struct Staging {
    target: PathBuf,
    /// The hidden folder: the lock, the work of an ensemble, the result in the making.
    root: PathBuf,
    /// What becomes the target.
    path: PathBuf,
    /// Folders this staging had to make above the target, outermost first.
    made: Vec<PathBuf>,
    /// One process at a time.
    _lock: File,
}

impl Staging {
    /// Starts a result for `target`, which must be absent, empty or an older result.
    ///
    /// # Errors
    ///
    /// [`Error::Foreign`] if the folder holds something else, [`Error::Busy`] if another process is at
    /// work there, [`Error::Io`] if the disk fails.
    pub fn begin(target: &Path) -> Result<Self, Error> {
        refuse_foreign(target)?;
        // A link stays a link: what it leads to is replaced.
        let target = match fs::canonicalize(target) {
            Ok(real) => real,
            Err(_) => std::path::absolute(target).map_err(Error::at(target))?,
        };
        let parent = target.parent().ok_or_else(|| Error::Foreign(target.clone()))?;
        let mut made: Vec<PathBuf> =
            parent.ancestors().take_while(|p| !p.exists()).map(Path::to_owned).collect();
        made.reverse();
        let root = beside(&target, "partial");
        // A death may leave any part of these, and nothing else.
        let ours = |name: &OsString| [LOCK, RESULT, WORK].iter().any(|own| *name == **own);
        if root.exists() && !names(&root)?.iter().all(ours) {
            return Err(Error::Foreign(root));
        }
        fs::create_dir_all(&root).map_err(Error::at(&root))?;
        let lock = lock(&root)?;
        let path = root.join(RESULT);
        if path.exists() {
            fs::remove_dir_all(&path).map_err(Error::at(&path))?;
        }
        fs::create_dir(&path).map_err(Error::at(&path))?;
        let staging = Staging { target, root, path, made, _lock: lock };
        // Only now: another process may be between its two renames.
        clear_away(&staging.target)?;
        Ok(staging)
    }

    /// The folder to write into.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder in which the ensemble of this result is at work: that of an earlier process if it
    /// had the same plan.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if the disk fails.
    pub fn work(&self, plan: &Manifest) -> Result<Work, Error> {
        Work::take(&self.root.join(WORK), plan)
    }

    /// Whether finished runs of an ensemble are kept for the next call.
    pub fn has_runs(&self) -> bool {
        Work::has_runs(&self.root.join(WORK))
    }

    /// Writes one file of the result and makes it durable.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if the disk fails.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = self.path.join(name);
        let mut file = File::create(&path).map_err(Error::at(&path))?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(Error::at(&path))
    }

    /// Takes over a file of the result that is being replaced, without a copy where the disk can.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if the disk fails.
    pub fn adopt(&self, name: &str) -> Result<(), Error> {
        let (from, to) = (self.target.join(name), self.path.join(name));
        match fs::hard_link(&from, &to) {
            Ok(()) => Ok(()),
            Err(_) => fs::copy(&from, &to).map(drop).map_err(Error::at(&from)),
        }
    }

    /// Hashes the files, writes the manifest and puts the folder in place of its target.
    ///
    /// # Errors
    ///
    /// [`Error::Foreign`] if something else has come into the place of the target, [`Error::Io`] if the
    /// disk fails.
    pub fn publish(mut self, mut manifest: Manifest) -> Result<Manifest, Error> {
        manifest.files = self.files()?;
        let text = serde_json::to_vec_pretty(&manifest).expect("a manifest is plain data");
        self.write(MANIFEST, &text)?;
        sync_folder(&self.path)?;
        self.swap()?;
        // Finished runs are in the result now.
        let work = self.root.join(WORK);
        if work.exists() {
            fs::remove_dir_all(&work).map_err(Error::at(&work))?;
        }
        self.made.clear();
        Ok(manifest)
    }

    /// The files so far, with size and hash, by their names.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if the disk fails.
    pub fn files(&self) -> Result<Vec<FileEntry>, Error> {
        let at = Error::at(&self.path);
        let mut paths = fs::read_dir(&self.path)
            .and_then(|entries| entries.map(|e| e.map(|e| e.path())).collect::<Result<Vec<_>, _>>())
            .map_err(at)?;
        paths.sort();
        let entry = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let (bytes, blake3) = Manifest::hash_file(path)?;
            Ok(FileEntry { name, bytes, blake3 })
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
            carry_over(&old, &self.target)?;
            // The result is whole. What is left of the old one is met again by the next.
            let _ = discard(&old);
        }
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // Nothing can be done about a failure here, and the error that led here is the one to tell.
        let _ = fs::remove_dir_all(&self.path);
        if Work::has_runs(&self.root.join(WORK)) {
            return;
        }
        let _ = fs::remove_dir_all(&self.root);
        for folder in self.made.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

fn lock(root: &Path) -> Result<File, Error> {
    let path = root.join(LOCK);
    let lock = File::create(&path).map_err(Error::at(&path))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(Error::Busy(root.to_owned())),
        Err(TryLockError::Error(source)) => Err(Error::Io { path, source }),
    }
}

/// Ends what a process that died, or was not allowed to, left of an older result.
fn clear_away(target: &Path) -> Result<(), Error> {
    let old = beside(target, "old");
    if !old.exists() {
        return Ok(());
    }
    let inside = names(&old)?;
    if !inside.is_empty() && Manifest::read(&old).is_err() {
        return Err(Error::Foreign(old));
    }
    if target.exists() || inside.is_empty() {
        carry_over(&old, target)?;
        return discard(&old);
    }
    // It died between the two renames.
    fs::rename(&old, target).map_err(Error::at(&old))
}

/// Deletes an older result, its manifest last: as long as anything is left, it says whose it is.
fn discard(old: &Path) -> Result<(), Error> {
    for name in names(old)?.iter().filter(|name| **name != *MANIFEST) {
        let path = old.join(name);
        let removed =
            if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        removed.map_err(Error::at(&path))?;
    }
    fs::remove_dir_all(old).map_err(Error::at(old))
}

/// What is in a folder.
fn names(folder: &Path) -> Result<Vec<OsString>, Error> {
    let entries = fs::read_dir(folder).map_err(Error::at(folder))?;
    entries.map(|entry| Ok(entry.map_err(Error::at(folder))?.file_name())).collect()
}

/// Moves what somebody else put into an older result to the one in its place. A map of another
/// result would mislead and is not kept.
fn carry_over(old: &Path, target: &Path) -> Result<(), Error> {
    // A folder that was empty has none.
    let Ok(before) = Manifest::read(old) else { return Ok(()) };
    let now = Manifest::read(target)?;
    let same = before.fingerprint == now.fingerprint;
    for name in names(old)? {
        let ours = name == MANIFEST
            || before.files.iter().any(|file| *file.name == *name)
            || (name == MAP && !same);
        let to = target.join(&name);
        if !ours && !to.exists() {
            fs::rename(old.join(&name), &to).map_err(Error::at(&to))?;
        }
    }
    Ok(())
}

fn beside(target: &Path, what: &str) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.{what}"))
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
