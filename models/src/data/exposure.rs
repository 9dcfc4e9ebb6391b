//! What curious nodes that pool what they hold can read, as ever more of them turn curious.

use pinwheel_core::random::Purpose;
use pinwheel_core::{Stream, Streams};
use serde::{Deserialize, Serialize};

use super::coding::Code;
use super::formulas::hypergeometric_tail;
use super::objects::NOWHERE;
use super::settings::{ExposureSettings, NodeSettings, Protection};
use super::store::Store;

const ORDER: Purpose = Purpose::new("data.curious");
const READERS: Purpose = Purpose::new("data.readers");

/// The curious and what they have seen.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Exposure {
    settings: ExposureSettings,
    streams: Streams,
    /// Nodes, or owners, in the order in which they turn curious.
    order: Vec<u32>,
    /// The largest part of each object that was ever open to them.
    seen: Vec<f64>,
}

/// What one day brought.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Exposed {
    /// Mean part of an object that the curious have seen.
    pub share: f64,
    /// The same in theory, for curious nodes that are drawn at random.
    pub theory: f64,
    /// Objects of which they saw something for the first time.
    pub leaks: u32,
}

impl Exposure {
    /// Nothing is seen yet; the order in which nodes or owners become curious is drawn.
    pub fn new(settings: &ExposureSettings, nodes: &NodeSettings, streams: &Streams) -> Self {
        // Of devices of the fleet there are as many owners as they have.
        let placed = nodes.placed.iter().flat_map(|placed| &placed.domains);
        let owners = placed.map(|domain| domain.owner + 1).max().unwrap_or(nodes.owners);
        let candidates = if settings.by_owner { u32::from(owners) } else { nodes.count };
        let order = shuffled(candidates, &mut streams.stream(0, ORDER));
        Exposure { settings: settings.clone(), streams: *streams, order, seen: Vec::new() }
    }

    /// Who is curious at the end of a day, by the number of the node.
    fn curious(&self, day: u32, store: &Store) -> Vec<bool> {
        let share = self.settings.curious_share * f64::from(day.min(self.settings.days))
            / f64::from(self.settings.days);
        let count = (share * self.order.len() as f64).round() as usize;
        let mut curious = vec![false; self.order.len()];
        for &one in &self.order[..count] {
            curious[one as usize] = true;
        }
        if !self.settings.by_owner {
            return curious;
        }
        store.domains().iter().map(|domain| curious[usize::from(domain.owner)]).collect()
    }

    /// Looks at all objects as they lie at the end of a day.
    pub fn look(&mut self, day: u32, store: &Store) -> Exposed {
        let curious = self.curious(day, store);
        let objects = store.objects();
        self.seen.resize(objects.count() as usize, 0.0);
        let mut leaks = 0;
        for object in 0..objects.count() {
            let part = self.part(object, &curious, store);
            let seen = &mut self.seen[object as usize];
            leaks += u32::from(*seen == 0.0 && part > 0.0);
            *seen = seen.max(part);
        }
        let count = curious.iter().filter(|curious| **curious).count() as u32;
        Exposed {
            share: self.seen.iter().sum::<f64>() / self.seen.len() as f64,
            theory: self.theory(store.settings().code, curious.len() as u32, count),
            leaks,
        }
    }

    /// The part of an object that is open to the curious.
    fn part(&self, object: u32, curious: &[bool], store: &Store) -> f64 {
        let Code { needed, .. } = store.settings().code;
        if self.settings.protection == Protection::Encrypted {
            // Ciphertext can be fetched by everybody; who has the key reads.
            let mut stream = self.streams.stream(object, READERS);
            let readers = distinct(curious.len() as u32, self.settings.readers, &mut stream);
            return f64::from(u8::from(readers.iter().any(|&node| curious[node as usize])));
        }
        let objects = store.objects();
        let open = |piece: &u32| {
            let node = objects.piece(*piece).node;
            node != NOWHERE && curious[node as usize]
        };
        let held = objects.pieces_of(object).filter(open).count();
        let clear = objects.pieces_of(object).take(usize::from(needed)).filter(open).count();
        match self.settings.protection {
            _ if held >= usize::from(needed) => 1.0,
            // The first pieces are the object itself, cut in parts.
            Protection::Plain => clear as f64 / f64::from(needed),
            _ => 0.0,
        }
    }

    /// Holders are a sample without replacement: with `h` of them curious, `h / n` of the pieces
    /// in the clear are seen on average.
    fn theory(&self, code: Code, nodes: u32, curious: u32) -> f64 {
        let (pieces, needed) = (u32::from(code.pieces), u32::from(code.needed));
        let tail = |sample, least| hypergeometric_tail(nodes, curious, sample, least);
        match self.settings.protection {
            Protection::Encrypted => tail(u32::from(self.settings.readers), 1),
            Protection::Shared => tail(pieces, needed),
            Protection::Plain => {
                let exactly = |held| tail(pieces, held) - tail(pieces, held + 1);
                let parts =
                    (1..needed).map(|held| exactly(held) * f64::from(held) / f64::from(pieces));
                tail(pieces, needed) + parts.sum::<f64>()
            }
        }
    }
}

/// `0..count` in random order (Fisher and Yates).
fn shuffled(count: u32, stream: &mut Stream) -> Vec<u32> {
    let mut order: Vec<u32> = (0..count).collect();
    for last in (1..order.len()).rev() {
        order.swap(last, stream.below(last as u64 + 1) as usize);
    }
    order
}

/// `sample` distinct numbers below `population` (Floyd, "A sample of brilliance", Communications of
/// the ACM 30, 1987).
pub(super) fn distinct(population: u32, sample: u16, stream: &mut Stream) -> Vec<u32> {
    let mut chosen = Vec::with_capacity(usize::from(sample));
    for last in population - u32::from(sample)..population {
        let drawn = stream.below(u64::from(last) + 1) as u32;
        chosen.push(if chosen.contains(&drawn) { last } else { drawn });
    }
    chosen
}
