pub const BLOCK_GAS_LIMIT: u128 = 10_000_000_000;
pub const BLOCK_GAS_TARGET: u128 = 5_000_000_000;
pub const BASE_FEE_MIN_ATTOFIL: u128 = 100;
pub fn next_base_fee(base_fee: u128, used: u128, blocks: u64) -> u128 {
    let target = BLOCK_GAS_TARGET * u128::from(blocks);
    let delta = used as i128 - target as i128;
    let change = base_fee as i128 * delta / target as i128 / 8;
    ((base_fee as i128 + change).max(100)) as u128
}
