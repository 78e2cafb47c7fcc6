//! Addressed random draws: a draw is a pure function of (study seed, draw of parameters, replication, decision,
//! day, agent).
//!
//! Nothing is consumed in sequence, and the policy is in no address. So two policies share their luck
//! (common random numbers), and another system, agent, thread or observer moves nobody else's draws.
//!
//! Two generators serve this. The few (venues, banks, markets, the agency) read ChaCha8 straight at
//! their address. The many (customers) read Philox4x32-10, a counter generator whose key comes from
//! ChaCha8 at the address of the decision and whose counter is (agent, day, word); where everybody needs
//! one byte, ChaCha8 gives them in one run.
//!
//! Deliberately absent: any generator with state that outlives a decision; any distribution that is
//! not drawn by inversion of one uniform number (which also couples policies best).

use rand::{Rng, SeedableRng};
use rand_chacha::{ChaCha8Rng, ChaCha20Rng};

use crate::units::maths;

/// What is decided by a draw. Numbers are part of published results: never reuse one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Decision {
    /// Traits of a customer: segment, bank, activity, risk aversion, VPN, day of joining.
    CustomerTraits = 1,
    /// Whether a customer wants to trade on a day.
    CustomerNeed = 2,
    /// A customer's trade on a day: size, venue, payment.
    CustomerTrade = 3,
    /// Traits of a venue: brand, fee, skill, prepared successor.
    VenueTraits = 4,
    /// Whether, when and how an operator comes back.
    OperatorReturn = 5,
    /// Who considers opening a venue on a day.
    Entry = 6,
    /// Whether a venue stops or runs off on a day.
    VenueExit = 7,
    /// Traits of a dealer.
    DealerTraits = 8,
    /// A dealer's day: cash-out, venue, payment.
    DealerTrade = 9,
    /// A market's search for a partner hub.
    MarketPartner = 10,
    /// When a bank follows the order to block, and in which order banks do.
    BankAdoption = 11,
    /// Evidence that reaches the agency about a venue on a day.
    Evidence = 12,
    /// Length and outcome of a case.
    CaseCourse = 13,
    /// Order of targets under random targeting.
    Targeting = 14,
    /// Whether a closure comes with an arrest.
    Arrest = 15,
    /// Which wallets are frozen, and whether the operator is warned.
    Freeze = 16,
    /// Which sites are blocked on a day.
    SiteBlock = 17,
    /// When mirrors of blocked sites are up.
    Mirror = 18,
    /// How good an operator is at staying hidden.
    OperatorSkill = 19,
    /// Whether and where abroad an operator sits, at first and under each new name.
    Jurisdiction = 20,
    /// Whether officials protect an operator, and for how long.
    Protection = 21,
    /// A partner's answer to a request.
    Request = 22,
    /// How long an arrested operator waits for the verdict, and whether in custody.
    Trial = 23,
    /// Conviction and term.
    Verdict = 24,
    /// Whether an operator would like a licence, and what comes of an application.
    Licence = 25,
    /// Traits of a pyramid: circle, how large it looks, age of the first ones.
    PyramidTraits = 30,
    /// Pyramids founded on a day.
    PyramidFounding = 31,
    /// Complaints about a pyramid that reach the agency on a day.
    PyramidComplaint = 32,
    /// When within a year the agency's rare acts against pyramids and rackets fall.
    UnderworldCalendar = 33,
    /// Traits of an illegal farm: power, cost, protection, racket, how well it can be seen.
    FarmTraits = 34,
    /// People who consider opening an illegal farm on a day.
    FarmEntry = 35,
    /// A farm's sale of coins on a day.
    FarmTrade = 36,
    /// Whether a farm hears of an inspection in time.
    FarmNotice = 37,
    /// Whether a farm that stopped starts again on a day.
    FarmRestart = 38,
    /// Arrests in a racket, and when it is put together again.
    RacketCourse = 39,
    /// Whether a venue does as it is told about identification.
    KycCompliance = 40,
    /// Costs of legal miners.
    IndustryTraits = 50,
    /// Resampling in statistics.
    Resampling = 1000,
    /// Draws of parameters in a study: blocks of a Latin hypercube, the shift of Sobol' points, rows of a posterior file.
    Parameters = 1001,
    /// Steps of a sample of parameters that agree with what was published.
    Calibration = 1002,
}

/// The luck of one replication.
#[derive(Clone, Debug)]
pub struct Luck {
    seed: u64,
    draw: u32,
    replication: u32,
}

impl Luck {
    /// Luck of a replication in a study with this seed and one set of parameters.
    pub fn new(seed: u64, replication: u32) -> Luck {
        Luck::of_draw(seed, 0, replication)
    }

    /// Luck of a replication under one of several sets of parameters: each has its own.
    pub fn of_draw(seed: u64, draw: u32, replication: u32) -> Luck {
        Luck { seed, draw, replication }
    }

    /// ChaCha8 key of a decision: study seed (8 bytes), replication (4), decision (4), draw (4), zeros (8), format tag (4).
    fn key(&self, decision: Decision) -> [u8; 32] {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&self.seed.to_le_bytes());
        key[8..12].copy_from_slice(&self.replication.to_le_bytes());
        key[12..16].copy_from_slice(&(decision as u32).to_le_bytes());
        key[16..20].copy_from_slice(&self.draw.to_le_bytes());
        key[28..].copy_from_slice(b"cd01");
        key
    }

    /// Up to 64 words for one agent (venue, bank, dealer, …) on one day.
    pub fn at(&self, decision: Decision, day: u32, agent: u64) -> Draws {
        let mut generator = ChaCha8Rng::from_seed(self.key(decision));
        generator.set_stream(agent);
        generator.set_word_pos(u128::from(day) * 64);
        Draws { generator }
    }

    /// Draws for the many: cheap words for any agent and day.
    pub fn many(&self, decision: Decision) -> Many {
        let seed = self.key(decision);
        let mut generator = ChaCha8Rng::from_seed(seed);
        generator.set_stream(u64::MAX);
        Many { seed, key: [generator.next_u32(), generator.next_u32()] }
    }
}

/// A word as a number strictly between 0 and 1.
#[inline]
pub fn unit(word: u32) -> f64 {
    (f64::from(word) + 0.5) / 4_294_967_296.0
}

/// Draws of one agent for one decision on one day.
pub struct Draws {
    generator: ChaCha8Rng,
}

impl Draws {
    /// A uniform number strictly between 0 and 1 (53 bits).
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        ((self.generator.next_u64() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// 32 bits, each 0 or 1 with the same probability.
    pub fn word(&mut self) -> u32 {
        self.generator.next_u32()
    }

    /// Whether something of this probability happens.
    #[inline]
    pub fn happens(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// A standard normal number.
    pub fn normal(&mut self) -> f64 {
        maths::normal_quantile(self.uniform())
    }

    /// A lognormal number with this median and sigma.
    pub fn lognormal(&mut self, median: f64, sigma: f64) -> f64 {
        median * maths::exp(sigma * self.normal())
    }

    /// A waiting time with this mean, exponential, in whole days rounded up (at least 1).
    pub fn waiting_days(&mut self, mean: f64) -> u16 {
        (-maths::ln(self.uniform()) * mean).ceil().clamp(1.0, 60_000.0) as u16
    }

    /// A Poisson number with this mean (inversion; mean up to about 700).
    pub fn poisson(&mut self, mean: f64) -> u32 {
        let uniform = self.uniform();
        let mut term = maths::exp(-mean);
        let mut sum = term;
        let mut count = 0;
        while uniform > sum && count < 10_000 {
            count += 1;
            term *= mean / f64::from(count);
            sum += term;
        }
        count
    }
}

/// Words in a row for designs of studies: ChaCha20, begun at an address.
///
/// Another generator than elsewhere, so that points of designs stay those of the library that made them once.
pub struct Sequence {
    generator: ChaCha20Rng,
}

impl Sequence {
    /// The sequence whose key is the next eight words.
    pub fn new(draws: &mut Draws) -> Sequence {
        let mut key = [0; 32];
        for bytes in key.chunks_exact_mut(4) {
            bytes.copy_from_slice(&draws.word().to_le_bytes());
        }
        Sequence { generator: ChaCha20Rng::from_seed(key) }
    }

    /// 32 bits, each 0 or 1 with the same probability.
    pub fn word(&mut self) -> u32 {
        self.generator.next_u32()
    }

    /// A whole number below `bound` (which is at least 1), each equally likely but for `bound` in 2³².
    pub fn below(&mut self, bound: usize) -> usize {
        self.word() as usize % bound
    }

    /// The numbers below `number` in random order.
    ///
    /// Source: Fisher & Yates 1938, from the last place to the first.
    pub fn shuffled(&mut self, number: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..number).collect();
        for place in (1..number).rev() {
            order.swap(place, self.below(place + 1));
        }
        order
    }
}

/// Draws for the many: Philox4x32-10 keyed by the decision, with (agent, day, word) as counter.
#[derive(Clone, Copy, Debug)]
pub struct Many {
    seed: [u8; 32],
    key: [u32; 2],
}

impl Many {
    /// Four random words: number `block` of this agent on this day.
    #[inline]
    pub fn words(&self, agent: u32, day: u32, block: u32) -> [u32; 4] {
        philox4x32_10([agent, day, block, 0], self.key)
    }

    /// One random byte for each of the agents `first .. first + bytes.len()` on this day; `first` is a
    /// multiple of 4.
    ///
    /// Straight from ChaCha8, which yields long runs of bytes several times faster than Philox.
    pub fn fill_bytes(&self, first: u32, day: u32, bytes: &mut [u8]) {
        debug_assert!(first.is_multiple_of(4));
        let mut generator = ChaCha8Rng::from_seed(self.seed);
        generator.set_stream(1 << 63 | u64::from(day));
        generator.set_word_pos(u128::from(first / 4));
        generator.fill_bytes(bytes);
    }
}

/// Philox4x32 with ten rounds.
///
/// Source: Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3".
#[inline(always)]
fn philox4x32_10(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for _ in 0..10 {
        let a = u64::from(counter[0]) * 0xD251_1F53;
        let b = u64::from(counter[2]) * 0xCD9E_8D57;
        counter = [
            (b >> 32) as u32 ^ counter[1] ^ key[0],
            b as u32,
            (a >> 32) as u32 ^ counter[3] ^ key[1],
            a as u32,
        ];
        key = [key[0].wrapping_add(0x9E37_79B9), key[1].wrapping_add(0xBB67_AE85)];
    }
    counter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn philox_reproduces_the_known_answers_of_random123() {
        // Source: Random123 distribution, kat_vectors, philox4x32 10.
        assert_eq!(
            philox4x32_10([0; 4], [0; 2]),
            [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
        );
        assert_eq!(
            philox4x32_10([u32::MAX; 4], [u32::MAX; 2]),
            [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
        );
        assert_eq!(
            philox4x32_10(
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
                [0xa409_3822, 0x299f_31d0]
            ),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        );
    }

    #[test]
    fn a_byte_depends_on_its_agent_and_day_and_not_on_where_a_block_begins() {
        let many = Luck::new(3, 1).many(Decision::CustomerNeed);
        let mut whole = vec![0; 1000];
        many.fill_bytes(0, 77, &mut whole);
        let mut part = vec![0; 100];
        many.fill_bytes(400, 77, &mut part);
        assert_eq!(whole[400..500], part);
        many.fill_bytes(400, 78, &mut part);
        assert_ne!(whole[400..500], part);
    }

    #[test]
    fn a_draw_depends_on_every_part_of_its_address_and_on_nothing_else() {
        let word = |seed, replication, decision, day, agent| {
            Luck::new(seed, replication).at(decision, day, agent).uniform()
        };
        let base = word(1, 2, Decision::Entry, 3, 4);
        assert_eq!(base, word(1, 2, Decision::Entry, 3, 4));
        let of_draw = |draw| Luck::of_draw(1, draw, 2).at(Decision::Entry, 3, 4).uniform();
        assert_eq!(base, of_draw(0));
        assert_ne!(base, of_draw(1));
        for other in [
            word(2, 2, Decision::Entry, 3, 4),
            word(1, 3, Decision::Entry, 3, 4),
            word(1, 2, Decision::Freeze, 3, 4),
            word(1, 2, Decision::Entry, 4, 4),
            word(1, 2, Decision::Entry, 3, 5),
        ] {
            assert_ne!(base, other);
        }
    }

    #[test]
    fn poisson_numbers_have_their_mean_and_variance() {
        let luck = Luck::new(7, 0);
        let draws: Vec<f64> =
            (0..20_000).map(|i| f64::from(luck.at(Decision::Entry, 0, i).poisson(3.0))).collect();
        let mean = draws.iter().sum::<f64>() / 20_000.0;
        let variance = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 20_000.0;
        assert!((mean - 3.0).abs() < 0.05 && (variance - 3.0).abs() < 0.12, "{mean} {variance}");
    }
}
