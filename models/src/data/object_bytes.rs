//! The bytes of all pieces, for real: encoded, hashed with BLAKE3, damaged and rebuilt.

use pinwheel_core::random::Purpose;
use pinwheel_core::{Stream, Streams};
use serde::{Deserialize, Serialize};

use super::coding::Code;
use super::settings::Verify;

const CONTENT: Purpose = Purpose::new("data.content");

type Hash = [u8; 32];

/// Pieces with the hashes that lie beside them, and the hashes their owners keep.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ObjectBytes {
    code: Code,
    object_bytes: usize,
    pieces: Vec<Vec<u8>>,
    local: Vec<Hash>,
    manifest: Vec<Hash>,
}

fn hash(bytes: &[u8]) -> Hash {
    *blake3::hash(bytes).as_bytes()
}

impl ObjectBytes {
    /// Objects of random bytes.
    pub fn new(code: Code, objects: u32, object_bytes: u64, streams: &Streams) -> Self {
        let object_bytes = object_bytes as usize;
        let mut object_bytes =
            ObjectBytes { code, object_bytes, pieces: vec![], local: vec![], manifest: vec![] };
        for object in 0..objects {
            object_bytes.pieces.extend(code.encode(&object_bytes.content(object, streams)));
        }
        object_bytes.manifest = object_bytes.pieces.iter().map(|piece| hash(piece)).collect();
        object_bytes.local = object_bytes.manifest.clone();
        object_bytes
    }

    /// What an object is: drawn anew each time it is asked for.
    fn content(&self, object: u32, streams: &Streams) -> Vec<u8> {
        let mut stream = streams.stream(object, CONTENT);
        let words =
            (0..self.object_bytes.div_ceil(8)).flat_map(|_| stream.next_u64().to_le_bytes());
        words.take(self.object_bytes).collect()
    }

    /// Flips one bit of a piece; a tamperer sets the hash beside it right.
    pub fn change(&mut self, piece: u32, tamper: bool, stream: &mut Stream) {
        let bytes = &mut self.pieces[piece as usize];
        let bit = stream.below(8 * bytes.len() as u64);
        bytes[(bit / 8) as usize] ^= 1 << (bit % 8);
        if tamper {
            self.local[piece as usize] = hash(&self.pieces[piece as usize]);
        }
    }

    /// Whether a piece passes.
    pub fn passes(&self, piece: u32, verify: Verify) -> bool {
        let expected = match verify {
            Verify::Nothing => return true,
            Verify::Local => &self.local[piece as usize],
            Verify::Manifest => &self.manifest[piece as usize],
        };
        hash(&self.pieces[piece as usize]) == *expected
    }

    /// All pieces of the object of `sources`, from the bytes of these alone.
    fn decoded(&self, sources: &[u32]) -> Vec<Vec<u8>> {
        let pieces = u32::from(self.code.pieces);
        let mut given = vec![None; usize::from(self.code.pieces)];
        for &source in sources {
            given[(source % pieces) as usize] = Some(&self.pieces[source as usize][..]);
        }
        self.code.rebuild(&given).expect("as many sources as are needed")
    }

    /// Makes a piece anew from others, as its new host would; whether it is what was stored.
    pub fn rebuild(&mut self, piece: u32, sources: &[u32]) -> bool {
        let place = (piece % u32::from(self.code.pieces)) as usize;
        let bytes = self.decoded(sources).swap_remove(place);
        self.local[piece as usize] = hash(&bytes);
        self.pieces[piece as usize] = bytes;
        self.passes(piece, Verify::Manifest)
    }

    /// Reads an object from some of its pieces; whether a reader gets what was stored.
    pub fn read(&self, object: u32, sources: &[u32], streams: &Streams) -> bool {
        let originals = &self.decoded(sources)[..usize::from(self.code.needed)];
        originals.concat().starts_with(&self.content(object, streams))
            && originals.iter().zip(&self.manifest[self.first(object)..]).all(
                |(bytes, expected)| {
                    // The padding behind the object counts as well.
                    hash(bytes) == *expected
                },
            )
    }

    fn first(&self, object: u32) -> usize {
        object as usize * usize::from(self.code.pieces)
    }
}
