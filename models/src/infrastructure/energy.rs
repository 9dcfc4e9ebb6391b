//! What devices draw from the grid, what it costs and what it emits, hour by hour.
//!
//! Power is whole milliwatts, time whole nanoseconds, a price whole millionths of a dollar a kWh,
//! carbon whole milligrams a kWh. Energy is then a sum of integers without any rounding; money and
//! carbon carry the remainder of every division along. A meter costs nothing while its power
//! stays, but for the hours it passes when it is read.
//!
//! Left out: reactive power, losses of the wires, demand charges.

use std::sync::Arc;

use pinwheel_core::{Amount, SimDuration, SimTime};
use serde::{Deserialize, Serialize};

use crate::input::shared;

const HOUR: SimDuration = SimDuration::from_hours(1);
/// Milliwatt nanoseconds in a kWh.
const PER_KWH: u128 = 3_600_000_000_000_000_000;
/// Most power one meter reads, 1 TW: an hour of it at the dearest price fits into 128 bits.
pub const POWER_MILLIWATT_MAX: u64 = 1_000_000_000_000_000;
/// Highest price or carbon of one kWh: 1,000 USD and 1,000 kg.
pub const HOURLY_MAX: u64 = 1_000_000_000;

/// A value for each hour from the start of the run; the series repeats when it ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hourly(#[serde(with = "shared")] Arc<[u64]>);

impl Hourly {
    /// A value for each hour from the start of the run; the last is followed by the first.
    ///
    /// # Panics
    ///
    /// If there is no value.
    pub fn new(values: Vec<u64>) -> Self {
        assert!(!values.is_empty(), "a series has an hour");
        Hourly(values.into())
    }
    /// The same value in every hour.
    pub fn constant(value: u64) -> Self {
        Hourly([value].into())
    }
    /// The value of an hour, counted from the start of the run.
    pub fn at(&self, hour: u64) -> u64 {
        self.0[(hour % self.0.len() as u64) as usize]
    }
}

/// The hour of an instant, counted from the start of the run.
pub fn hour_of(time: SimTime) -> u64 {
    time.as_nanos() / HOUR.as_nanos()
}

/// What a kWh costs and emits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tariff {
    /// Price of a kWh, millionths of a dollar.
    pub price_microusd_per_kwh: Hourly,
    /// Emission of a kWh, milligrams of carbon dioxide.
    pub carbon_milligram_per_kwh: Hourly,
}

/// What one device draws by its state. Between idle and full load power is linear in the load
/// (Fan, Weber and Barroso, "Power provisioning for a warehouse-sized computer", ISCA 2007).
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draw {
    /// At full load, milliwatts.
    pub full_milliwatt: u64,
    /// Up and without load, milliwatts.
    pub idle_milliwatt: u64,
    /// Down or switched off, milliwatts.
    pub down_milliwatt: u64,
}

impl Draw {
    /// What so many devices draw when those that are up carry `used` of their `capacity`. Rounded
    /// down to the milliwatt.
    pub fn of(&self, up: u64, down: u64, used: u128, capacity: u128) -> u64 {
        let swing = u128::from(self.full_milliwatt.saturating_sub(self.idle_milliwatt));
        let loaded = match capacity {
            0 => 0,
            _ => (u128::from(up) * swing * used.min(capacity) / capacity) as u64,
        };
        up * self.idle_milliwatt + loaded + down * self.down_milliwatt
    }
}

/// A quotient that loses nothing: whole units, and what is left of the divisions so far.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Exact {
    whole: u128,
    rest: u128,
}

impl Exact {
    fn add(&mut self, dividend: u128) {
        let dividend = self.rest + dividend;
        self.whole += dividend / PER_KWH;
        self.rest = dividend % PER_KWH;
    }
}

/// What has gone through a meter.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Milliwatt nanoseconds.
    energy: u128,
    cost_microusd: Exact,
    carbon_milligram: Exact,
}

impl Reading {
    /// Exact, in milliwatt nanoseconds.
    pub fn energy(&self) -> u128 {
        self.energy
    }
    /// Energy so far, kWh.
    pub fn energy_kwh(&self) -> f64 {
        self.energy as f64 / PER_KWH as f64
    }
    /// Rounded down to the millionth of a dollar.
    pub fn cost_microusd(&self) -> Amount {
        Amount(self.cost_microusd.whole)
    }
    /// Rounded down to the milligram.
    pub fn carbon_kg(&self) -> f64 {
        self.carbon_milligram.whole as f64 / 1e6
    }
}

/// A meter: reads power that changes in steps.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Meter {
    power_milliwatt: u64,
    since: SimTime,
    reading: Reading,
}

impl Meter {
    /// A meter that begins to count now, at this power in milliwatts.
    pub fn new(power_milliwatt: u64, now: SimTime) -> Self {
        Meter { power_milliwatt, since: now, reading: Reading::default() }
    }
    /// Changes the power from now on.
    ///
    /// # Panics
    ///
    /// If the power is above [`POWER_MILLIWATT_MAX`].
    pub fn set(&mut self, power_milliwatt: u64, now: SimTime, tariff: &Tariff) {
        assert!(power_milliwatt <= POWER_MILLIWATT_MAX, "{power_milliwatt} mW at one meter");
        if power_milliwatt != self.power_milliwatt {
            self.read(now, tariff);
            self.power_milliwatt = power_milliwatt;
        }
    }
    /// What has gone through until now.
    pub fn read(&mut self, now: SimTime, tariff: &Tariff) -> Reading {
        while self.since < now {
            let hour = hour_of(self.since);
            let until = now.min(SimTime::ZERO + HOUR.times(hour + 1));
            let span = u128::from(until.since(self.since).as_nanos());
            let energy = u128::from(self.power_milliwatt) * span;
            let (price, carbon) =
                (tariff.price_microusd_per_kwh.at(hour), tariff.carbon_milligram_per_kwh.at(hour));
            self.reading.energy += energy;
            self.reading.cost_microusd.add(energy * u128::from(price));
            self.reading.carbon_milligram.add(energy * u128::from(carbon));
            self.since = until;
        }
        self.reading
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day() -> Tariff {
        Tariff {
            price_microusd_per_kwh: Hourly::new((0..24).map(|hour| 200_000 + hour).collect()),
            carbon_milligram_per_kwh: Hourly::new(vec![150_000, 170_000]),
        }
    }

    fn at(minutes: u64) -> SimTime {
        SimTime::ZERO + SimDuration::from_minutes(minutes)
    }

    #[test]
    fn a_kilowatt_for_two_days_is_48_kwh_at_the_prices_of_its_hours() {
        let mut meter = Meter::new(1_000_000, SimTime::ZERO);
        let reading = meter.read(at(2 * 24 * 60), &day());
        assert_eq!(reading.energy(), 48 * PER_KWH);
        assert_eq!(reading.cost_microusd().0, 2 * (24 * 200_000 + 23 * 24 / 2));
        assert_eq!(reading.carbon_kg(), 24.0 * (0.15 + 0.17));
    }

    #[test]
    fn the_dearest_meter_does_not_overflow() {
        let high = Hourly::constant(HOURLY_MAX);
        let tariff =
            Tariff { price_microusd_per_kwh: high.clone(), carbon_milligram_per_kwh: high };
        let mut meter = Meter::new(POWER_MILLIWATT_MAX, SimTime::ZERO);
        let century = SimTime::ZERO + SimDuration::from_days(36_525);
        let reading = meter.read(century, &tariff);
        assert_eq!(reading.energy(), u128::from(POWER_MILLIWATT_MAX) * century.as_nanos() as u128);
        // 1e9 kW for 876,600 h at 1e9 millionths.
        assert_eq!(reading.cost_microusd().0, 876_600 * 1_000_000_000 * 1_000_000_000);
    }

    #[test]
    fn idle_full_and_down_devices_draw_what_they_say() {
        let draw = Draw { full_milliwatt: 400, idle_milliwatt: 100, down_milliwatt: 5 };
        assert_eq!(draw.of(10, 2, 0, 70), 1_010);
        assert_eq!(draw.of(10, 2, 70, 70), 4_010);
        assert_eq!(draw.of(10, 2, 35, 70), 2_510);
        assert_eq!(draw.of(0, 3, 0, 0), 15);
    }

    proptest! {
        #[test]
        fn reading_more_often_changes_nothing(
            steps in prop::collection::vec((0u64..5_000_000, 1u64..600), 1..40),
        ) {
            let tariff = day();
            let (mut often, mut seldom) =
                (Meter::new(0, SimTime::ZERO), Meter::new(0, SimTime::ZERO));
            let mut minutes = 0;
            for &(power, length) in &steps {
                often.set(power, at(minutes), &tariff);
                seldom.set(power, at(minutes), &tariff);
                for minute in minutes..minutes + length {
                    often.read(at(minute), &tariff);
                }
                minutes += length;
            }
            prop_assert_eq!(
                often.read(at(minutes), &tariff),
                seldom.read(at(minutes), &tariff)
            );
        }
    }
}
