use pinwheel_core::Amount;
const FIL: u128 = 1_000_000_000_000_000_000;
pub const TOTAL: Amount = Amount(2_000_000_000 * FIL);
pub const MINING_ALLOCATION: Amount = Amount(1_100_000_000 * FIL);
pub const MINING_RESERVE: Amount = Amount(300_000_000 * FIL);
pub const VESTING_ALLOCATION: Amount = Amount(600_000_000 * FIL);
pub const RESERVE_DISBURSED: Amount = Amount(17_066_618 * FIL);
pub fn vested_between(from: i64, to: i64) -> Amount {
    let lin = |e: i64, total: u128, days: i64| { let el=(e-148_888).clamp(0,days*2880) as u128; total*FIL*el/(days as u128*2880) };
    let v=|e| lin(e,82_717_041,183)+lin(e,31_821_712,365)+lin(e,7_223_364,730)+lin(e,88_536_841,1095)+lin(e,409_805_053-19_904_011,2190);
    Amount(v(to)-v(from))
}
