//! The networks: each a folder with the same file names. A new one is a folder and two lines here:
//! its `pub mod` and one in [`for_each_network!`], which lists it in [`crate::registry`] too.
//! `pinwheel new NAME` writes the folder and both lines. [`generic`] is a network whose economy is
//! written in a scenario.

pub mod filecoin;
pub mod generic;

use jiff::civil::Date;
use pinwheel_core::{Context, Event as EngineEvent, SimDuration};
use serde::{Deserialize, Serialize};

use crate::describe::review::Inputs;
use crate::describe::{Lever, NetworkSettings, ParameterValue, PartSpec, Refused, RunCost};
use crate::input::check::Checker;
use crate::input::tree::ValueId;
use crate::part::{Around, Known, Part, Request, Shared, Signal};

/// Sections at the root of a scenario that are short for one network without an id, each with the
/// kind of that network, whose reader reads them.
pub const SHORT: &[(&str, &str)] = &[("economy", "generic")];

/// Hands the list of networks to another macro: `Variant(folder: State)`. The folder's name is the
/// `kind` of a scenario.
macro_rules! for_each_network {
    ($then:ident) => {
        $then! {
            Filecoin(filecoin: Filecoin),
            Generic(generic: Generic),
        }
    };
}
pub(crate) use for_each_network;

/// Declares the sums of the networks: settings, events and states.
macro_rules! networks {
    ($($variant:ident($name:ident: $network:ident),)*) => {
        /// What a scenario says of a network, by its kind.
        #[derive(Clone, Debug)]
        pub enum Settings {
            $(
                #[doc = concat!("`kind = \"", stringify!($name), "\"`")]
                $variant(Box<$name::settings::Settings>),
            )*
        }

        /// What the networks say of themselves, for [`crate::registry`].
        pub const SPECS: &[&PartSpec] = &[$(&$name::spec::SPEC,)*];

        /// The kinds of network there are, as typed after `kind =`.
        pub const KINDS: &[&str] = &[$(stringify!($name),)*];

        impl Settings {
            /// The kind, as typed.
            pub fn kind(&self) -> &'static str {
                match self { $(Settings::$variant(_) => stringify!($name),)* }
            }
            /// Reads and checks a network of a kind that is one of [`KINDS`].
            pub fn read(
                kind: &str,
                checker: &mut Checker<'_>,
                given: ValueId,
                known: &Known,
            ) -> Option<Self> {
                match kind {
                    $(
                        stringify!($name) => {
                            let read = $name::file::settings(checker, given, known);
                            read.map(|settings| Settings::$variant(Box::new(settings)))
                        }
                    )*
                    _ => None,
                }
            }
        }

        impl Settings {
            /// What of it may be moved during a run; the keys begin below its section.
            pub fn levers<E: EngineEvent $(+ From<$name::Event>)*>(&self) -> Vec<Lever> {
                match self {
                    $(
                        Settings::$variant(settings) => {
                            <$name::$network as Part<E>>::levers(settings)
                        }
                    )*
                }
            }
            fn described(&self) -> &dyn NetworkSettings {
                match self { $(Settings::$variant(settings) => &**settings,)* }
            }
        }

        /// What happens in a network.
        #[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Event {
            $(
                #[doc = concat!("In one of kind `", stringify!($name), "`.")]
                $variant($name::Event),
            )*
        }

        impl EngineEvent for Event {
            fn priority(&self) -> u8 {
                match self { $(Event::$variant(event) => event.priority(),)* }
            }
            fn kind(&self) -> u8 {
                match self { $(Event::$variant(event) => event.kind(),)* }
            }
        }

        /// A network while it runs.
        #[derive(Clone, Debug, Serialize, Deserialize)]
        pub enum Network {
            $(
                #[doc = concat!("One of kind `", stringify!($name), "`.")]
                $variant(Box<$name::$network>),
            )*
        }

        impl Network {
            /// The network at time zero.
            pub fn new<E: EngineEvent $(+ From<$name::Event>)*>(
                settings: &Settings,
                around: &Around<'_>,
            ) -> Self {
                match settings {
                    $(
                        Settings::$variant(settings) => {
                            let network = <$name::$network as Part<E>>::new(settings, around);
                            Network::$variant(Box::new(network))
                        }
                    )*
                }
            }
            /// Registers checks and schedules the first events.
            pub fn start<E: EngineEvent $(+ From<$name::Event>)*>(
                &mut self,
                shared: &mut Shared,
                ctx: &mut Context<E>,
            ) {
                match self {
                    $(Network::$variant(network) => Part::start(&mut **network, shared, ctx),)*
                }
            }
            /// Reacts to one of its events.
            pub fn handle<E: EngineEvent $(+ From<$name::Event>)*>(
                &mut self,
                event: Event,
                shared: &mut Shared,
                ctx: &mut Context<E>,
            ) {
                match (self, event) {
                    $(
                        (Network::$variant(network), Event::$variant(event)) => {
                            Part::handle(&mut **network, event, shared, ctx);
                        }
                    )*
                    _ => unreachable!("an event goes to a network of its kind"),
                }
            }
            /// Hears what has happened elsewhere.
            pub fn hear<E: EngineEvent $(+ From<$name::Event>)*>(
                &mut self,
                signal: &Signal,
                shared: &mut Shared,
                ctx: &mut Context<E>,
            ) {
                match self {
                    $(
                        Network::$variant(network) => {
                            Part::hear(&mut **network, signal, shared, ctx);
                        }
                    )*
                }
            }
            /// Moves a lever.
            ///
            /// # Errors
            ///
            /// As [`Part::set`].
            pub fn set<E: EngineEvent $(+ From<$name::Event>)*>(
                &mut self,
                key: &str,
                value: f64,
                ctx: &mut Context<E>,
            ) -> Result<(), Refused> {
                match self {
                    $(Network::$variant(network) => Part::set(&mut **network, key, value, ctx),)*
                }
            }
            /// What it tells a review.
            pub fn review<E: EngineEvent $(+ From<$name::Event>)*>(
                &mut self,
                request: Request,
            ) -> Vec<Inputs> {
                match self {
                    $(Network::$variant(network) => Part::<E>::review(&mut **network, request),)*
                }
            }
            /// The digest of all postings in its books.
            pub fn ledger_digest(&self) -> u64 {
                match self { $(Network::$variant(network) => network.ledger_digest(),)* }
            }
        }
    };
}
for_each_network!(networks);

impl NetworkSettings for Settings {
    fn choices(&self) -> Vec<(String, String)> {
        self.described().choices()
    }
    fn parameters(&self) -> Vec<ParameterValue> {
        self.described().parameters()
    }
    fn rules(&self) -> String {
        self.described().rules()
    }
    fn participants(&self) -> String {
        self.described().participants()
    }
    fn labels(&self) -> Vec<(&'static str, Vec<String>)> {
        self.described().labels()
    }
    fn verdict_from(&self) -> Option<Date> {
        self.described().verdict_from()
    }
    fn cost(&self) -> Option<RunCost> {
        self.described().cost()
    }
    fn own_token(&self) -> Option<&str> {
        self.described().own_token()
    }
    fn last_change(&self, horizon_days: u32) -> SimDuration {
        self.described().last_change(horizon_days)
    }
    fn is_cut(&self) -> bool {
        self.described().is_cut()
    }
}
