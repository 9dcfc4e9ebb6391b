//! One world: the layers and the network that stands on them. Its event is the sum of theirs, and
//! here alone one layer meets another: what a lower one reports is handed to those above it.

use pinwheel_core::{Context, Event as EngineEvent, Model, SimTime, Streams};
use serde::{Deserialize, Serialize};

use crate::blockchain::{self, Blockchain};
use crate::connection::{self, Connection, Delivery};
use crate::data::{self, Data};
use crate::describe::review::{Inputs, Wanted};
use crate::economy::{self, Economy};
use crate::infrastructure::sites::{self, Sites};
use crate::infrastructure::{Change, Fleet, Operation, fleet, operation};
use crate::networks::filecoin::{self, Filecoin};
use crate::review::{self, Review};
use crate::scenario::{Network, Scenario};
use crate::service::{self, Service};

/// Declares [`Event`] as the sum of the layers' events.
macro_rules! events {
    ($($variant:ident($event:ty)),* $(,)?) => {
        /// Whatever happens in a world.
        #[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Event { $($variant($event),)* }

        impl EngineEvent for Event {
            fn priority(&self) -> u8 {
                match self { $(Event::$variant(event) => event.priority(),)* }
            }
            fn kind(&self) -> u8 {
                match self { $(Event::$variant(event) => event.kind(),)* }
            }
        }

        $(impl From<$event> for Event {
            fn from(event: $event) -> Self {
                Event::$variant(event)
            }
        })*
    };
}

events! {
    Sites(sites::Event),
    Fleet(fleet::Event),
    Operation(operation::Event),
    Service(service::Event),
    Connection(connection::Event),
    Blockchain(blockchain::Event),
    Data(data::Event),
    Economy(economy::Event),
    Filecoin(filecoin::Event),
    Review(review::Event),
}

/// The layers a scenario asks for, and its network with the sites under it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct World {
    fleet: Option<Fleet>,
    operation: Option<Operation>,
    service: Option<Service>,
    connection: Option<Connection>,
    blockchain: Option<Blockchain>,
    data: Option<Data>,
    economy: Option<Economy>,
    filecoin: Option<(Filecoin, Sites)>,
    review: Option<Review>,
    /// Kept for their capacity.
    changed: Vec<u32>,
    changes: Vec<Change>,
    deliveries: Vec<Delivery>,
}

impl World {
    /// The world of a scenario on its first day, for the run that `streams` name.
    pub fn new(scenario: &Scenario, streams: &Streams) -> Self {
        let layers = &scenario.layers;
        let fleet = layers.infrastructure.as_ref().map(|settings| Fleet::new(settings, streams));
        World {
            operation: fleet.as_ref().and_then(|fleet| Operation::of(fleet, streams)),
            fleet,
            service: layers.service.as_ref().map(|settings| Service::new(settings, streams)),
            connection: layers.connection.as_ref().map(|s| Connection::new(s, streams)),
            blockchain: layers.blockchain.as_ref().map(|s| Blockchain::new(s, streams)),
            data: layers.data.as_ref().map(|settings| Data::new(settings, streams)),
            economy: layers.economy.as_ref().map(|settings| Economy::new(settings, streams)),
            filecoin: scenario.network.as_ref().map(|network| match network {
                Network::Filecoin(settings) => Filecoin::new(settings, streams),
            }),
            review: scenario.review.as_ref().map(Review::new),
            changed: vec![],
            changes: vec![],
            deliveries: vec![],
        }
    }
}

impl World {
    /// Tells the layers above which devices of the fleet went down or came back.
    fn report_changes(&mut self, ctx: &mut Context<Event>) {
        for change in &self.changes {
            if let Some(connection) = &mut self.connection {
                connection.device_changed(*change, ctx);
            }
            if let Some(blockchain) = &mut self.blockchain {
                blockchain.device_changed(change.device, change.up, ctx);
            }
            if let Some(data) = &mut self.data {
                data.node_changed(*change, ctx);
            }
            if let Some(economy) = &mut self.economy {
                economy.device_changed(change.device, change.up);
            }
        }
    }
}

impl World {
    /// What there is to review, always in this order.
    fn subjects(&mut self, wanted: Wanted, identities: u32, now: SimTime) -> Vec<Inputs> {
        let mut subjects = Vec::new();
        let filecoin = self.filecoin.as_ref();
        subjects.extend(filecoin.map(|(of, sites)| of.review(sites, wanted, identities)));
        let fleet = self.fleet.as_ref();
        subjects.extend(fleet.map(|of| operation::review::of_fleet(of, now, wanted)));
        if let Some(operation) = &mut self.operation {
            subjects.extend(operation.review(now, wanted));
        }
        subjects.extend(self.blockchain.iter().flat_map(Blockchain::review));
        subjects.extend(self.economy.iter().map(|economy| economy.review(wanted)));
        subjects
    }
}

impl Model for World {
    type Event = Event;

    fn start(&mut self, ctx: &mut Context<Event>) {
        if let Some((filecoin, sites)) = &mut self.filecoin {
            sites.start(ctx);
            filecoin.start(ctx);
        }
        if let Some(fleet) = &mut self.fleet {
            fleet.start(ctx);
            self.operation.iter_mut().for_each(|operation| operation.start(fleet, ctx));
        }
        self.service.iter_mut().for_each(|service| service.start(ctx));
        self.connection.iter_mut().for_each(|connection| connection.start(ctx));
        self.blockchain.iter_mut().for_each(|blockchain| blockchain.start(ctx));
        self.data.iter_mut().for_each(|data| data.start(ctx));
        self.economy.iter_mut().for_each(|economy| economy.start(ctx));
        if let Some(mut review) = self.review.take() {
            review.start(&self.subjects(review.wanted(), review.identities, ctx.now()), ctx);
            self.review = Some(review);
        }
    }

    fn handle(&mut self, event: Event, ctx: &mut Context<Event>) {
        const ABSENT: &str = "an event of a layer that is there";
        match event {
            Event::Sites(event) => {
                let (filecoin, sites) = self.filecoin.as_mut().expect(ABSENT);
                sites.handle(event, ctx, &mut self.changed);
                for owner in self.changed.drain(..) {
                    filecoin.site_status(owner, sites.status(owner), ctx.now());
                }
            }
            Event::Fleet(event) => {
                let fleet = self.fleet.as_mut().expect(ABSENT);
                self.changes.clear();
                fleet.handle(event, ctx, &mut self.changes);
                // From here on a device is up only with all that it needs.
                if let Some(operation) = &mut self.operation {
                    operation.change(&mut self.changes, fleet, ctx);
                }
                self.report_changes(ctx);
            }
            Event::Operation(event) => self.operation.as_mut().expect(ABSENT).handle(event, ctx),
            Event::Service(event) => self.service.as_mut().expect(ABSENT).handle(event, ctx),
            Event::Connection(event) => {
                let connection = self.connection.as_mut().expect(ABSENT);
                connection.handle(event, ctx, &mut self.deliveries);
                if let Some(blockchain) = &mut self.blockchain {
                    let readings = self.deliveries.iter();
                    readings.for_each(|reading| blockchain.reading_arrived(*reading, ctx));
                }
                self.deliveries.clear();
            }
            Event::Blockchain(event) => self.blockchain.as_mut().expect(ABSENT).handle(event, ctx),
            Event::Data(event) => self.data.as_mut().expect(ABSENT).handle(event, ctx),
            Event::Economy(event) => self.economy.as_mut().expect(ABSENT).handle(event, ctx),
            Event::Filecoin(event) => {
                let (filecoin, sites) = self.filecoin.as_mut().expect(ABSENT);
                filecoin.handle(event, sites, ctx);
            }
            Event::Review(event) => {
                let mut review = self.review.take().expect(ABSENT);
                let subjects = self.subjects(review.asked(event), review.identities, ctx.now());
                review.handle(event, &subjects, ctx);
                self.review = Some(review);
            }
        }
    }
}
