//! What is wrong with a scenario: file, line, key, what was given, what is allowed.

use std::collections::BTreeSet;
use std::fmt;

use super::files::Files;

/// Most faults that are reported one by one.
const FAULTS_MAX: usize = 100;

/// One fault of a scenario or of a file it names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// As the user would type it; `--set KEY=VALUE` for a fault of the command line.
    pub file: String,
    /// Counted from 1; `None` where the fault is of the file as a whole.
    pub line: Option<u32>,
    /// Counted in characters from 1; `None` where there is no line.
    pub column: Option<u32>,
    /// The dotted key, or the column of a table; empty where there is none.
    pub key: String,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        for number in [self.line, self.column].into_iter().flatten() {
            write!(f, ":{number}")?;
        }
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {}\n  help: {}", self.message, self.help)
    }
}

impl std::error::Error for Diagnostic {}

/// Where something was typed: a file of [`Files`] and a byte in it.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TextPosition {
    /// Its number in the list of files.
    pub file: usize,
    /// Bytes from its beginning.
    pub offset: usize,
}

/// The faults found so far, in the order of the files.
#[derive(Debug, Default)]
pub struct Faults {
    found: Vec<Fault>,
    more: bool,
    /// Keys that have no effect at a point.
    idle: BTreeSet<Fault>,
    /// Places of keys that have an effect at a point.
    effective: BTreeSet<TextPosition>,
}

/// Where it is, its key, the message and the help.
type Fault = (TextPosition, String, String, String);

impl Faults {
    /// Notes a fault at a place: the dotted key, what is wrong, and what to write instead. One that
    /// was noted before is not noted twice.
    pub fn push(
        &mut self,
        place: TextPosition,
        key: impl Into<String>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let fault = (place, key.into(), message.into(), help.into());
        // Every variant repeats the faults of what it shares with the others.
        if self.found.contains(&fault) {
            return;
        }
        match self.found.len() < FAULTS_MAX {
            true => self.found.push(fault),
            false => self.more = true,
        }
    }

    /// Notes that a key has an effect at a point.
    pub fn note_effect(&mut self, place: TextPosition) {
        self.effective.insert(place);
    }

    /// Notes that a key has no effect at a point. It may have one at another: what variants share
    /// need not serve them all.
    pub fn note_idle(&mut self, place: TextPosition, key: &str, message: String, help: String) {
        if self.idle.len() < FAULTS_MAX {
            self.idle.insert((place, key.to_owned(), message, help));
        }
    }

    /// Makes faults of the keys that have no effect at any point. With another fault, some points
    /// were not read to their end, and nothing is known of the rest.
    pub fn settle_idle(&mut self) {
        let idle = std::mem::take(&mut self.idle);
        if self.is_empty() {
            let idle = idle.into_iter().filter(|(place, ..)| !self.effective.contains(place));
            self.found = idle.collect();
        }
    }

    /// Adds those of `others` that lie at one of the places.
    pub fn take_at(&mut self, others: Faults, places: &BTreeSet<TextPosition>) {
        let at_place = others.found.into_iter().filter(|(place, ..)| places.contains(place));
        at_place.for_each(|(place, key, message, help)| self.push(place, key, message, help));
    }

    /// Whether one of them lies at a place.
    pub fn lie_at(&self, place: TextPosition) -> bool {
        self.found.iter().any(|(at, ..)| *at == place)
    }

    /// Whether nothing was found so far.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The result of the checks: whether no fault was found.
    ///
    /// # Errors
    /// All faults in the order of the files; of more than 100, the first 100 and one that says so.
    pub fn into_result(mut self, files: &Files) -> Result<(), Vec<Diagnostic>> {
        if self.found.is_empty() {
            return Ok(());
        }
        self.found.sort();
        let mut all: Vec<Diagnostic> = self
            .found
            .into_iter()
            .map(|(place, key, message, help)| {
                let (line, column) = files.position(place);
                let file = files.name(place.file).to_owned();
                Diagnostic { file, line, column, key, message, help }
            })
            .collect();
        if self.more {
            all.push(Diagnostic {
                file: files.name(0).to_owned(),
                line: None,
                column: None,
                key: String::new(),
                message: format!("more than {FAULTS_MAX} faults"),
                help: "correct those above first".to_owned(),
            });
        }
        Err(all)
    }
}

/// "did you mean ...?" and the list of what is allowed, cut to what one can read.
pub fn did_you_mean<'a>(given: &str, allowed: impl Iterator<Item = &'a str>) -> String {
    const LISTED_MAX: usize = 24;
    let given: String = given.chars().take(64).collect();
    let mut seen = BTreeSet::new();
    let allowed: Vec<&str> = allowed.filter(|name| seen.insert(*name)).collect();
    let distance = |name: &str| strsim::osa_distance(&given.to_lowercase(), &name.to_lowercase());
    let best = allowed.iter().map(|name| (distance(name), *name)).min();
    // One letter in three may be wrong.
    let best = best.filter(|(wrong, _)| wrong * 3 <= given.chars().count().max(3));
    let mut help = best.map_or(String::new(), |(_, name)| format!("did you mean \"{name}\"? "));
    help.push_str("allowed: ");
    help.push_str(&allowed[..allowed.len().min(LISTED_MAX)].join(", "));
    if allowed.len() > LISTED_MAX {
        help.push_str(&format!(" and {} more", allowed.len() - LISTED_MAX));
    }
    help
}

/// The text with control characters escaped, cut to what one can read in a message.
pub fn shown(text: &str) -> String {
    const SHOWN_MAX: usize = 60;
    let escaped = |c: char| match c.is_control() {
        true => c.escape_debug().collect::<String>(),
        false => c.into(),
    };
    let mut shown: String = text.chars().take(SHOWN_MAX).map(escaped).collect();
    if text.chars().nth(SHOWN_MAX).is_some() {
        shown.push_str("...");
    }
    shown
}
