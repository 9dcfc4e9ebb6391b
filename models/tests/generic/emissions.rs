//! Emissions by schedule and by what was burned, splits, and locks of the first day.

use pinwheel_models::registry;

use super::{last, load_text, run, series};

const HEAD: &str = "schema = 1\n[meta]\nname = \"emissions\"\n[run]\nstart = 2026-01-01\n\
    horizon = \"400 d\"\n[[token]]\nsymbol = \"IO\"\ndecimals = 2\n\
    [network]\nkind = \"generic\"\ntoken = \"IO\"\nsupply = \"1_000_000 IO\"\n";
const POOL: &str = "exchange = { usd = \"100_000 USD\", tok = \"100_000 IO\", fee = 0 }\n";
const DEMAND: &str = "demand = { first = \"1_000 USD/d\" }\n";

/// The rows of a run of a network with these keys; all its checks hold.
fn rows(keys: &str) -> Vec<pinwheel_core::Row> {
    let experiment = load_text(&format!("{HEAD}{keys}"), &[]);
    let (simulation, rows) = run(&experiment.points[0], 7, 0);
    for tally in simulation.ctx.checks.tallies() {
        assert!(tally.passed() && tally.made > 0, "{tally:?}");
    }
    rows
}

/// Base units of a metric, day by day.
fn units(rows: &[pinwheel_core::Row], name: &str) -> Vec<u128> {
    let metric = registry::ALL.find(name).expect("a metric").0;
    rows.iter().filter(|row| row.metric == metric).filter_map(|row| row.exact).collect()
}

/// 3,000 IO in each month, evenly: January has 31 days, February 28; the total ends it in April.
#[test]
fn months_are_those_of_the_calendar_and_the_total_ends_them() {
    let rows = rows(
        "emission = { kind = \"geometric\", first = \"3_000 IO\", factor = 1, every = \"1 mo\", \
         total = \"10_000 IO\" }\nstep = [{ mint = \"emission\", to = \"holders\" }]\n",
    );
    let minted = units(&rows, "tokens_minted");
    let first = 100_000_000;
    assert_eq!(minted[0] - first, 300_000 / 31);
    assert_eq!([30, 58, 89].map(|day: usize| minted[day] - first), [300_000, 600_000, 900_000]);
    assert_eq!(minted[399] - first, 1_000_000);
}

/// An emission that began before the run goes on where it is: what was due before is not due again,
/// and counts towards its total.
#[test]
fn an_emission_goes_on_from_before_the_run() {
    let rows = rows(
        "emission = { kind = \"geometric\", first = \"64 IO\", factor = 0.5, every = \"1 d\", \
         from = 2025-12-29, total = \"126 IO\" }\n\
         step = [{ mint = \"emission\", to = \"holders\" }]\n",
    );
    let minted = units(&rows, "tokens_minted");
    let daily: Vec<u128> = minted.windows(2).map(|days| days[1] - days[0]).take(5).collect();
    assert_eq!(minted[0] - 100_000_000, 800, "64, 32 and 16 were issued in December");
    assert_eq!(daily, [400, 200, 0, 0, 0], "126 in all");
}

/// The parts of a split add up to the whole, to the base unit, every day.
#[test]
fn a_split_loses_nothing() {
    let rows = rows(
        "accounts = [\"a\", \"b\", \"c\"]\nemission = { kind = \"geometric\", \
         first = \"1 IO\", factor = 1, every = \"1 d\" }\n\
         step = [{ mint = \"emission\", to = { a = 0.333333, b = 0.333333, c = 0.333334 } }, \
         { burn = \"a\", of = \"balance\" }, { burn = \"b\", of = \"balance\" }, \
         { burn = \"c\", of = \"balance\" }]\n",
    );
    let (minted, burned) = (units(&rows, "tokens_minted"), units(&rows, "tokens_burned"));
    for (minted, burned) in minted.iter().zip(&burned) {
        assert_eq!(minted - 100_000_000, *burned, "each base unit went to one of the three");
    }
    assert_eq!(burned[399], 400 * 100);
}

/// What a team gets by the month after a cliff, which it burns as it comes.
#[test]
fn a_lock_frees_its_parts_after_the_cliff() {
    let rows = rows(
        "accounts = [\"team\"]\ngenesis = [{ to = \"team\", amount = \"1_201 IO\", \
         cliff = \"3 mo\", over = \"6 mo\" }]\nstep = [{ burn = \"team\" }]\n",
    );
    let (locked, burned) = (units(&rows, "tokens_locked"), units(&rows, "tokens_burned"));
    // The run begins on 1 January: the cliff is 1 April, the first part is free on 1 May.
    let day = |month_and_day: usize| month_and_day - 1;
    assert_eq!((locked[day(119)], burned[day(119)]), (120_100, 0));
    assert_eq!(burned[day(120)], 120_100 / 6, "on 1 May, 120 days after 1 January");
    assert_eq!((locked[399], burned[399]), (0, 120_100));
    assert!(locked.iter().zip(&burned).all(|(locked, burned)| locked + burned == 120_100));
}

/// What was burned in a period is issued again in the next, up to the cap.
#[test]
fn what_was_burned_is_minted_again() {
    let keys = |cap: &str| {
        format!(
            "{POOL}{DEMAND}emission = {{ kind = \"remint\"{cap} }}\n\
             step = [{{ buy = \"IO\" }}, {{ burn = \"customers\" }}, \
             {{ mint = \"emission\", to = \"holders\" }}]\n"
        )
    };
    let free = rows(&keys(""));
    let (minted, burned) = (units(&free, "tokens_minted"), units(&free, "tokens_burned"));
    for day in 1..400 {
        assert_eq!(minted[day] - 100_000_000, burned[day - 1], "day {day}");
    }
    let capped = rows(&keys(", cap = \"2 IO\""));
    assert_eq!(last(&capped, "tokens_minted"), 1_000_000.0 + 399.0 * 2.0);
    let smoothed = rows(&keys(", smoothing = 7"));
    let of_first_day = series(&smoothed, "tokens_minted")[1] - 1_000_000.0;
    let burned = series(&smoothed, "tokens_burned")[0];
    assert!((of_first_day - burned / 7.0).abs() <= 0.01, "{of_first_day} of {burned}");
}

/// io.net's fees: a booking of 100 USD in USDC yields 2.25 on each side, to the cent; the supplier
/// gets the rest, and what the fees buy back is burned.
#[test]
fn fees_of_both_sides_are_exact_and_buy_back() {
    let steps = |pool: &str, then: &str| {
        format!(
            "{pool}{DEMAND}accounts = [\"bookings\", \"fees\", \"suppliers\"]\nstep = [\
             {{ spend = \"demand\", to = \"bookings\" }}, \
             {{ charge = \"demand\", share = \"2.25 %\", to = \"fees\" }}, \
             {{ pay = \"bookings\", in = \"USD\", share = \"2.25 %\", to = \"fees\" }}, \
             {{ pay = \"bookings\", in = \"USD\", to = \"suppliers\" }}{then}]\n"
        )
    };
    let of = |rows: &[pinwheel_core::Row], place: usize| {
        let metric = registry::ALL.find("account_usd").expect("a metric").0;
        let of_day = rows.iter().filter(|row| row.metric == metric);
        let all: Vec<u128> = of_day.filter_map(|row| row.exact).collect();
        all[all.len() - 3 + place]
    };
    let kept = rows(&steps("", ""));
    let days = 400;
    assert_eq!([0, 1, 2].map(|place| of(&kept, place)), [0, days * 45_000_000, days * 977_500_000]);
    assert_eq!(last(&kept, "customers_paid"), 400.0 * 1_022.5);
    let bought = rows(&steps(
        POOL,
        ", { buy = \"IO\", with = \"fees\", to = \"fees\" }, { burn = \"fees\" }",
    ));
    assert_eq!(of(&bought, 1), 0);
    // The pool's product is kept: 100,000 x 100,000, less what 18,000 dollars took out.
    let owed = 100_000.0 - 1e10 / (100_000.0 + 400.0 * 45.0);
    let burned = last(&bought, "tokens_burned");
    assert!((burned - owed).abs() < 400.0 * 0.01, "{burned} burned, {owed} owed");
}

/// At a quoted price a trade moves nothing but the balances: customers get tokens of the holders,
/// and no more than these have; sellers get dollars from outside.
#[test]
fn trades_at_a_quoted_price_move_no_price() {
    let price = "price = { start = \"0.5 USD\" }\naccounts = [\"team\", \"bought\"]\n";
    let steps = "genesis = [{ to = \"team\", amount = \"400 IO\" }]\nstep = [\
        { buy = \"IO\", with = \"demand\", to = \"bought\" }, \
        { sell = \"team\", of = \"balance\", share = 0.5 }]\n";
    let moved = rows(&format!("{price}{DEMAND}{steps}"));
    assert!(series(&moved, "token_price").iter().all(|price| *price == 0.5));
    assert_eq!(last(&moved, "customers_paid"), 400.0 * 1_000.0, "800,000 of 999,600 IO");
    let team: Vec<u128> = units(&moved, "account_tok").iter().step_by(2).copied().collect();
    assert_eq!(team[..3], [20_000, 10_000, 5_000], "half of it each day");
    assert_eq!(series(&moved, "sales_proceeds")[0], 100.0, "200 IO at half a dollar");

    let dear = format!("{price}{DEMAND}{steps}").replace("0.5 USD", "0.1 USD");
    let scarce = rows(&dear);
    let paid = last(&scarce, "customers_paid");
    assert!((paid - 100_000.0).abs() < 1.0, "{paid}: a million IO at ten cents, and no more");
}

/// Three quarters of what is minted are free over ten days, the first tenth a day after: as many
/// are locked as come and go, and what is free is not locked again.
#[test]
fn rewards_are_locked_and_become_free() {
    let rows = rows(
        "accounts = [\"miners\"]\nemission = { kind = \"geometric\", first = \"40 IO\", \
         factor = 1, every = \"1 d\", total = \"4_000 IO\" }\nstep = [\
         { mint = \"emission\", to = \"miners\" }, \
         { lock = \"miners\", share = \"75 %\", over = \"10 d\" }, { burn = \"miners\" }]\n",
    );
    let (locked, burned) = (units(&rows, "tokens_locked"), units(&rows, "tokens_burned"));
    assert_eq!((locked[0], burned[0]), (3_000, 1_000));
    assert_eq!((locked[1], burned[1] - burned[0]), (5_700, 1_300), "3 of the 30 of the first day");
    // Of the last ten days 30, 27, .., 3 are locked.
    assert_eq!((locked[50], burned[50] - burned[49]), (16_500, 4_000));
    assert_eq!((locked[109], burned[109]), (0, 400_000), "all that was minted in a hundred days");
}

/// With a wait, all of it comes back at once.
#[test]
fn a_lock_with_a_wait_gives_all_back_at_once() {
    let rows = rows(
        "accounts = [\"miners\"]\nemission = { kind = \"geometric\", first = \"40 IO\", \
         factor = 1, every = \"1 d\" }\nstep = [{ mint = \"emission\", to = \"miners\" }, \
         { lock = \"miners\", wait = \"29 d\" }, { burn = \"miners\" }]\n",
    );
    let (locked, burned) = (units(&rows, "tokens_locked"), units(&rows, "tokens_burned"));
    assert_eq!((locked[29], burned[29]), (30 * 4_000, 0));
    assert_eq!((locked[30], burned[30]), (30 * 4_000, 4_000), "after 30 days, and one each day");
}
