//! A column of yes and no, one bit each.

use serde::{Deserialize, Serialize};

const WORD: usize = u64::BITS as usize;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Bits {
    words: Vec<u64>,
    len: usize,
}

impl Bits {
    /// Adds a bit at the end.
    pub fn push(&mut self, value: bool) {
        if self.len.is_multiple_of(WORD) {
            self.words.push(0);
        }
        self.len += 1;
        self.set(self.len - 1, value);
    }
    /// The bit at a place.
    #[inline]
    pub fn get(&self, index: usize) -> bool {
        self.words[index / WORD] >> (index % WORD) & 1 == 1
    }
    /// Changes the bit at a place.
    pub fn set(&mut self, index: usize, value: bool) {
        let bit = 1 << (index % WORD);
        let word = &mut self.words[index / WORD];
        *word = if value { *word | bit } else { *word & !bit };
    }
    /// Memory in use, bytes.
    pub fn bytes(&self) -> usize {
        self.words.len() * size_of::<u64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_kept_one_by_one() {
        let mut bits = Bits::default();
        (0..130).for_each(|index| bits.push(index % 3 == 0));
        bits.set(64, true);
        bits.set(63, false);
        let expected = |index: usize| index == 64 || index != 63 && index.is_multiple_of(3);
        assert!((0..130).all(|index| bits.get(index) == expected(index)));
        assert_eq!(bits.bytes(), 24);
    }
}
