//! Where each device stands on the page.

use std::f64::consts::{PI, TAU};

use pinwheel_core::math;

use super::data::MapData;

const WIDTH: f64 = 1040.0;
const HEIGHT_MIN: f64 = 280.0;
const HEIGHT_MAX: f64 = 600.0;
const MARGIN: f64 = 36.0;
/// Least width and height that a map shows, in degrees.
const SPAN_MIN: f64 = 0.02;
/// Lines of the graticule that a map has room for.
const LINES: f64 = 8.0;
/// Between two devices of a circle, and around a circle.
const STEP: f64 = 13.0;
const GAP: f64 = 34.0;
/// The angle by which seeds of a sunflower follow each other: even in every circle (Vogel 1979).
const GOLDEN: f64 = 2.399_963_229_728_653;

/// A line of equal latitude or longitude, from one end to the other.
#[derive(Clone, Debug)]
pub struct GridLine {
    pub from: (f64, f64),
    pub to: (f64, f64),
    pub label: String,
}

/// A region without coordinates.
#[derive(Clone, Debug)]
pub struct Circle {
    pub x: f64,
    pub y: f64,
    pub radius: f64,
}

/// A region by what its devices cover: left, top, width and height.
#[derive(Clone, Debug)]
pub struct Cover {
    pub region: String,
    pub area: [f64; 4],
}

#[derive(Clone, Debug)]
pub struct MapLayout {
    pub width: f64,
    pub height: f64,
    /// By device.
    pub places: Vec<(f64, f64)>,
    pub lines: Vec<GridLine>,
    pub circles: Vec<Circle>,
    pub covers: Vec<Cover>,
}

impl MapLayout {
    pub fn of(data: &MapData) -> MapLayout {
        let places: Option<Vec<(f64, f64)>> =
            data.devices.iter().map(|device| device.place).collect();
        let mut layout = match places {
            Some(places) => on_earth(&places),
            None => in_circles(data),
        };
        layout.covers =
            regions(data).into_iter().map(|region| layout.cover(data, region)).collect();
        layout
    }

    fn cover(&self, data: &MapData, region: &str) -> Cover {
        let mut area = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        let devices = data.devices.iter().zip(&self.places);
        for (_, (x, y)) in devices.filter(|(device, _)| device.region == region) {
            area = [area[0].min(*x), area[1].min(*y), area[2].max(*x), area[3].max(*y)];
        }
        let [left, top, right, bottom] = area;
        let area = [left - 24.0, top - 24.0, right - left + 48.0, bottom - top + 48.0];
        Cover { region: region.to_owned(), area }
    }
}

/// Regions in the order of their first device.
fn regions(data: &MapData) -> Vec<&str> {
    let mut regions: Vec<&str> = Vec::new();
    for device in &data.devices {
        if !regions.contains(&device.region.as_str()) {
            regions.push(&device.region);
        }
    }
    regions
}

/// Equirectangular, true to scale at the middle latitude; the edge is where the widest gap is.
fn on_earth(places: &[(f64, f64)]) -> MapLayout {
    let mut longitudes: Vec<f64> = places.iter().map(|place| place.1).collect();
    longitudes.sort_by(f64::total_cmp);
    let round = longitudes[0] + 360.0;
    let next = longitudes.iter().skip(1).chain([&round]);
    let widest = longitudes.iter().zip(next).max_by(|a, b| (a.1 - a.0).total_cmp(&(b.1 - b.0)));
    // All devices at one longitude leave the gap behind it.
    let first = widest.map_or(longitudes[0], |gap| *gap.1) % 360.0;
    let east = |longitude: f64| first + (longitude - first).rem_euclid(360.0);
    let range = |values: &mut dyn Iterator<Item = f64>| {
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        })
    };
    let (south, north) = range(&mut places.iter().map(|place| place.0));
    let (west, far_east) = range(&mut places.iter().map(|place| east(place.1)));
    let squeeze = math::cos((south + north) / 2.0 * PI / 180.0).max(0.2);
    let (wide, high) = ((far_east - west).max(SPAN_MIN) * squeeze, (north - south).max(SPAN_MIN));
    let most = HEIGHT_MAX - 2.0 * MARGIN;
    let scale = ((WIDTH - 2.0 * MARGIN) / wide).min(most / high);
    let height = (high * scale + 2.0 * MARGIN).max(HEIGHT_MIN);
    let middle = ((west + far_east) / 2.0, (south + north) / 2.0);
    let x = |longitude: f64| WIDTH / 2.0 + (longitude - middle.0) * squeeze * scale;
    let y = |latitude: f64| height / 2.0 - (latitude - middle.1) * scale;
    let (half_wide, half_high) = (WIDTH / 2.0 / squeeze / scale, height / 2.0 / scale);
    let mut lines = Vec::new();
    for meridian in steps(middle.0 - half_wide, middle.0 + half_wide) {
        let degrees = (meridian + 180.0).rem_euclid(360.0) - 180.0;
        let label = degree(degrees, ["W", "E"]);
        lines.push(GridLine { from: (x(meridian), 0.0), to: (x(meridian), height), label });
    }
    for parallel in steps((middle.1 - half_high).max(-90.0), (middle.1 + half_high).min(90.0)) {
        let label = degree(parallel, ["S", "N"]);
        lines.push(GridLine { from: (0.0, y(parallel)), to: (WIDTH, y(parallel)), label });
    }
    let places = places.iter().map(|place| (x(east(place.1)), y(place.0))).collect();
    MapLayout { width: WIDTH, height, places, lines, circles: vec![], covers: vec![] }
}

/// Whole steps of a round number of degrees between two.
fn steps(low: f64, high: f64) -> Vec<f64> {
    const ROUND: [f64; 12] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0];
    let step = ROUND.into_iter().find(|step| (high - low) / step <= LINES).unwrap_or(45.0);
    let count = ((high - low) / step) as usize + 1;
    let first = (low / step).ceil();
    let all = (0..count).map(|place| (first + place as f64) * step);
    all.filter(|degrees| *degrees <= high).collect()
}

fn degree(degrees: f64, sides: [&str; 2]) -> String {
    let shown = (degrees.abs() * 100.0).round() / 100.0;
    let side = match degrees {
        _ if shown == 0.0 => "",
        d if d < 0.0 => sides[0],
        _ => sides[1],
    };
    format!("{shown}\u{b0}{side}")
}

/// Regions as circles in rows, the devices of each like the seeds of a sunflower.
fn in_circles(data: &MapData) -> MapLayout {
    let regions = regions(data);
    let count = |region: &str| data.devices.iter().filter(|of| of.region == region).count();
    let radius = |region: &str| STEP * math::sqrt(count(region) as f64) * 0.62 + STEP;
    let widest = regions.iter().map(|region| radius(region)).fold(0.0, f64::max);
    let pitch = 2.0 * widest + GAP;
    // As wide as the page and as many rows as that needs; small worlds are enlarged.
    let columns = ((WIDTH / pitch).floor().max(1.0) as usize).min(regions.len());
    let rows = regions.len().div_ceil(columns);
    let scale = (WIDTH / (pitch * columns as f64)).min(HEIGHT_MAX / (pitch * rows as f64)).min(2.0);
    let pitch = pitch * scale;
    let left = (WIDTH - pitch * columns as f64) / 2.0;
    let circle = |(place, region): (usize, &&str)| Circle {
        x: left + pitch * ((place % columns) as f64 + 0.5),
        y: pitch * ((place / columns) as f64 + 0.5),
        radius: radius(region) * scale,
    };
    let circles: Vec<Circle> = regions.iter().enumerate().map(circle).collect();
    let mut seeds = vec![0_u32; regions.len()];
    let mut places = Vec::with_capacity(data.devices.len());
    for device in &data.devices {
        let region = regions.iter().position(|of| *of == device.region).unwrap_or(0);
        let (circle, seed) = (&circles[region], f64::from(seeds[region]));
        let share = math::sqrt((seed + 0.5) / count(&device.region) as f64);
        let (angle, far) = (seed * GOLDEN % TAU, share * (circle.radius - STEP * scale / 2.0));
        places.push((circle.x + far * math::cos(angle), circle.y + far * math::sin(angle)));
        seeds[region] += 1;
    }
    let height = pitch * rows as f64;
    MapLayout { width: WIDTH, height, places, lines: vec![], circles, covers: vec![] }
}
