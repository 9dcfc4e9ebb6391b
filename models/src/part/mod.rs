//! What every layer and network of a world is: built from its settings, started once, told of its
//! events and of what happens elsewhere ([`Signal`]), asked by a review; its levers can be set. The
//! list of layers is in [`crate::world`], that of networks in [`crate::networks`].
//!
//! A part calls no other part. It puts signals into [`Shared`], which all parts hear, and is built
//! on the devices it finds ([`Around`], [`Devices`]).

pub mod devices;
pub mod shared;
pub mod signal;

use pinwheel_core::{Context, Event as EngineEvent, SimTime, Streams};

use crate::describe::review::{Inputs, Wanted};
use crate::describe::{Lever, Refused};
use crate::input::RunDays;
pub use devices::{ClassNames, DeviceClass, DeviceSet, Devices, Members, Numbering, SharedBy};
pub use shared::Shared;
pub use signal::{Delivery, Signal};

/// What a part finds when it is built: the streams it draws from and the devices it may stand on.
#[derive(Copy, Clone, Debug)]
pub struct Around<'a> {
    /// The streams of the run, or of the instance if the part is one of several.
    pub streams: &'a Streams,
    /// The devices of the fleet on the first day; none without `[infrastructure]`.
    pub devices: &'a Devices,
}

static NO_DEVICES: Devices = Devices {
    classes: Vec::new(),
    regions: Vec::new(),
    class: Vec::new(),
    region: Vec::new(),
    owner: Vec::new(),
    site: Vec::new(),
};

impl<'a> Around<'a> {
    /// Streams and nothing else: for a part that is run by itself.
    pub fn alone(streams: &'a Streams) -> Self {
        Around { streams, devices: &NO_DEVICES }
    }
}

/// What a review asks of a part.
#[derive(Copy, Clone, Debug)]
pub struct Request {
    /// The metrics that are taken now.
    pub wanted: Wanted,
    /// As how many identities an operator is weighed against itself.
    pub identities: u32,
    /// The instant of the review.
    pub now: SimTime,
}

/// What is known of a scenario when the section of a part is read: the dates of the run, and what
/// lower layers have announced.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The dates of the run; `None` if they are not valid.
    pub days: Option<RunDays>,
    /// The classes of devices of `[infrastructure]`, in order; empty without it.
    pub classes: Vec<DeviceClass>,
    /// What the devices of each of these classes have in common.
    pub shared_by: Vec<SharedBy>,
    /// Ids of the regions of `[infrastructure]`, in order.
    pub regions: Vec<String>,
    /// Who takes the readings of `[connection]`, if there is such a section.
    pub readers: Option<Readers>,
}

/// The devices that take readings in the connection layer.
#[derive(Clone, Debug)]
pub struct Readers {
    /// How many there are.
    pub count: u32,
    /// The devices of the fleet they are; `None` for devices of the layer's own.
    pub on: Option<DeviceSet>,
}

/// A layer or a network while it runs, in a world whose events are `E`.
///
/// The world calls [`Part::new`] and then [`Part::start`] once for each part, in the declared
/// order, and [`Part::handle`] for each of the part's own events. Signals that a part puts into
/// [`Shared`] are handed to every part's [`Part::hear`], in the declared order, before the next
/// event.
pub trait Part<E: EngineEvent>: Sized {
    /// The part's section of a scenario, validated.
    type Settings;
    /// What happens in it.
    type Event;

    /// Adds what the sections above may need of this one's.
    fn announce(_settings: &Self::Settings, _known: &mut Known) {}

    /// The part at time zero.
    fn new(settings: &Self::Settings, around: &Around<'_>) -> Self;

    /// The devices that other parts may stand on, if this part has them.
    fn devices(&self) -> Option<Devices> {
        None
    }

    /// Registers checks and schedules the first events. Called once, at time zero.
    fn start(&mut self, shared: &mut Shared, ctx: &mut Context<E>);

    /// Reacts to one event of its own.
    fn handle(&mut self, event: Self::Event, shared: &mut Shared, ctx: &mut Context<E>);

    /// What of its settings may be moved during a run, with the values of the first day; the keys
    /// begin below its section: "station[0].arrivals.mean".
    fn levers(_settings: &Self::Settings) -> Vec<Lever> {
        Vec::new()
    }

    /// Moves the lever of a key from `ctx.now()` on; whether it may be moved at all in this
    /// scenario was asked before ([`Lever::fixed`]). Setting the value it has already changes
    /// nothing. A part that goes by steps ends the step that is due at this instant under the old
    /// value.
    ///
    /// # Errors
    ///
    /// [`Refused`] if there is no such lever or the value is out of its range; nothing has changed
    /// then.
    fn set(&mut self, _key: &str, _value: f64, _ctx: &mut Context<E>) -> Result<(), Refused> {
        Err(Refused::NoLever)
    }

    /// Hears what has happened in another part, or in this one.
    fn hear(&mut self, _signal: &Signal, _shared: &mut Shared, _ctx: &mut Context<E>) {}

    /// What it tells a review of itself, one entry for each subject, always in the same order.
    fn review(&mut self, _request: Request) -> Vec<Inputs> {
        Vec::new()
    }
}
