//! The figures of a Filecoin report: what each shows and how to read it.

use super::data::Data;
use super::html::escape;
use super::tell::{Tell, at_the_end, largest, of_variants};
use crate::Error;
use crate::plot::{
    Bar, BarChart, Group, Ink, Layer, Line, LineChart, Marker, Size, StackedChart, Stroke,
};

/// All FIL there will ever be (Filecoin spec, "token allocation").
const FIL_MAX: f64 = 2e9;
/// Days over which class bars are averaged.
const LATE_DAYS: usize = 90;

/// Metrics with the names they carry in a chart.
type Parts = &'static [(&'static str, &'static str)];

/// What a figure draws.
enum Kind {
    /// One metric: a line for each variant, what was observed over it.
    Single(&'static str),
    /// Several metrics side by side, a chart for each variant.
    Several(Parts),
    /// Parts of a whole, a chart for each variant.
    Stack(Parts, Option<(f64, &'static str)>),
    /// One metric by class, a chart for each variant.
    Classes(&'static str),
    /// Means over the last days by class, a chart for each variant.
    ClassBars(Parts),
}

pub struct Figure {
    pub id: &'static str,
    title: &'static str,
    kind: Kind,
    size: Size,
    from_zero: bool,
    /// Trailing mean in days; 1 shows the values as they are.
    mean_days: usize,
    tell: Tell,
    reading: &'static str,
}

/// A chart and what it tells.
struct Drawn {
    svg: String,
    tells: String,
}

impl Drawn {
    fn of(svg: Option<String>, tells: String) -> Option<Drawn> {
        svg.map(|svg| Drawn { svg, tells })
    }
}

/// A chapter of figures.
pub struct Chapter {
    pub id: &'static str,
    pub title: &'static str,
    pub lead: &'static str,
    pub figures: &'static [Figure],
}

const fn figure(
    id: &'static str,
    title: &'static str,
    size: Size,
    kind: Kind,
    reading: &'static str,
) -> Figure {
    Figure { id, title, kind, size, from_zero: true, mean_days: 1, tell: Tell::Moved, reading }
}

impl Figure {
    const fn close_up(self) -> Self {
        Figure { from_zero: false, ..self }
    }
    const fn smooth(self, mean_days: usize) -> Self {
        Figure { mean_days, ..self }
    }
    const fn told(self, tell: Tell) -> Self {
        Figure { tell, ..self }
    }
}

pub const CHAPTERS: &[Chapter] = &[
    Chapter {
        id: "supply",
        title: "Token supply",
        lead: "Where every FIL is, from the ledger of the run.",
        figures: &[
            figure(
                "supply-stack",
                "All FIL by where it is",
                Size::Full,
                Kind::Stack(
                    &[
                        ("supply_locked", "Locked"),
                        ("supply_burnt", "Burnt"),
                        ("supply_circulating", "Circulating"),
                        ("supply_reserve", "Not yet issued"),
                    ],
                    Some((FIL_MAX, "cap: 2 billion FIL")),
                ),
                "The layers add up to all FIL there will ever be. Issue moves FIL from the top \
                 layer down; what is burnt never comes back.",
            ),
            figure(
                "locked",
                "Locked FIL",
                Size::Half,
                Kind::Single("supply_locked"),
                "Pledge of providers and rewards that still vest. Dots are the real chain.",
            ),
            figure(
                "locked-parts",
                "What is locked",
                Size::Half,
                Kind::Several(&[("locked_pledge", "Pledge"), ("locked_vesting", "Vesting")]),
                "Pledge returns to its owner when a sector expires; three quarters of each reward \
                 vest over 180 days.",
            ),
        ],
    },
    Chapter {
        id: "power",
        title: "Power",
        lead: "Storage proven to the chain, simulated over real.",
        figures: &[
            figure(
                "raw-power",
                "Raw power",
                Size::Full,
                Kind::Single("raw_power"),
                "Bold is simulated, the thin line is the real network. Right of the dashed line is \
                 time that calibration has not seen.",
            ),
            figure(
                "qa-power",
                "Quality-adjusted power",
                Size::Half,
                Kind::Single("qa_power"),
                "Sectors with verified data count ten times. Rewards follow this power.",
            ),
            figure(
                "baseline",
                "Raw power against the baseline",
                Size::Half,
                Kind::Several(&[("raw_power", "Raw power"), ("baseline_power", "Baseline")]),
                "Below the baseline, the network earns only part of the baseline reward.",
            ),
            figure(
                "flows",
                "Sectors that come and go",
                Size::Half,
                Kind::Several(&[
                    ("onboarded_raw", "Onboarded"),
                    ("renewed_raw", "Renewed"),
                    ("expired_raw", "Expired"),
                    ("terminated_raw", "Terminated"),
                ]),
                "Power grows while onboarding is above expiry and termination. 7-day means.",
            )
            .smooth(7),
            figure(
                "active",
                "Providers with power",
                Size::Half,
                Kind::Single("providers_active"),
                "Providers that hold at least one proven sector.",
            ),
        ],
    },
    Chapter {
        id: "reward",
        title: "Reward and pledge",
        lead: "What a block earns, and what a sector must lock to take part.",
        figures: &[
            figure(
                "epoch-reward",
                "Reward of an epoch",
                Size::Half,
                Kind::Single("this_epoch_reward"),
                "For all winners of a 30-second epoch together. It decays by half every six years \
                 and moves with power against the baseline.",
            )
            .close_up(),
            figure(
                "pledge",
                "Pledge of a 32 GiB sector",
                Size::Half,
                Kind::Single("pledge_per_32gib"),
                "What a provider locks for a new sector without deals.",
            ),
            figure(
                "minted",
                "Minted and scheduled rewards",
                Size::Half,
                Kind::Several(&[("scheduled", "Scheduled"), ("minted", "Minted")]),
                "Scheduled is what five wins an epoch would pay; minted is what was paid. 7-day \
                 means.",
            )
            .close_up()
            .smooth(7),
            figure(
                "minted-ratio",
                "Minted over scheduled",
                Size::Half,
                Kind::Single("minted_ratio"),
                "Below one by the wins that late blocks and offline providers lose. 30-day mean.",
            )
            .told(Tell::Mean)
            .close_up()
            .smooth(30),
        ],
    },
    Chapter {
        id: "burn",
        title: "Burn and fees",
        lead: "FIL that leaves for good, and why.",
        figures: &[
            figure(
                "burnt",
                "FIL burnt since genesis",
                Size::Half,
                Kind::Single("supply_burnt"),
                "Simulated and real. The slope is what matters: the start is given.",
            )
            .close_up(),
            figure(
                "burn-parts",
                "Burn by cause",
                Size::Half,
                Kind::Stack(
                    &[
                        ("burn_base_fee", "Base fees"),
                        ("burn_daily_fee", "Daily fees"),
                        ("burn_fault_fee", "Fault fees"),
                        ("burn_termination_fee", "Termination"),
                        ("burn_stream", "Solstice burn"),
                    ],
                    None,
                ),
                "FIL a day, 7-day means.",
            )
            .smooth(7),
            figure(
                "base-fee",
                "Base fee",
                Size::Half,
                Kind::Single("base_fee"),
                "Price of a unit of gas. It rises while blocks are more than half full. 7-day \
                 mean.",
            )
            .smooth(7),
            figure(
                "gas",
                "Gas used",
                Size::Half,
                Kind::Single("gas_used_share"),
                "Share of the block gas limit. 7-day mean.",
            )
            .told(Tell::Mean)
            .smooth(7),
            figure(
                "service-stream",
                "Paid to service streams",
                Size::Half,
                Kind::Single("service_stream"),
                "Share of rewards that Solstice (FIP-0118) pays to services.",
            ),
        ],
    },
    Chapter {
        id: "providers",
        title: "Providers",
        lead: "Who earns, and whether it covers the cost.",
        figures: &[
            figure(
                "income",
                "Income by size class",
                Size::Half,
                Kind::Classes("income"),
                "Rewards of all providers of a class together. 30-day means.",
            )
            .smooth(30),
            figure(
                "margin",
                "Margin by size class",
                Size::Half,
                Kind::Classes("margin"),
                "Income less cost at the scenario's FIL price. Below zero a class loses money. \
                 30-day means.",
            )
            .smooth(30),
            figure(
                "power-share",
                "Share of power by size class",
                Size::Half,
                Kind::Classes("power_share"),
                "Share of quality-adjusted power: who decides and who earns.",
            ),
            figure(
                "margin-bars",
                "Cost and margin by size class",
                Size::Half,
                Kind::ClassBars(&[("cost", "Cost"), ("margin", "Margin")]),
                "Means over the last 90 days.",
            ),
            figure(
                "price",
                "FIL price",
                Size::Half,
                Kind::Single("fil_price"),
                "Given by the scenario, not an outcome.",
            ),
        ],
    },
    Chapter {
        id: "faults",
        title: "Faults",
        lead: "Machines fail, proofs are missed, and it costs.",
        figures: &[
            figure(
                "faulty",
                "Faulty power",
                Size::Half,
                Kind::Single("faulty_raw"),
                "Power that misses its proofs. It recovers when the machine does, or is terminated \
                 after 42 days.",
            )
            .told(Tell::Peak),
            figure(
                "missed",
                "Missed WindowPoSt proofs",
                Size::Half,
                Kind::Single("windowpost_missed"),
                "Proofs not given by their deadline. Spikes are common causes: a site, a power \
                 feed, an operator.",
            )
            .told(Tell::Peak),
            figure(
                "fault-fees",
                "Fault and termination fees",
                Size::Half,
                Kind::Several(&[
                    ("burn_fault_fee", "Fault fees"),
                    ("burn_termination_fee", "Termination"),
                ]),
                "Burnt. 7-day means.",
            )
            .smooth(7),
            figure(
                "failures",
                "Disks and outages",
                Size::Half,
                Kind::Several(&[("disks_failed", "Disks failed"), ("outages", "Outages")]),
                "What went wrong in the machine rooms. 7-day means.",
            )
            .smooth(7),
            figure(
                "wins-lost",
                "Wins that made no block",
                Size::Half,
                Kind::Several(&[("wins_lost", "Wins lost"), ("null_rounds", "Null rounds")]),
                "Election wins of offline or late providers, and epochs without any block. 7-day \
                 means.",
            )
            .smooth(7),
        ],
    },
];

impl Figure {
    /// The figure as HTML; `None` when nothing of it was recorded.
    pub fn html(&self, data: &Data<'_>) -> Result<Option<String>, Error> {
        let mut plots = Vec::new();
        let several = data.facts.experiment.points.len() > 1;
        match self.kind {
            Kind::Single(metric) => {
                plots.extend(self.single(data, metric)?.map(|drawn| (String::new(), drawn)));
            }
            _ => {
                for point in data.points() {
                    let name = if several { point.to_owned() } else { String::new() };
                    plots.extend(self.of_point(data, point)?.map(|drawn| (name, drawn)));
                }
            }
        }
        let Some((_, first)) = plots.first() else { return Ok(None) };
        // One sentence cannot tell what charts of several variants say.
        let tells = if plots.len() == 1 { first.tells.as_str() } else { "" };
        let tells = tells.to_owned();
        let plots: Vec<_> = plots.into_iter().map(|(name, drawn)| (name, drawn.svg)).collect();
        Ok(Some(figure_html(self.id, self.title, &tells, self.size, &plots, self.reading)))
    }

    fn single(&self, data: &Data<'_>, metric: &str) -> Result<Option<Drawn>, Error> {
        let mut lines = Vec::new();
        let several = data.facts.experiment.points.len() > 1;
        for (place, point) in data.points().enumerate() {
            if let Some(line) = data.line((point, metric, ""), self.mean_days)? {
                let label = if several { point } else { "" };
                lines.push(Line { label: label.to_owned(), ink: Ink::Series(place), ..line });
            }
        }
        let silent = |line: &Line| line.points.iter().all(|(_, value)| *value == 0.0);
        if lines.iter().all(silent) {
            return Ok(None);
        }
        let days = lines.first().map_or(0, |line| line.points.len());
        let observed = data.observed(metric, days)?;
        let unit = data.unit(metric);
        let tells = match lines.as_slice() {
            [line] => self.tell.of(line, observed.as_ref(), unit),
            lines => of_variants(lines, unit),
        };
        if let Some(observed) = observed {
            lines.iter_mut().filter(|line| line.label.is_empty()).for_each(|line| {
                line.label = "simulated".to_owned();
            });
            lines.push(observed);
        }
        Ok(Drawn::of(self.chart(data, unit, lines).draw(self.size), tells))
    }

    fn of_point(&self, data: &Data<'_>, point: &str) -> Result<Option<Drawn>, Error> {
        match self.kind {
            Kind::Single(_) => Ok(None),
            Kind::Several(parts) => {
                let lines = self.parts(data, point, parts)?;
                let unit = data.unit(parts[0].0);
                let tells = at_the_end(&lines, unit);
                Ok(Drawn::of(self.chart(data, unit, lines).draw(self.size), tells))
            }
            Kind::Classes(metric) => {
                let mut lines = Vec::new();
                for (place, class) in data.classes(point, metric)?.iter().enumerate() {
                    let line = data.line((point, metric, class), self.mean_days)?;
                    let (label, ink) = (class.clone(), Ink::Series(place));
                    lines.extend(line.map(|line| Line { label, ink, ..line }));
                }
                let unit = data.unit(metric);
                let tells = largest(&lines, unit);
                Ok(Drawn::of(self.chart(data, unit, lines).draw(self.size), tells))
            }
            Kind::Stack(parts, cap) => {
                let lines = self.parts(data, point, parts)?;
                let tells = at_the_end(&lines, data.unit(parts[0].0));
                let layer = |line: Line| {
                    let Line { label, ink, points, .. } = line;
                    Layer { label, ink, points }
                };
                let chart = StackedChart {
                    title: self.title.to_owned(),
                    unit: data.unit(parts[0].0).to_owned(),
                    layers: lines.into_iter().map(layer).collect(),
                    cap: cap.map(|(value, label)| (value, label.to_owned())),
                };
                Ok(Drawn::of(chart.draw(self.size), tells))
            }
            Kind::ClassBars(parts) => {
                Ok(Drawn::of(self.class_bars(data, point, parts)?, String::new()))
            }
        }
    }

    /// The recorded parts that are not zero throughout, each in the colour of its place.
    fn parts(&self, data: &Data<'_>, point: &str, parts: Parts) -> Result<Vec<Line>, Error> {
        let mut lines = Vec::new();
        for (place, (metric, name)) in parts.iter().enumerate() {
            let line = data.line((point, metric, ""), self.mean_days)?;
            let line = line.filter(|line| line.points.iter().any(|(_, value)| *value != 0.0));
            let ink = if *metric == "supply_reserve" { Ink::Rest } else { Ink::Series(place) };
            let (label, stroke) = ((*name).to_owned(), Stroke::Bold);
            lines.extend(line.map(|line| Line { label, ink, stroke, ..line }));
        }
        Ok(lines)
    }

    fn chart(&self, data: &Data<'_>, unit: &str, lines: Vec<Line>) -> LineChart {
        let split = data.facts.split.filter(|_| data.facts.verdict.has_windows());
        let marker =
            |date| Marker { date, label: "\u{2190} calibrated \u{b7} verdict \u{2192}".to_owned() };
        LineChart {
            title: self.title.to_owned(),
            unit: unit.to_owned(),
            lines,
            markers: split.map(marker).into_iter().collect(),
            from_zero: self.from_zero,
        }
    }

    fn class_bars(
        &self,
        data: &Data<'_>,
        point: &str,
        parts: Parts,
    ) -> Result<Option<String>, Error> {
        let mut groups = Vec::new();
        for class in data.classes(point, parts[0].0)? {
            let mut bars = Vec::new();
            for (place, (metric, _)) in parts.iter().enumerate() {
                let mean = data.late_mean(point, metric, &class, LATE_DAYS)?;
                let Some(value) = mean else { return Ok(None) };
                bars.push(Bar { ink: Ink::Series(place), value });
            }
            groups.push(Group { label: class, bars });
        }
        let legend = parts.iter().enumerate();
        let chart = BarChart {
            title: self.title.to_owned(),
            unit: data.unit(parts[0].0).to_owned(),
            legend: legend.map(|(i, (_, name))| ((*name).to_owned(), Ink::Series(i))).collect(),
            groups,
        };
        Ok(chart.draw(self.size))
    }
}

/// A figure with its plots, each under its name.
pub fn figure_html(
    id: &str,
    title: &str,
    tells: &str,
    size: Size,
    plots: &[(String, String)],
    reading: &str,
) -> String {
    let class = if size == Size::Full { " class=\"full\"" } else { "" };
    let mut html = format!(
        "<figure id=\"{id}\"{class}><h3>{}<span class=\"tells\">{}</span></h3>\n",
        escape(title),
        escape(tells)
    );
    for (name, svg) in plots {
        if !name.is_empty() {
            html += &format!("<h4>{}</h4>", escape(name));
        }
        html += &format!("<div class=\"plot\">{svg}</div>\n");
    }
    html += &format!("<figcaption>{}</figcaption></figure>\n", escape(reading));
    html
}

/// The figure that shows a metric, for links from sentences.
pub fn figure_of(metric: &str) -> Option<&'static str> {
    let shows = |figure: &&Figure| match figure.kind {
        Kind::Single(shown) | Kind::Classes(shown) => shown == metric,
        Kind::Several(parts) | Kind::Stack(parts, _) | Kind::ClassBars(parts) => {
            parts.iter().any(|(shown, _)| *shown == metric)
        }
    };
    let figures = || CHAPTERS.iter().flat_map(|chapter| chapter.figures);
    let single = |figure: &&Figure| matches!(figure.kind, Kind::Single(shown) if shown == metric);
    figures().find(single).or_else(|| figures().find(shows)).map(|figure| figure.id)
}
