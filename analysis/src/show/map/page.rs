//! The page: map, timeline, tables.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::json;

use super::data::{Device, MapData};
use super::layout::MapLayout;
use crate::html::{Cell, escape, table};
use crate::wording::{format_number, grouped};

const STYLE: &str = concat!(include_str!("../style.css"), include_str!("map.css"));
const SCRIPT: &str = include_str!("map.js");
/// Nothing may be asked of any network.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
/// Devices in the table of the worst.
const WORST: usize = 20;
/// States as one letter each: this one for down, so many later for up all the time.
const FIRST_LETTER: u8 = b'(';
const STEPS: f64 = 60.0;

pub fn page(data: &MapData, layout: &MapLayout) -> String {
    let name = escape(&data.name);
    let point = if data.point.is_empty() { String::new() } else { format!(", {}", data.point) };
    let body = [
        format!(
            "<p class=\"kicker\">Pinwheel {}, run {}{}</p>\n<h1>{name}</h1>\n<p>{}</p>\n",
            escape(&data.version),
            data.run,
            escape(&point),
            escape(&data.question)
        ),
        figure(data, layout),
        tables(data),
    ];
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <title>{name}: map</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{}\
         </main>\n<script type=\"application/json\" id=\"data\">{}</script>\n\
         <script>\n{SCRIPT}</script>\n</body>\n</html>\n",
        body.concat(),
        states(data, layout)
    )
}

/// What the slider needs, as JSON that cannot end its element.
fn states(data: &MapData, layout: &MapLayout) -> String {
    let periods = data.periods();
    let states: Vec<String> = shown(data)
        .map(|device| device.up[..periods].iter().map(|share| letter(*share)).collect())
        .collect();
    let times: Vec<String> = (0..periods).map(|period| data.time(period)).collect();
    let loads: Vec<_> = data.loads.iter().map(|(class, load)| json!([class, load])).collect();
    let covers: Vec<_> =
        layout.covers.iter().map(|cover| json!([cover.region, cover.area])).collect();
    let whole = [0.0, 0.0, layout.width, layout.height];
    let json = json!({
        "states": states, "times": times, "loads": loads, "covers": covers, "whole": whole,
        "hours": data.period_hours,
    });
    json.to_string().replace('<', "\\u003c")
}

/// A share as a letter: the first and the last only for none and all of the time.
fn letter(share: f64) -> char {
    let step = match share {
        s if s <= 0.0 => 0.0,
        s if s >= 1.0 - 1e-9 => STEPS,
        s => (s * STEPS).round().clamp(1.0, STEPS - 1.0),
    };
    char::from(FIRST_LETTER + step as u8)
}

/// The class of a state, from up all the time (0) to down all the time (4).
fn state(share: f64) -> u8 {
    match share {
        s if s >= 1.0 - 1e-9 => 0,
        s if s >= 0.9 => 1,
        s if s >= 0.5 => 2,
        s if s > 0.0 => 3,
        _ => 4,
    }
}

/// The devices in the order in which they are drawn: links whose ends are on the map, then others.
fn shown(data: &MapData) -> impl Iterator<Item = &Device> {
    let links = data.devices.iter().filter(|device| ends(data, device).is_some());
    links.chain(data.devices.iter().filter(|device| device.ends.is_none()))
}

/// The places among the devices of a link's ends.
fn ends(data: &MapData, device: &Device) -> Option<[usize; 2]> {
    let place = |number| data.devices.binary_search_by_key(&number, |of| of.device).ok();
    let [from, to] = device.ends?;
    Some([place(from)?, place(to)?])
}

fn figure(data: &MapData, layout: &MapLayout) -> String {
    let (width, height) = (layout.width, layout.height);
    let mut svg = format!(
        "<svg id=\"map\" class=\"map\" viewBox=\"0 0 {width} {height:.1}\" role=\"img\" \
         aria-label=\"Map of the devices\">\n"
    );
    background(&mut svg, layout);
    let place = |device: &Device| {
        let found = data.devices.binary_search_by_key(&device.device, |of| of.device);
        layout.places[found.expect("it is one of them")]
    };
    for device in shown(data) {
        let share = device.mean_up();
        let title = format!("{}: up {}", escape(&device.name()), percent(share));
        let class = state(share);
        // Writing into a string cannot fail.
        let _ = match ends(data, device) {
            Some([from, to]) => {
                let [(x1, y1), (x2, y2)] = [layout.places[from], layout.places[to]];
                writeln!(
                    svg,
                    "<line class=\"link s{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" \
                     y2=\"{y2:.1}\"><title>{title}</title></line>"
                )
            }
            None => {
                let (x, y) = place(device);
                writeln!(
                    svg,
                    "<circle class=\"dot s{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\">\
                     <title>{title}</title></circle>"
                )
            }
        };
    }
    for cover in &layout.covers {
        let [left, top, wide, _] = cover.area;
        let (x, y) = (left + wide / 2.0, (top + 6.0).max(14.0));
        let _ = writeln!(
            svg,
            "<text class=\"region\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>",
            escape(&cover.region)
        );
    }
    svg += "</svg>\n";
    format!(
        "<figure class=\"full\"><p id=\"now\" class=\"now\">The whole run: each device by the share \
         of the time in which it was up.</p>\n<div id=\"zoom\" class=\"zoom\" hidden></div>\n\
         <div class=\"plot\">{svg}</div>\n{}{}{}<figcaption>{}</figcaption></figure>\n",
        legend(),
        timeline(data),
        "<div id=\"controls\" class=\"controls\" hidden><button id=\"play\" type=\"button\">Play\
         </button><input id=\"time\" type=\"range\" min=\"-1\" value=\"-1\" \
         aria-label=\"Period\"></div>\n<div id=\"loads\" class=\"loads\"></div>\n",
        reading(data)
    )
}

fn background(svg: &mut String, layout: &MapLayout) {
    for line in &layout.lines {
        let ((x1, y1), (x2, y2)) = (line.from, line.to);
        let (x, y) = if x1 == x2 { (x1 + 4.0, layout.height - 5.0) } else { (4.0, y1 - 4.0) };
        let _ = writeln!(
            svg,
            "<line class=\"graticule\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>\
             <text class=\"degree\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>",
            line.label
        );
    }
    for circle in &layout.circles {
        let _ = writeln!(
            svg,
            "<ellipse class=\"area\" cx=\"{:.1}\" cy=\"{:.1}\" rx=\"{2:.1}\" ry=\"{2:.1}\"/>",
            circle.x, circle.y, circle.radius
        );
    }
}

fn legend() -> String {
    let mark = |(class, words): (usize, &str)| {
        format!(
            "<span><svg viewBox=\"0 0 12 12\" width=\"12\" height=\"12\" aria-hidden=\"true\">\
             <circle class=\"dot s{class}\" cx=\"6\" cy=\"6\" r=\"4\"/></svg> {words}</span>"
        )
    };
    let words = ["up", "up 90 % or more", "up half or more", "up less than half", "down"];
    format!(
        "<p class=\"legend\">{}</p>\n",
        words.into_iter().enumerate().map(mark).collect::<String>()
    )
}

/// The share of devices that are down in each period, over the slider.
fn timeline(data: &MapData) -> String {
    let periods = data.periods();
    let devices = data.devices.len().max(1) as f64;
    let down = |period: usize| {
        data.devices.iter().map(|device| 1.0 - device.up[period]).sum::<f64>() / devices
    };
    let down: Vec<f64> = (0..periods).map(down).collect();
    let most = down.iter().copied().fold(0.0, f64::max);
    let mut path = "M0 1".to_owned();
    for (period, share) in down.iter().enumerate() {
        let height = 1.0 - share / most.max(f64::MIN_POSITIVE);
        let _ = write!(path, "V{height:.3}H{}", period + 1);
    }
    format!(
        "<p class=\"peak\">Down: at most {} of the devices at once</p>\n<svg class=\"timeline\" \
         viewBox=\"0 0 {periods} 1\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"Share \
         of devices down over time\"><path d=\"{path}V1Z\"/><rect id=\"cursor\" width=\"1\" \
         height=\"1\" visibility=\"hidden\"/></svg>\n<p class=\"ends\"><span>{}</span><span>{}\
         </span></p>\n",
        percent(most),
        data.time(0),
        data.time(periods.saturating_sub(1))
    )
}

fn reading(data: &MapData) -> String {
    let links = data.devices.iter().filter(|device| device.ends.is_some()).count();
    let drawn = shown(data).filter(|device| device.ends.is_some()).count();
    let mut words = format!(
        "{} devices, one picture for each {} hours. A device is full where it was up all of the \
         period, and hollow where it was down.",
        grouped((data.devices.len() - links) as f64, 0),
        format_number(data.period_hours).trim_end_matches('0').trim_end_matches('.'),
    );
    if links > 0 {
        let _ = write!(words, " Lines are links; one that a partition cuts counts as down.");
    }
    if drawn < links {
        let _ = write!(words, " {} links lead to devices that are not shown.", links - drawn);
    }
    words
}

fn tables(data: &MapData) -> String {
    let mut groups: BTreeMap<(&str, &str), Vec<&Device>> = BTreeMap::new();
    for device in &data.devices {
        groups.entry((&device.region, &device.class)).or_default().push(device);
    }
    let mean = |devices: &[&Device], period: usize| {
        devices.iter().map(|device| device.up[period]).sum::<f64>() / devices.len() as f64
    };
    let rows: Vec<Vec<Cell>> = (groups.iter())
        .map(|((region, class), devices)| {
            let whole =
                devices.iter().map(|device| device.mean_up()).sum::<f64>() / devices.len() as f64;
            let worst = (0..data.periods())
                .min_by(|a, b| mean(devices, *a).total_cmp(&mean(devices, *b)))
                .unwrap_or(0);
            vec![
                Cell::text(*region),
                Cell::text(*class),
                Cell::number(grouped(devices.len() as f64, 0)),
                Cell::number(percent(whole)),
                Cell::number(percent(mean(devices, worst))),
                Cell::number(data.time(worst)),
            ]
        })
        .collect();
    let headings = ["Region", "Class", "#Devices", "#Up", "#Up at worst", "#In the period to"];
    let regions = table(&headings, &rows);
    let mut worst: Vec<&Device> = data.devices.iter().collect();
    worst.sort_by(|a, b| a.mean_up().total_cmp(&b.mean_up()).then(a.device.cmp(&b.device)));
    let rows: Vec<Vec<Cell>> = (worst.iter().take(WORST))
        .map(|device| {
            let down = device.up.iter().filter(|share| **share <= 0.0).count();
            vec![
                Cell::text(device.name()),
                Cell::number(percent(device.mean_up())),
                Cell::number(grouped(down as f64, 0)),
            ]
        })
        .collect();
    format!(
        "<h2>By region</h2>\n{regions}<h2>Devices that were down most</h2>\n{}",
        table(&["Device", "#Up", "#Periods down"], &rows)
    )
}

fn percent(share: f64) -> String {
    format!("{} %", grouped(share * 100.0, if share > 0.99 && share < 1.0 { 1 } else { 0 }))
}
