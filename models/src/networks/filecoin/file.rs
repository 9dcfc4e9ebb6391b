//! `[network]` with `kind = "filecoin"`: as typed, and checked into [`Settings`].

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;

use super::parameters::Parameters;
use super::settings::{
    Behaviour, Detail, Ends, Forecast, ForecastBy, HistoryDay, PricePath, ProofFidelity,
    RuleChoice, Settings, StockCalendar, Trend,
};
use super::{reward, rules, state};
use crate::describe::parameter::{self, ParameterSpec};
use crate::infrastructure;
use crate::input::check::Checker;
use crate::input::diagnostic::{did_you_mean, shown};
use crate::input::table::Column;
use crate::input::tree::ValueId;
use crate::part::Known;

/// About 25 kB each: three gigabytes.
const PROVIDERS_MAX: i64 = 100_000;
const PROVIDERS_DEFAULT: u64 = 2_000;
/// Mainnet's genesis was at 22:00 UTC of the day before its first whole day.
const GENESIS: Date = date(2020, 8, 24);
/// FIL that can ever exist.
pub(super) const FIL_MAX: f64 = 2e9;
/// Far above any network to be modelled.
const POWER_EIB_MAX: f64 = 1e6;
const POWER_PIB_MAX: f64 = 1e9;

/// A Filecoin network.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "FilecoinSection", extend("required" = ["kind", "initial"]))]
pub struct Section {
    /// The kind of network.
    #[schemars(with = "String", extend("const" = "filecoin"))]
    pub kind: Option<ValueId>,
    /// Its name among several: subject of its rows, and name of its random streams.
    #[schemars(with = "String")]
    pub id: Option<ValueId>,
    /// Refused: its providers stand on sites of their own.
    #[schemars(skip)]
    pub on: Option<ValueId>,
    /// "mainnet" (each upgrade at its epoch), "mainnet@2024-01-12" (the rules of one date) or
    /// "textbook". Default "mainnet".
    #[schemars(with = "String", regex(pattern = r"^(mainnet(@\d{4}-\d{2}-\d{2})?|textbook)$"))]
    pub rules: Option<ValueId>,
    /// Every epoch and proving deadline, or one step a day. Default "deadline".
    #[schemars(with = "String", extend("enum" = ["deadline", "day"]))]
    pub detail: Option<ValueId>,
    /// How proofs of storage are checked. Default "modelled".
    #[schemars(with = "String", extend("enum" = ["modelled", "sampled", "real"]))]
    pub proofs: Option<ValueId>,
    /// Storage providers at the start. Default 2000.
    #[schemars(with = "u32", range(min = 1, max = 100_000))]
    pub providers: Option<ValueId>,
    /// Whether power follows `history` or providers decide at `price`. Default "driven".
    #[schemars(with = "String", extend("enum" = ["driven", "rational"]))]
    pub behaviour: Option<ValueId>,
    /// TOML file with the chain's state on the first day, relative to the scenario.
    #[schemars(with = "String")]
    pub initial: Option<ValueId>,
    /// CSV file with what of the first day's sectors ends on each date: date, capacity_pib and
    /// verified_pib, of which only the shares count. Default: evenly over `stock_term_max`.
    #[schemars(with = "String")]
    pub stock: Option<ValueId>,
    /// CSV file with daily power and burn; covers the whole run. For "driven".
    #[schemars(with = "String")]
    pub history: Option<ValueId>,
    /// Cuts the history at a day and goes on from there without it. For "driven".
    #[schemars(with = "ForecastSection")]
    pub forecast: Option<ForecastSection>,
    /// CSV file with observed locked FIL, in millions, recorded beside the simulated.
    #[schemars(with = "String")]
    pub observed_locked: Option<ValueId>,
    /// Date on which FIP-0118 "Solstice" takes effect, or "never". Default "never".
    #[schemars(with = "String")]
    pub solstice: Option<ValueId>,
    /// Whether it splits the block reward into streams, as proposed, or only counts every new
    /// sector ten times. Default true.
    #[schemars(with = "bool")]
    pub solstice_split: Option<ValueId>,
    /// Price of FIL. For "rational".
    #[schemars(with = "PriceSection")]
    pub price: Option<PriceSection>,
    /// Parameters of the model; a plain number counts in the parameter's unit.
    #[schemars(schema_with = "parameters_schema")]
    pub parameters: BTreeMap<String, ValueId>,
}

/// Price of FIL: as observed, then as geometric Brownian motion.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PriceSection {
    /// On the first day, such as "5 USD"; from `file` where one is given.
    #[schemars(with = "String")]
    pub start: Option<ValueId>,
    /// CSV file with observed closes: date and close_usd, every day from the first of the run on.
    /// After its last day the path is drawn.
    #[schemars(with = "String")]
    pub file: Option<ValueId>,
    /// Relative drift, such as "10 %/y". Default 0.
    #[schemars(with = "String")]
    pub drift: Option<ValueId>,
    /// Standard deviation of the log price, such as "80 %/sqrt(y)". Default 0.
    #[schemars(with = "String")]
    pub volatility: Option<ValueId>,
}

/// A forecast from within the history: up to `from` its columns drive, after that the flows go on
/// from what the window before shows, or providers decide.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["from"]))]
pub struct ForecastSection {
    /// Last day that is known.
    #[schemars(with = "String", extend("format" = "date"))]
    pub from: Option<ValueId>,
    /// What happens after it: "trend", flows go on from what the window shows; "providers",
    /// providers decide at `network.price`. Default "trend".
    #[schemars(with = "String", extend("enum" = ["trend", "providers"]))]
    pub by: Option<ValueId>,
    /// Days before it from which trends, rates and residuals are taken. Default "90 d".
    #[schemars(with = "String")]
    pub window: Option<ValueId>,
    /// FIL's price after it, for "providers": "drawn" from what was known on that day, or
    /// "observed", as it really came. Default "drawn".
    #[schemars(with = "String", extend("enum" = ["drawn", "observed"]))]
    pub price: Option<ValueId>,
    /// Last part of the window, whose mean is the level of new sectors. Default "30 d".
    #[schemars(with = "String")]
    pub level: Option<ValueId>,
    /// Time in which a trend fades. Default "30 d".
    #[schemars(with = "String")]
    pub damping: Option<ValueId>,
    /// Length of the blocks of days in which residuals are drawn. Default "7 d".
    #[schemars(with = "String")]
    pub block: Option<ValueId>,
    /// Factor on the size of the random walks. Default 1.
    #[schemars(with = "f64", range(min = 0.0, max = 10.0))]
    pub spread: Option<ValueId>,
    /// How many sectors come due: "rate", that of the window; "schedule", the same, but of verified
    /// sectors at least those whose date has come. Default "schedule".
    #[schemars(with = "String", extend("enum" = ["rate", "schedule"]))]
    pub ends: Option<ValueId>,
}

/// Parameters of the network and of the machines under it, which share one table.
pub(super) fn specs() -> impl Iterator<Item = &'static ParameterSpec> {
    Parameters::SPECS.iter().chain(infrastructure::sites::Parameters::SPECS)
}

/// Every parameter as a property with its description, unit, default and range.
fn parameters_schema(generator: &mut SchemaGenerator) -> Schema {
    parameter::schema(specs(), generator)
}

/// A fault where the run goes on after the last epoch for which rewards are defined.
fn refuse_beyond_the_chain(checker: &mut Checker<'_>, given: ValueId, last: Option<Date>) {
    if last.is_some_and(|last| rules::epoch_of(last) > reward::EPOCH_MAX) {
        let given = checker.tree.root("run").unwrap_or(given);
        let message = "the protocol defines block rewards for 43 years only".to_owned();
        let help = "let the run end before 2063-06-01";
        checker.fault(given, "run.horizon", message, help);
    }
}

/// Checks `[network]` for the dates of a run.
pub fn settings(checker: &mut Checker<'_>, given: ValueId, known: &Known) -> Option<Settings> {
    let typed: Section = checker.read(given, "network");
    if let Some(given) = typed.on {
        let message = "providers of Filecoin stand on sites of their own, not on the fleet";
        let help = "leave it out: failures of sites and disks are among network.parameters";
        checker.fault(given, "network.on", message.to_owned(), help);
    }
    let dates = known.days.map(|days| (days.first, days.last));
    let rules = rules(checker, typed.rules);
    let detail = [("deadline", Detail::Deadline), ("day", Detail::Day)];
    let detail = checker.choice(typed.detail, "network.detail", &detail);
    let proofs = [
        ("modelled", ProofFidelity::Modelled),
        ("sampled", ProofFidelity::Sampled),
        ("real", ProofFidelity::Real),
    ];
    let proofs = checker.choice(typed.proofs, "network.proofs", &proofs);
    if let (Some(Detail::Day), Some(ProofFidelity::Sampled | ProofFidelity::Real), Some(given)) =
        (detail, proofs, typed.proofs)
    {
        let message = "a day's deadlines in one step have no single proofs to check".to_owned();
        let help = "write proofs = \"modelled\", or detail = \"deadline\"".to_owned();
        checker.fault(given, "network.proofs", message, help);
    }
    let providers = checker.integer(typed.providers, "network.providers", 1..=PROVIDERS_MAX);
    // Files and prices are checked even where this behaviour does not use them, because a variant
    // may choose the other.
    let price = price(checker, typed.price.as_ref(), dates);
    let forecast = typed.forecast.as_ref();
    let forecast = forecast.and_then(|of| self::forecast(checker, of, &typed, &price, dates));
    let cut = forecast.as_ref().map(|forecast| forecast.from);
    let (behaviour, judged) = behaviour(checker, &typed, price, dates, cut)?;
    let initial = state::initial(checker, typed.initial, dates.map(|(first, _)| first));
    refuse_beyond_the_chain(checker, given, dates.map(|(_, last)| last));
    let solstice = match typed.solstice {
        Some(given) if checker.text_of(given).as_deref() == Some("never") => None,
        given => checker.date(given, "network.solstice"),
    };
    let splits = checker.boolean(typed.solstice_split, "network.solstice_split");
    let (parameters, infrastructure) = parameters(checker, &typed.parameters);
    let rational = matches!(behaviour, Behaviour::Rational(_));
    let cheats = parameters.cheater_share > 0.0;
    let by_trend = matches!(&forecast, Some(Forecast { by: ForecastBy::Trend(_), .. }));
    let reckons = rational || forecast.is_some() && !by_trend;
    let whose = Whose { rational, reckons, by_trend };
    refuse_idle(checker, &typed, whose, (rules, proofs), solstice.is_some());
    refuse_idle_of_cheaters(checker, &typed, cheats);
    let observed_locked_fil = observed_locked(checker, typed.observed_locked);
    let stock = match typed.stock {
        Some(given) => Some(Arc::new(stock(checker, given, dates?.0)?)),
        None => None,
    };
    Some(Settings {
        rules: rules.unwrap_or(RuleChoice::Mainnet),
        detail: detail.unwrap_or(Detail::Deadline),
        proofs: proofs.unwrap_or(ProofFidelity::Modelled),
        providers: u32::try_from(providers.unwrap_or(PROVIDERS_DEFAULT)).ok()?,
        behaviour,
        initial: initial?,
        solstice,
        solstice_splits: splits.unwrap_or(true),
        parameters,
        infrastructure,
        forecast,
        stock,
        judged,
        observed_locked_fil,
    })
}

/// Who decides what is onboarded and renewed.
#[derive(Copy, Clone)]
struct Whose {
    /// Providers, from the first day on.
    rational: bool,
    /// Providers, at some time.
    reckons: bool,
    /// The trend of a history, from its cut on.
    by_trend: bool,
}

/// Notes of the keys that belong to one behaviour, or to one choice of rules or proofs, whether
/// they have an effect.
fn refuse_idle(
    checker: &mut Checker<'_>,
    typed: &Section,
    Whose { rational, reckons, by_trend }: Whose,
    (rules, proofs): (Option<RuleChoice>, Option<ProofFidelity>),
    solstice: bool,
) {
    let of_driven = "behaviour = \"driven\"";
    let of_reckoning = "behaviour = \"rational\"";
    let of_trend = "runs with network.forecast by \"trend\"";
    let of_solstice = "runs with a date of solstice";
    let keys = [
        ("history", typed.history, !rational, of_driven),
        ("solstice_split", typed.solstice_split, solstice, of_solstice),
    ];
    checker.refuse_idle("network", &keys);
    if let Some(price) = &typed.price {
        let keys = [
            ("start", price.start, reckons, of_reckoning),
            ("file", price.file, reckons, of_reckoning),
        ];
        checker.refuse_idle("network.price", &keys);
    }
    if let Some(forecast) = &typed.forecast {
        let keys = [
            ("window", forecast.window),
            ("level", forecast.level),
            ("damping", forecast.damping),
            ("block", forecast.block),
            ("spread", forecast.spread),
            ("ends", forecast.ends),
        ];
        let keys = keys.map(|(name, given)| (name, given, by_trend, "by = \"trend\""));
        let price = [("price", forecast.price, !by_trend, "by = \"providers\"")];
        checker.refuse_idle("network.forecast", &price);
        checker.refuse_idle("network.forecast", &keys);
    }
    let sampled = proofs == Some(ProofFidelity::Sampled);
    let textbook = rules == Some(RuleChoice::Textbook);
    let parameters = [
        ("verified_renewal_relative", by_trend, of_trend),
        ("early_termination_rate", !rational, of_driven),
        ("verified_termination_rate", !rational, of_driven),
        ("termination_interval", !rational, of_driven),
        ("sealing_rate", reckons, of_reckoning),
        ("patience", reckons, of_reckoning),
        ("client_demand", rational, "behaviour = \"rational\""),
        ("snap_share", reckons, of_reckoning),
        ("client_volatility", reckons, of_reckoning),
        ("renewal_mood", reckons, of_reckoning),
        ("mood_time", reckons, of_reckoning),
        ("claim_extension_share", reckons, of_reckoning),
        ("choice_steepness", reckons, of_reckoning),
        ("hardware_lead_time", reckons, of_reckoning),
        ("credit_rate", reckons, of_reckoning),
        ("exit_share", reckons, of_reckoning),
        ("entry_rate", reckons, of_reckoning),
        ("upgrade_time", solstice, of_solstice),
        ("proof_sample_share", sampled, "proofs = \"sampled\""),
        ("service_pass_through", solstice, of_solstice),
        ("market_depth", reckons, of_reckoning),
        ("reads_per_day", textbook, "rules = \"textbook\""),
        ("pay_volume_usd", solstice, of_solstice),
        ("pay_volume_growth", solstice, of_solstice),
    ];
    let given = |name: &str| typed.parameters.get(name).copied();
    let parameters =
        parameters.map(|(name, has_effect, whom)| (name, given(name), has_effect, whom));
    checker.refuse_idle("network.parameters", &parameters);
}

/// The same of keys that only cheaters give an effect.
fn refuse_idle_of_cheaters(checker: &mut Checker<'_>, typed: &Section, cheats: bool) {
    let whom = "runs with a cheater_share above 0";
    let names =
        ["cheater_drop_rate", "consensus_faults_per_year", "dispute_share", "dispute_delay"];
    let keys = names.map(|name| (name, typed.parameters.get(name).copied(), cheats, whom));
    checker.refuse_idle("network.parameters", &keys);
}

fn rules(checker: &mut Checker<'_>, given: Option<ValueId>) -> Option<RuleChoice> {
    let key = "network.rules";
    let text = checker.text(given, key)?;
    match (text.as_str(), text.strip_prefix("mainnet@")) {
        ("mainnet", _) => return Some(RuleChoice::Mainnet),
        ("textbook", _) => return Some(RuleChoice::Textbook),
        (_, Some(day)) => match day.parse::<Date>() {
            Ok(day) if day >= GENESIS => return Some(RuleChoice::MainnetAt(day)),
            _ => {
                let message = format!("\"{}\" is no date of mainnet", shown(day));
                let help = format!("write mainnet@2024-01-12; the first day is {GENESIS}");
                checker.fault(given?, key, message, help);
            }
        },
        _ => {
            let help =
                did_you_mean(&text, ["mainnet", "mainnet@2024-01-12", "textbook"].into_iter());
            checker.fault(given?, key, format!("unknown value \"{}\"", shown(&text)), help);
        }
    }
    None
}

#[derive(Copy, Clone)]
enum BehaviourKind {
    Driven,
    Rational,
}

fn behaviour(
    checker: &mut Checker<'_>,
    typed: &Section,
    price: Option<PricePath>,
    dates: Option<(Date, Date)>,
    cut: Option<Date>,
) -> Option<(Behaviour, Vec<HistoryDay>)> {
    let kinds = [("driven", BehaviourKind::Driven), ("rational", BehaviourKind::Rational)];
    let kind = match typed.behaviour {
        Some(given) => checker.choice(Some(given), "network.behaviour", &kinds)?,
        None => BehaviourKind::Driven,
    };
    let example = "\"../data/filecoin/network_daily.csv\"";
    match kind {
        BehaviourKind::Driven => {
            let given = checker.required(typed.history, "network.history", example);
            let (known, judged) = history(checker, given, dates, cut)?;
            Some((Behaviour::Driven(known), judged))
        }
        BehaviourKind::Rational => {
            require_price(checker, typed);
            if let Some(given) = typed.forecast.as_ref().and_then(|forecast| forecast.from) {
                let message = "providers who decide for themselves need no forecast".to_owned();
                let help = "remove network.forecast, or write behaviour = \"driven\"";
                checker.fault(given, "network.forecast", message, help);
            }
            price.map(|path| (Behaviour::Rational(path), vec![]))
        }
    }
}

fn require_price(checker: &mut Checker<'_>, typed: &Section) {
    if typed.price.is_none() {
        let example = "{ start = \"5 USD\", volatility = \"80 %/sqrt(y)\" }";
        checker.required(None, "network.price", example);
    }
}

fn price(
    checker: &mut Checker<'_>,
    typed: Option<&PriceSection>,
    dates: Option<(Date, Date)>,
) -> Option<PricePath> {
    let typed = typed?;
    let start = match (typed.file, typed.start) {
        (Some(_), Some(given)) => {
            let message = "the first day's price is in network.price.file already".to_owned();
            checker.fault(given, "network.price.start", message, "leave out one of the two");
            None
        }
        (Some(_), None) => None,
        (None, given) => checker.required(given, "network.price.start", "\"5 USD\""),
    };
    let start = checker.quantity(start, "network.price.start", "USD", false, 1e-6..=1e6);
    let closes_usd = match typed.file {
        Some(given) => closes(checker, given, dates)?,
        None => vec![],
    };
    let (key, unit) = ("network.price.drift", "1/y");
    let drift = checker.quantity(typed.drift, key, unit, false, -10.0..=10.0);
    let (key, unit) = ("network.price.volatility", "1/sqrt(y)");
    let volatility = checker.quantity(typed.volatility, key, unit, false, 0.0..=10.0);
    Some(PricePath {
        start_usd: closes_usd.first().copied().or(start)?,
        closes_usd,
        drift_per_year: drift.unwrap_or(0.0),
        volatility_per_sqrt_year: volatility.unwrap_or(0.0),
    })
}

/// The observed closes of a run's first day and of those after it.
fn closes(
    checker: &mut Checker<'_>,
    given: ValueId,
    dates: Option<(Date, Date)>,
) -> Option<Vec<f64>> {
    let key = "network.price.file";
    let columns = [Column { name: "close_usd", minimum: 1e-6, maximum: 1e6 }];
    let table = checker.table(Some(given), key, &columns, true)?;
    let (first, last) = dates?;
    let Some(place) = table.dates.iter().position(|date| *date == first) else {
        let message = format!("there is no price of {first}, the first day of the run");
        let help = "let the file begin on that day or before it";
        checker.fault(given, key, message, help);
        return None;
    };
    let days = table.dates[place..].iter().take_while(|date| **date <= last).count();
    Some(table.rows[place..place + days].iter().map(|row| row[0]).collect())
}

/// A forecast that has its window before it, within the run, and something to forecast after it.
fn forecast(
    checker: &mut Checker<'_>,
    typed: &ForecastSection,
    network: &Section,
    price: &Option<PricePath>,
    dates: Option<(Date, Date)>,
) -> Option<Forecast> {
    let kinds = [("trend", true), ("providers", false)];
    let by_trend = checker.choice(typed.by, "network.forecast.by", &kinds).unwrap_or(true);
    let trend = trend(checker, typed)?;
    let kinds = [("drawn", false), ("observed", true)];
    let observed = checker.choice(typed.price, "network.forecast.price", &kinds).unwrap_or(false);
    let key = "network.forecast.from";
    let given = checker.required(typed.from, key, "2023-07-01");
    let from = checker.date(given, key)?;
    let (first, last) = dates?;
    let window_days = if by_trend { trend.window_days } else { 0 };
    let earliest = first.saturating_add(i64::from(window_days).days());
    if from < earliest || from >= last {
        let message = format!("{from} leaves no window before it or no day after it in the run");
        let latest = last.yesterday().unwrap_or(last);
        let allowed = match earliest <= latest {
            true => format!("allowed: {earliest} to {latest}"),
            false => "let the run be longer or the window shorter".to_owned(),
        };
        let help =
            format!("the run is {first} to {last}, the window {window_days} days; {allowed}");
        checker.fault(given?, key, message, help);
        return None;
    }
    let by = match by_trend {
        true => ForecastBy::Trend(trend),
        false => {
            require_price(checker, network);
            let mut path = price.clone()?;
            if !observed {
                let known = first.until(from).map_or(0, |span| span.get_days() as usize + 1);
                path.closes_usd.truncate(known);
            }
            ForecastBy::Providers(path)
        }
    };
    Some(Forecast { from, by })
}

/// How flows go on where no provider decides.
fn trend(checker: &mut Checker<'_>, typed: &ForecastSection) -> Option<Trend> {
    let mut days = |given: Option<ValueId>, name: &str, range, default: u32| {
        let key = format!("network.forecast.{name}");
        let days = checker.quantity(given, &key, "d", false, range);
        if given.is_some() { days.map(|days| days as u32) } else { Some(default) }
    };
    let window_days = days(typed.window, "window", 30.0..=730.0, 90)?;
    let within = 1.0..=f64::from(window_days);
    let level_days = days(typed.level, "level", within.clone(), 30);
    let block_days = days(typed.block, "block", within, 7);
    let key = "network.forecast.damping";
    let damping = checker.quantity(typed.damping, key, "d", false, 1.0..=36_525.0);
    let key = "network.forecast.spread";
    let spread = checker.quantity(typed.spread, key, "1", true, 0.0..=10.0);
    let ends = [("rate", Ends::Rate), ("schedule", Ends::Schedule)];
    let ends = checker.choice(typed.ends, "network.forecast.ends", &ends);
    Some(Trend {
        window_days,
        level_days: level_days?,
        damping_days: damping.unwrap_or(30.0),
        block_days: block_days?,
        spread: spread.unwrap_or(1.0),
        ends: ends.unwrap_or(Ends::Schedule),
    })
}

/// The days of the run that drive it, the first and the last (or that of the cut) included; and
/// apart from them those after the cut, as far as the data go.
fn history(
    checker: &mut Checker<'_>,
    given: Option<ValueId>,
    dates: Option<(Date, Date)>,
    cut: Option<Date>,
) -> Option<(Vec<HistoryDay>, Vec<HistoryDay>)> {
    let key = "network.history";
    let column = |name, maximum| Column { name, minimum: 0.0, maximum };
    let columns = [
        column("raw_power_eib", POWER_EIB_MAX),
        column("qa_power_eib", POWER_EIB_MAX),
        column("onboarded_rb_pib", POWER_PIB_MAX),
        column("onboarded_qa_pib", POWER_PIB_MAX),
        column("renewed_rb_pib", POWER_PIB_MAX),
        column("renewed_qa_pib", POWER_PIB_MAX),
        column("burnt_fil_cumulative", FIL_MAX),
        column("renewal_rate_rb", 1.0),
    ];
    let table = checker.table(given, key, &columns, true)?;
    let (first, last) = dates?;
    let (known_first, known_last) = (*table.dates.first()?, *table.dates.last()?);
    let driven_last = cut.unwrap_or(last);
    if first < known_first || driven_last > known_last {
        let what = if cut.is_some() { "the history drives" } else { "the run is" };
        let message =
            format!("{what} {first} to {driven_last}, the data {known_first} to {known_last}");
        let ending = if cut.is_some() { "network.forecast.from" } else { "start + horizon" };
        let help = format!("let {ending} end on {known_last} at the latest");
        checker.fault(given?, key, message, help);
        return None;
    }
    let days = table.dates.iter().zip(&table.rows);
    let days = days.filter(|(date, _)| (first..=last).contains(*date));
    let day = |(&date, row): (&Date, &Vec<f64>)| match row[..] {
        [raw, qa, onboarded, onboarded_qa, renewed, renewed_qa, burned, rate] => HistoryDay {
            date,
            raw_power_eib: raw,
            qa_power_eib: qa,
            onboarded_raw_pib: onboarded,
            onboarded_qa_pib: onboarded_qa,
            renewed_raw_pib: renewed,
            renewed_qa_pib: renewed_qa,
            burned_fil_cumulative: burned,
            renewal_rate: rate,
        },
        _ => unreachable!("a row has a number for each wanted column"),
    };
    Some(days.map(day).partition(|day| day.date <= driven_last))
}

/// What of the first day's sectors ends on each date after it.
fn stock(checker: &mut Checker<'_>, given: ValueId, first: Date) -> Option<StockCalendar> {
    let key = "network.stock";
    let column = |name| Column { name, minimum: 0.0, maximum: POWER_PIB_MAX };
    let columns = [column("capacity_pib"), column("verified_pib")];
    let table = checker.table(Some(given), key, &columns, false)?;
    let day = |date: &Date| first.until(*date).map_or(0, |span| span.get_days());
    let days: Vec<(i32, [f64; 2])> =
        table.dates.iter().zip(&table.rows).map(|(of, row)| (day(of), [row[0], row[1]])).collect();
    let fault = match days.first() {
        Some((day, _)) if *day < 1 => {
            Some(format!("{} is not after the first day, {first}", table.dates[0]))
        }
        _ if [0, 1].iter().any(|&kind| days.iter().all(|(_, of)| of[kind] == 0.0)) => {
            Some("nothing of one kind ends".to_owned())
        }
        _ => None,
    };
    if let Some(message) = fault {
        let help = "give the dates after the first day on which its sectors end";
        checker.fault(given, key, message, help);
        return None;
    }
    Some(StockCalendar { days })
}

fn observed_locked(checker: &mut Checker<'_>, given: Option<ValueId>) -> Vec<(Date, f64)> {
    const MILLION: f64 = 1e6;
    let columns = [Column { name: "locked_fil_million", minimum: 0.0, maximum: FIL_MAX / MILLION }];
    let Some(table) = checker.table(given, "network.observed_locked", &columns, false) else {
        return Vec::new();
    };
    let values = table.dates.iter().zip(&table.rows);
    values.map(|(&date, row)| (date, row[0] * MILLION)).collect()
}

fn parameters(
    checker: &mut Checker<'_>,
    typed: &BTreeMap<String, ValueId>,
) -> (Parameters, infrastructure::sites::Parameters) {
    let mut network = Parameters::default();
    let mut machines = infrastructure::sites::Parameters::default();
    for (name, &given) in typed {
        let key = format!("network.parameters.{}", shown(name));
        let Some(spec) = specs().find(|spec| spec.name == name) else {
            let help = did_you_mean(name, specs().map(|spec| spec.name));
            checker.fault(given, &key, "unknown parameter".to_owned(), help);
            continue;
        };
        let range = spec.minimum..=spec.maximum;
        let value = checker.quantity(Some(given), &key, spec.unit, true, range);
        let slot = network.get_mut(name).or_else(|| machines.get_mut(name));
        if let (Some(value), Some(slot)) = (value, slot) {
            *slot = value;
        }
    }
    (network, machines)
}
