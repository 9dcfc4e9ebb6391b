//! Sites, racks, hosts and disks of many owners: how they fail and are repaired.
