//! Metric columns: what a run tells the world. Rows are tidy: time, metric, subject (whom it is
//! about), label, value.

use serde::{Deserialize, Serialize};

use crate::amount::Amount;
use crate::time::SimTime;

/// A metric by its number: the part of the model that records it, and the metric's place in that
/// part's list.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Metric(pub u16);

impl Metric {
    /// The metric at a place of a part's list.
    pub const fn new(part: u8, place: u8) -> Self {
        Metric((part as u16) << 8 | place as u16)
    }
    /// The part of the model that records it.
    pub const fn part(self) -> u8 {
        (self.0 >> 8) as u8
    }
    /// Its place in the part's list.
    pub const fn place(self) -> u8 {
        self.0 as u8
    }
}

/// A label by its place in [`Records::labels`]; label 0 is the empty one.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Label(pub u16);

/// Whom a row is about, by its place in [`Records::subjects`]; subject 0 is the empty one, the
/// world. In a world of several networks each network is a subject by its id.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Subject(pub u16);

/// One observation. `exact` holds base units where the metric is an amount.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The simulated instant of the observation.
    pub time: SimTime,
    /// What was observed.
    pub metric: Metric,
    /// Whom it is about.
    pub subject: Subject,
    /// Of which class, region or other group.
    pub label: Label,
    /// The value in the metric's unit; of an amount, whole tokens.
    pub value: f64,
    /// Base units, if it is an amount of money.
    pub exact: Option<u128>,
}

/// The rows since the last [`Records::drain`]; the driver drains them to disk, so that memory does
/// not grow with the horizon.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Records {
    labels: Vec<String>,
    subjects: Vec<String>,
    /// Whom the rows that come now are about.
    subject: Subject,
    rows: Vec<Row>,
}
impl Default for Records {
    fn default() -> Self {
        let none = || vec![String::new()];
        Records { labels: none(), subjects: none(), subject: Subject(0), rows: Vec::new() }
    }
}

impl Records {
    /// The label of this text, made if it is new.
    ///
    /// # Panics
    ///
    /// Beyond 65,536 labels.
    pub fn label(&mut self, text: &str) -> Label {
        let place = self.labels.iter().position(|known| known == text).unwrap_or_else(|| {
            self.labels.push(text.to_owned());
            self.labels.len() - 1
        });
        Label(u16::try_from(place).expect("fewer than 65,536 labels"))
    }
    /// All labels so far; a [`Label`] is a place in this list.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }
    /// The subject of this name, made if it is new.
    ///
    /// # Panics
    ///
    /// Beyond 65,536 subjects.
    pub fn subject(&mut self, name: &str) -> Subject {
        let place = self.subjects.iter().position(|known| known == name).unwrap_or_else(|| {
            self.subjects.push(name.to_owned());
            self.subjects.len() - 1
        });
        Subject(u16::try_from(place).expect("fewer than 65,536 subjects"))
    }
    /// All subjects so far; a [`Subject`] is a place in this list.
    pub fn subjects(&self) -> &[String] {
        &self.subjects
    }
    /// From now on rows are about this subject.
    pub(crate) fn set_subject(&mut self, subject: Subject) {
        self.subject = subject;
    }
    /// Adds an observation that is no amount of money.
    pub fn push(&mut self, time: SimTime, metric: Metric, label: Label, value: f64) {
        let subject = self.subject;
        self.rows.push(Row { time, metric, subject, label, value, exact: None });
    }
    /// An amount of a token with `decimals` decimals: its exact base units and its value in tokens.
    pub fn push_amount(
        &mut self,
        time: SimTime,
        metric: Metric,
        label: Label,
        amount: Amount,
        decimals: u32,
    ) {
        let value = amount.as_tokens(decimals);
        let (subject, exact) = (self.subject, Some(amount.0));
        self.rows.push(Row { time, metric, subject, label, value, exact });
    }
    /// Takes the rows gathered so far.
    pub fn drain(&mut self) -> Vec<Row> {
        std::mem::take(&mut self.rows)
    }
    /// Takes the rows gathered so far in exchange for a list, whose memory is used from now on.
    /// What stood in the list is gone.
    pub fn swap(&mut self, rows: &mut Vec<Row>) {
        rows.clear();
        std::mem::swap(&mut self.rows, rows);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_label_and_the_empty_one_is_the_default() {
        let mut records = Records::default();
        let europe = records.label("Europe");
        assert_eq!(records.label(""), Label::default());
        assert_ne!(records.label("Asia"), europe);
        assert_eq!(records.label("Europe"), europe);
        assert_eq!(records.labels(), ["", "Europe", "Asia"]);
    }

    #[test]
    fn an_amount_keeps_its_base_units() {
        let mut records = Records::default();
        let amount = Amount(1_234_567_890_123_456_789_012_345_678);
        records.push_amount(SimTime::ZERO, Metric(3), Label::default(), amount, 18);
        let [row] = records.drain().try_into().expect("one row");
        assert_eq!(row.exact, Some(amount.0));
        assert!((row.value - 1_234_567_890.123_456_8).abs() < 1e-6);
    }

    #[test]
    fn drained_rows_are_gone_and_labels_stay() {
        let mut records = Records::default();
        let label = records.label("Europe");
        records.push(SimTime::ZERO, Metric(0), label, 1.5);
        let mut rows = Vec::new();
        records.swap(&mut rows);
        assert_eq!(rows.len(), 1);
        records.push(SimTime::ZERO, Metric(0), label, 2.5);
        records.swap(&mut rows);
        assert_eq!(rows.iter().map(|row| row.value).collect::<Vec<_>>(), [2.5]);
        assert!(records.drain().is_empty());
        assert_eq!(records.label("Europe"), label);
    }
}
