//! Light clients that sample chunks of an object whose holder withholds some of them.

use pinwheel_core::random::Purpose;
use pinwheel_core::{Context, Event as EngineEvent, Streams};
use serde::{Deserialize, Serialize};

use super::exposure::distinct;
use super::formulas::detection;
use super::settings::{AuditSettings, Fidelity};

const CHUNK: Purpose = Purpose::new("data.audit.chunk");
const WITHHELD: Purpose = Purpose::new("data.audit.withheld");
const SAMPLE: Purpose = Purpose::new("data.audit.sample");
/// Largest sample.
pub const SAMPLE_MAX: u32 = 10_000;

/// The audited object and what audits of each size have found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Audit {
    settings: AuditSettings,
    withheld: Vec<bool>,
    /// Answers of the holder and the hashes that the owner published, if bytes are real.
    answers: Vec<Vec<u8>>,
    hashes: Vec<[u8; 32]>,
    /// Audits that found something, by the size of the sample.
    detected: Vec<u64>,
    audits: u64,
}

/// What the audits of one size have shown so far.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Detected {
    /// Chunks that a client asks for.
    pub sample: u32,
    /// Share of the clients that noticed the missing chunks.
    pub share: f64,
    /// The same by the hypergeometric law.
    pub theory: f64,
    /// Bytes that a client asked for in a day.
    pub bytes_per_day: f64,
}

impl Audit {
    /// Light clients before their first day.
    pub fn new(settings: &AuditSettings, streams: &Streams) -> Self {
        let mut withheld = vec![false; settings.chunks as usize];
        let missing = settings.missing as u16;
        for chunk in distinct(settings.chunks, missing, &mut streams.stream(0, WITHHELD)) {
            withheld[chunk as usize] = true;
        }
        let mut audit = Audit {
            settings: settings.clone(),
            withheld,
            answers: Vec::new(),
            hashes: Vec::new(),
            detected: vec![0; settings.samples.len()],
            audits: 0,
        };
        if settings.fidelity == Fidelity::Real {
            audit.make_bytes(streams);
        }
        audit
    }

    /// Chunks of random bytes; for those it withholds the holder has only zeros to offer.
    fn make_bytes(&mut self, streams: &Streams) {
        for (chunk, withheld) in self.withheld.iter().enumerate() {
            let mut stream = streams.stream(chunk as u32, CHUNK);
            let bytes: Vec<u8> =
                (0..self.settings.chunk_bytes).map(|_| stream.next_u64() as u8).collect();
            self.hashes.push(*blake3::hash(&bytes).as_bytes());
            self.answers.push(if *withheld { vec![0; bytes.len()] } else { bytes });
        }
    }

    /// Whether a client that asks for this chunk sees that something is wrong.
    fn fails(&self, chunk: u32) -> bool {
        match self.answers.get(chunk as usize) {
            Some(bytes) => blake3::hash(bytes).as_bytes() != &self.hashes[chunk as usize],
            None => self.withheld[chunk as usize],
        }
    }

    /// The audits of one day, of every size.
    pub fn day<E: EngineEvent>(&mut self, ctx: &Context<E>) {
        for audit in 0..u64::from(self.settings.audits_per_day) {
            for (place, &sample) in self.settings.samples.iter().enumerate() {
                let index = self.audits + audit;
                let mut stream = ctx.streams().indexed(place as u32, SAMPLE, index);
                let chunks = distinct(self.settings.chunks, sample as u16, &mut stream);
                let found = chunks.into_iter().any(|chunk| self.fails(chunk));
                self.detected[place] += u64::from(found);
            }
        }
        self.audits += u64::from(self.settings.audits_per_day);
    }

    /// What each size has shown so far.
    pub fn results(&self) -> impl Iterator<Item = Detected> + '_ {
        let AuditSettings { chunks, missing, chunk_bytes, audits_per_day, .. } = self.settings;
        self.settings.samples.iter().zip(&self.detected).map(move |(&sample, &detected)| {
            let audits = f64::from(audits_per_day);
            Detected {
                sample,
                share: detected as f64 / self.audits as f64,
                theory: detection(chunks, missing, sample),
                bytes_per_day: f64::from(sample) * chunk_bytes as f64 * audits,
            }
        })
    }
}
