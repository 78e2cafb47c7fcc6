//! Multinomial choice of a venue in constant time.
//!
//! A table holds the weights of all open venues for one kind of trader. A draw goes down three levels:
//! class, group of sixteen venues, venue. Inversion at each level keeps two policies coupled: where one
//! weight differs, only traders near the moved boundaries of its class and group choose otherwise,
//! instead of all traders past it as in one long list.
//!
//! Classes are nests (McFadden 1978): venues of a class are more alike than venues of different classes, so
//! that the clients of a closed venue go to its like first. A class has the weight (sum of its venues'
//! weights)^λ with the dissimilarity λ; λ = 1 is the plain logit.
//!
//! Deliberately absent: what weights mean (`customer`), and random numbers (they come in).

use bevy_ecs::prelude::*;

use world::units::{Class, Segment, maths};

/// Venues in a group.
pub const MEMBERS: usize = 16;
/// Groups of a class at most: 512 open venues.
const MAX_GROUPS: usize = 32;
/// Draws and thresholds are out of 2³¹.
const FULL: u32 = 1 << 31;

/// How slots divide into classes: whole groups each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// First group of each class, and the number of groups.
    first_group: [usize; Class::COUNT + 1],
}

impl Layout {
    /// Room for so many venues of each class, rounded up to groups; 512 at most.
    #[must_use]
    pub fn new(room: [usize; Class::COUNT]) -> Layout {
        let mut first_group = [0; Class::COUNT + 1];
        for class in 0..Class::COUNT {
            let groups = room[class].div_ceil(MEMBERS).clamp(1, MAX_GROUPS);
            first_group[class + 1] = first_group[class] + groups;
        }
        Layout { first_group }
    }

    /// Slots of a class.
    #[must_use]
    pub fn slots(&self, class: Class) -> std::ops::Range<usize> {
        self.first_group[class.index()] * MEMBERS..self.first_group[class.index() + 1] * MEMBERS
    }

    /// Slots in all.
    #[must_use]
    pub fn slots_in_all(&self) -> usize {
        self.first_group[Class::COUNT] * MEMBERS
    }
}

/// Weights and thresholds of one kind of trader.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// By slot.
    pub weights: Vec<f64>,
    /// How easy it is to go on with the venue at a slot, against normal times: 1, less if it has become
    /// dangerous, dear or hard to reach. Habit is multiplied by it.
    pub ease: Vec<f64>,
    /// Sum of the weights of all classes.
    pub total: f64,
    /// By class: its weight over the sum of its venues' weights.
    pub class_factor: [f64; Class::COUNT],
    class_below: [u32; Class::COUNT],
    group_below: Vec<u32>,
    member_below: Vec<u32>,
}

impl Table {
    /// A table without venues.
    #[must_use]
    pub fn new(layout: &Layout) -> Table {
        Table {
            weights: vec![0.0; layout.slots_in_all()],
            ease: vec![0.0; layout.slots_in_all()],
            total: 0.0,
            class_factor: [0.0; Class::COUNT],
            class_below: [0; Class::COUNT],
            group_below: vec![0; layout.slots_in_all() / MEMBERS],
            member_below: vec![0; layout.slots_in_all()],
        }
    }

    /// Computes thresholds after `weights` have changed.
    pub fn rebuild(&mut self, layout: &Layout, dissimilarity: f64) {
        let mut class_sums = [0.0; Class::COUNT];
        for (class, class_sum) in class_sums.iter_mut().enumerate() {
            let groups = layout.first_group[class]..layout.first_group[class + 1];
            let mut group_sums = [0.0; MAX_GROUPS];
            for group in groups.clone() {
                let slots = group * MEMBERS..(group + 1) * MEMBERS;
                let weights = &self.weights[slots.clone()];
                let sum: f64 = weights.iter().sum();
                group_sums[group - groups.start] = sum;
                // No draw arrives at an empty group.
                if sum > 0.0 {
                    thresholds(weights, sum, &mut self.member_below[slots]);
                }
            }
            let sums = &group_sums[..groups.len()];
            let sum: f64 = sums.iter().sum();
            thresholds(sums, sum, &mut self.group_below[groups]);
            *class_sum = if sum > 0.0 { maths::pow(sum, dissimilarity) } else { 0.0 };
            self.class_factor[class] = if sum > 0.0 { *class_sum / sum } else { 0.0 };
        }
        self.total = class_sums.iter().sum();
        thresholds(&class_sums, self.total, &mut self.class_below);
    }

    /// The slot drawn by three random words; `None` if no venue has weight.
    #[inline]
    #[must_use]
    pub fn pick(&self, layout: &Layout, words: [u32; 3]) -> Option<u16> {
        if self.total <= 0.0 {
            return None;
        }
        let class = below(&self.class_below, words[0] >> 1);
        let groups = layout.first_group[class]..layout.first_group[class + 1];
        let group = groups.start + below(&self.group_below[groups], words[1] >> 1);
        let members = &self.member_below[group * MEMBERS..(group + 1) * MEMBERS];
        Some((group * MEMBERS + below(members, words[2] >> 1)) as u16)
    }
}

/// Risk bands: little, middling, much averse.
pub const BANDS: usize = 3;

/// Kinds of traders: segment × risk band × privacy × VPN.
pub const KINDS: usize = Segment::COUNT * BANDS * 4;

/// Number of a kind: of a segment, a risk band, whether it avoids identification, whether it has a VPN.
#[must_use]
pub const fn kind(segment: Segment, band: usize, private: bool, vpn: bool) -> usize {
    ((segment.index() * BANDS + band) * 2 + private as usize) * 2 + vpn as usize
}

/// Segment of a kind.
#[must_use]
pub fn segment_of(kind: usize) -> usize {
    kind / (BANDS * 4)
}

/// Risk band of a kind.
#[must_use]
pub fn band_of(kind: usize) -> usize {
    (kind / 4) % BANDS
}

/// Whether people of a kind avoid identification.
#[must_use]
pub fn is_private(kind: usize) -> bool {
    kind / 2 % 2 == 1
}

/// Whether people of a kind have a VPN.
#[must_use]
pub fn has_vpn(kind: usize) -> bool {
    kind % 2 == 1
}

/// The same kind one step more averse to risk, if there is a step left.
#[must_use]
pub fn more_averse(kind: usize) -> usize {
    if band_of(kind) < BANDS - 1 { kind + 4 } else { kind }
}

/// The tables of choice of all kinds of traders, rebuilt daily.
#[derive(Resource, Default, Clone)]
pub struct ChoiceTables {
    /// By kind of trader.
    pub tables: Vec<Table>,
    /// By slot, segment and privacy: what is left of habit for who has not yet passed the identification that the venue asks for since
    /// lately.
    pub strain: Vec<[[f64; 2]; Segment::COUNT]>,
    /// Weight of not trading today.
    pub not_today: f64,
}

impl ChoiceTables {
    /// What is left of habit for people of a kind who have not yet passed the identification that the venue at a slot asks for.
    #[inline]
    #[must_use]
    pub fn strain(&self, slot: usize, kind: usize) -> f64 {
        self.strain[slot][segment_of(kind)][usize::from(is_private(kind))]
    }
}

/// Cumulative thresholds; from the last positive weight on they are full, so that no draw falls out.
fn thresholds(weights: &[f64], sum: f64, out: &mut [u32]) {
    if sum <= 0.0 {
        out.fill(0);
        return;
    }
    let scale = f64::from(FULL) / sum;
    let mut cumulated = 0.0;
    let mut last = 0;
    for (i, (weight, below)) in weights.iter().zip(out.iter_mut()).enumerate() {
        cumulated += weight;
        *below = (cumulated * scale) as u32;
        if *weight > 0.0 {
            last = i;
        }
    }
    out[last..].fill(FULL);
}

/// Number of thresholds that the draw is not below.
#[inline]
fn below(thresholds: &[u32], draw: u32) -> usize {
    thresholds.iter().map(|threshold| usize::from(draw >= *threshold)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::random::{Decision, Luck};

    fn table(weights: &[(usize, f64)]) -> (Layout, Table) {
        let layout = Layout::new([11, 500, 3, 6, 1]);
        let mut table = Table::new(&layout);
        for (slot, weight) in weights {
            table.weights[*slot] = *weight;
        }
        table.rebuild(&layout, 1.0);
        (layout, table)
    }

    #[test]
    fn venues_are_chosen_in_proportion_to_their_weights() {
        let (layout, table) = table(&[(0, 1.0), (40, 2.0), (41, 3.0), (300, 4.0)]);
        let luck = Luck::new(1, 0).many(Decision::CustomerTrade);
        let mut counts = vec![0_u32; layout.slots_in_all()];
        for agent in 0..100_000 {
            let [a, b, c, _] = luck.words(agent, 0, 0);
            counts[table.pick(&layout, [a, b, c]).unwrap() as usize] += 1;
        }
        for (slot, share) in [(0, 0.1), (40, 0.2), (41, 0.3), (300, 0.4)] {
            assert!((f64::from(counts[slot]) / 100_000.0 - share).abs() < 0.005, "{slot}");
        }
        assert_eq!(counts.iter().sum::<u32>(), 100_000);
    }

    #[test]
    fn a_class_is_chosen_by_its_weights_to_the_power_of_dissimilarity() {
        let layout = Layout::new([11, 500, 3, 6, 1]);
        let mut table = Table::new(&layout);
        let shadow = layout.slots(Class::Shadow).start;
        table.weights[0] = 4.0;
        (table.weights[shadow], table.weights[shadow + 20]) = (9.0, 7.0);
        table.rebuild(&layout, 0.5);
        assert!((table.total - 6.0).abs() < 1e-12, "2 for licensed, 4 for shadow");
        let share = f64::from(table.class_below[0]) / f64::from(FULL);
        assert!((share - 1.0 / 3.0).abs() < 1e-9);
    }

    #[test]
    fn the_largest_and_smallest_draws_find_open_venues() {
        let (layout, table) = table(&[(5, 1e-9), (40, 2.0)]);
        for word in [0, u32::MAX] {
            let slot = table.pick(&layout, [word; 3]).unwrap();
            assert!(slot == 5 || slot == 40, "{slot}");
        }
    }

    #[test]
    fn no_venue_no_choice() {
        let (layout, table) = table(&[]);
        assert_eq!(table.pick(&layout, [7; 3]), None);
    }

    #[test]
    fn kinds_are_numbered_without_gaps_and_aversion_has_a_top() {
        let mut seen = [false; KINDS];
        for &segment in Segment::ALL {
            for band in 0..BANDS {
                for (private, vpn) in [(false, false), (false, true), (true, false), (true, true)] {
                    let number = kind(segment, band, private, vpn);
                    assert!(!seen[number]);
                    seen[number] = true;
                    assert_eq!(segment_of(number), segment.index());
                    assert_eq!(band_of(number), band);
                    assert_eq!((is_private(number), has_vpn(number)), (private, vpn));
                    assert_eq!(segment_of(more_averse(number)), segment.index());
                }
            }
        }
        assert!(seen.iter().all(|seen| *seen));
    }
}
