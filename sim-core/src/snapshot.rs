//! A run cut in two: the whole state of a simulation as bytes, with a version and a hash.
//!
//! A snapshot is `magic | version | BLAKE3 of the payload | payload`, the payload in postcard. It
//! holds the clock, the pending events in their total order, the live timers, the random streams
//! and the model; a run that goes on from it ends with the fingerprint of a run that was never
//! cut. What is not whole is refused, never repaired.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::engine::{Model, Simulation};

const MAGIC: [u8; 8] = *b"PINWHEEL";
/// Counts the changes of what a snapshot contains.
const VERSION: u32 = 2;
const HASH_LEN: usize = 32;
const HEADER_LEN: usize = MAGIC.len() + size_of::<u32>() + HASH_LEN;

/// Why bytes are not a snapshot of this simulation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The bytes do not begin like a snapshot, or end within its header.
    NotASnapshot,
    /// The snapshot was written in another format.
    Version {
        /// The version it was written in.
        found: u32,
        /// The version that this program reads.
        expected: u32,
    },
    /// The payload is not the one that was written: damaged or cut short.
    Damaged,
    /// The payload is whole, but is not of a simulation of this model.
    OtherModel(postcard::Error),
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SnapshotError::NotASnapshot => write!(f, "these bytes are not a snapshot"),
            SnapshotError::Version { found, expected } => {
                write!(f, "the snapshot has format {found}; this program reads format {expected}")
            }
            SnapshotError::Damaged => {
                write!(f, "the snapshot is damaged or cut short: its hash does not match")
            }
            SnapshotError::OtherModel(cause) => {
                write!(f, "the snapshot is not of a simulation of this model: {cause}")
            }
        }
    }
}
impl std::error::Error for SnapshotError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            SnapshotError::OtherModel(cause) => Some(cause),
            _ => None,
        }
    }
}

/// A [`Simulation`] or its [`crate::Regions`] as bytes. Equal simulations give equal bytes.
///
/// # Panics
/// If the model's own `Serialize` fails.
pub fn save<S: Serialize>(simulation: &S) -> Vec<u8> {
    let payload = postcard::to_stdvec(simulation).expect("a model can be serialised");
    let hash = blake3::hash(&payload);
    [&MAGIC[..], &VERSION.to_le_bytes(), hash.as_bytes(), &payload].concat()
}

/// The simulation that [`save`] wrote.
///
/// # Errors
///
/// [`SnapshotError`]: the bytes are no snapshot, one of another format or model, or damaged.
pub fn restore<S: DeserializeOwned>(bytes: &[u8]) -> Result<S, SnapshotError> {
    let (header, payload) =
        bytes.split_at_checked(HEADER_LEN).ok_or(SnapshotError::NotASnapshot)?;
    let header = header.strip_prefix(&MAGIC).ok_or(SnapshotError::NotASnapshot)?;
    let (version, hash) = header.split_first_chunk().ok_or(SnapshotError::NotASnapshot)?;
    let found = u32::from_le_bytes(*version);
    if found != VERSION {
        return Err(SnapshotError::Version { found, expected: VERSION });
    }
    if blake3::hash(payload).as_bytes() != hash {
        return Err(SnapshotError::Damaged);
    }
    match postcard::take_from_bytes(payload).map_err(SnapshotError::OtherModel)? {
        (simulation, []) => Ok(simulation),
        _ => Err(SnapshotError::OtherModel(postcard::Error::DeserializeBadEncoding)),
    }
}

impl<M: Model + Clone> Simulation<M> {
    /// A second simulation that goes on from here exactly as this one does.
    pub fn fork(&self) -> Self {
        self.clone()
    }

    /// A second simulation that goes on from here with the random streams of another run: what is
    /// drawn from [`Context::streams`](crate::Context::streams) differs from now on. A stream the
    /// model already keeps goes on as it is.
    pub fn fork_as_run(&self, run: u32) -> Self {
        let mut fork = self.clone();
        fork.ctx.set_run(run);
        fork
    }
}
