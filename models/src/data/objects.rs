//! Objects as pieces on hosts: where each piece is and what is known and true of it.
//!
//! Three counts of an object's pieces are kept up to date: those that are `intact` wherever they
//! are (fewer than needed: the object is lost), those that repair `counts` on (the rest is to be
//! made anew), and those that can be `reached` now (fewer than needed: it cannot be read).

use pinwheel_core::SimTime;
use serde::{Deserialize, Serialize};

use super::coding::Code;

/// The node of a piece that is nowhere.
pub const NOWHERE: u32 = u32::MAX;

/// What is wrong with the bytes of a piece.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Damage {
    /// They are what was stored.
    #[default]
    None,
    /// Changed by accident: the hash kept beside the piece no longer fits.
    Rotten,
    /// Changed on purpose together with the hash beside it: only the object's own list of hashes
    /// tells.
    Tampered,
}

/// One piece of one object.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
pub struct Piece {
    /// The node it lies on, or [`NOWHERE`].
    pub node: u32,
    /// Its place in the host's list.
    place: u32,
    /// What is wrong with its bytes.
    pub damage: Damage,
    /// Repair no longer counts on it, though it may still be there.
    pub written_off: bool,
}

const MISSING: Piece = Piece { node: NOWHERE, place: 0, damage: Damage::None, written_off: false };

/// The state of one object.
#[derive(Copy, Clone, Debug, Default, Serialize, Deserialize)]
pub struct Object {
    /// Pieces whose bytes are as stored, wherever they are.
    pub intact: u16,
    /// Pieces that repair counts on.
    pub counted: u16,
    /// Pieces on nodes that are up.
    pub reached: u16,
    /// Fewer intact pieces than needed, now or once.
    pub lost: bool,
    /// Hosts that censor refuse it.
    pub contested: bool,
    /// It is on the list of changed objects.
    changed: bool,
}

/// One node as a host of pieces.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Host {
    /// Reasons it is down.
    pub down: u8,
    /// It will never come back.
    pub retired: bool,
    /// It refuses contested objects.
    pub censors: bool,
    held: Vec<u32>,
}

impl Host {
    /// Whether it answers now.
    pub fn is_up(&self) -> bool {
        self.down == 0 && !self.retired
    }
}

/// All objects, their pieces and their hosts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Objects {
    code: Code,
    objects: Vec<Object>,
    /// The pieces of object `i` are `i * code.pieces ..`.
    pieces: Vec<Piece>,
    hosts: Vec<Host>,
    /// Readable objects: those that are not contested, and those that are.
    readable: [u32; 2],
    /// Nanoseconds times readable objects, up to `since`.
    readable_time: [u128; 2],
    since: SimTime,
    changed: Vec<u32>,
}

impl Objects {
    /// Objects without a piece anywhere; the first `contested` of them are contested.
    pub fn new(code: Code, count: u32, contested: u32, hosts: u32) -> Self {
        let object = |number| Object { contested: number < contested, ..Object::default() };
        Objects {
            code,
            objects: (0..count).map(object).collect(),
            pieces: vec![MISSING; count as usize * usize::from(code.pieces)],
            hosts: vec![Host::default(); hosts as usize],
            readable: [0; 2],
            readable_time: [0; 2],
            since: SimTime::ZERO,
            changed: Vec::new(),
        }
    }

    /// How many objects there are.
    pub fn count(&self) -> u32 {
        self.objects.len() as u32
    }
    /// An object by its number.
    pub fn object(&self, object: u32) -> &Object {
        &self.objects[object as usize]
    }
    /// All objects, by their numbers.
    pub fn objects(&self) -> &[Object] {
        &self.objects
    }
    /// A piece by its number.
    pub fn piece(&self, piece: u32) -> &Piece {
        &self.pieces[piece as usize]
    }
    /// How many pieces there are of all objects.
    pub fn pieces(&self) -> u32 {
        self.pieces.len() as u32
    }
    /// The numbers of an object's pieces.
    pub fn pieces_of(&self, object: u32) -> std::ops::Range<u32> {
        let pieces = u32::from(self.code.pieces);
        object * pieces..(object + 1) * pieces
    }
    /// The object that a piece belongs to.
    pub fn object_of(&self, piece: u32) -> u32 {
        piece / u32::from(self.code.pieces)
    }
    /// A node by its number.
    pub fn host(&self, node: u32) -> &Host {
        &self.hosts[node as usize]
    }
    /// All nodes, by their numbers.
    pub fn hosts(&self) -> &[Host] {
        &self.hosts
    }
    /// The pieces a node holds.
    pub fn held(&self, node: u32) -> &[u32] {
        &self.hosts[node as usize].held
    }
    /// Whether a piece can be fetched now.
    pub fn reached(&self, piece: u32) -> bool {
        self.counts(piece).2 == 1
    }
    /// Pieces that repair has to make anew, those under way included.
    pub fn open(&self, object: u32) -> u16 {
        self.code.pieces - self.object(object).counted
    }
    /// Whether repair has to make this piece anew.
    pub fn is_open(&self, piece: u32) -> bool {
        self.counts(piece).1 == 0
    }

    /// How much a piece adds to `intact`, `counted` and `reached`.
    fn counts(&self, piece: u32) -> (u16, u16, u16) {
        let Piece { node, damage, written_off, .. } = self.pieces[piece as usize];
        if node == NOWHERE {
            return (0, 0, 0);
        }
        let host = &self.hosts[node as usize];
        let refused = host.censors && self.object(self.object_of(piece)).contested;
        let counted = u16::from(!written_off);
        (u16::from(damage == Damage::None), counted, u16::from(host.is_up() && !refused))
    }

    /// Takes a piece out of the counts (`add` false) or puts it back after a change.
    fn count_piece(&mut self, piece: u32, add: bool) {
        let (intact, counted, reached) = self.counts(piece);
        let number = self.object_of(piece);
        let object = &mut self.objects[number as usize];
        let (needed, class) = (self.code.needed, usize::from(object.contested));
        let before = object.reached >= needed;
        if add {
            object.intact += intact;
            object.counted += counted;
            object.reached += reached;
        } else {
            object.intact -= intact;
            object.counted -= counted;
            object.reached -= reached;
        }
        let after = object.reached >= needed;
        let readable = &mut self.readable[class];
        *readable = *readable + u32::from(after) - u32::from(before);
        if !std::mem::replace(&mut object.changed, true) {
            self.changed.push(number);
        }
    }

    /// Puts a sound piece on a node, in place of wherever it is now.
    pub fn put(&mut self, piece: u32, node: u32) {
        self.remove(piece);
        let held = &mut self.hosts[node as usize].held;
        let place = held.len() as u32;
        held.push(piece);
        self.pieces[piece as usize] =
            Piece { node, place, damage: Damage::None, written_off: false };
        self.count_piece(piece, true);
    }

    /// Takes a piece from its host: its bytes are gone.
    pub fn remove(&mut self, piece: u32) {
        let Piece { node, place, .. } = self.pieces[piece as usize];
        if node == NOWHERE {
            return;
        }
        self.count_piece(piece, false);
        let held = &mut self.hosts[node as usize].held;
        held.swap_remove(place as usize);
        if let Some(&moved) = held.get(place as usize) {
            self.pieces[moved as usize].place = place;
        }
        self.pieces[piece as usize] = MISSING;
    }

    /// Changes what is wrong with a piece's bytes.
    pub fn damage(&mut self, piece: u32, damage: Damage) {
        self.count_piece(piece, false);
        self.pieces[piece as usize].damage = damage;
        self.count_piece(piece, true);
    }

    /// Whether repair still counts on a piece.
    pub fn write_off(&mut self, piece: u32, written_off: bool) {
        self.count_piece(piece, false);
        self.pieces[piece as usize].written_off = written_off;
        self.count_piece(piece, true);
    }

    /// Changes a host; its pieces stay where they are.
    pub fn change_host(&mut self, node: u32, change: impl FnOnce(&mut Host)) {
        let held = std::mem::take(&mut self.hosts[node as usize].held);
        held.iter().for_each(|&piece| self.count_piece(piece, false));
        change(&mut self.hosts[node as usize]);
        held.iter().for_each(|&piece| self.count_piece(piece, true));
        self.hosts[node as usize].held = held;
    }

    /// Marks an object as lost, or as stored anew.
    pub fn set_lost(&mut self, object: u32, lost: bool) {
        self.objects[object as usize].lost = lost;
    }

    /// The objects whose counts changed since the last call, each once, in place of what `list`
    /// held.
    pub fn take_changed(&mut self, list: &mut Vec<u32>) {
        list.clear();
        std::mem::swap(list, &mut self.changed);
        for &object in list.iter() {
            self.objects[object as usize].changed = false;
        }
    }

    /// Counts the time up to now; called before anything changes.
    pub fn advance(&mut self, now: SimTime) {
        let nanos = u128::from(now.since(self.since).as_nanos());
        for (time, &readable) in self.readable_time.iter_mut().zip(&self.readable) {
            *time += nanos * u128::from(readable);
        }
        self.since = now;
    }
    /// Readable objects now: those that are not contested, and those that are.
    pub fn readable(&self) -> [u32; 2] {
        self.readable
    }
    /// Seconds times readable objects, up to the last [`Objects::advance`].
    pub fn readable_seconds(&self) -> f64 {
        self.readable_time.iter().sum::<u128>() as f64 * 1e-9
    }
    /// Mean share of the objects that were readable, up to the last [`Objects::advance`].
    pub fn readable_share(&self) -> f64 {
        self.readable_seconds() / (self.since.as_seconds() * self.objects.len() as f64)
    }

    /// Counts everything again: whether the books are right.
    pub fn books_are_right(&self) -> bool {
        let mut readable = [0; 2];
        for (number, object) in self.objects.iter().enumerate() {
            let mut counts = (0, 0, 0);
            for piece in self.pieces_of(number as u32) {
                let (intact, counted, reached) = self.counts(piece);
                counts = (counts.0 + intact, counts.1 + counted, counts.2 + reached);
            }
            if counts != (object.intact, object.counted, object.reached) {
                return false;
            }
            readable[usize::from(object.contested)] += u32::from(counts.2 >= self.code.needed);
        }
        let held: usize = self.hosts.iter().map(|host| host.held.len()).sum();
        let placed = self.pieces.iter().filter(|piece| piece.node != NOWHERE).count();
        readable == self.readable && held == placed
    }
}
