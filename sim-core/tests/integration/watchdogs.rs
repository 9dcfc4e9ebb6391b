//! A small model that uses all of the clockwork: heartbeats that tie, watchdogs that are armed
//! again and again, random failures, records and checks.

use pinwheel_core::check::CheckId;
use pinwheel_core::queue::Timer;
use pinwheel_core::{
    Context, Event, Label, Metric, Model, SimDuration, Simulation, Stream, Streams,
};
use serde::{Deserialize, Serialize};

const DEVICES: u32 = 40;
const HEARTBEAT: SimDuration = SimDuration::from_seconds(30);
const WATCHDOG: SimDuration = SimDuration::from_seconds(90);

#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
pub enum Happening {
    Heartbeat(u32),
    Watchdog(u32),
    Repaired { device: u32, crew: u8 },
    Census,
}

impl Event for Happening {
    fn priority(&self) -> u8 {
        match self {
            Happening::Census => 255,
            _ => 128,
        }
    }
    fn kind(&self) -> u8 {
        match self {
            Happening::Heartbeat(_) => 0,
            Happening::Watchdog(_) => 1,
            Happening::Repaired { .. } => 2,
            Happening::Census => 3,
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Device {
    watchdog: Option<Timer>,
    repairs: u64,
    failures: Stream,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Watchdogs {
    devices: Vec<Device>,
    some_down: Option<CheckId>,
}

impl Watchdogs {
    pub fn simulation(streams: Streams) -> Simulation<Watchdogs> {
        let devices = (0..DEVICES)
            .map(|id| Device {
                watchdog: None,
                repairs: 0,
                failures: streams.stream(id, "failure"),
            })
            .collect();
        Simulation::new(Watchdogs { devices, some_down: None }, streams)
    }
}

impl Model for Watchdogs {
    type Event = Happening;

    fn start(&mut self, ctx: &mut Context<Happening>) {
        self.some_down = Some(ctx.checks.sometimes("a device is down"));
        for id in 0..DEVICES {
            ctx.after(HEARTBEAT, Happening::Heartbeat(id));
        }
        ctx.after(SimDuration::ZERO, Happening::Census);
    }

    fn handle(&mut self, event: Happening, ctx: &mut Context<Happening>) {
        match event {
            Happening::Heartbeat(id) => {
                let device = &mut self.devices[id as usize];
                if let Some(timer) = device.watchdog {
                    ctx.cancel(timer);
                }
                device.watchdog = Some(ctx.timer(WATCHDOG, Happening::Watchdog(id)));
                // A failed device is silent until its watchdog has it repaired.
                if device.failures.below(12) > 0 {
                    ctx.after(HEARTBEAT, event);
                }
            }
            Happening::Watchdog(device) => {
                let mut draw = ctx.streams().indexed(device, "repair", ctx.now().as_nanos());
                let (seconds, crew) = (draw.below(3) * 30, draw.below(4) as u8);
                let repaired = Happening::Repaired { device, crew };
                ctx.after(SimDuration::from_seconds(seconds), repaired);
            }
            Happening::Repaired { device: id, crew } => {
                self.devices[id as usize].repairs += u64::from(crew);
                self.devices[id as usize].watchdog = None;
                ctx.fingerprint.state.write(u64::from(id), u128::from(crew));
                ctx.after(SimDuration::ZERO, Happening::Heartbeat(id));
            }
            Happening::Census => {
                let up = self.devices.iter().filter(|device| device.watchdog.is_some()).count();
                ctx.records.push(ctx.now(), Metric(0), Label::default(), up as f64);
                if let Some(check) = self.some_down {
                    ctx.checks.note(check, up < self.devices.len(), ctx.now(), String::new);
                }
                ctx.after(SimDuration::from_minutes(10), Happening::Census);
            }
        }
    }
}
