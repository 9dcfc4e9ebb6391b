//! An object as pieces: any `needed` of them give it back. With one needed they are plain copies,
//! else a Reed-Solomon code over GF(2^16) (crate `reed-solomon-simd`: arithmetic of a finite field,
//! so that every machine and every instruction set gives the same bytes).

use reed_solomon_simd as reed_solomon;
use serde::{Deserialize, Serialize};

/// Most pieces of an object.
pub const PIECES_MAX: u16 = 256;

/// How many pieces there are and how many of them are needed.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// Pieces that are enough to read the object.
    pub needed: u16,
    /// Pieces that are stored.
    pub pieces: u16,
}

impl Code {
    /// `needed` of `pieces`.
    ///
    /// # Panics
    ///
    /// Unless `1 <= needed < pieces <= PIECES_MAX`.
    pub fn new(needed: u16, pieces: u16) -> Self {
        assert!((1..pieces).contains(&needed) && pieces <= PIECES_MAX, "{needed} of {pieces}");
        Code { needed, pieces }
    }
    /// Stored bytes for each byte of user data.
    pub fn overhead(self) -> f64 {
        f64::from(self.pieces) / f64::from(self.needed)
    }
    /// Bytes of each piece of an object; the codec wants an even number.
    pub fn piece_bytes(self, object_bytes: u64) -> u64 {
        object_bytes.div_ceil(u64::from(self.needed)).next_multiple_of(2)
    }
    /// Bytes that cross the network to make one missing piece anew: `needed` are read and one is
    /// written; of plain copies one is sent.
    pub fn rebuild_bytes(self, object_bytes: u64) -> u64 {
        let moved = if self.needed == 1 { 1 } else { u64::from(self.needed) + 1 };
        moved * self.piece_bytes(object_bytes)
    }

    /// The object's pieces, the original bytes first, then the recovery pieces.
    pub fn encode(self, object: &[u8]) -> Vec<Vec<u8>> {
        let bytes = self.piece_bytes(object.len() as u64) as usize;
        let mut padded = object.to_vec();
        padded.resize(bytes * usize::from(self.needed), 0);
        let originals: Vec<Vec<u8>> = padded.chunks(bytes).map(<[u8]>::to_vec).collect();
        self.with_recovery(originals)
    }

    /// All pieces, from those that are there; `None` if these are fewer than needed.
    pub fn rebuild(self, pieces: &[Option<&[u8]>]) -> Option<Vec<Vec<u8>>> {
        let needed = usize::from(self.needed);
        if self.needed == 1 {
            let copy = pieces.iter().flatten().next()?;
            return Some(vec![copy.to_vec(); usize::from(self.pieces)]);
        }
        let (first, last) = pieces.split_at(needed);
        let spare = usize::from(self.pieces) - needed;
        let mut found = reed_solomon::decode(needed, spare, there(first), there(last)).ok()?;
        let original = |(place, piece): (usize, &Option<&[u8]>)| match piece {
            Some(bytes) => Some(bytes.to_vec()),
            None => found.remove(&place),
        };
        let originals = first.iter().enumerate().map(original).collect::<Option<Vec<_>>>()?;
        Some(self.with_recovery(originals))
    }

    fn with_recovery(self, mut originals: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
        let (needed, spare) = (usize::from(self.needed), usize::from(self.pieces - self.needed));
        if self.needed == 1 {
            originals.resize(usize::from(self.pieces), originals[0].clone());
            return originals;
        }
        let recovery = reed_solomon::encode(needed, spare, &originals);
        originals.extend(recovery.expect("up to 256 pieces of one even size"));
        originals
    }
}

/// The pieces that are there, with their places.
fn there<'a>(pieces: &[Option<&'a [u8]>]) -> impl Iterator<Item = (usize, &'a [u8])> {
    pieces.iter().enumerate().filter_map(|(place, piece)| Some((place, (*piece)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinwheel_core::Streams;

    #[test]
    fn any_needed_pieces_give_the_object_back() {
        let mut draws = Streams::new(1, 0).stream(0, "test");
        for (needed, pieces) in [(1, 3), (2, 4), (6, 9), (10, 14), (17, 20), (29, 80)] {
            let code = Code::new(needed, pieces);
            let object: Vec<u8> = (0..997).map(|_| draws.next_u64() as u8).collect();
            let whole = code.encode(&object);
            assert_eq!(whole.len(), usize::from(pieces));
            for _ in 0..20 {
                let mut kept: Vec<Option<&[u8]>> =
                    whole.iter().map(|piece| Some(&piece[..])).collect();
                let mut gone = 0;
                while gone < pieces - needed {
                    let place = draws.below(u64::from(pieces)) as usize;
                    gone += u16::from(kept[place].take().is_some());
                }
                assert_eq!(code.rebuild(&kept).expect("enough pieces"), whole);
                let last = kept.iter().rposition(Option::is_some).expect("one is left");
                kept[last] = None;
                assert_eq!(code.rebuild(&kept), None, "{needed} of {pieces}, one too few");
            }
            let joined: Vec<u8> = whole[..usize::from(needed)].concat();
            assert_eq!(joined[..object.len()], object);
        }
    }

    #[test]
    fn a_code_of_this_version_gives_these_bytes() {
        let object: Vec<u8> = (0..=255).collect();
        let bytes = Code::new(6, 9).encode(&object).concat();
        let hash = blake3::hash(&bytes).to_hex().to_string();
        assert_eq!(hash, GOLDEN);
    }
    const GOLDEN: &str = "ebc7618ac848fe77fb0e48151ae2eb5d8dfe5ce46e68661f7ac4b2e4e3bf6a85";

    #[test]
    fn plain_arithmetic_gives_what_vector_instructions_give() {
        use reed_solomon::engine::NoSimd;
        use reed_solomon::rate::{DefaultRateEncoder, RateEncoder};
        let mut draws = Streams::new(2, 0).stream(0, "test");
        let object: Vec<u8> = (0..6_000).map(|_| draws.next_u64() as u8).collect();
        let whole = Code::new(6, 9).encode(&object);
        let mut plain = DefaultRateEncoder::new(6, 3, 1_000, NoSimd::new(), None).expect("valid");
        for piece in object.chunks(1_000) {
            plain.add_original_shard(piece).expect("six pieces");
        }
        let recovery = plain.encode().expect("all pieces");
        assert!(recovery.recovery_iter().eq(whole[6..].iter().map(|piece| &piece[..])));
    }

    #[test]
    fn what_is_stored_and_what_is_sent() {
        let (copies, coded) = (Code::new(1, 3), Code::new(6, 9));
        assert_eq!((copies.overhead(), coded.overhead()), (3.0, 1.5));
        assert_eq!(coded.piece_bytes(997), 168);
        assert_eq!((copies.rebuild_bytes(1_000), coded.rebuild_bytes(997)), (1_000, 7 * 168));
    }
}
