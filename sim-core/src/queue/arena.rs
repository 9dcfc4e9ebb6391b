//! First-in-first-out buckets that share one arena of fixed chunks: no allocation per entry, and
//! what one bucket frees the next one uses.

/// Entries a chunk holds.
const CHUNK: usize = 8;
/// Chunks of the first allocation; later ones add an eighth, so that little lies idle.
const GROWTH_MIN: usize = 16;
const NONE: u32 = u32::MAX;

/// A queue of entries in an [`Arena`]: a ring of chunks, known by its last one. All chunks but the
/// last are full.
#[derive(Copy, Clone, Debug, Default)]
pub(super) struct Bucket {
    tail: u32,
    len: u32,
}

impl Bucket {
    #[inline]
    pub fn len(self) -> usize {
        self.len as usize
    }
}

#[derive(Copy, Clone, Debug)]
struct Chunk<T>([T; CHUNK]);

/// A chunk taken out of a bucket.
pub(super) struct Shifted<T> {
    chunk: Chunk<T>,
    len: usize,
}

impl<T> Shifted<T> {
    pub fn as_slice(&self) -> &[T] {
        &self.chunk.0[..self.len]
    }
}

#[derive(Clone, Debug)]
pub(super) struct Arena<T> {
    chunks: Vec<Chunk<T>>,
    /// The chunk after each chunk: in its bucket's ring, or in the list of free chunks.
    next: Vec<u32>,
    free: u32,
}

impl<T: Copy> Arena<T> {
    pub fn new() -> Self {
        Arena { chunks: Vec::new(), next: Vec::new(), free: NONE }
    }

    #[inline]
    pub fn push(&mut self, bucket: &mut Bucket, entry: T) {
        let fill = bucket.len as usize % CHUNK;
        if fill == 0 {
            self.add_chunk(bucket, entry);
        } else {
            self.chunks[bucket.tail as usize].0[fill] = entry;
        }
        bucket.len += 1;
    }

    /// Takes the oldest chunk out of a bucket.
    pub fn shift(&mut self, bucket: &mut Bucket) -> Option<Shifted<T>> {
        let (head, len) = self.release_head(bucket)?;
        Some(Shifted { chunk: self.chunks[head], len })
    }

    /// Moves a whole bucket to the end of `target`.
    pub fn drain_into(&mut self, mut bucket: Bucket, target: &mut Vec<T>) {
        while let Some((head, len)) = self.release_head(&mut bucket) {
            target.extend_from_slice(&self.chunks[head].0[..len]);
        }
    }

    /// The entries of a bucket, oldest first.
    pub fn iter(&self, bucket: Bucket) -> impl Iterator<Item = &T> {
        let mut left = bucket.len();
        let mut place = bucket.tail as usize;
        std::iter::from_fn(move || {
            if left == 0 {
                return None;
            }
            place = self.next[place] as usize;
            let len = left.min(CHUNK);
            left -= len;
            Some(&self.chunks[place].0[..len])
        })
        .flatten()
    }

    pub fn capacity_bytes(&self) -> usize {
        self.chunks.capacity() * size_of::<Chunk<T>>() + self.next.capacity() * size_of::<u32>()
    }

    /// Puts a chunk that begins with `entry` behind the bucket's last one.
    fn add_chunk(&mut self, bucket: &mut Bucket, entry: T) {
        let added = self.free_chunk(entry);
        if bucket.len == 0 {
            self.next[added as usize] = added;
        } else {
            self.next[added as usize] = self.next[bucket.tail as usize];
            self.next[bucket.tail as usize] = added;
        }
        bucket.tail = added;
    }

    /// A chunk in no bucket, with `entry` in its first place.
    fn free_chunk(&mut self, entry: T) -> u32 {
        if self.free != NONE {
            let chunk = self.free;
            self.free = self.next[chunk as usize];
            self.chunks[chunk as usize].0[0] = entry;
            return chunk;
        }
        if self.chunks.len() == self.chunks.capacity() {
            let more = GROWTH_MIN.max(self.chunks.len() / 8);
            self.chunks.reserve_exact(more);
            self.next.reserve_exact(more);
        }
        self.chunks.push(Chunk([entry; CHUNK]));
        self.next.push(NONE);
        u32::try_from(self.chunks.len() - 1).expect("fewer than 2^32 chunks")
    }

    /// Frees the oldest chunk of a bucket; it stays readable until the next push.
    fn release_head(&mut self, bucket: &mut Bucket) -> Option<(usize, usize)> {
        if bucket.len == 0 {
            return None;
        }
        let len = bucket.len().min(CHUNK);
        let head = self.next[bucket.tail as usize];
        self.next[bucket.tail as usize] = self.next[head as usize];
        self.next[head as usize] = self.free;
        self.free = head;
        bucket.len -= len as u32;
        Some((head as usize, len))
    }
}
