//! Every number of the physical layer, with unit and source.

crate::parameters! {
    /// How plants are built, how often their parts fail and how long they stay down.
    pub struct Parameters {
        /// Disks in one host.
        disks_per_host: "disk" = 36.0, in 1.0 ..= 1000.0,
            "assumption: the common 4U chassis with 36 bays",
            fixed "hosts are built on the first day";
        /// Hosts in one rack.
        hosts_per_rack: "host" = 10.0, in 1.0 ..= 100.0,
            "assumption: ten 4U hosts in a rack of 42U",
            fixed "racks are built on the first day";
        /// Capacity of one disk.
        disk_terabytes: "TB" = 16.0, in 0.1 ..= 1000.0,
            "assumption: the usual helium drive of 2021-2024",
            fixed "disks of this size are bought on the first day";
        /// Mean age of all hardware on the first day.
        plant_age_years: "year" = 1.0, in 0.0 ..= 20.0,
            "assumption: mainnet opened two years before the history scenario",
            fixed "it is an age on the first day";
        /// Share of disks that fail in a year, averaged over `disk_life_years`.
        disk_afr: "1/year" = 0.014, in 0.0 ..= 1.0, "Backblaze Drive Stats 2022: 1.37 %";
        /// Weibull shape of the life of a disk; 1 is exponential.
        disk_shape: "1" = 1.15, in 0.3 ..= 5.0,
            "Weibull fits to Backblaze 2013-2016: 0.62 to 2.00 by drive model, ST4000DM000 1.15";
        /// Years over which `disk_afr` is the average.
        disk_life_years: "year" = 5.0, in 0.5 ..= 20.0,
            "assumption: warranty of an enterprise drive";
        /// Mean number of disks of one site that fail together (geometric); 1 is a Poisson fleet.
        disk_burst: "disk" = 1.5, in 1.0 ..= 10.0,
            "assumption between 1 and 5.5; with bursts of mean m failures have CV^2 = 2m - 1, and \
            the 3,766 disk failures of the Alpine file system have CV 3.17";
        /// Share of owners whose hosts are redundancy groups.
        parity_share: "1" = 0.7, in 0.0 ..= 1.0,
            "assumption: RAID-Z2 is common advice to storage providers, not a rule",
            fixed "owners choose on the first day";
        /// Failed disks a redundancy group survives.
        parity_disks: "disk" = 2.0, in 0.0 ..= 8.0, "RAID-6 and RAID-Z2";
        /// Median time to replace a disk, and to rebuild it where there is parity.
        disk_repair_hours: "h" = 12.0, in 0.01 ..= 10000.0,
            "assumption: next working day; 16 TB at 200 MB/s take 22 h to write";
        /// Mean time between the failures of a host.
        host_mtbf_hours: "h" = 8766.0, in 1.0 ..= 1e9,
            "assumption: once a year; rates differ wildly between systems (Schroeder and Gibson \
            2006)";
        /// Median time to repair a host.
        host_repair_hours: "h" = 3.0, in 0.01 ..= 10000.0,
            "assumption: most stops end with a restart or a swapped part";
        /// Mean time between the failures of a rack (switch, power strip).
        rack_mtbf_hours: "h" = 87660.0, in 1.0 ..= 1e9,
            "Gill et al. 2011: about 5 % of top-of-rack switches fail in a year; power strips as \
            many";
        /// Median time to repair a rack.
        rack_repair_hours: "h" = 4.0, in 0.01 ..= 10000.0, "assumption";
        /// Outages a year of one power feed, which carries half of a site's racks.
        feed_outages_per_year: "1/year" = 0.25, in 0.0 ..= 1000.0, "assumption";
        /// Median length of a feed's outage.
        feed_outage_hours: "h" = 2.0, in 0.01 ..= 10000.0, "assumption";
        /// Outages a year of a whole site (power, cooling, uplink).
        site_outages_per_year: "1/year" = 1.5, in 0.0 ..= 1000.0,
            "with the next: about 7 h a year, between Uptime Institute Tier III (1.6 h) and Tier \
            II (22 h)";
        /// Median length of a site's outage.
        site_outage_hours: "h" = 3.0, in 0.01 ..= 10000.0, "see site_outages_per_year";
        /// Outages a year of a region (grid, carrier).
        region_outages_per_year: "1/year" = 0.2, in 0.0 ..= 1000.0,
            "assumption; such as the Iberian grid on 2025-04-28";
        /// Share of a region's sites that its outage reaches.
        region_outage_share: "1" = 0.5, in 0.0 ..= 1.0,
            "assumption: the others have a second carrier or a generator";
        /// Median length of a region's outage.
        region_outage_hours: "h" = 6.0, in 0.01 ..= 10000.0,
            "assumption; about 10 h for most of Iberia in 2025";
        /// Operating mistakes a year of one owner (bad change, lost key, wallet without funds).
        operator_mistakes_per_year: "1/year" = 0.5, in 0.0 ..= 1000.0, "assumption";
        /// Share of the mistakes that stop the whole owner; the others hide a part of one site.
        operator_whole_share: "1" = 0.3, in 0.0 ..= 1.0, "assumption";
        /// Median time to undo a mistake.
        operator_mistake_hours: "h" = 12.0, in 0.01 ..= 10000.0,
            "assumption: noticed the next morning";
        /// Faults a year in software that many owners run.
        software_faults_per_year: "1/year" = 2.0, in 0.0 ..= 1000.0,
            "with the next two: Filecoin raw power fell by about 5 % in a day once in its first \
            year of the history (2023-04-26, -550 PiB)";
        /// Mean share of owners that one software fault stops (exponential).
        software_fault_share: "1" = 0.025, in 0.0 ..= 1.0, "see software_faults_per_year";
        /// Median time until an owner has installed the remedy.
        software_fault_hours: "h" = 24.0, in 0.01 ..= 10000.0,
            "+319 PiB two days after the fall of 2023-04-26";
        /// Spread of every repair and outage: standard deviation of the logarithm of its length.
        duration_sigma: "1" = 1.0, in 0.0 ..= 3.0,
            "Schroeder and Gibson 2006: repair times are log-normal; the value is an estimate";
        /// Crews of a site, at least.
        crews_per_site: "crew" = 1.0, in 1.0 ..= 1000.0, "assumption";
        /// Disks for which a site keeps one crew.
        disks_per_crew: "disk" = 5000.0, in 1.0 ..= 1e9,
            "assumption: keeps crews below half of their time busy";
    }
}
