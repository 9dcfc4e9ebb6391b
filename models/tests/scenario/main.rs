//! Scenario files: good ones load to what they say, broken ones give one clear message each.

mod broken;
mod hostile;
mod labels;
mod valid;
