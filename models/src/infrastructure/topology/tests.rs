use super::*;
use pinwheel_core::SimDuration;

fn settings(shape: Shape) -> Settings {
    Settings {
        nodes: vec![0],
        links: 1,
        shape,
        latency: SimDuration::from_seconds(1),
        latency_seconds_per_km: 0.0,
        loss: 0.0,
        message_period: None,
        terminals: Some([0, 3]),
        partitions: vec![Partition {
            start: SimDuration::ZERO,
            length: SimDuration::ZERO,
            nodes: vec![0, 1],
        }],
    }
}

/// Devices 0.. are the nodes, those after them the links.
fn network(settings: &Settings, nodes: u32, links: u32) -> Topology {
    let places: Vec<Place> =
        (0..nodes).map(|node| Place::from_degrees(0.0, f64::from(node * node) / 100.0)).collect();
    let (nodes, links): (Vec<_>, Vec<_>) = ((0..nodes).collect(), (nodes..nodes + links).collect());
    Topology::new(settings, &nodes, &links, &places, &Streams::new(1, 0))
}

fn reachable(network: &mut Topology) -> (u64, bool) {
    network.count();
    (network.pairs, network.linked)
}

fn at(seconds: u64) -> SimTime {
    SimTime::ZERO + SimDuration::from_seconds(seconds)
}

#[test]
fn a_ring_survives_one_fault_and_is_cut_by_two() {
    let mut ring = network(&settings(Shape::Ring), 6, 6);
    assert_eq!(reachable(&mut ring), (15, true));
    ring.change(Change { device: 6, up: false }, at(10));
    assert_eq!(reachable(&mut ring), (15, true));
    // Links 0-1 and 3-4 down: {1, 2, 3} and {4, 5, 0}.
    ring.change(Change { device: 9, up: false }, at(20));
    assert_eq!(reachable(&mut ring), (6, false));
    // Node 5 down leaves 4 and 0 alone.
    ring.change(Change { device: 5, up: false }, at(30));
    assert_eq!(reachable(&mut ring), (3, false));
    let weighed = (20.0 * 15.0 + 10.0 * 6.0 + 10.0 * 3.0) / 40.0 / 15.0;
    assert!((ring.reachable_share(at(40)) - weighed).abs() < 1e-12);
    assert!((ring.linked_share(at(40)) - 0.5).abs() < 1e-12);
}

#[test]
fn the_way_is_the_shortest_that_is_open() {
    let list = vec![[0, 1], [1, 2], [2, 3], [0, 3], [0, 3]];
    let mut network = network(&settings(Shape::List(list)), 4, 5);
    let hops = |network: &Topology| {
        network.route(0, 3).map(|(latency, links)| {
            assert_eq!(latency, SimDuration::from_seconds(links.len() as u64));
            links.into_iter().map(EdgeIndex::index).collect::<Vec<_>>()
        })
    };
    assert_eq!(hops(&network), Some(vec![3]));
    network.change(Change { device: 7, up: false }, at(1));
    assert_eq!(hops(&network), Some(vec![4]));
    network.change(Change { device: 8, up: false }, at(1));
    assert_eq!(hops(&network), Some(vec![0, 1, 2]));
    network.partition(0, true, at(2));
    assert_eq!(hops(&network), None);
    assert_eq!(reachable(&mut network), (2, false));
    network.partition(0, false, at(3));
    network.change(Change { device: 1, up: false }, at(4));
    assert_eq!(hops(&network), None);
}

#[test]
fn each_shape_has_the_links_it_says_and_reaches_all() {
    for (shape, links) in [
        (Shape::Ring, 12),
        (Shape::Star, 11),
        (Shape::Full, 66),
        (Shape::Random, 11),
        (Shape::Random, 20),
        (Shape::Random, 60),
        (Shape::Nearest, 17),
    ] {
        match shape.links(12) {
            shape::Links::Exactly(count) => assert_eq!(count, links),
            shape::Links::Between(low, high) => assert!((low..=high).contains(&links)),
        }
        let mut network = network(&settings(shape.clone()), 12, links as u32);
        assert_eq!(reachable(&mut network).0, 66, "{shape:?}");
        let pair = |edge| {
            let (one, other) = network.graph.edge_endpoints(edge).expect("an edge");
            (one.min(other), one.max(other))
        };
        let mut pairs: Vec<_> = network.graph.edge_indices().map(pair).collect();
        pairs.sort_unstable();
        pairs.dedup();
        assert_eq!(pairs.len(), links as usize, "{shape:?}");
    }
}

#[test]
fn nearest_links_the_near_ones() {
    // Nodes at 0, 1, 4, 9 hundredths of a degree: each closest to the one before.
    let network = network(&settings(Shape::Nearest), 4, 4);
    let ends = network.graph.edge_indices().map(|edge| {
        let (one, other) = network.graph.edge_endpoints(edge).expect("an edge");
        (one.index(), other.index())
    });
    assert_eq!(ends.collect::<Vec<_>>(), [(0, 1), (1, 2), (2, 3), (0, 2)]);
}

#[test]
fn messages_are_lost_by_the_links_they_cross() {
    let mut settings = settings(Shape::Star);
    settings.loss = 0.1;
    let mut network = network(&settings, 5, 4);
    network.change(Change { device: 4, up: false }, at(1));
    for _ in 0..20_000 {
        network.send(&Streams::new(3, 0));
    }
    let Messages { sent, delivered, lost, no_way } = *network.messages();
    assert_eq!((sent, delivered + lost + no_way), (20_000, sent));
    // 12 of 20 ordered pairs are among the four that are up: 6 over one link, 6 over two.
    let share = |count: u64| count as f64 / sent as f64;
    assert!((share(no_way) - 0.4).abs() < 0.015);
    assert!((share(delivered) - 0.3 * 0.9 - 0.3 * 0.81).abs() < 0.015);
    let latencies = network.take_latencies();
    assert_eq!(latencies.len() as u64, delivered);
    let direct = latencies.iter().filter(|&&nanos| nanos == 1_000_000_000).count() as f64;
    assert!((direct / delivered as f64 - 0.9 / 1.71).abs() < 0.02);
    assert!(network.take_latencies().is_empty());
}

#[test]
fn a_stored_network_goes_on_as_it_was() {
    let mut network = network(&settings(Shape::Random), 8, 12);
    network.change(Change { device: 9, up: false }, at(5));
    let bytes = postcard::to_stdvec(&network).expect("it can be stored");
    let mut restored: Topology = postcard::from_bytes(&bytes).expect("it can be read");
    assert_eq!(reachable(&mut restored), reachable(&mut network));
    assert_eq!(restored.route(0, 3), network.route(0, 3));
    assert_eq!(restored.reachable_share(at(9)), network.reachable_share(at(9)));
}
