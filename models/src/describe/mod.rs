//! What a part of the world says of itself, as plain data: the ground that every part and every
//! reader of parts stands on. The list of all parts is [`crate::registry`].

pub mod card;
pub mod catalogue;
pub mod metric;
pub mod parameter;
pub mod part;
pub mod recorded;
pub mod review;

pub use card::Card;
pub use catalogue::Catalogue;
pub use metric::{Labels, MetricSpec, Section, metric};
pub use parameter::{ParameterSpec, ParameterTable};
pub use part::{EventKinds, PartSpec, Suite, SuiteResult};
pub use recorded::Recorded;
