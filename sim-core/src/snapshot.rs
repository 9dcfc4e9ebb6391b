//! A run cut in two: the whole state of a simulation as bytes, with a version and a hash.
