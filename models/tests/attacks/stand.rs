//! The parts of the layer under test, with nothing around them.

use pinwheel_core::{Amount, Context, Model, SimDuration, SimTime, Simulation, Streams};
use pinwheel_models::blockchain::Event;
use pinwheel_models::blockchain::attack::{Attacks, Settings};
use pinwheel_models::blockchain::bridge::settings::{
    Kind, Relay, SideSettings, Traffic, UNITS_PER_USD,
};
use pinwheel_models::blockchain::bridge::{Bridge, BridgeSettings};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stand {
    pub attacks: Option<Attacks>,
    pub bridge: Option<Bridge>,
}

impl Model for Stand {
    type Event = Event;

    fn start(&mut self, ctx: &mut Context<Event>) {
        if let Some(attacks) = &mut self.attacks {
            attacks.start(ctx);
        }
        if let Some(bridge) = &mut self.bridge {
            bridge.start(ctx);
        }
    }
    fn handle(&mut self, event: Event, ctx: &mut Context<Event>) {
        match (event, &mut self.attacks, &mut self.bridge) {
            (Event::Attack(event), Some(attacks), _) => attacks.handle(event, ctx),
            (Event::Bridge(event), _, Some(bridge)) => bridge.handle(event, ctx),
            _ => unreachable!("{event:?} belongs to nobody"),
        }
    }
}

impl Stand {
    pub fn bridge(&self) -> &Bridge {
        self.bridge.as_ref().expect("the stand of a bridge")
    }
    pub fn attacks(&self) -> &Attacks {
        self.attacks.as_ref().expect("the stand of attacks")
    }
}

pub fn attacks(settings: Settings, seed: u64) -> Simulation<Stand> {
    let streams = Streams::new(seed, 0);
    let attacks = Some(Attacks::new(&settings, &streams));
    Simulation::new(Stand { attacks, bridge: None }, streams)
}

pub fn bridge(settings: BridgeSettings, seed: u64) -> Simulation<Stand> {
    let streams = Streams::new(seed, 0);
    let bridge = Some(Bridge::new(settings, 0, &streams));
    Simulation::new(Stand { attacks: None, bridge }, streams)
}

pub fn days(count: u64) -> SimTime {
    SimTime::ZERO + SimDuration::from_days(count)
}

pub fn usd(dollars: u128) -> Amount {
    Amount(dollars * UNITS_PER_USD)
}

/// Two chains with a block every 12 s, final after two more.
pub fn side() -> SideSettings {
    SideSettings {
        interval: SimDuration::from_seconds(12),
        random: false,
        finality: 2,
        signatures: 86,
        gas_price: 1_000,
        halt: None,
    }
}

/// A bridge by a light client with one relayer that is always up.
pub fn light_client() -> BridgeSettings {
    BridgeSettings {
        name: "test".to_owned(),
        kind: Kind::LightClient,
        sides: [side(), side()],
        traffic: Traffic {
            transfers_per_day: 400.0,
            median_usd: 200.0,
            sigma: 1.5,
            return_share: 0.5,
        },
        timeout: SimDuration::from_hours(2),
        fee_basis_points: 0,
        relay: Relay {
            relayers: 1,
            delay: SimDuration::from_seconds(30),
            availability: 1.0,
            outage: SimDuration::from_hours(1),
            withholding: 0,
        },
        forgery: None,
    }
}

/// The same by so many signatures of nine relayers.
pub fn relayed(needed: u32) -> BridgeSettings {
    let relay = Relay { relayers: 9, ..light_client().relay };
    BridgeSettings { kind: Kind::Relayers { needed }, relay, ..light_client() }
}
