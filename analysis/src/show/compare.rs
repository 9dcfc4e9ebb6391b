//! The page of a comparison: the verdict, what changed, and the largest changes before and after.

use crate::Error;
use crate::html::{Cell, Tone, escape, section, table};
use crate::judge::verdict::{Standing, Verdict};
use crate::question::compare::{Change, Comparison, ComparisonStanding};
use crate::record::store::Store;
use crate::series::TimeSeries;
use crate::show::page::page as shell;
use crate::show::plot::{Ink, Line, LineChart, Size};
use pinwheel_models::describe::Catalogue;

/// Changed series that are drawn: the largest relative changes.
const DRAWN_MAX: usize = 6;
/// Changed series that are listed; the rest is counted.
const LISTED_MAX: usize = 500;

/// A result and what it is called on the page.
#[derive(Copy, Clone, Debug)]
pub struct Side<'a> {
    /// What it is called on the page.
    pub name: &'a str,
    /// The result.
    pub store: &'a Store,
}

impl Comparison {
    /// The page. `parting` says where the runs part, if they do.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] or [`Error::Table`] if the table cannot be read.
    pub fn page(
        &self,
        sides: [Side<'_>; 2],
        parting: Option<&str>,
        parts: Catalogue,
    ) -> Result<String, Error> {
        let [first, second] = sides;
        let title = format!("{} and {}", first.name, second.name);
        let mut body = format!(
            "<header><p class=\"kicker\">Pinwheel \u{00b7} comparison</p>\n<h1>{}</h1>\n\
             <p>From <code>{}</code> to <code>{}</code>; {} in every run.</p>\n</header>\n",
            escape(&self.sentence()),
            escape(first.name),
            escape(second.name),
            self.equal_words()
        );
        body += &section("results", "Results", "Where the two come from.", &results(sides)?);
        if !self.changes.is_empty() {
            let lead = "Last values: the median over the runs, with 5&nbsp;% to 95&nbsp;% of them in \
                        brackets. Differences are taken run by run, as equal runs meet the same \
                        draws; the brackets hold the true median in 95&nbsp;% of cases.";
            body += &section("changes", "What changed", lead, &self.listed(parts));
            body += &self.charts(sides, parts)?;
        }
        body += &section(
            "fingerprints",
            "Fingerprints",
            "A fingerprint hashes the order of events, every posting and the state of the model.",
            &self.fingerprints(parting),
        );
        if self.standing() != ComparisonStanding::Equal {
            let command = format!("pinwheel baseline accept {} --reason \"...\"", second.name);
            body += &section(
                "accept",
                "To accept it",
                "Where the change is wanted and the scenario has a baseline, the second result \
                 becomes the new one. The reason is kept with it.",
                &format!("<pre>{}</pre>\n", escape(&command)),
            );
        }
        Ok(shell(&title, &body))
    }

    fn listed(&self, parts: Catalogue) -> String {
        let several_points = self.several_points();
        let row = |change: &Change| {
            vec![
                Cell::text(change.name(several_points)),
                Cell::text(change.unit(parts)),
                Cell::Range(Change::side(change.first)),
                Cell::Range(Change::side(change.second)),
                Cell::Range(change.difference_words()),
                Cell::text(change.from.map_or(String::new(), |from| from.to_string())),
            ]
        };
        let rows: Vec<_> = self.changes.iter().take(LISTED_MAX).map(row).collect();
        let mut html =
            table(&["Series", "Unit", "#First", "#Second", "#Difference", "From"], &rows);
        if self.changes.len() > LISTED_MAX {
            html += &format!("<p>And {} more.</p>\n", self.changes.len() - LISTED_MAX);
        }
        html
    }

    /// The largest changes before and after, one chart each.
    fn charts(&self, sides: [Side<'_>; 2], parts: Catalogue) -> Result<String, Error> {
        let mut html = String::new();
        for change in self.changes.iter().take(DRAWN_MAX) {
            let mut lines = Vec::new();
            for (place, side) in sides.iter().enumerate() {
                let runs = runs(side.store, change)?;
                if !runs.is_empty() {
                    let (label, ink) = (["first", "second"][place], Ink::Series(place));
                    lines.push(Line::of_runs(label.to_owned(), ink, &runs).thinned());
                }
            }
            let title = change.name(self.several_points());
            let unit = change.unit(parts).into_owned();
            let chart =
                LineChart { title: title.clone(), unit, lines, markers: vec![], from_zero: false };
            let Some(chart) = chart.draw(Size::Half) else { continue };
            html += &format!(
                "<figure><h3>{}</h3>\n<div class=\"plot\">{chart}</div></figure>\n",
                escape(&title)
            );
        }
        if html.is_empty() {
            return Ok(html);
        }
        let lead = "The series with the largest relative change. Lines are medians over the runs, \
                    bands hold 90 of 100.";
        let body = format!("<div class=\"figures\">\n{html}</div>\n");
        Ok(section("before-after", "Before and after", lead, &body))
    }

    fn fingerprints(&self, parting: Option<&str>) -> String {
        let mut lines = vec![self.ingredients.sentence()];
        for (of, points) in [("first", &self.only_first), ("second", &self.only_second)] {
            if !points.is_empty() {
                lines.push(format!("only in the {of}: {}", points.join(", ")));
            }
        }
        lines.extend(self.notes.iter().cloned());
        lines.extend(parting.map(|parting| format!("first difference: {parting}")));
        let items: String =
            lines.iter().map(|line| format!("<li>{}</li>\n", escape(line))).collect();
        format!("<ul>\n{items}</ul>\n")
    }
}

/// The runs of a changed series in one of the results.
fn runs(store: &Store, change: &Change) -> Result<Vec<TimeSeries>, Error> {
    let group = store.table().group(&change.point, &change.metric)?;
    let found = group.iter().find(|(label, _)| *label == change.label);
    Ok(found.map(|(_, runs)| runs.values().cloned().collect()).unwrap_or_default())
}

fn results(sides: [Side<'_>; 2]) -> Result<String, Error> {
    let row = |side: Side<'_>| {
        let (manifest, verdict) = (&side.store.manifest, Verdict::read(&side.store.folder)?);
        let standing = verdict.standing();
        let tone = match standing {
            Standing::Passed => Tone::Pass,
            Standing::Failed => Tone::Fail,
            Standing::Undecided => Tone::Note,
        };
        Ok(vec![
            Cell::Code(side.name.to_owned()),
            Cell::Mark(tone, standing.word()),
            Cell::Words(verdict.sentence),
            Cell::number(manifest.runs.len().to_string()),
            Cell::text(manifest.version.clone()),
            Cell::Code(manifest.fingerprint.chars().take(16).collect()),
            Cell::number(format!("{:.1} s", manifest.wall_seconds)),
        ])
    };
    let headings = ["Result", "", "Verdict", "#Runs", "Version", "Fingerprint", "#Run time"];
    let rows: Result<Vec<_>, Error> = sides.into_iter().map(row).collect();
    Ok(table(&headings, &rows?))
}
