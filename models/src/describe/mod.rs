//! What a part of the world says of itself, as plain data: the ground that every part and every
//! reader of parts stands on. The list of all parts is [`crate::registry`].

pub mod card;
pub mod catalogue;
pub mod cost;
pub mod figure;
pub mod flows;
pub mod lever;
pub mod metric;
pub mod network;
pub mod parameter;
pub mod part;
pub mod recorded;
pub mod review;
pub mod term;
pub mod token;

pub use card::Card;
pub use catalogue::Catalogue;
pub use cost::RunCost;
pub use figure::{Chapter, Figure, FigureKind, Finding, Headline, Width};
pub use flows::{MoneyFlows, MoneyPath, Payee};
pub use lever::{Lever, LeverSpec, LeverTable, Refused};
pub use metric::{Goal, Labels, MetricSpec, Section, metric};
pub use network::NetworkSettings;
pub use parameter::{ParameterSpec, ParameterTable, ParameterValue};
pub use part::{EventKinds, PartSpec, Suite, SuiteResult};
pub use recorded::{Recorded, RecordedMetric, Recorder};
pub use term::Term;
pub use token::TokenDescription;
