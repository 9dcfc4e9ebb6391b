//! The checks of who trades the token and at which price: customers' demand, the pool, and a price
//! from outside.

use pinwheel_core::Amount;

use super::Reader;
use crate::economy::demand::{DRIFT_PER_DAY, DemandLaw, USD_PER_DAY_MAX, VOLATILITY_MAX};
use crate::economy::exchange::{ConstantProduct, FEE_MAX};
use crate::economy::quote::{PRICE_MAX_USD, PRICE_MIN_USD, QuoteLaw};
use crate::input::amount::{self, USD_DECIMALS};
use crate::input::tree::ValueId;
use crate::networks::generic::accounts::Money;
use crate::networks::generic::file::{DemandSection, ExchangeSection, PriceSection};
use crate::networks::generic::settings::ExchangeSettings;

/// Most dollars in a pool.
const USD_MAX: f64 = 1e15;

impl Reader<'_, '_> {
    /// A fault where customers would spend less than is typed, by rounding in each period.
    fn refuse_lossy_demand(&mut self, typed: &DemandSection, law: &DemandLaw) {
        let units = |usd: f64| amount::floor(usd, USD_DECIMALS);
        let per_day = units(law.first_usd_per_day);
        let spent = self.period.per_day(units(law.first_usd_per_day * self.period.days()));
        let moves = law.drift_per_day != 0.0 || law.volatility_per_sqrt_day > 0.0;
        let lost = match moves && per_day > Amount::ZERO {
            true => self.half_unit_per_day(),
            false => per_day.saturating_sub(spent),
        };
        let lost = (Money::Dollar, Some(per_day), Some(lost));
        self.refuse_lossy(typed.first, "demand.first", lost);
    }

    pub(super) fn exchange(&mut self, typed: &ExchangeSection) -> Option<ExchangeSettings> {
        let dollars = self.required(typed.usd, "exchange.usd", "\"1_000_000 USD\"");
        // An empty side has no price.
        let (key, unit) = (self.key("exchange.usd"), self.tokens.dollar.symbol.clone());
        let unit = (unit.as_str(), u32::from(self.tokens.dollar.decimals));
        let dollars = self.checker.amount(dollars, &key, unit, 1.0..=USD_MAX);
        let (key, symbol) = (self.key("exchange.tok"), self.tokens.own.symbol.clone());
        let example = format!("\"1_000_000 {symbol}\"");
        let tokens = self.required(typed.tok, "exchange.tok", &example);
        let (unit, range) = (
            (symbol.as_str(), self.tokens.decimals()),
            self.tokens_max().min(1.0)..=self.tokens_max(),
        );
        let tokens = self.checker.amount(tokens, &key, unit, range);
        let fee = self.millionths(typed.fee, "exchange.fee", FEE_MAX, 0.003);
        let rule = ConstantProduct { fee_millionths: fee? };
        Some(ExchangeSettings { usd: dollars?, tok: tokens?, rule })
    }

    pub(super) fn demand(&mut self, typed: &DemandSection) -> Option<DemandLaw> {
        let first = self.required(typed.first, "demand.first", "\"20_000 USD/d\"");
        let key = self.key("demand.first");
        let first = self.checker.quantity(first, &key, "USD/d", false, 0.0..=USD_PER_DAY_MAX);
        let (drift, volatility) = self.brownian("demand", typed.drift, typed.volatility);
        let law = DemandLaw {
            first_usd_per_day: first?,
            drift_per_day: drift?,
            volatility_per_sqrt_day: volatility?,
        };
        self.refuse_lossy_demand(typed, &law);
        Some(law)
    }

    /// Growth of the mean a day, and the standard deviation of a day's growth, of a table.
    fn brownian(
        &mut self,
        table: &str,
        drift: Option<ValueId>,
        volatility: Option<ValueId>,
    ) -> (Option<f64>, Option<f64>) {
        let key = self.key(&format!("{table}.drift"));
        let range = -DRIFT_PER_DAY..=DRIFT_PER_DAY;
        let drift = match drift {
            Some(_) => self.checker.quantity(drift, &key, "1/d", false, range),
            None => Some(0.0),
        };
        let at = format!("{table}.volatility");
        (drift, self.number(volatility, (&at, "1/sqrt(d)"), VOLATILITY_MAX, 0.0))
    }

    pub(super) fn price(&mut self, typed: &PriceSection) -> Option<QuoteLaw> {
        let start = self.required(typed.start, "price.start", "\"0.35 USD\"");
        let key = self.key("price.start");
        let range = PRICE_MIN_USD..=PRICE_MAX_USD;
        let start = self.checker.quantity(start, &key, "USD", false, range);
        let (drift, volatility) = self.brownian("price", typed.drift, typed.volatility);
        if self.value("exchange").is_some() {
            let given = self.value("price").unwrap_or(self.given);
            let message = "the price is that of [exchange] already".to_owned();
            self.checker.fault(given, &self.key("price"), message, "keep one of the two");
            return None;
        }
        Some(QuoteLaw {
            start_usd: start?,
            drift_per_day: drift?,
            volatility_per_sqrt_day: volatility?,
        })
    }
}
