//! The consensus of a chain as typed: who makes blocks, how they travel, and the checks of both.

use pinwheel_core::math;

use super::stake::StakeParameters;
use super::work::WorkParameters;
use crate::blockchain::file::ChainChecker;
use crate::blockchain::settings::{ConsensusSettings, TravelLaw};
use crate::connection::gossip::{self, GossipParameters, Push};
use crate::describe::parameter;
use crate::input::dates::DAY_SECONDS;
use crate::input::diagnostic::shown;
use crate::part::DeviceSet;

/// Most pushes of a node during one hop: all of them are on their way at once.
const PUSHES_OF_A_HOP_MAX: f64 = 10.0;

impl ChainChecker<'_, '_, '_> {
    /// Who makes blocks, and the devices of the fleet that the validators are.
    pub fn consensus(&mut self, block_time: f64) -> (ConsensusSettings, Option<DeviceSet>) {
        #[derive(Copy, Clone)]
        enum Kind {
            Authority,
            Stake,
            Expected,
            Work,
        }
        let kinds = [
            ("authority", Kind::Authority),
            ("stake", Kind::Stake),
            ("expected", Kind::Expected),
            ("work", Kind::Work),
        ];
        let kind = self.checker.choice(self.section.consensus, &self.key("consensus"), &kinds);
        if !matches!(kind, Some(Kind::Work)) {
            let wanted = "consensus = \"work\"";
            if let Some(given) = self.section.travel {
                let message = "has no effect: only blocks of work travel".to_owned();
                let help = format!("write {wanted}, or remove it");
                self.checker.fault(given, &self.key("travel"), message, help);
            }
            self.gossip_without_effect(wanted);
        }
        let (typed, key) = (&self.section.members, self.key("members"));
        let consensus = match kind.unwrap_or(Kind::Authority) {
            Kind::Authority => {
                for (name, &given) in typed {
                    let key = format!("{key}.{}", shown(name));
                    let message = "has no meaning for this consensus".to_owned();
                    self.checker.fault(given, &key, message, "write consensus = \"stake\"");
                }
                ConsensusSettings::Authority
            }
            Kind::Stake => return self.stake(),
            Kind::Expected => {
                ConsensusSettings::Expected(parameter::read(self.checker, typed, &key))
            }
            Kind::Work => self.work(block_time),
        };
        (consensus, None)
    }

    /// Proof of stake: its validators, which may be devices of the fleet.
    fn stake(&mut self) -> (ConsensusSettings, Option<DeviceSet>) {
        let typed = Some(self.section.members.clone());
        let own = ["validators", "offline"];
        let bound: Option<(StakeParameters, _)> = self.bound(&typed, "members", &own);
        let (mut parameters, on) = bound.expect("a table");
        if on.is_some() {
            parameters.offline = 0.0;
        }
        (ConsensusSettings::Stake(parameters), on)
    }

    /// Proof of work: its miners, and how their blocks travel.
    fn work(&mut self, block_time: f64) -> ConsensusSettings {
        let (section, key) = (self.section, self.key("members"));
        let work: WorkParameters = parameter::read(self.checker, &section.members, &key);
        let laws = [
            ("fixed", Some(TravelLaw::Fixed)),
            ("exponential", Some(TravelLaw::Exponential)),
            ("gossip", None),
        ];
        let law = self.checker.choice(section.travel, &self.key("travel"), &laws);
        let Some(law) = law.unwrap_or(Some(TravelLaw::Fixed)) else {
            return self.gossiping(work, block_time);
        };
        self.gossip_without_effect("travel = \"gossip\"");
        let given = section.members.get("travel").copied().or(section.block_time);
        if let (Some(given), true) = (given, work.travel > block_time) {
            let message = format!("blocks travel {} s and come every {block_time} s", work.travel);
            let help = "let a block arrive before the next is found: travel at most block_time";
            self.checker.fault(given, &format!("{key}.travel"), message, help);
        }
        self.outrun(&work, work.travel, block_time);
        ConsensusSettings::Work(work, law)
    }

    /// Proof of work whose blocks travel by gossip among the miners and the observer.
    fn gossiping(&mut self, work: WorkParameters, block_time: f64) -> ConsensusSettings {
        let section = self.section;
        if let Some(&given) = section.members.get("travel") {
            let message = "has no effect beside travel = \"gossip\"".to_owned();
            let help =
                "remove it and set the times in the table gossip, or write travel = \"fixed\"";
            self.checker.fault(given, &self.key("members.travel"), message, help);
        }
        let (key, mut typed) = (self.key("gossip"), section.gossip.clone().unwrap_or_default());
        let pushes = [
            ("synchronous", Push::Synchronous),
            ("asynchronous", Push::Asynchronous),
            ("origin_only", Push::OriginOnly),
        ];
        let push = self.checker.choice(typed.remove("push"), &format!("{key}.push"), &pushes);
        let parameters: GossipParameters = parameter::read(self.checker, &typed, &key);
        if let (Some(&given), true) =
            (typed.get("hop"), parameters.hop > PUSHES_OF_A_HOP_MAX * parameters.period)
        {
            let message =
                format!("a hop of {} s with a push every {} s", parameters.hop, parameters.period);
            let help = format!("give a hop of at most {PUSHES_OF_A_HOP_MAX} periods");
            self.checker.fault(given, &format!("{key}.hop"), message, help);
        }
        let law = gossip::Law::new(push.unwrap_or(Push::Asynchronous), &parameters);
        let travel = law.seconds_about(work.miners as u32 + 1);
        let given = typed.get("period").copied().or(section.travel);
        if let (Some(given), true) = (given, travel > block_time) {
            let message =
                format!("a block travels about {travel:.3} s and comes every {block_time} s");
            let help = "let a block arrive before the next is found: push more often or to more";
            self.checker.fault(given, &format!("{key}.period"), message, help);
        }
        self.outrun(&work, travel, block_time);
        ConsensusSettings::Work(work, TravelLaw::Gossip(law))
    }

    /// A gossip by which no block travels.
    fn gossip_without_effect(&mut self, wanted: &str) {
        let typed = self.section.gossip.iter().flatten();
        for (name, &given) in typed {
            let key = format!("{}.{}", self.key("gossip"), shown(name));
            let help = format!("write {wanted}, or remove the table");
            self.checker.fault(given, &key, "has no effect".to_owned(), help);
        }
    }

    /// A hash rate that grows faster than the difficulty can follow: blocks would come without end.
    fn outrun(&mut self, work: &WorkParameters, travel: f64, block_time: f64) {
        let gain = math::exp(f64::from(self.days) * math::ln_1p(work.growth));
        let outruns = match work.retarget {
            0.0 => !(1e-3..=1e3).contains(&gain) || travel * gain > block_time,
            blocks => work.growth.abs() * blocks * block_time / DAY_SECONDS > 1.0,
        };
        if let (true, Some(&given)) = (outruns, self.section.members.get("growth")) {
            let message = "the hash rate outruns the difficulty".to_owned();
            let help = "give a smaller growth, a shorter run, or fewer blocks to a retarget";
            self.checker.fault(given, &self.key("members.growth"), message, help);
        }
    }
}
