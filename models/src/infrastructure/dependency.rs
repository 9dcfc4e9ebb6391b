//! What a device needs to be up: power, then network, then server.
//!
//! A device is up if it is in order itself and each of its needs is met; a need is met while at
//! least so many of its units are up. Needs of one unit put devices in series, needs of one among
//! several put those in parallel (Barlow and Proschan 1975, chapter 2: coherent structures).
//! A change runs down the tree at once; a device turns at most once for each change, because what
//! goes down can only take others down.
//!
//! Invariant: the needs have no circle, so that the order of classes is an order of causes.

use serde::{Deserialize, Serialize};

use super::Change;

/// One need of one device.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
struct Need {
    device: u32,
    /// Units that must be up, and units that are.
    needed: u32,
    up: u32,
}

impl Need {
    fn met(&self) -> bool {
        self.up >= self.needed
    }
}

/// Who needs whom.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Tree {
    needs: Vec<Need>,
    /// By device: whether it is in order itself, and how many of its needs are not met.
    in_order: Vec<bool>,
    unmet: Vec<u32>,
    /// The needs that device `d` is a unit of: `feeds[first_feed[d] .. first_feed[d + 1]]`.
    feeds: Vec<u32>,
    first_feed: Vec<u32>,
    /// Devices to turn, kept for its allocation.
    line: Vec<Change>,
}

/// A need under construction: `device` needs at least `needed` of `units` up.
#[derive(Clone, Debug)]
pub struct Wiring {
    /// The device that needs others.
    pub device: u32,
    /// The devices it needs some of.
    pub units: Vec<u32>,
    /// How many of them must be up.
    pub needed: u32,
}

impl Tree {
    /// So many devices, all in order, with these needs.
    ///
    /// # Panics
    ///
    /// If a need asks for more units than it names, or names a device that there is not.
    pub fn new(devices: u32, wirings: &[Wiring]) -> Self {
        let devices = devices as usize;
        let mut first_feed = vec![0; devices + 1];
        for unit in wirings.iter().flat_map(|wiring| &wiring.units) {
            first_feed[*unit as usize + 1] += 1;
        }
        for device in 0..devices {
            first_feed[device + 1] += first_feed[device];
        }
        let mut next = first_feed.clone();
        let mut feeds = vec![0; first_feed[devices] as usize];
        let mut needs = Vec::with_capacity(wirings.len());
        for (number, wiring) in wirings.iter().enumerate() {
            let up = wiring.units.len() as u32;
            assert!(wiring.needed <= up, "{} of {up} units needed", wiring.needed);
            needs.push(Need { device: wiring.device, needed: wiring.needed, up });
            for &unit in &wiring.units {
                feeds[next[unit as usize] as usize] = number as u32;
                next[unit as usize] += 1;
            }
        }
        Tree {
            needs,
            in_order: vec![true; devices],
            unmet: vec![0; devices],
            feeds,
            first_feed,
            line: Vec::new(),
        }
    }

    /// One device more, not in order yet, that nothing needs and that needs nothing.
    pub fn join(&mut self) {
        self.in_order.push(false);
        self.unmet.push(0);
        self.first_feed.push(self.feeds.len() as u32);
    }

    /// Whether the device is up: in order, and all it needs is there.
    pub fn is_up(&self, device: u32) -> bool {
        let device = device as usize;
        self.in_order[device] && self.unmet[device] == 0
    }

    /// A device breaks or is mended; appends every device that goes down or comes up by it.
    pub fn turn(&mut self, change: Change, turned: &mut Vec<Change>) {
        let Change { device, up } = change;
        let before = self.is_up(device);
        self.in_order[device as usize] = up;
        if self.is_up(device) == before {
            return;
        }
        self.line.push(change);
        while let Some(change) = self.line.pop() {
            turned.push(change);
            let device = change.device as usize;
            let fed = self.first_feed[device] as usize..self.first_feed[device + 1] as usize;
            for place in fed {
                let number = self.feeds[place] as usize;
                self.feed(number, change.up);
            }
        }
    }

    /// One unit more or less of a need; the device that has it may turn.
    fn feed(&mut self, number: usize, up: bool) {
        let need = &mut self.needs[number];
        let met = need.met();
        need.up = if up { need.up + 1 } else { need.up - 1 };
        let (device, now_met) = (need.device, need.met());
        if met == now_met {
            return;
        }
        let before = self.is_up(device);
        let unmet = &mut self.unmet[device as usize];
        *unmet = if now_met { *unmet - 1 } else { *unmet + 1 };
        if self.is_up(device) != before {
            self.line.push(Change { device, up });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinwheel_core::Streams;

    /// Two feeds (0, 1), of which one is enough; two switches (2, 3) that need power; servers
    /// 4 to 7 on one switch each.
    fn site() -> Tree {
        let power = |device| Wiring { device, units: vec![0, 1], needed: 1 };
        let on = |device, switch| Wiring { device, units: vec![switch], needed: 1 };
        Tree::new(8, &[power(2), power(3), on(4, 2), on(5, 2), on(6, 3), on(7, 3)])
    }

    fn turn(tree: &mut Tree, device: u32, up: bool) -> Vec<(u32, bool)> {
        let mut turned = Vec::new();
        tree.turn(Change { device, up }, &mut turned);
        let mut turned: Vec<_> = turned.iter().map(|c| (c.device, c.up)).collect();
        turned.sort_unstable();
        turned
    }

    #[test]
    fn what_goes_down_takes_down_what_needs_it() {
        let mut tree = site();
        assert_eq!(turn(&mut tree, 0, false), [(0, false)]);
        let all = [(1, false), (2, false), (3, false)].into_iter();
        let all: Vec<_> = all.chain((4..8).map(|server| (server, false))).collect();
        assert_eq!(turn(&mut tree, 1, false), all);
        // A server that breaks meanwhile does not come back with the power.
        assert_eq!(turn(&mut tree, 4, false), []);
        let back: Vec<_> = [0, 2, 3, 5, 6, 7].map(|device| (device, true)).to_vec();
        assert_eq!(turn(&mut tree, 0, true), back);
        assert_eq!(turn(&mut tree, 4, true), [(4, true)]);
        assert!(!tree.is_up(1) && tree.is_up(7));
    }

    #[test]
    fn any_order_of_faults_gives_the_state_by_definition() {
        let mut tree = site();
        let mut stream = Streams::new(7, 0).stream(0, "test");
        let (mut in_order, mut up) = ([true; 8], [true; 8]);
        for _ in 0..5_000 {
            let device = stream.below(8) as usize;
            in_order[device] = !in_order[device];
            for (turned, state) in turn(&mut tree, device as u32, in_order[device]) {
                assert_ne!(up[turned as usize], state, "device {turned} turned twice");
                up[turned as usize] = state;
            }
            let mut wanted = in_order;
            for device in 2..8 {
                let needs = match device {
                    2 | 3 => wanted[0] || wanted[1],
                    _ => wanted[if device < 6 { 2 } else { 3 }],
                };
                wanted[device] &= needs;
            }
            assert_eq!(up, wanted);
        }
    }
}
