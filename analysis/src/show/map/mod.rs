//! `map.html`: where devices are and how they fare over time, on one page that needs nothing else.
//!
//! Drawn from the rows that `[infrastructure.map]` asks for. With coordinates, devices stand on an
//! equirectangular map; without, in circles by region. Without JavaScript the page shows the whole
//! run at once, and tables; with it, a slider shows each period.

mod data;
mod layout;
mod page;

use crate::Error;
use crate::record::store::Store;

/// Whether a metric is only for the map: no series that a report would show.
pub fn is_for_map(metric: &str) -> bool {
    metric.starts_with("map_")
}

/// The page of one run of a result.
///
/// # Errors
///
/// [`Error::NoMap`] if the run recorded none, [`Error::Table`] or [`Error::Io`] if the table cannot be
/// read.
pub fn render(store: &Store, point: &str, run: u32) -> Result<String, Error> {
    let data = data::MapData::read(store, point, run)?;
    Ok(page::page(&data, &layout::MapLayout::of(&data)))
}

#[cfg(test)]
mod tests {
    use super::data::{Device, MapData};
    use super::*;
    use jiff::civil::date;

    fn device(label: &str, number: u32, place: Option<(f64, f64)>, up: [f64; 3]) -> Device {
        Device::new(label, number, place, up.to_vec()).expect("a name of three parts")
    }

    fn data(places: bool) -> MapData {
        let place = |latitude, longitude| places.then_some((latitude, longitude));
        let mut devices = vec![
            device("europe/router/0", 0, place(50.0, 8.0), [1.0, 0.0, 1.0]),
            device("europe/router/1", 1, place(52.0, 9.0), [1.0, 1.0, 1.0]),
            device("asia/router/2", 2, place(1.0, 103.0), [0.5, 1.0, 1.0]),
            device("asia/fibre/0", 3, place(1.0, 103.0), [1.0, 1.0, 0.25]),
            device("asia/fibre/1", 4, place(1.0, 103.0), [1.0, 1.0, 1.0]),
        ];
        devices[3].ends = Some([0, 2]);
        devices[4].ends = Some([0, 77]);
        MapData {
            name: "a <test>".to_owned(),
            question: "why?".to_owned(),
            point: String::new(),
            run: 0,
            version: "1".to_owned(),
            start: date(2026, 1, 1),
            period_hours: 6.0,
            devices,
            loads: vec![("router".to_owned(), vec![0.5, 0.75, 1.0])],
        }
    }

    #[test]
    fn the_page_holds_every_device_and_asks_for_nothing() {
        let data = data(true);
        let html = page::page(&data, &layout::MapLayout::of(&data));
        assert_eq!(
            html.matches("r=\"4\"><title>").count(),
            3,
            "the legend has circles without one"
        );
        assert_eq!(html.matches("<line class=\"link").count(), 1, "one end is not on the map");
        assert!(html.contains("<title>europe, router 0: up 67 %</title>"), "{html}");
        assert!(html.contains("a &lt;test&gt;") && !html.contains("<test>"));
        for request in ["http:", "https:", "src=", "@import", "url("] {
            assert!(!html.contains(request), "{request}");
        }
        assert!(html.contains("default-src 'none'"));
        // The link first, up for a quarter of the third period; then devices as they are drawn.
        assert!(html.contains("\"states\":[\"dd7\",\"d(d\",\"ddd\",\"Fdd\"]"), "{html}");
        assert!(html.contains("<td>asia, fibre 0</td>"), "{html}");
    }

    #[test]
    fn places_keep_their_directions_and_the_widest_gap_is_the_edge() {
        let mut data = data(true);
        data.devices[0].place = Some((10.0, 170.0));
        data.devices[1].place = Some((-10.0, -170.0));
        data.devices[2].place = Some((0.0, 179.0));
        data.devices.truncate(3);
        let layout = layout::MapLayout::of(&data);
        let [west, east, middle] = [0, 1, 2].map(|place| layout.places[place]);
        assert!(west.0 < middle.0 && middle.0 < east.0, "{:?}", layout.places);
        assert!(west.1 < middle.1 && middle.1 < east.1, "north is up");
        let inside = |(x, y): &(f64, f64)| {
            (0.0..=layout.width).contains(x) && (0.0..=layout.height).contains(y)
        };
        assert!(layout.places.iter().all(inside));
    }

    #[test]
    fn without_places_regions_are_circles_apart() {
        let data = data(false);
        let layout = layout::MapLayout::of(&data);
        assert_eq!(layout.circles.len(), 2);
        let [europe, asia] = [&layout.circles[0], &layout.circles[1]];
        assert!((europe.x - asia.x).abs() > europe.radius + asia.radius);
        for (device, place) in data.devices.iter().zip(&layout.places) {
            let circle = if device.region == "asia" { asia } else { europe };
            let (x, y) = (place.0 - circle.x, place.1 - circle.y);
            assert!(x * x + y * y <= circle.radius * circle.radius, "{device:?} {place:?}");
        }
    }
}
