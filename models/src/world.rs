//! One world: the parts a scenario asks for, and the networks that stand on them. Its event is the
//! sum of theirs. Parts meet through [`Signal`](crate::part::Signal)s, which are handed to all of
//! them here, in the order of [`parts!`], and through [`Shared`]; no part calls another.

use std::collections::BTreeMap;

use pinwheel_core::{
    Context, Event as EngineEvent, Instance, Model, Regions, Scope, SimTime, Streams, Undecided,
    Whole,
};
use serde::{Deserialize, Serialize};

use crate::blockchain::{self, Blockchain};
use crate::change::{self, Change};
use crate::connection::{self, Connection};
use crate::data::{self, Data};
use crate::describe::review::Inputs;
use crate::describe::{Lever, Refused};
use crate::infrastructure::fleet::Piece;
use crate::infrastructure::{self, Infrastructure};
use crate::input::check::Checker;
use crate::input::tree::ValueId;
use crate::networks::{self, Network, for_each_network};
use crate::part::{Around, Devices, Known, Part, Request, Shared, Signal};
use crate::registry;
use crate::review::{self, Review};
use crate::service::{self, Service};

/// Declares the layers, from the lowest up: what a scenario says of them, their state, their
/// events, and the five things that happen to each.
macro_rules! parts {
    ($($variant:ident($name:ident: $part:ident) $({$($inner:ident($module:ident)),*})?,)*) => {
        /// What a scenario says of each layer, by the section of its name.
        #[derive(Clone, Debug, Default)]
        pub struct Layers {
            $(
                #[doc = concat!("`[", stringify!($name), "]`, if there is such a section.")]
                pub $name: Option<Box<$name::Settings>>,
            )*
        }

        impl Layers {
            /// Reads and checks every section that `section` finds, from the lowest layer up; what
            /// is read of a lower one is `known` to those above.
            pub fn read(
                checker: &mut Checker<'_>,
                section: impl Fn(&str) -> Option<ValueId>,
                known: &mut Known,
            ) -> Self {
                let mut layers = Layers::default();
                $(
                    if let Some(given) = section(stringify!($name)) {
                        let read = $name::file::settings(checker, given, known);
                        if let Some(settings) = &read {
                            <$part as Part<Event>>::announce(settings, known);
                        } else if checker.faults.is_empty() {
                            let message = "the section is empty or incomplete".to_owned();
                            let help = "see `pinwheel schema` for its keys";
                            checker.fault(given, stringify!($name), message, help);
                        }
                        layers.$name = read.map(Box::new);
                    }
                )*
                layers
            }

            /// The labels that the layers record with, by their kinds.
            pub fn labels(&self) -> Vec<(&'static str, Vec<String>)> {
                let mut labels = Vec::new();
                $(
                    if let Some(settings) = &self.$name {
                        labels.extend($name::metrics::labels(settings));
                    }
                )*
                labels
            }

            /// What of the layers may be moved during a run, by the keys of the scenario.
            pub fn levers(&self) -> Vec<Lever> {
                let mut levers = Vec::new();
                $(
                    if let Some(settings) = &self.$name {
                        let of = <$part as Part<Event>>::levers(settings);
                        levers.extend(of.into_iter().map(|of| below(stringify!($name), of)));
                    }
                )*
                levers
            }

            /// The names of the sections in use, from the lowest layer up.
            pub fn names(&self) -> Vec<&'static str> {
                let mut names = Vec::new();
                $(names.extend(self.$name.as_ref().map(|_| stringify!($name)));)*
                names
            }
        }

        /// The names of all layers, from the lowest up.
        const LAYERS: &[&str] = &[$(stringify!($name),)*];

        /// The state of each layer that is there.
        #[derive(Clone, Debug, Serialize, Deserialize)]
        struct State {
            $($name: Option<$part>,)*
        }

        impl State {
            fn new(layers: &Layers, streams: &Streams) -> (Self, Devices) {
                let mut devices = Devices::default();
                $(
                    let around = Around { streams, devices: &devices };
                    let build = |settings| <$part as Part<Event>>::new(settings, &around);
                    let $name = layers.$name.as_deref().map(build);
                    if let Some(found) = $name.as_ref().and_then(Part::<Event>::devices) {
                        devices = found;
                    }
                )*
                (State { $($name,)* }, devices)
            }
            fn start(&mut self, shared: &mut Shared, ctx: &mut Context<Event>) {
                $(
                    if let Some(part) = &mut self.$name {
                        Part::start(part, shared, ctx);
                    }
                )*
            }
            #[inline]
            fn handle(&mut self, event: Event, shared: &mut Shared, ctx: &mut Context<Event>) {
                match event {
                    $(
                        Event::$variant(event) => {
                            let part = self.$name.as_mut().expect(ABSENT);
                            Part::handle(part, event, shared, ctx);
                        }
                    )*
                    Event::Network { .. } | Event::Review(_) | Event::Change(_) => {
                        unreachable!("handled above")
                    }
                }
            }
            fn set(
                &mut self,
                section: &str,
                key: &str,
                value: f64,
                ctx: &mut Context<Event>,
            ) -> Result<(), Refused> {
                match section {
                    $(
                        stringify!($name) => {
                            let part = self.$name.as_mut().ok_or(Refused::NoLever)?;
                            Part::set(part, key, value, ctx)
                        }
                    )*
                    _ => Err(Refused::NoLever),
                }
            }
            #[inline]
            fn hear(&mut self, signal: &Signal, shared: &mut Shared, ctx: &mut Context<Event>) {
                $(
                    if let Some(part) = &mut self.$name {
                        Part::hear(part, signal, shared, ctx);
                    }
                )*
            }
            fn review(&mut self, request: Request) -> Vec<Inputs> {
                let mut subjects = Vec::new();
                $(
                    if let Some(part) = &mut self.$name {
                        subjects.extend(Part::<Event>::review(part, request));
                    }
                )*
                subjects
            }
        }

        /// Whatever happens in a world.
        #[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Event {
            $(
                #[doc = concat!("In the layer `", stringify!($name), "`.")]
                $variant($name::Event),
            )*
            /// In the network at a place of the scenario's list.
            Network {
                /// The place.
                at: u8,
                /// What happens there.
                event: networks::Event,
            },
            /// A review is due.
            Review(review::Event),
            /// A lever is moved.
            Change(change::Event),
        }

        impl EngineEvent for Event {
            fn priority(&self) -> u8 {
                match self {
                    $(Event::$variant(event) => event.priority(),)*
                    Event::Network { event, .. } => event.priority(),
                    Event::Review(event) => event.priority(),
                    Event::Change(event) => event.priority(),
                }
            }
            fn kind(&self) -> u8 {
                match self {
                    $(Event::$variant(event) => event.kind(),)*
                    Event::Network { event, .. } => event.kind(),
                    Event::Review(event) => event.kind(),
                    Event::Change(event) => event.kind(),
                }
            }
            #[inline]
            fn at_place(self, place: u8) -> Self {
                match self {
                    Event::Network { event, .. } => Event::Network { at: place, event },
                    other => other,
                }
            }
        }

        $(
            impl From<$name::Event> for Event {
                fn from(event: $name::Event) -> Self {
                    Event::$variant(event)
                }
            }
            $($(
                impl From<$name::$module::Event> for Event {
                    fn from(event: $name::$module::Event) -> Self {
                        Event::$variant($name::Event::$inner(event))
                    }
                }
            )*)?
        )*
    };
}

parts! {
    Infrastructure(infrastructure: Infrastructure) { Fleet(fleet), Operation(operation) },
    Service(service: Service),
    Connection(connection: Connection),
    Blockchain(blockchain: Blockchain),
    Data(data: Data),
}

const _: () = assert!(registry::layers_are(LAYERS), "`parts!` and `LAYERS` of registry.rs differ");

/// The place of a network's event is filled in by [`EngineEvent::at_place`].
macro_rules! events_of_networks {
    ($($variant:ident($name:ident: $network:ident),)*) => {
        $(
            impl From<networks::$name::Event> for Event {
                fn from(event: networks::$name::Event) -> Self {
                    Event::Network { at: 0, event: networks::Event::$variant(event) }
                }
            }
        )*
    };
}
for_each_network!(events_of_networks);

impl From<review::Event> for Event {
    fn from(event: review::Event) -> Self {
        Event::Review(event)
    }
}

impl From<change::Event> for Event {
    fn from(event: change::Event) -> Self {
        Event::Change(event)
    }
}

/// An event is stored inline in the queue: a larger one makes every event slower.
const EVENT_BYTES_MAX: usize = 24;
const _: () = assert!(size_of::<Event>() <= EVENT_BYTES_MAX, "an event has grown");

const ABSENT: &str = "an event of a part that is there";

/// A network of a scenario: its id and what it is.
#[derive(Clone, Debug)]
pub struct NetworkEntry {
    /// Subject of its rows, and name of its random streams; empty for the only one of a scenario.
    pub id: String,
    /// Where it lies in the scenario: "network", "network[1]" of a list, or "economy".
    pub section: String,
    /// Its kind and everything that is said of it.
    pub settings: networks::Settings,
}

impl NetworkEntry {
    /// What of it may be moved during a run, by the keys of the scenario.
    pub fn levers(&self) -> Vec<Lever> {
        let levers = self.settings.levers::<Event>().into_iter();
        levers.map(|lever| below(&self.section, lever)).collect()
    }
}

/// A lever of a part by the key of the scenario.
fn below(section: &str, lever: Lever) -> Lever {
    Lever { key: format!("{section}.{}", lever.key), ..lever }
}

/// A network while it runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Running {
    id: String,
    section: String,
    instance: Instance,
    network: Network,
}

/// The layers and networks a scenario asks for, and their review.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct World {
    layers: State,
    networks: Vec<Running>,
    review: Option<Review>,
    /// Of the scenario, in the order of the file.
    changes: Vec<Change>,
    /// The levers that cannot be moved in this scenario, with the reason of each.
    fixed: BTreeMap<String, String>,
    shared: Shared,
}

impl World {
    /// A world on its first day, for the run that `streams` name.
    pub fn new(
        settings: &Layers,
        networks: &[NetworkEntry],
        review: Option<&review::Settings>,
        changes: &[Change],
        streams: &Streams,
    ) -> Self {
        let (layers, devices) = State::new(settings, streams);
        let running = |(place, entry): (u8, &NetworkEntry)| {
            let scope = Scope::of(&entry.id);
            let streams = streams.within(scope);
            let around = Around { streams: &streams, devices: &devices };
            Running {
                id: entry.id.clone(),
                section: entry.section.clone(),
                // The subject is a place in the records, which are not there yet.
                instance: Instance { place, scope, ..Instance::default() },
                network: Network::new::<Event>(&entry.settings, &around),
            }
        };
        let levers = settings.levers().into_iter();
        let levers = levers.chain(networks.iter().flat_map(NetworkEntry::levers));
        World {
            layers,
            networks: (0..).zip(networks).map(running).collect(),
            fixed: levers
                .map(|lever| lever.beside_review(review.is_some()))
                .filter_map(|lever| Some((lever.key, lever.fixed?.to_owned())))
                .collect(),
            review: review.map(Review::new),
            changes: changes.to_vec(),
            shared: Shared::default(),
        }
    }

    /// The network of this id, if there is one.
    pub fn network(&self, id: &str) -> Option<&Network> {
        let running = self.networks.iter().find(|running| running.id == id);
        running.map(|running| &running.network)
    }

    /// Sets a lever by the key of the scenario, from now on, and every part hears of it. Whatever
    /// sets levers does it here: dated changes today; votes, what-ifs and a twin are meant to.
    ///
    /// # Errors
    ///
    /// [`Refused`] if there is no such lever, it cannot be moved in this scenario, or the value is
    /// out of its range; nothing has changed then.
    pub fn set(
        &mut self,
        lever: &str,
        value: f64,
        ctx: &mut Context<Event>,
    ) -> Result<(), Refused> {
        if let Some(reason) = self.fixed.get(lever) {
            return Err(Refused::Fixed(reason.clone()));
        }
        let (section, key) = lever.split_once('.').ok_or(Refused::NoLever)?;
        match self.networks.iter_mut().find(|running| running.section == section) {
            None => self.layers.set(section, key, value, ctx)?,
            Some(running) => {
                ctx.enter(&running.instance);
                let set = running.network.set(key, value, ctx);
                ctx.leave();
                set?;
            }
        }
        change::record(lever, value, ctx);
        self.shared.tell_lever(lever, value);
        Ok(())
    }

    /// A change of the scenario is due.
    fn change(&mut self, event: change::Event, ctx: &mut Context<Event>) {
        let Change { lever, to, .. } = self.changes[usize::from(event.place)].clone();
        if let Err(refused) = self.set(&lever, to, ctx) {
            unreachable!("{lever} was checked when the scenario was read: {refused}");
        }
    }

    /// The regions of a world of which nothing but its fleet lives, to be run side by side. From
    /// now on this is the whole that they belong to. Called before the start.
    pub fn cut(&mut self) -> Vec<Piece> {
        let fleet = self.layers.infrastructure.as_mut();
        fleet.map(|infrastructure| infrastructure.fleet_mut().cut()).unwrap_or_default()
    }

    /// Everybody hears what was told, and what is told on hearing it.
    #[inline]
    fn broadcast(&mut self, ctx: &mut Context<Event>) {
        let mut place = 0;
        while let Some(signal) = self.shared.signal(place) {
            self.layers.hear(&signal, &mut self.shared, ctx);
            for Running { instance, network, .. } in &mut self.networks {
                ctx.enter(instance);
                network.hear(&signal, &mut self.shared, ctx);
                ctx.leave();
            }
            place += 1;
        }
        if place > 0 {
            self.shared.clear();
        }
    }

    /// What there is to review, always in this order.
    fn subjects(&mut self, request: Request) -> Vec<Inputs> {
        let mut subjects = self.layers.review(request);
        for Running { instance, network, .. } in &mut self.networks {
            let of_network = network.review::<Event>(request);
            subjects.extend(of_network.into_iter().map(|of| Inputs { instance: *instance, ..of }));
        }
        subjects
    }

    /// Takes the review out while it looks at the world.
    fn with_review(
        &mut self,
        ctx: &mut Context<Event>,
        act: impl FnOnce(&mut Self, &mut Review, &mut Context<Event>),
    ) {
        if let Some(mut review) = self.review.take() {
            act(self, &mut review, ctx);
            self.review = Some(review);
        }
    }
}

impl Model for World {
    type Event = Event;

    fn start(&mut self, ctx: &mut Context<Event>) {
        change::start(&self.changes, ctx);
        self.layers.start(&mut self.shared, ctx);
        for Running { id, instance, network, .. } in &mut self.networks {
            instance.subject = ctx.records.subject(id);
            ctx.checks.name_after(id);
            ctx.enter(instance);
            network.start(&mut self.shared, ctx);
            ctx.leave();
            ctx.checks.name_after("");
        }
        self.broadcast(ctx);
        self.with_review(ctx, |world, review, ctx| {
            let request = review.request(review.wanted(), ctx.now());
            review.start(&world.subjects(request), ctx);
        });
    }

    fn handle(&mut self, event: Event, ctx: &mut Context<Event>) {
        match event {
            Event::Network { at, event } => {
                let Running { instance, network, .. } = &mut self.networks[usize::from(at)];
                ctx.enter(instance);
                network.handle(event, &mut self.shared, ctx);
                ctx.leave();
            }
            Event::Review(event) => self.with_review(ctx, |world, review, ctx| {
                let request = review.request(review.asked(event), ctx.now());
                review.handle(event, &world.subjects(request), ctx);
            }),
            Event::Change(event) => self.change(event, ctx),
            event => self.layers.handle(event, &mut self.shared, ctx),
        }
        self.broadcast(ctx);
    }
}

impl Whole for World {
    type Region = Piece;

    fn gather(&mut self, regions: &mut Regions<Piece>, now: SimTime) -> Result<(), Undecided> {
        match &mut self.layers.infrastructure {
            Some(infrastructure) => infrastructure.fleet_mut().gather(regions.iter_mut(), now),
            None => Ok(()),
        }
    }
}
