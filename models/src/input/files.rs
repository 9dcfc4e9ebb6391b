//! The files a scenario is made of, and nothing else on the disk: references stay inside the
//! scenario's folder tree, are regular files, and are bounded in size.

use std::any::Any;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use super::diagnostic::{TextPosition, did_you_mean, shown};
use super::table::Table;

/// Largest scenario or state file.
pub const SCENARIO_BYTES_MAX: u64 = 1 << 20;
/// Largest data file.
pub const DATA_BYTES_MAX: u64 = 64 << 20;
/// Longest path of a reference.
const REFERENCE_BYTES_MAX: usize = 1_024;
/// Most neighbours of a missing file that are looked at for a similar name.
const NEIGHBOURS_MAX: usize = 1_000;
/// The folder that bounds references, when the scenario lies below one of this name.
const ROOT_NAME: &str = "scenarios";

/// A refusal: what is wrong and what to do about it.
pub type Refusal = (String, String);

/// A file that was read: its name for messages and its text, to find lines in.
#[derive(Debug)]
struct Entry {
    name: String,
    text: Rc<str>,
    has_lines: bool,
}

/// Every text that was read, by number, with what bounds the references.
#[derive(Debug, Default)]
pub struct Files {
    entries: Vec<Entry>,
    /// The scenario's folder as typed, for messages, and canonical.
    folder: PathBuf,
    folder_real: PathBuf,
    root: PathBuf,
    /// Files referred to, by reference: variants share what they have in common.
    read: BTreeMap<String, (usize, PathBuf)>,
    /// Data files by number, parsed; `None` where that failed.
    pub tables: BTreeMap<(usize, Vec<&'static str>), Option<Rc<Table>>>,
    /// What else was made of data files, by number and what was asked for.
    made: BTreeMap<(usize, String), Rc<dyn Any>>,
    /// Path relative to the scenario and BLAKE3 hash, in the order of reading.
    pub sources: Vec<(String, String)>,
}

impl Files {
    /// Opens the scenario itself; returns its canonical path and its text.
    ///
    /// # Errors
    /// [`Refusal`] if the file is not there, is no regular file, cannot be read, is larger than
    /// [`SCENARIO_BYTES_MAX`] or is not UTF-8.
    pub fn open(&mut self, path: &Path) -> Result<(PathBuf, Rc<str>), Refusal> {
        self.entries.push(Entry {
            name: path.display().to_string(),
            text: "".into(),
            has_lines: false,
        });
        let real = fs::canonicalize(path).map_err(|error| missing(path, &error))?;
        let bytes = read_bounded(&real, SCENARIO_BYTES_MAX)?;
        self.folder = path.parent().unwrap_or(Path::new("")).to_owned();
        self.folder_real = real.parent().unwrap_or(Path::new("/")).to_owned();
        let is_root = |folder: &&Path| folder.file_name().is_some_and(|name| name == ROOT_NAME);
        self.root = self.folder_real.ancestors().find(is_root).unwrap_or(&self.folder_real).into();
        self.note(&real, &bytes);
        let text = self.text_of(0, bytes)?;
        Ok((real, text))
    }

    /// Reads a file named relative to the scenario; returns its number, canonical path and text.
    ///
    /// # Errors
    /// [`Refusal`] if the path is not allowed, as in [`Files::beside`], or the file is not there,
    /// is no regular file, cannot be read, is larger than `bytes_max` or is not UTF-8.
    pub fn refer(
        &mut self,
        reference: &str,
        bytes_max: u64,
    ) -> Result<(usize, PathBuf, Rc<str>), Refusal> {
        if let Some((number, real)) = self.read.get(reference) {
            return Ok((*number, real.clone(), self.entries[*number].text.clone()));
        }
        let real = self.resolve(reference)?;
        let bytes = read_bounded(&real, bytes_max)?;
        self.note(&real, &bytes);
        let name = self.folder.join(reference).display().to_string();
        self.entries.push(Entry { name, text: "".into(), has_lines: false });
        let number = self.entries.len() - 1;
        let text = self.text_of(number, bytes)?;
        self.read.insert(reference.to_owned(), (number, real.clone()));
        Ok((number, real, text))
    }

    /// What was made of a data file before: all points share one copy.
    pub fn made<T: Clone + 'static>(&self, file: usize, what: &str) -> Option<T> {
        self.made.get(&(file, what.to_owned()))?.downcast_ref().cloned()
    }

    /// Keeps what was made of a data file, which must be cheap to clone.
    pub fn keep<T: 'static>(&mut self, file: usize, what: String, made: T) {
        self.made.insert((file, what), Rc::new(made));
    }

    /// A text from the command line, for messages.
    pub fn add_argument(&mut self, name: String) -> usize {
        self.entries.push(Entry { name, text: "".into(), has_lines: false });
        self.entries.len() - 1
    }

    /// The name of a file as the user would type it; empty for an unknown number.
    pub fn name(&self, file: usize) -> &str {
        self.entries.get(file).map_or("", |entry| &entry.name)
    }

    /// Line and column of a place, counted from 1 in characters.
    pub fn position(&self, place: TextPosition) -> (Option<u32>, Option<u32>) {
        let Some(entry) = self.entries.get(place.file).filter(|entry| entry.has_lines) else {
            return (None, None);
        };
        let before = entry.text.get(..place.offset).unwrap_or(&entry.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        (u32::try_from(line).ok(), u32::try_from(column).ok())
    }

    /// The place in a value that begins at `start`, behind the first part of its text. Where the
    /// text is not typed letter by letter, with escapes, the place is where the value begins.
    pub fn inside(&self, start: TextPosition, before: &str) -> TextPosition {
        let text = self.entries.get(start.file).map_or("", |entry| &entry.text);
        let rest = text.get(start.offset..).unwrap_or("");
        let quotes = ["\"\"\"\n", "'''\n", "\"\"\"", "'''", "\"", "'"];
        let opening = quotes.into_iter().find(|quote| rest.starts_with(quote)).unwrap_or("");
        let letter_by_letter = rest[opening.len()..].starts_with(before);
        let behind = if letter_by_letter { opening.len() + before.len() } else { 0 };
        TextPosition { offset: start.offset + behind, ..start }
    }

    /// The path of a file that may not be there yet, by the same rules as one that is read.
    ///
    /// # Errors
    /// [`Refusal`] if the path is empty, too long or absolute, or leaves the scenario's folder
    /// tree.
    pub fn beside(&self, reference: &str) -> Result<PathBuf, Refusal> {
        self.allowed(reference)?;
        Ok(self.folder.join(reference))
    }

    /// Byte at which a line begins.
    pub fn line_offset(&self, file: usize, line: u64) -> usize {
        let text = self.entries.get(file).map_or("", |entry| &entry.text);
        let newlines = text.match_indices('\n').map(|(at, _)| at + 1);
        let skipped = usize::try_from(line.saturating_sub(2)).unwrap_or(usize::MAX);
        if line < 2 { 0 } else { newlines.clone().nth(skipped).unwrap_or(text.len()) }
    }

    /// The path of a canonical file relative to the scenario's folder, with `/` between its parts.
    pub fn relative(&self, real: &Path) -> String {
        relative(&self.folder_real, real)
    }

    fn note(&mut self, real: &Path, bytes: &[u8]) {
        let source = (self.relative(real), blake3::hash(bytes).to_hex().to_string());
        if !self.sources.contains(&source) {
            self.sources.push(source);
        }
    }

    /// Keeps the text as that of `file`, without a byte order mark.
    fn text_of(&mut self, file: usize, bytes: Vec<u8>) -> Result<Rc<str>, Refusal> {
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            let line = error.as_bytes()[..at].iter().filter(|&&byte| byte == b'\n').count() + 1;
            (format!("line {line} is not UTF-8"), "save the file as UTF-8".to_owned())
        })?;
        let text: Rc<str> = text.strip_prefix('\u{feff}').unwrap_or(&text).into();
        let entry = &mut self.entries[file];
        entry.text = Rc::clone(&text);
        entry.has_lines = true;
        Ok(text)
    }

    /// Whether a reference stays inside the root, by its letters alone: before the disk is asked,
    /// so that no answer tells what lies outside.
    fn allowed(&self, reference: &str) -> Result<(), Refusal> {
        let relative = Path::new(reference);
        if reference.is_empty() || reference.len() > REFERENCE_BYTES_MAX {
            let message = format!("a path of {} bytes", reference.len());
            return Err((message, self.inside_help()));
        }
        let rooted = |part| matches!(part, Component::RootDir | Component::Prefix(_));
        if relative.components().any(rooted) {
            let message = format!("absolute path \"{}\"", shown(reference));
            return Err((message, self.inside_help()));
        }
        if lexical(&self.folder_real.join(relative)).starts_with(&self.root) {
            return Ok(());
        }
        Err(self.escape(reference))
    }

    fn escape(&self, reference: &str) -> Refusal {
        (format!("\"{}\" leaves the scenario's folder tree", shown(reference)), self.inside_help())
    }

    fn inside_help(&self) -> String {
        format!(
            "name a file by its path relative to the scenario, inside {}",
            self.root.file_name().map_or("/".into(), |name| name.to_string_lossy())
        )
    }

    fn resolve(&self, reference: &str) -> Result<PathBuf, Refusal> {
        self.allowed(reference)?;
        let joined = self.folder_real.join(reference);
        let real = fs::canonicalize(&joined).map_err(|error| missing(&joined, &error))?;
        if real.starts_with(&self.root) { Ok(real) } else { Err(self.escape(reference)) }
    }
}

/// The path of `real` seen from `folder`; both canonical.
pub fn relative(folder: &Path, real: &Path) -> String {
    let shared = folder.components().zip(real.components()).take_while(|(a, b)| a == b).count();
    let up = folder.components().skip(shared).map(|_| "..".into());
    let down = real.components().skip(shared).map(|part| part.as_os_str().to_string_lossy());
    up.chain(down).collect::<Vec<_>>().join("/")
}

/// The path with `.` and `..` taken out by their letters alone.
pub fn lexical(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

fn read_bounded(path: &Path, bytes_max: u64) -> Result<Vec<u8>, Refusal> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let unreadable = |error: std::io::Error| {
        (format!("\"{name}\" cannot be read: {error}"), "check the file's permissions".to_owned())
    };
    // Asked before opening, because opening a pipe waits for its other end.
    let metadata = fs::metadata(path).map_err(unreadable)?;
    let help = || "name a regular file".to_owned();
    if metadata.is_dir() {
        return Err((format!("\"{name}\" is a directory, not a file"), help()));
    }
    if !metadata.is_file() {
        return Err((format!("\"{name}\" is a device, pipe or socket, not a file"), help()));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(bytes_max + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > bytes_max {
        let message = format!("\"{name}\" is larger than {bytes_max} bytes");
        return Err((message, "move data into a file of its own, or cut it".to_owned()));
    }
    Ok(bytes)
}

fn missing(path: &Path, error: &std::io::Error) -> Refusal {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if error.kind() != std::io::ErrorKind::NotFound {
        let message = format!("\"{}\" cannot be opened: {error}", shown(&name));
        return (message, "check the path and its permissions".to_owned());
    }
    if fs::symlink_metadata(path).is_ok() {
        let message = format!("\"{}\" is a link to a file that is not there", shown(&name));
        return (message, "let it lead to a file, or name the file itself".to_owned());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut neighbours: Vec<String> = fs::read_dir(folder.unwrap_or(Path::new(".")))
        .into_iter()
        .flatten()
        .take(NEIGHBOURS_MAX)
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    neighbours.sort();
    let help = match neighbours.is_empty() {
        true => "its folder does not exist or is empty".to_owned(),
        false => did_you_mean(&name, neighbours.iter().map(String::as_str)),
    };
    (format!("no such file \"{}\"", shown(&name)), help)
}
