//! Where devices stand: places, regions they scatter around, distances, and the cells of the H3
//! grid that density is counted in.
//!
//! A place is held in whole ten millionths of a degree, as satellite receivers give it, so that it
//! has the same bits everywhere. All angles go through [`pinwheel_core::math`]; the crate `h3o` is
//! built without its `std` feature, and then it too takes its functions from `libm`.
//!
//! Left out: the flattening of the Earth (at most 0.6 % of a distance), height, coast lines.

use std::collections::BTreeMap;
use std::f64::consts::{PI, TAU};

use h3o::{CellIndex, LatLng, Resolution};
use pinwheel_core::{Stream, math};
use serde::{Deserialize, Serialize};

/// Mean radius of the Earth, `R1` of the Geodetic Reference System 1980 (Moritz 2000).
pub const EARTH_RADIUS_KM: f64 = 6_371.008_8;

/// Ten millionths of a degree.
const STEPS_PER_DEGREE: f64 = 1e7;

/// A place on the Earth, to about a centimetre.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    latitude_e7: i32,
    longitude_e7: i32,
}

impl Place {
    /// The nearest place to a latitude of -90 to 90 and any longitude, both in degrees.
    pub fn from_degrees(latitude: f64, longitude: f64) -> Self {
        let turns = math::floor((longitude + 180.0) / 360.0);
        let steps = |degrees: f64| math::round(degrees * STEPS_PER_DEGREE) as i32;
        Place {
            latitude_e7: steps(latitude.clamp(-90.0, 90.0)),
            longitude_e7: steps(longitude - 360.0 * turns),
        }
    }
    /// North of the equator, degrees.
    pub fn latitude_degrees(self) -> f64 {
        f64::from(self.latitude_e7) / STEPS_PER_DEGREE
    }
    /// East of Greenwich, degrees.
    pub fn longitude_degrees(self) -> f64 {
        f64::from(self.longitude_e7) / STEPS_PER_DEGREE
    }
    fn radians(self) -> (f64, f64) {
        let radians = PI / 180.0;
        (self.latitude_degrees() * radians, self.longitude_degrees() * radians)
    }

    /// Length of the great circle to another place, by the haversine formula (Sinnott, "Virtues
    /// of the haversine", Sky and Telescope 68, 1984), which keeps its digits at short distances.
    pub fn distance_km(self, other: Place) -> f64 {
        let ((latitude, longitude), (to_latitude, to_longitude)) =
            (self.radians(), other.radians());
        let half = |angle: f64| {
            let sine = math::sin(angle / 2.0);
            sine * sine
        };
        let chord = half(to_latitude - latitude)
            + math::cos(latitude) * math::cos(to_latitude) * half(to_longitude - longitude);
        let chord = chord.clamp(0.0, 1.0);
        2.0 * EARTH_RADIUS_KM * math::atan2(math::sqrt(chord), math::sqrt(1.0 - chord))
    }

    /// The place at a distance along the great circle that leaves in a direction (clockwise from
    /// north): the spherical law of sines and cosines (Snyder, "Map projections", USGS 1987,
    /// formulas 5-5 and 5-6).
    pub fn towards(self, bearing_radians: f64, distance_km: f64) -> Place {
        let (latitude, longitude) = self.radians();
        let angle = distance_km / EARTH_RADIUS_KM;
        let (sin_lat, cos_lat) = (math::sin(latitude), math::cos(latitude));
        let (sin_way, cos_way) = (math::sin(angle), math::cos(angle));
        let to_latitude = sin_lat * cos_way + cos_lat * sin_way * math::cos(bearing_radians);
        let east = math::sin(bearing_radians) * sin_way * cos_lat;
        let north = cos_way - sin_lat * to_latitude;
        let degrees = 180.0 / PI;
        Place::from_degrees(
            math::asin(to_latitude.clamp(-1.0, 1.0)) * degrees,
            (longitude + math::atan2(east, north)) * degrees,
        )
    }

    /// The cell of the H3 grid that holds this place.
    ///
    /// # Panics
    ///
    /// If a place has degrees that are not finite: a fault of the model.
    pub fn cell(self, resolution: Resolution) -> CellIndex {
        LatLng::new(self.latitude_degrees(), self.longitude_degrees())
            .expect("a place has finite degrees")
            .to_cell(resolution)
    }
}

/// A centre and how far devices lie around it.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Region {
    /// Its centre.
    pub centre: Place,
    /// Standard deviation of the distance north and of the distance east.
    pub spread_km: f64,
}

impl Region {
    /// A place of this region: north and east of the centre by independent normal distances, so
    /// the distance itself is Rayleigh. Takes two numbers of the stream, whatever they are.
    pub fn draw(&self, stream: &mut Stream) -> Place {
        let bearing = TAU * stream.uniform();
        let rayleigh = math::sqrt(-2.0 * math::ln(stream.uniform_open()));
        let distance_km = (self.spread_km * rayleigh).min(PI * EARTH_RADIUS_KM);
        self.centre.towards(bearing, distance_km)
    }
}

/// How many devices stand in each cell that has any.
pub fn density(
    places: impl Iterator<Item = Place>,
    resolution: Resolution,
) -> BTreeMap<CellIndex, u32> {
    let mut devices = BTreeMap::new();
    for place in places {
        *devices.entry(place.cell(resolution)).or_insert(0) += 1;
    }
    devices
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinwheel_core::Streams;
    use proptest::prelude::*;

    fn close(found: f64, wanted: f64, kilometres: f64) {
        assert!((found - wanted).abs() <= kilometres, "{found} km, wanted {wanted}");
    }

    #[test]
    fn distances_have_the_closed_forms_of_the_sphere() {
        let equator = Place::from_degrees(0.0, 0.0);
        let pole = Place::from_degrees(90.0, 123.4);
        let quarter = PI * EARTH_RADIUS_KM / 2.0;
        close(equator.distance_km(pole), quarter, 1e-6);
        close(equator.distance_km(Place::from_degrees(0.0, 90.0)), quarter, 1e-6);
        close(equator.distance_km(Place::from_degrees(0.0, 180.0)), 2.0 * quarter, 1e-6);
        close(equator.distance_km(Place::from_degrees(0.0, 1.0)), quarter / 90.0, 1e-6);
        let (north, south) = (Place::from_degrees(37.5, 20.0), Place::from_degrees(-37.5, 200.0));
        close(north.distance_km(south), 2.0 * quarter, 1e-5);
        // Two meridians a quarter apart at 45 degrees: an equilateral arc of 60 degrees.
        let (west, east) = (Place::from_degrees(45.0, 0.0), Place::from_degrees(45.0, 90.0));
        close(west.distance_km(east), PI * EARTH_RADIUS_KM / 3.0, 1e-6);
        // A step of the grid at the equator, where the cosine formula has lost all digits.
        let step = Place::from_degrees(0.0, 1e-7);
        close(equator.distance_km(step), PI * EARTH_RADIUS_KM / 180.0 * 1e-7, 1e-12);
        close(pole.distance_km(Place::from_degrees(90.0, -7.0)), 0.0, 1e-9);
    }

    #[test]
    fn cells_are_those_of_h3() {
        // The examples of the H3 project's own readme and of its JavaScript port.
        let office = Place::from_degrees(37.361_559_3, -122.055_323_8);
        assert_eq!(office.cell(Resolution::Seven).to_string(), "87283472bffffff");
        assert_eq!(office.cell(Resolution::Five).to_string(), "85283473fffffff");
    }

    #[test]
    fn a_longitude_turns_and_a_latitude_ends() {
        assert_eq!(Place::from_degrees(1.0, 190.0), Place::from_degrees(1.0, -170.0));
        assert_eq!(Place::from_degrees(95.0, 0.0), Place::from_degrees(90.0, 0.0));
        assert_eq!(Place::from_degrees(0.0, 180.0).longitude_degrees(), -180.0);
    }

    #[test]
    fn a_region_scatters_as_a_rayleigh_distance_and_to_all_sides() {
        let region = Region { centre: Place::from_degrees(48.0, 11.0), spread_km: 50.0 };
        let mut stream = Streams::new(1, 0).stream(0, "test");
        const DRAWS: usize = 20_000;
        let (mut sum, mut inside, mut north) = (0.0, 0, 0);
        for _ in 0..DRAWS {
            let place = region.draw(&mut stream);
            let distance = region.centre.distance_km(place);
            sum += distance;
            inside += usize::from(distance < 50.0);
            north += usize::from(place.latitude_degrees() > 48.0);
        }
        // Rayleigh: mean s sqrt(pi/2), P(within s) = 1 - exp(-1/2).
        let mean = sum / DRAWS as f64;
        assert!((mean - 50.0 * math::sqrt(PI / 2.0)).abs() < 0.8, "{mean}");
        let share = inside as f64 / DRAWS as f64;
        assert!((share - 0.393_469).abs() < 0.012, "{share}");
        assert!((north as f64 / DRAWS as f64 - 0.5).abs() < 0.015, "{north}");
    }

    #[test]
    fn density_counts_each_device_once() {
        let region = Region { centre: Place::from_degrees(-33.9, 151.2), spread_km: 20.0 };
        let mut stream = Streams::new(2, 0).stream(0, "test");
        let places: Vec<Place> = (0..1_000).map(|_| region.draw(&mut stream)).collect();
        let cells = density(places.iter().copied(), Resolution::Five);
        assert_eq!(cells.values().sum::<u32>(), 1_000);
        // 95 % lie within 2.448 spreads, an area of 7,500 km2, 30 cells of about 250 km2.
        assert!((10..=80).contains(&cells.len()), "{}", cells.len());
    }

    proptest! {
        #[test]
        fn the_way_there_is_as_long_as_it_was_told(
            latitude in -89.0..89.0f64, longitude in -180.0..180.0f64,
            bearing in 0.0..TAU, distance in 0.0..19_000.0f64,
        ) {
            let from = Place::from_degrees(latitude, longitude);
            let to = from.towards(bearing, distance);
            // A place is a grid of 1.1 cm.
            prop_assert!((from.distance_km(to) - distance).abs() < 5e-5);
            prop_assert!((from.distance_km(to) - to.distance_km(from)).abs() < 1e-9);
        }
    }
}
