//! The checks of emissions: from [`EmissionSection`] to [`Schedule`].

use pinwheel_core::Amount;
use ruint::Uint;
use ruint::aliases::U256;

use super::{BASE_UNITS_MAX, Reader};
use crate::economy::calendar::{Calendar, Every};
use crate::economy::period::SECONDS_PER_DAY;
use crate::economy::remint::Remint;
use crate::economy::schedule::geometric::{self, Geometric};
use crate::economy::schedule::smooth::Halving;
use crate::economy::schedule::taper::Taper;
use crate::economy::schedule::{Due, Law, Schedule};
use crate::input::HORIZON_DAYS_MAX;
use crate::input::amount::Decimal;
use crate::input::diagnostic::shown;
use crate::input::tree::{Value, ValueId};
use crate::laws::fixed::Q128;
use crate::networks::generic::accounts::Money;
use crate::networks::generic::file::EmissionSection;
use crate::networks::generic::settings::{NamedEmission, Source};
use crate::networks::generic::step::Step;
use crate::part::Known;

/// Most emissions of a network.
const EMISSIONS_MAX: usize = 16;
/// Most periods of an emission.
const PERIODS_MAX: i64 = 10_000_000;
/// Most periods over which what was burned is smoothed.
const SMOOTHING_MAX: i64 = 100_000;
/// Most rows of a table.
const ROWS_MAX: usize = 10_000;
/// Longest period of the calendar: a hundred years.
const MONTHS_MAX: i64 = 1_200;
/// Decimals that a share is typed with at most.
const SHARE_DECIMALS: u32 = 38;
/// The name of the only emission.
const ONLY: &str = "emission";

/// The laws that can be typed.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Kind {
    Smooth,
    Geometric,
    Table,
    Taper,
    Remint,
}

impl Reader<'_, '_> {
    /// The emissions of the network, each with its name.
    pub(super) fn emissions(
        &mut self,
        given: Option<ValueId>,
        known: &Known,
    ) -> Option<Vec<NamedEmission>> {
        let Some(given) = given else { return Some(Vec::new()) };
        let key = self.key(ONLY);
        let Value::Array(items) = self.checker.tree.value(given).clone() else {
            let typed: EmissionSection = self.checker.read(given, &key);
            if let Some(id) = typed.id {
                let message = "an only emission is called \"emission\"".to_owned();
                self.checker.fault(
                    id,
                    &format!("{key}.id"),
                    message,
                    "take it out, or write a list",
                );
            }
            let source = self.emission(&typed, (given, ONLY), known)?;
            return Some(vec![NamedEmission { name: ONLY.to_owned(), source }]);
        };
        if items.is_empty() || items.len() > EMISSIONS_MAX {
            let message = format!("{} emissions", items.len());
            self.checker.fault(given, &key, message, format!("1 to {EMISSIONS_MAX}"));
            return None;
        }
        let mut ids = Vec::new();
        let mut read = |(number, &item): (usize, &ValueId)| {
            let name = format!("{ONLY}[{number}]");
            let key = self.key(&name);
            let typed: EmissionSection = self.checker.read(item, &key);
            let id = self.required(typed.id, &format!("{name}.id"), "\"base\"");
            let id = self.checker.identifier(id, &format!("{key}.id"));
            ids.push((typed.id, id.clone().unwrap_or_default()));
            let source = self.emission(&typed, (item, &name), known);
            Some(NamedEmission { name: id?, source: source? })
        };
        let read: Vec<_> = items.iter().enumerate().map(&mut read).collect();
        self.checker.unique(&ids, &self.key(ONLY));
        read.into_iter().collect()
    }

    /// The names that steps can mint by, whether all else of the emissions is right or not.
    pub(super) fn emission_names(&self, given: Option<ValueId>) -> Vec<String> {
        let Some(given) = given else { return Vec::new() };
        let Value::Array(items) = self.checker.tree.value(given) else {
            return vec![ONLY.to_owned()];
        };
        let id = |item: &ValueId| self.checker.tree.table(*item)?.get("id").copied();
        let name = |item| id(item).and_then(|id| self.checker.text_of(id)).unwrap_or_default();
        items.iter().take(EMISSIONS_MAX).map(name).collect()
    }

    /// A fault for each emission of a list that no step mints.
    pub(super) fn unminted(&mut self, given: Option<ValueId>, names: &[String], steps: &[Step]) {
        let Some(Value::Array(items)) = given.map(|given| self.checker.tree.value(given).clone())
        else {
            return;
        };
        for (place, (item, name)) in (0u8..).zip(items.iter().zip(names)) {
            let mints = |step: &Step| matches!(step, Step::Mint(mint) if mint.emission == place);
            if !steps.iter().any(mints) {
                let key = self.key(&format!("{ONLY}[{place}]"));
                let message = "has no effect: no step mints it".to_owned();
                let help = format!("add {{ mint = \"{}\", to = \"holders\" }}", shown(name));
                self.checker.fault(*item, &key, message, help);
            }
        }
    }

    fn emission(
        &mut self,
        typed: &EmissionSection,
        (given, name): (ValueId, &str),
        known: &Known,
    ) -> Option<Source> {
        let key = self.key(name);
        let kinds = [
            ("smooth", Kind::Smooth),
            ("geometric", Kind::Geometric),
            ("table", Kind::Table),
            ("taper", Kind::Taper),
            ("remint", Kind::Remint),
        ];
        let kind = match typed.kind {
            Some(_) => self.checker.choice(typed.kind, &format!("{key}.kind"), &kinds)?,
            None => Kind::Smooth,
        };
        self.refuse_of_other_kinds(typed, &key, kind);
        if kind == Kind::Remint {
            return self.remint(typed, name).map(Source::Remint);
        }
        self.schedule(typed, (given, name), kind, known).map(Source::Schedule)
    }

    fn remint(&mut self, typed: &EmissionSection, name: &str) -> Option<Remint> {
        let key = format!("{}.smoothing", self.key(name));
        let smoothing = match typed.smoothing {
            Some(_) => self.checker.integer(typed.smoothing, &key, 1..=SMOOTHING_MAX),
            None => Some(1),
        };
        let share = self.millionths(typed.share, &format!("{name}.share"), 1.0, 1.0);
        let mut amount = |given: Option<ValueId>, at: &str| match given {
            Some(_) => self.tokens(given, &format!("{name}.{at}")).map(Some),
            None => Some(None),
        };
        let (cap, first) = (amount(typed.cap, "cap"), amount(typed.first, "first"));
        Some(Remint {
            smoothing: smoothing? as u32,
            share: share?,
            cap: cap?,
            first: first?.unwrap_or_default(),
        })
    }

    fn schedule(
        &mut self,
        typed: &EmissionSection,
        (given, name): (ValueId, &str),
        kind: Kind,
        known: &Known,
    ) -> Option<Schedule> {
        let key = self.key(name);
        let dues = [("evenly", Due::Evenly), ("at its end", Due::AtItsEnd)];
        let due = match typed.due {
            Some(_) => self.checker.choice(typed.due, &format!("{key}.due"), &dues),
            None => Some(Due::Evenly),
        };
        let total = match typed.total {
            Some(_) => self.tokens(typed.total, &format!("{name}.total")).map(Some),
            None => Some(None),
        };
        let calendar = self.calendar(typed, name, known);
        let periods = match typed.periods {
            Some(_) => {
                let key = format!("{key}.periods");
                self.checker.integer(typed.periods, &key, 1..=PERIODS_MAX).map(Some)?
            }
            None => None,
        };
        let (law, periods) = match kind {
            Kind::Geometric => {
                let law = self.geometric(typed, (given, name), &calendar?, periods, total?)?;
                (Law::Geometric(law), periods)
            }
            Kind::Table => {
                let rows = self.rows(typed, name, periods)?;
                // Where the last row is nothing it ends there.
                let end = rows.last().filter(|(_, amount)| *amount == Amount::ZERO);
                let end = end.map(|(from, _)| (*from).max(1));
                (Law::Table(rows), periods.or(end))
            }
            Kind::Taper => {
                let law = self.taper(typed, name)?;
                (Law::Taper(law), Some(law.flat + law.falls))
            }
            Kind::Smooth | Kind::Remint => (Law::Smooth(self.smooth(typed, name)?), periods),
        };
        let schedule = Schedule { law, calendar: calendar?, periods, total: total?, due: due? };
        self.refuse_too_fast(&schedule, given, &key)?;
        self.refuse_too_many(&schedule, typed.every.unwrap_or(given), &key, known)?;
        Some(schedule)
    }

    /// Keys that another kind has.
    fn refuse_of_other_kinds(&mut self, typed: &EmissionSection, key: &str, kind: Kind) {
        let row = typed.row.first().and_then(|row| row.from.or(row.amount));
        let of = |kinds: &[Kind]| kinds.contains(&kind);
        let (smooth, geometric) = (of(&[Kind::Smooth]), of(&[Kind::Geometric]));
        let (remint, scheduled) = (of(&[Kind::Remint]), !of(&[Kind::Smooth, Kind::Remint]));
        let in_periods = "kind = \"geometric\", \"table\" or \"taper\"";
        self.checker.refuse_idle(
            key,
            &[
                ("half_life", typed.half_life, smooth, "kind = \"smooth\""),
                ("first", typed.first, !of(&[Kind::Table]), "another kind than \"table\""),
                ("base", typed.base, geometric, "kind = \"geometric\""),
                ("annual_rate", typed.annual_rate, geometric, "kind = \"geometric\""),
                ("each", typed.each, geometric, "kind = \"geometric\""),
                ("factor", typed.factor, geometric, "kind = \"geometric\""),
                ("decay", typed.decay, geometric, "kind = \"geometric\""),
                ("row", row, of(&[Kind::Table]), "kind = \"table\""),
                ("flat", typed.flat, of(&[Kind::Taper]), "kind = \"taper\""),
                ("falls", typed.falls, of(&[Kind::Taper]), "kind = \"taper\""),
                ("every", typed.every, scheduled, in_periods),
                ("from", typed.from, scheduled, in_periods),
                ("due", typed.due, scheduled, in_periods),
                ("total", typed.total, !remint, "another kind than \"remint\""),
                ("smoothing", typed.smoothing, remint, "kind = \"remint\""),
                ("share", typed.share, remint, "kind = \"remint\""),
                ("cap", typed.cap, remint, "kind = \"remint\""),
                (
                    "periods",
                    typed.periods,
                    of(&[Kind::Geometric, Kind::Table]),
                    "kind = \"geometric\" or \"table\"",
                ),
            ],
        );
    }

    /// When the periods of an emission begin.
    fn calendar(&mut self, typed: &EmissionSection, name: &str, known: &Known) -> Option<Calendar> {
        let key = format!("{}.every", self.key(name));
        let every = match typed.every {
            Some(given) => self.every(given, &key)?,
            None => Every::Seconds(self.period.seconds()),
        };
        let start = known.days?.first;
        let key = format!("{}.from", self.key(name));
        let from = match typed.from {
            Some(_) => self.checker.date(typed.from, &key)?,
            None => start,
        };
        Some(Calendar { every, from, start })
    }

    /// A length of periods: months and years of the calendar, or whole seconds.
    pub(super) fn every(&mut self, given: ValueId, key: &str) -> Option<Every> {
        match self.months(given, key)? {
            Some(months) => Some(Every::Months(months)),
            None => {
                let seconds = self.checker.periods(Some(given), key, 1, HORIZON_DAYS_MAX);
                seconds.map(Every::Seconds)
            }
        }
    }

    /// Whole months of a time that is typed in months or years; `Some(None)` if it is typed in
    /// another unit.
    fn months(&mut self, given: ValueId, key: &str) -> Option<Option<u32>> {
        let Some(text) = self.checker.text_of(given) else { return Some(None) };
        let text = text.trim();
        let length = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
        let (number, unit) = text.split_at(length);
        let months = match unit.trim() {
            "mo" => 1,
            "y" | "year" => 12,
            _ => return Some(None),
        };
        let whole = number.trim().replace('_', "").parse::<i64>().ok();
        let months = whole.and_then(|number| number.checked_mul(months));
        match months.filter(|months| (1..=MONTHS_MAX).contains(months)) {
            Some(months) => Some(Some(months as u32)),
            None => {
                let message = format!("\"{}\" is no whole number of months", shown(text));
                self.checker.fault(given, key, message, "write such as \"1 mo\" or \"2 y\"");
                None
            }
        }
    }

    fn smooth(&mut self, typed: &EmissionSection, name: &str) -> Option<Halving> {
        let example = format!("\"100_000 {}/d\"", self.tokens.own.symbol);
        let at = format!("{name}.first");
        let typed_first = self.required(typed.first, &at, &example);
        let first = self.tokens_per(typed_first, &at, "/d");
        let lost = first.map(|first| first - self.period.per_day(self.period.of_day(first)));
        self.refuse_lossy(typed_first, &at, (Money::Token, first, lost));
        let at = format!("{name}.half_life");
        let half_life = self.required(typed.half_life, &at, "\"2 y\"");
        let key = self.key(&at);
        let half_life = self.checker.quantity(half_life, &key, "d", false, 1.0..=1e9);
        Some(Halving {
            first: self.period.of_day(first?),
            half_life: half_life? / self.period.days(),
        })
    }

    /// Base units of the first period, typed as they are or as a rate of a base.
    fn first(&mut self, typed: &EmissionSection, name: &str, calendar: &Calendar) -> Option<Q128> {
        let (at, key) = (format!("{name}.first"), self.key(name));
        if let (Some(first), Some(base)) = (typed.first, typed.base.or(typed.annual_rate)) {
            let message = "the first amount is given twice".to_owned();
            let help = "keep `first`, or `base` and `annual_rate`";
            self.checker.fault(base, &key, message, help);
            return self.tokens(Some(first), &at).and(None);
        }
        if typed.base.is_none() && typed.annual_rate.is_none() {
            let example = format!("\"1_000 {}\"", self.tokens.own.symbol);
            let first = self.required(typed.first, &at, &example);
            let first = self.tokens(first, &at)?;
            return i128::try_from(first.0).ok().map(Q128::from_whole);
        }
        let example = format!("\"1_000 {}\"", self.tokens.own.symbol);
        let base = self.required(typed.base, &format!("{name}.base"), &example);
        let base = self.tokens(base, &format!("{name}.base"));
        let at = format!("{name}.annual_rate");
        let given = self.required(typed.annual_rate, &at, "\"8 %\"")?;
        let rate = self.decimal(given, &at)?;
        let Some(rate) = rate.whole(SHARE_DECIMALS as i32) else {
            return self.refuse_share(given, &at, "a rate such as \"8 %\"");
        };
        let Some(per_year) = calendar.every.per_year() else {
            let key = format!("{key}.every");
            let message = "a year is no whole number of these periods".to_owned();
            let at = typed.every.unwrap_or(given);
            self.checker.fault(at, &key, message, "give `first` in place of `annual_rate`");
            return None;
        };
        // base * rate / periods of a year, in 2^128ths of a base unit.
        type Wide = Uint<512, 8>;
        let up = (Wide::from(base?.0) * Wide::from(rate)) << 128;
        let down = Wide::from(U256::from(10u128.pow(SHARE_DECIMALS))) * Wide::from(per_year);
        let (whole, fraction) = {
            let first = up / down;
            (first >> 128, first & (Wide::MAX >> 384))
        };
        let Some(whole) = i128::try_from(whole).ok().filter(|whole| *whole <= i128::MAX / 2) else {
            return self.refuse_share(given, &at, "a smaller rate");
        };
        Some(Q128 { whole, fraction: u128::try_from(fraction).unwrap_or(0) })
    }

    fn geometric(
        &mut self,
        typed: &EmissionSection,
        (given, name): (ValueId, &str),
        calendar: &Calendar,
        periods: Option<u64>,
        total: Option<Amount>,
    ) -> Option<Geometric> {
        let first = self.first(typed, name, calendar);
        let step = self.step(typed, name);
        let key = self.key(name);
        if let (Some(factor), Some(_)) = (typed.factor, typed.decay) {
            let message = "the factor is given twice".to_owned();
            self.checker.fault(
                factor,
                &format!("{key}.factor"),
                message,
                "keep `factor` or `decay`",
            );
            return None;
        }
        if let Some(factor) = typed.factor {
            let factor = self.factor(factor, &format!("{name}.factor"))?;
            return Some(Geometric { first: first?, factor, step: step? });
        }
        if let Some(decay) = typed.decay {
            // One less a share: what both have in parts of 2^128 adds up to 2^128.
            let decay = self.factor(decay, &format!("{name}.decay"))?;
            let factor = decay.map(u128::wrapping_neg);
            let factor = Some(factor.unwrap_or(0));
            return Some(Geometric { first: first?, factor, step: step? });
        }
        let (first, step) = (first?, step?);
        match (total, periods, step) {
            (Some(total), Some(periods), geometric::Step::Periods(each)) => {
                if Geometric::constant(first, periods).is_some_and(|all| all <= total) {
                    let message = "even without decay it is not reached".to_owned();
                    let help = "let `total` be smaller, or `first` larger";
                    self.checker.fault(typed.total?, &format!("{key}.total"), message, help);
                    return None;
                }
                let Some(factor) = Geometric::solve(first, total, periods, each) else {
                    let message = "the first amounts alone are more".to_owned();
                    let help = "let `total` be larger, or `first` smaller";
                    self.checker.fault(typed.total?, &format!("{key}.total"), message, help);
                    return None;
                };
                Some(Geometric { first, factor: Some(factor), step })
            }
            _ => {
                let message = "no factor is given, and none can be solved".to_owned();
                let help = "add factor = 0.5, or `total` and `periods` with `each` a number of \
                            periods; factor = 1 is a constant";
                self.checker.fault(given, &format!("{key}.factor"), message, help);
                None
            }
        }
    }

    /// After how many periods the amount is multiplied.
    fn step(&mut self, typed: &EmissionSection, name: &str) -> Option<geometric::Step> {
        let Some(given) = typed.each else { return Some(geometric::Step::Periods(1)) };
        let key = format!("{}.each", self.key(name));
        if self.checker.text_of(given).is_none() {
            let periods = self.checker.integer(Some(given), &key, 1..=PERIODS_MAX);
            return periods.map(geometric::Step::Periods);
        }
        match self.months(given, &key)? {
            Some(months) => Some(geometric::Step::Months(months)),
            None => {
                let message = "neither a number of periods nor a time of the calendar".to_owned();
                self.checker.fault(given, &key, message, "write such as 52 or \"2 y\"");
                None
            }
        }
    }

    /// A factor above 0 and at most 1, exact, in parts of 2^128; `Some(None)` for 1.
    fn factor(&mut self, given: ValueId, at: &str) -> Option<Option<u128>> {
        let decimal = self.decimal(given, at)?;
        if decimal.whole(0) == Some(U256::ONE) {
            return Some(None);
        }
        match decimal.fraction() {
            Some(fraction) => Some(Some(fraction)),
            None => self.refuse_share(given, at, "above 0 and at most 1, of 38 decimals at most"),
        }
    }

    /// A number or a text such as "8 %", digit by digit.
    fn decimal(&mut self, given: ValueId, at: &str) -> Option<Decimal> {
        let read = match self.checker.tree.value(given) {
            Value::Integer(number) => Decimal::parse(&number.to_string()),
            Value::Float(number) => Decimal::parse(&number.to_string()),
            Value::Text(text) => match text.trim().strip_suffix('%') {
                Some(percent) => Decimal::parse(percent.trim()).map(Decimal::percent),
                None => Decimal::parse(text.trim()),
            },
            _ => None,
        };
        match read {
            Some(decimal) => Some(decimal),
            None => self.refuse_share(given, at, "a number such as 0.5, or a text such as \"8 %\""),
        }
    }

    fn refuse_share<T>(&mut self, given: ValueId, at: &str, allowed: &str) -> Option<T> {
        let key = self.key(at);
        self.checker.fault(given, &key, "out of range".to_owned(), format!("allowed: {allowed}"));
        None
    }

    fn rows(
        &mut self,
        typed: &EmissionSection,
        name: &str,
        periods: Option<u64>,
    ) -> Option<Vec<(u64, Amount)>> {
        let example = format!("[{{ from = 0, amount = \"1_000 {}\" }}]", self.tokens.own.symbol);
        let row = typed.row.first().and_then(|row| row.from.or(row.amount));
        self.required(row, &format!("{name}.row"), &example)?;
        if let Some(at) = typed.row.get(ROWS_MAX).and_then(|row| row.from) {
            let (key, message) = (self.key(name), format!("{} rows", typed.row.len()));
            self.checker.fault(at, &key, message, format!("at most {ROWS_MAX}"));
            return None;
        }
        let mut rows: Vec<(u64, Amount)> = Vec::new();
        let last = periods.map_or(PERIODS_MAX, |periods| periods as i64 - 1);
        for (number, row) in typed.row.iter().enumerate() {
            let at = format!("{name}.row[{number}]");
            let from = self.required(row.from, &format!("{at}.from"), "12");
            let least = rows.last().map_or(0, |(from, _)| *from as i64 + 1);
            let key = self.key(&format!("{at}.from"));
            if least > last {
                let message = format!("it begins after the last period, {last}");
                self.checker.fault(
                    from?,
                    &key,
                    message,
                    "take the row out, or let `periods` be more",
                );
                return None;
            }
            let from = self.checker.integer(from, &key, least..=last)?;
            let example = format!("\"1_000 {}\"", self.tokens.own.symbol);
            let amount = self.required(row.amount, &format!("{at}.amount"), &example);
            rows.push((from as u64, self.tokens(amount, &format!("{at}.amount"))?));
        }
        Some(rows)
    }

    fn taper(&mut self, typed: &EmissionSection, name: &str) -> Option<Taper> {
        let at = format!("{name}.first");
        let example = format!("\"1_000 {}\"", self.tokens.own.symbol);
        let first = self.required(typed.first, &at, &example);
        let first = self.tokens(first, &at);
        let mut count = |given: Option<ValueId>, at: &str, least: i64| {
            let at = format!("{name}.{at}");
            let given = self.required(given, &at, "360");
            let key = self.key(&at);
            self.checker.integer(given, &key, least..=PERIODS_MAX)
        };
        let (flat, falls) = (count(typed.flat, "flat", 0), count(typed.falls, "falls", 1));
        Some(Taper { first: first?, flat: flat?, falls: falls? })
    }

    /// A fault where more periods pass until the end of the run than are worth stepping.
    fn refuse_too_many(
        &mut self,
        schedule: &Schedule,
        given: ValueId,
        key: &str,
        known: &Known,
    ) -> Option<()> {
        let ends = i64::from(known.days?.horizon_days) * i64::from(SECONDS_PER_DAY);
        let most = schedule.periods.unwrap_or(u64::MAX).min(PERIODS_MAX as u64);
        if schedule.periods.is_some_and(|periods| periods <= most)
            || schedule.calendar.at(most) >= ends
        {
            return Some(());
        }
        let message = format!("more than {PERIODS_MAX} periods until the end of the run");
        let key = format!("{key}.every");
        self.checker.fault(given, &key, message, "let `every` be longer, or `from` later");
        None
    }

    /// A fault where a day issues more than a supply can have.
    fn refuse_too_fast(&mut self, schedule: &Schedule, given: ValueId, key: &str) -> Option<()> {
        let first = match &schedule.law {
            Law::Smooth(_) => return Some(()),
            Law::Geometric(law) => law.first.whole.unsigned_abs(),
            Law::Table(rows) => rows.iter().map(|(_, amount)| amount.0).max().unwrap_or(0),
            Law::Taper(law) => law.first.0,
        };
        let per_day = match schedule.calendar.every {
            Every::Seconds(seconds) => SECONDS_PER_DAY.div_ceil(seconds),
            Every::Months(_) => 1,
        };
        if first.checked_mul(per_day.into()).is_some_and(|day| day <= BASE_UNITS_MAX) {
            return Some(());
        }
        let message = "its periods are too short for so much: a day would issue more than 10^33 \
                       base units";
        self.checker.fault(given, key, message.to_owned(), "let it be less, or `every` longer");
        None
    }
}
