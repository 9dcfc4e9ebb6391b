//! Networks that issue tokens which the scenario declares.

use pinwheel_core::Amount;

use super::{load_text, read, run};

const HEAD: &str = "schema = 1\n[meta]\nname = \"tokens\"\n\
    [run]\nstart = 2026-01-01\nhorizon = \"40 d\"\n";
const IO: &str = "[[token]]\nsymbol = \"IO\"\ndecimals = 8\n";

/// A network that mints to its holders.
fn network(id: &str, token: &str, first: &str) -> String {
    format!(
        "[[network]]\nid = \"{id}\"\nkind = \"generic\"\ntoken = \"{token}\"\n\
         supply = \"1_000 {token}\"\nstep = [{{ mint = \"emission\", to = \"holders\" }}]\n\
         emission = {{ first = \"{first} {token}/d\", half_life = \"1_000_000 d\" }}\n"
    )
}

/// The amounts minted by a network, in base units, one a day.
fn minted(text: &str, id: &str) -> Vec<u128> {
    let experiment = load_text(text, &[]);
    let (simulation, rows) = run(&experiment.points[0], 7, 0);
    for tally in simulation.ctx.checks.tallies() {
        assert!(tally.passed() && tally.made == 40, "{tally:?}");
    }
    let metric = pinwheel_models::registry::ALL.find("tokens_minted").expect("a metric").0;
    let subjects = simulation.ctx.records.subjects().to_vec();
    let of = |row: &&pinwheel_core::Row| {
        row.metric == metric && subjects[usize::from(row.subject.0)] == id
    };
    rows.iter().filter(of).map(|row| row.exact.expect("an amount")).collect()
}

/// The last tokens are those that the cap leaves, to the base unit; then there are none.
#[test]
fn a_schedule_ends_at_the_cap() {
    let cap = "[[token]]\nsymbol = \"IO\"\ndecimals = 8\ncap = \"1_025.12345678 IO\"\n";
    let text = |token: &str| format!("{HEAD}{token}{}", network("io", "IO", "10"));
    let (free, capped) = (minted(&text(IO), "io"), minted(&text(cap), "io"));
    assert_eq!(capped[..2], free[..2]);
    let cap = 102_512_345_678;
    assert!(free[2] > cap && free.last() > free.first());
    assert!(capped[2..].iter().all(|minted| *minted == cap), "{capped:?}");
}

/// Each counts in base units of its own, and neither moves the other.
#[test]
fn two_networks_issue_tokens_of_their_own() {
    let map = "[[token]]\nsymbol = \"MAP\"\ndecimals = 2\n";
    let (io, of_map) = (network("io", "IO", "10"), network("map", "MAP", "10"));
    let both = format!("{HEAD}{IO}{map}{io}{of_map}");
    let alone = format!("{HEAD}{IO}{io}");
    assert_eq!(minted(&both, "io"), minted(&alone, "io"));
    // Ten a day, and of each later day a little less than that, rounded down to a hundredth.
    assert_eq!(minted(&both, "map")[..2], [101_000, 101_999]);
    assert_eq!(minted(&both, "io")[0], 101_000 * 10u128.pow(6));
}

/// Amounts beyond 128 bits are refused where they are typed: nothing overflows in a run.
#[test]
fn tokens_of_many_decimals_have_small_amounts() {
    let text = |decimals: u32, supply: &str| {
        format!(
            "{HEAD}[[token]]\nsymbol = \"IO\"\ndecimals = {decimals}\n[network]\n\
             kind = \"generic\"\ntoken = \"IO\"\nsupply = \"{supply} IO\"\n\
             step = [{{ mint = \"emission\", to = \"holders\" }}]\n\
             emission = {{ first = \"{supply} IO/d\", half_life = \"1_000_000 d\" }}\n"
        )
    };
    for (decimals, most, beyond) in [
        (18, "1_000_000_000_000_000", "1_010_000_000_000_000"),
        (24, "1_000_000_000", "1_010_000_000"),
    ] {
        load_text(&text(decimals, most), &[]);
        let told = read(&text(decimals, beyond), &[]).expect_err("too much");
        assert!(told.contains("out of range"), "{told}");
        // The longest run of the largest emission.
        let set = [("run.horizon".to_owned(), "36525 d".to_owned())];
        let experiment = load_text(&text(decimals, most), &set);
        let (simulation, _) = run(&experiment.points[0], 7, 0);
        assert!(simulation.ctx.checks.breach().is_none());
    }
}

/// Bonds of more nodes than 128 bits hold are refused, not counted wrongly.
#[test]
fn bonds_beyond_128_bits_are_not_covered() {
    let text = format!(
        "{HEAD}[network]\nkind = \"generic\"\nsupply = \"1_000_000_000_000_000 TOK\"\n\
         step = [{{ mint = \"emission\" }}, {{ exit = \"operators\" }}, {{ release = \"bond\" }}]\n\
         emission = {{ first = \"1 TOK/d\", half_life = \"1 y\" }}\n\
         exchange = {{ usd = \"10 USD\", tok = \"10 TOK\" }}\n\
         bond = {{ per_node = \"1_000_000_000_000_000 TOK\" }}\n\
         operators = {{ count = 1_000_000, cost_median = \"1 USD/d\" }}\n"
    );
    let told = read(&text, &[]).expect_err("more than there is");
    assert!(told.contains("the bonds of the first day take"), "{told}");
}

/// Targets and expressions are in the token of the network they look at.
#[test]
fn quantities_of_a_network_are_in_its_token() {
    let text = |unit: &str| {
        format!(
            "{HEAD}{IO}{}[[target]]\nid = \"minted\"\nmetric = \"io.tokens_minted\"\n\
             measure = \"final\"\nlow = \"0 {unit}\"\nhigh = \"2_000 {unit}\"\n\
             [[invariant]]\nid = \"some\"\nalways = \"io.tokens_minted > 1_000 {unit}\"\n",
            network("io", "IO", "10")
        )
    };
    let experiment = load_text(&text("IO"), &[]);
    assert_eq!(experiment.own_tokens()["io"], "IO");
    let cap = experiment.units().token("IO").expect("declared").cap;
    assert_eq!(cap, None::<Amount>);
    for other in ["TOK", "FIL", "USD"] {
        let told = read(&text(other), &[]).expect_err("another token");
        assert!(told.contains("IO"), "{told}");
    }
}
