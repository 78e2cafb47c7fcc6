//! Numbers of the common model, and the line of the table.

pub const VENUES: usize = 200;
pub const DAYS: u32 = 365;
pub const HABIT: f64 = 0.9;
/// No venue yet.
pub const NOWHERE: u16 = u16::MAX;

/// Visits of a day by venue.
pub type Visits = [u32; VENUES];
/// Weights of venues, cumulated.
pub type Cumulated = [f64; VENUES];

fn appeal(venue: usize) -> f64 {
    (1 + venue % 10) as f64
}

/// What venues weigh today after yesterday's visits.
pub fn cumulated(visits: &Visits) -> Cumulated {
    let mut sum = 0.0;
    std::array::from_fn(|venue| {
        sum += appeal(venue) * (1.0 + f64::from(visits[venue])).sqrt();
        sum
    })
}

/// The venue at a number between 0 and 1.
pub fn pick(cumulated: &Cumulated, place: f64) -> u16 {
    let place = place * cumulated[VENUES - 1];
    cumulated.partition_point(|end| *end <= place).min(VENUES - 1) as u16
}

/// A small generator of random numbers between 0 and 1 (splitmix64).
pub struct Random(pub u64);

impl Random {
    pub fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// The number of agents given.
pub fn agents() -> u32 {
    std::env::args().nth(1).and_then(|agents| agents.parse().ok()).expect("usage: MODEL AGENTS")
}

/// Nanoseconds of processor time so far, as Linux tells it: what else the machine does is not in it.
pub fn clock() -> f64 {
    let told = std::fs::read_to_string("/proc/self/schedstat").expect("Linux");
    told.split(' ').next().and_then(|time| time.parse().ok()).expect("a number")
}

/// Prints the line of the table.
pub fn say(name: &str, agents: u32, start: f64, visits: &Visits) {
    let nanoseconds = clock() - start;
    let best = visits.iter().skip(9).step_by(10).sum::<u32>();
    let best = 100.0 * f64::from(best) / f64::from(visits.iter().sum::<u32>());
    let each = nanoseconds / f64::from(agents) / f64::from(DAYS);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse::<f64>().ok());
    let peak = peak.map_or("?".to_owned(), |kib| format!("{:.0}", kib / 1024.0));
    println!("| {name} | {agents} | {each:.2} | {peak} | {best:.1} % |");
}
