//! Queues: section 1 of the closed forms.

use super::Case;

pub const CASES: &[Case] = &[];
