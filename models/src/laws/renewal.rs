//! Laws of the time between arrivals and of the size of a job, all by their mean.

use pinwheel_core::distribution::{DistributionError, Exponential, Gamma, LogNormal};
use pinwheel_core::{SimDuration, Stream, math};
use serde::{Deserialize, Serialize};

/// The law of a length of time, in seconds: a form, with a mean that may be changed.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Law {
    form: Form,
    mean_seconds: f64,
    /// The mean over that of the form: every form is stretched as a whole.
    stretch: f64,
}

/// A law with the mean it was made with.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Form {
    /// Without memory; arrivals are then a Poisson process.
    Exponential(Exponential),
    /// Always the same.
    Fixed {
        /// How long.
        seconds: f64,
    },
    /// A sum of like exponential phases.
    Erlang(Gamma),
    /// The logarithm is normal.
    LogNormal(LogNormal),
    /// An exponential with one of two means.
    Hyperexponential {
        /// Share of the draws that are of the first law.
        first_share: f64,
        /// One law.
        first: Exponential,
        /// The other law.
        second: Exponential,
    },
}

impl Law {
    fn new(form: Form, mean_seconds: f64) -> Self {
        Law { form, mean_seconds, stretch: 1.0 }
    }

    /// Without memory, by its mean in seconds.
    ///
    /// # Errors
    ///
    /// If the mean is not positive and finite.
    pub fn exponential(mean_seconds: f64) -> Result<Self, DistributionError> {
        let form = Exponential::new(mean_seconds).map(Form::Exponential)?;
        Ok(Law::new(form, mean_seconds))
    }
    /// Always so many seconds.
    pub fn fixed(seconds: f64) -> Self {
        Law::new(Form::Fixed { seconds }, seconds)
    }
    /// Squared coefficient of variation `1 / phases`.
    ///
    /// # Errors
    ///
    /// If there are no phases, or the mean is not positive and finite.
    pub fn erlang(mean_seconds: f64, phases: u32) -> Result<Self, DistributionError> {
        let phases = f64::from(phases);
        let form = Gamma::new(phases, mean_seconds / phases).map(Form::Erlang)?;
        Ok(Law::new(form, mean_seconds))
    }
    /// `sigma` is the standard deviation of the logarithm; the squared coefficient of variation
    /// is `exp(sigma^2) - 1`.
    ///
    /// # Errors
    ///
    /// If the mean is not positive and finite, or sigma is negative or not finite.
    pub fn log_normal(mean_seconds: f64, sigma: f64) -> Result<Self, DistributionError> {
        let location = math::ln(mean_seconds) - 0.5 * sigma * sigma;
        let form = LogNormal::new(location, sigma).map(Form::LogNormal)?;
        Ok(Law::new(form, mean_seconds))
    }
    /// Two phases with balanced means, each half of the total time, by the squared coefficient of
    /// variation, at least 1 (Whitt, "Approximating a point process by a renewal process", 1982).
    ///
    /// # Errors
    ///
    /// If the mean is not positive and finite, or `cv_squared` is no number or above about 1e16.
    pub fn hyperexponential(mean_seconds: f64, cv_squared: f64) -> Result<Self, DistributionError> {
        let lean = math::sqrt((cv_squared - 1.0).max(0.0) / (cv_squared + 1.0));
        let first_share = 0.5 * (1.0 + lean);
        let form = Form::Hyperexponential {
            first_share,
            first: Exponential::new(0.5 * mean_seconds / first_share)?,
            second: Exponential::new(0.5 * mean_seconds / (1.0 - first_share))?,
        };
        Ok(Law::new(form, mean_seconds))
    }

    /// The mean, in seconds.
    pub fn mean_seconds(&self) -> f64 {
        self.mean_seconds
    }

    /// The same law with another mean: every length is stretched in proportion, so that the same
    /// draws give the same lengths in units of the mean.
    pub fn set_mean(&mut self, mean_seconds: f64) {
        self.stretch *= mean_seconds / self.mean_seconds;
        self.mean_seconds = mean_seconds;
    }

    /// A length of time.
    pub fn draw(&self, stream: &mut Stream) -> SimDuration {
        let seconds = match &self.form {
            Form::Exponential(law) => law.sample(stream),
            Form::Fixed { seconds } => *seconds,
            Form::Erlang(law) => law.sample(stream),
            Form::LogNormal(law) => law.sample(stream),
            Form::Hyperexponential { first_share, first, second } => {
                let law = if stream.uniform() < *first_share { first } else { second };
                law.sample(stream)
            }
        };
        SimDuration::from_seconds_f64(seconds * self.stretch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinwheel_core::Streams;

    #[test]
    fn each_law_has_its_mean_and_its_spread() {
        let ln_sigma = math::sqrt(math::ln(2.5));
        for (law, cv_squared) in [
            (Law::exponential(2.0), 1.0),
            (Ok(Law::fixed(2.0)), 0.0),
            (Law::erlang(2.0, 4), 0.25),
            (Law::log_normal(2.0, ln_sigma), 1.5),
            (Law::hyperexponential(2.0, 4.0), 4.0),
            (Law::hyperexponential(2.0, 1.0), 1.0),
        ] {
            let law = law.expect("valid parameters");
            let mut stream = Streams::new(7, 0).stream(0, "law");
            let draws: Vec<f64> =
                (0..400_000).map(|_| law.draw(&mut stream).as_seconds()).collect();
            let mean = draws.iter().sum::<f64>() / draws.len() as f64;
            let square = draws.iter().map(|x| x * x).sum::<f64>() / draws.len() as f64;
            let spread = square / (mean * mean) - 1.0;
            assert!((mean - 2.0).abs() < 0.03, "{law:?} has mean {mean}");
            assert!((spread - cv_squared).abs() < 0.08, "{law:?} has {spread}");
            let (mut slower, mut stream) = (law, Streams::new(7, 0).stream(0, "law"));
            slower.set_mean(2.0);
            assert_eq!(slower, law, "the same mean is no change");
            slower.set_mean(4.0);
            let (one, two) = (law.draw(&mut stream.clone()), slower.draw(&mut stream));
            assert!((two.as_seconds() / one.as_seconds() - 2.0).abs() < 1e-8, "{law:?}");
        }
    }
}
