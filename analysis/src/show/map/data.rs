//! What the map of one run shows, read from its table.

use jiff::civil::Date;

use crate::Error;
use crate::record::store::Store;
use crate::record::table::Table;

/// A device on the map.
#[derive(Clone, Debug)]
pub struct Device {
    pub region: String,
    pub class: String,
    /// Within its class.
    number: String,
    /// Within the fleet.
    pub device: u32,
    /// Degrees north and east.
    pub place: Option<(f64, f64)>,
    /// Of a link: the numbers of the devices at its ends.
    pub ends: Option<[u32; 2]>,
    /// Share of each period in which it was up.
    pub up: Vec<f64>,
}

impl Device {
    /// From a label such as "europe/router/3".
    pub fn new(label: &str, device: u32, place: Option<(f64, f64)>, up: Vec<f64>) -> Option<Self> {
        let mut parts = label.splitn(3, '/').map(str::to_owned);
        let (region, class, number) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Device { region, class, number, device, place, ends: None, up })
    }

    pub fn name(&self) -> String {
        format!("{}, {} {}", self.region, self.class, self.number)
    }

    /// Over the whole run.
    pub fn mean_up(&self) -> f64 {
        self.up.iter().sum::<f64>() / self.up.len().max(1) as f64
    }
}

/// A run of a result as its map shows it.
#[derive(Clone, Debug)]
pub struct MapData {
    pub name: String,
    pub question: String,
    pub point: String,
    pub run: u32,
    pub version: String,
    pub start: Date,
    pub period_hours: f64,
    pub devices: Vec<Device>,
    /// By class that serves a demand: share of its capacity in use at the end of each period.
    pub loads: Vec<(String, Vec<f64>)>,
}

impl MapData {
    pub fn read(store: &Store, point: &str, run: u32) -> Result<MapData, Error> {
        let (table, manifest) = (store.table(), &store.manifest);
        let absent = || Error::NoMap(store.folder.clone());
        let start = manifest.points.iter().find(|of| of.id == point).ok_or_else(absent)?.start;
        let period = first(table, point, run, "map_period_hours", "")?.ok_or_else(absent)?;
        let mut devices = Vec::new();
        for (label, up) in values(table, point, run, "map_up_share")? {
            let one = |metric| first(table, point, run, metric, &label);
            let place = one("map_latitude")?.zip(one("map_longitude")?);
            let ends = one("map_link_from")?.zip(one("map_link_to")?);
            let device = one("map_device")?.map(|number| number as u32);
            let device = device.and_then(|device| Device::new(&label, device, place, up));
            let ends = ends.map(|(from, to)| [from as u32, to as u32]);
            devices.extend(device.map(|device| Device { ends, ..device }));
        }
        if devices.is_empty() {
            return Err(absent());
        }
        devices.sort_by_key(|device| device.device);
        Ok(MapData {
            name: manifest.name.clone(),
            question: manifest.question.clone(),
            point: point.to_owned(),
            run,
            version: manifest.version.clone(),
            start,
            period_hours: period,
            devices,
            loads: values(table, point, run, "map_load")?,
        })
    }

    /// Pictures that every device has.
    pub fn periods(&self) -> usize {
        self.devices.iter().map(|device| device.up.len()).min().unwrap_or(0)
    }

    /// The end of a period, counted from 0, as people write it.
    pub fn time(&self, period: usize) -> String {
        let minutes = (self.period_hours * 60.0 * (period + 1) as f64).round() as i64;
        let end = self.start.at(0, 0, 0, 0).checked_add(jiff::Span::new().minutes(minutes));
        end.map_or_else(|_| String::new(), |end| end.strftime("%Y-%m-%d %H:%M").to_string())
    }
}

/// All values of a metric in one run, by label.
fn values(
    table: &Table,
    point: &str,
    run: u32,
    metric: &str,
) -> Result<Vec<(String, Vec<f64>)>, Error> {
    let group = table.group(point, metric)?;
    let of_run = group.iter().filter_map(|(label, runs)| {
        let points = runs.get(&run)?;
        Some((label.clone(), points.iter().map(|(_, value)| *value).collect()))
    });
    Ok(of_run.collect())
}

fn first(
    table: &Table,
    point: &str,
    run: u32,
    metric: &str,
    label: &str,
) -> Result<Option<f64>, Error> {
    Ok(table.series(point, run, metric, label)?.first().map(|(_, value)| *value))
}
