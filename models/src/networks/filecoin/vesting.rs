use pinwheel_core::Amount;
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Vesting { ring: Vec<Amount>, total: Amount }
impl Vesting {
    pub fn with_stock(amount: Amount) -> Self { let mut v = Vesting::default(); 
      // as if awarded evenly over the last 180 days: the release falls linearly
      v.ring = vec![Amount::ZERO;181]; let unit = amount.0 / (180*181/2); let mut left=amount.0; for d in 1..=180usize { let a = unit*(181-d as u128); v.ring[d]=Amount(a); left-=a; } v.ring[1]+=Amount(left); v.total=amount; v }
    pub fn add(&mut self, day: u32, amount: Amount) { if self.ring.is_empty() {self.ring=vec![Amount::ZERO;181];} let u=amount.0/180; for d in 1..=180u32 { let s=((day+d)%181) as usize; self.ring[s]+=Amount(u);} let s=((day+180)%181) as usize; self.ring[s]+=Amount(amount.0-u*180); self.total+=amount; }
    pub fn release(&mut self, day: u32) -> Amount { if self.ring.is_empty() {return Amount::ZERO;} let s=(day%181) as usize; std::mem::take(&mut self.ring[s]) }
}
