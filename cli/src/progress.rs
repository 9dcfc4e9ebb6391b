//! What the user sees while runs go on: simulated date, events a second, time left.

#![expect(clippy::disallowed_types, reason = "the user has a wall clock; runs have none")]

use std::io::IsTerminal;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::ToSpan;
use pinwheel_analysis::record::work::of_job;
use pinwheel_analysis::run::ensemble::Watcher;
use pinwheel_models::scenario::{Experiment, Point};

/// Pause between plain lines when there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(5);

/// Counts days and events over all runs and shows them.
#[derive(Debug)]
pub struct Progress {
    days_total: u64,
    days: AtomicU64,
    events: AtomicU64,
    start: Instant,
    show: Show,
}

#[derive(Debug)]
enum Show {
    Bar(ProgressBar),
    /// Plain lines; the time of the last one.
    Lines(Mutex<Instant>),
    Nothing,
}

impl Progress {
    /// Of the given jobs of an experiment.
    pub fn new(experiment: &Experiment, jobs: Range<usize>, quiet: bool) -> Self {
        let point = |job| &experiment.points[of_job(experiment, job).0];
        let days_total = jobs.map(|job| u64::from(point(job).scenario.horizon_days)).sum();
        let show = match (quiet, std::io::stderr().is_terminal()) {
            (true, _) => Show::Nothing,
            (false, true) => Show::Bar(bar(days_total)),
            (false, false) => Show::Lines(Mutex::new(Instant::now())),
        };
        let (days, events) = (AtomicU64::new(0), AtomicU64::new(0));
        Progress { days_total, days, events, start: Instant::now(), show }
    }

    pub fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    pub fn finish(&self) {
        if let Show::Bar(bar) = &self.show {
            bar.finish_and_clear();
        }
    }

    fn rate(&self, events: u64) -> String {
        let rate = events as f64 / self.elapsed().as_secs_f64().max(1e-3);
        if rate >= 1e6 {
            format!("{:.1} M events/s", rate / 1e6)
        } else {
            format!("{:.0} k events/s", rate / 1e3)
        }
    }

    fn left(&self, days: u64) -> Duration {
        let per_day = self.elapsed().as_secs_f64() / days.max(1) as f64;
        Duration::from_secs_f64(per_day * self.days_total.saturating_sub(days) as f64)
    }
}

impl Watcher for Progress {
    fn day(&self, point: &Point, run: u32, day: u32, events_of_day: u64) {
        let days = self.days.fetch_add(1, Ordering::Relaxed) + 1;
        let events = self.events.fetch_add(events_of_day, Ordering::Relaxed) + events_of_day;
        let date = || point.scenario.start.saturating_add(i64::from(day).days());
        match &self.show {
            Show::Bar(bar) => {
                bar.set_position(days);
                bar.set_message(format!("{}  {}", date(), self.rate(events)));
            }
            Show::Lines(last) => {
                let Ok(mut last) = last.try_lock() else { return };
                if last.elapsed() < LINE_EVERY {
                    return;
                }
                *last = Instant::now();
                eprintln!(
                    "{} run {run}: {}, {} of {} days, {}, {} s left",
                    point.id,
                    date(),
                    days,
                    self.days_total,
                    self.rate(events),
                    self.left(days).as_secs()
                );
            }
            Show::Nothing => {}
        }
    }

    fn taken_over(&self, point: &Point) {
        let days = u64::from(point.scenario.horizon_days);
        let days = self.days.fetch_add(days, Ordering::Relaxed) + days;
        if let Show::Bar(bar) = &self.show {
            bar.set_position(days);
        }
    }

    fn thrown_away(&self, runs: usize) {
        eprintln!(
            "{runs} finished runs of another plan are thrown away: scenario, data or program changed"
        );
    }
}

fn bar(days: u64) -> ProgressBar {
    let target = ProgressDrawTarget::stderr_with_hz(10);
    let style = ProgressStyle::with_template("{wide_bar:.cyan/dim} {msg}  {eta} left")
        .expect("the template is a constant");
    ProgressBar::with_draw_target(Some(days), target).with_style(style)
}
