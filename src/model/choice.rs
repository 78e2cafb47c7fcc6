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

use std::ops::Range;

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
    pub fn slots(&self, class: Class) -> Range<usize> {
        self.first_group[class.index()] * MEMBERS..self.first_group[class.index() + 1] * MEMBERS
    }

    /// Slots in all.
    #[must_use]
    pub fn slots_in_all(&self) -> usize {
        self.first_group[Class::COUNT] * MEMBERS
    }
}

/// What one kind of trader makes of the day's offers: sums of weights, and thresholds of classes and groups.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Sum of the weights of all classes.
    pub total: f64,
    /// By class: its weight over the sum of its venues' weights.
    pub class_factor: [f64; Class::COUNT],
    class_below: [u32; Class::COUNT],
    group_sums: Vec<f64>,
    group_below: Vec<u32>,
}

impl Table {
    /// Computes all from the sums of weights of the groups.
    fn rebuild(&mut self, layout: &Layout, dissimilarity: f64) {
        self.group_below.resize(self.group_sums.len(), 0);
        let mut class_sums = [0.0; Class::COUNT];
        for (class, class_sum) in class_sums.iter_mut().enumerate() {
            let groups = layout.first_group[class]..layout.first_group[class + 1];
            let sums = &self.group_sums[groups.clone()];
            let sum: f64 = sums.iter().sum();
            thresholds(sums, sum, &mut self.group_below[groups]);
            *class_sum = if sum > 0.0 { maths::pow(sum, dissimilarity) } else { 0.0 };
            self.class_factor[class] = if sum > 0.0 { *class_sum / sum } else { 0.0 };
        }
        self.total = class_sums.iter().sum();
        thresholds(&class_sums, self.total, &mut self.class_below);
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

/// The day's offers, and what each kind of trader makes of them.
///
/// The weight of a venue is a product of few factors, each shared by many kinds; they are kept as columns by slot, and
/// nothing is kept by kind and slot.
#[derive(Resource, Default, Clone)]
pub struct ChoiceTables {
    /// What venues are worth to people of a segment without and with a wish for privacy, by slot; 0 if closed.
    pub worth: [[Vec<f64>; 2]; Segment::COUNT],
    /// How safe venues seem to people of a segment and risk band, by slot: 1, less if dangerous.
    pub safe: [[Vec<f64>; BANDS]; Segment::COUNT],
    /// How well venues can be reached without and with a VPN, by slot: 1, less where sites are down.
    pub reach: [Vec<f64>; 2],
    /// What a rise of the fee over normal leaves of habit, by segment and slot: 1, less if dearer.
    pub price: [Vec<f64>; Segment::COUNT],
    /// What is left of habit for people of a segment without and with a wish for privacy who have not yet passed the
    /// identification that the venue asks for since lately, by slot.
    pub strain: [[Vec<f64>; 2]; Segment::COUNT],
    /// By kind of trader.
    pub tables: Vec<Table>,
    /// Weight of not trading today.
    pub not_today: f64,
    /// How slots divide into classes.
    pub layout: Layout,
}

impl ChoiceTables {
    /// Tables without venues.
    #[must_use]
    pub fn new(layout: &Layout, not_today: f64) -> ChoiceTables {
        let column = |value: f64| vec![value; layout.slots_in_all()];
        let groups = layout.slots_in_all() / MEMBERS;
        let table = Table { group_sums: vec![0.0; groups], ..Table::default() };
        ChoiceTables {
            worth: std::array::from_fn(|_| [column(0.0), column(0.0)]),
            safe: std::array::from_fn(|_| std::array::from_fn(|_| column(1.0))),
            reach: [column(1.0), column(1.0)],
            price: std::array::from_fn(|_| column(1.0)),
            strain: std::array::from_fn(|_| [column(1.0), column(1.0)]),
            tables: vec![table; KINDS],
            not_today,
            layout: layout.clone(),
        }
    }

    /// The three factors of the weights of a kind, by slot.
    fn factors(&self, kind: usize) -> [&[f64]; 3] {
        let segment = segment_of(kind);
        [
            &self.worth[segment][usize::from(is_private(kind))],
            &self.safe[segment][band_of(kind)],
            &self.reach[usize::from(has_vpn(kind))],
        ]
    }

    /// Weight of the venue at a slot for a kind.
    #[inline]
    #[must_use]
    pub fn weight(&self, kind: usize, slot: usize) -> f64 {
        let [worth, safe, reach] = self.factors(kind);
        worth[slot] * safe[slot] * reach[slot]
    }

    /// Adds the weights of a kind at some slots, times a factor, to sums by slot.
    pub fn add_weights(&self, kind: usize, slots: Range<usize>, factor: f64, sums: &mut [f64]) {
        let [worth, safe, reach] = self.factors(kind).map(|column| &column[slots.clone()]);
        for (((sum, worth), safe), reach) in sums[slots].iter_mut().zip(worth).zip(safe).zip(reach)
        {
            *sum += factor * (worth * safe * reach);
        }
    }

    /// How easy it is for people of a kind to go on with the venue at a slot, against normal times: 1, less if it has
    /// become dangerous, dear or hard to reach. Habit is multiplied by it.
    #[inline]
    #[must_use]
    pub fn ease(&self, kind: usize, slot: usize) -> f64 {
        let [_, safe, reach] = self.factors(kind);
        safe[slot] * reach[slot] * self.price[segment_of(kind)][slot]
    }

    /// What is left of habit for people of a kind who have not yet passed the identification that the venue at a slot asks for.
    #[inline]
    #[must_use]
    pub fn strain(&self, slot: usize, kind: usize) -> f64 {
        self.strain[segment_of(kind)][usize::from(is_private(kind))][slot]
    }

    /// Computes sums and thresholds after columns have changed; `occupied` says which groups have open venues.
    pub fn rebuild(&mut self, occupied: &[bool], dissimilarity: f64) {
        let mut tables = std::mem::take(&mut self.tables);
        // Where no site is down, a VPN changes nothing.
        let full: Vec<bool> = self.reach[0]
            .chunks_exact(MEMBERS)
            .map(|group| group.iter().all(|reach| *reach == 1.0))
            .collect();
        for pair in (0..KINDS).step_by(2) {
            let [without, with] = &mut tables[pair..pair + 2] else { unreachable!() };
            for group in 0..full.len() {
                let sum = |kind| if occupied[group] { self.group(kind, group).sum() } else { 0.0 };
                with.group_sums[group] = sum(pair + 1);
                without.group_sums[group] =
                    if full[group] { with.group_sums[group] } else { sum(pair) };
            }
            with.rebuild(&self.layout, dissimilarity);
            without.rebuild(&self.layout, dissimilarity);
        }
        self.tables = tables;
    }

    /// Weights of a group for a kind.
    fn group(&self, kind: usize, group: usize) -> impl Iterator<Item = f64> {
        let slots = group * MEMBERS..(group + 1) * MEMBERS;
        let [worth, safe, reach] = self.factors(kind).map(|column| &column[slots.clone()]);
        (0..MEMBERS).map(move |member| worth[member] * safe[member] * reach[member])
    }

    /// The slot drawn by three random words for a kind; `None` if no venue has weight.
    #[inline]
    #[must_use]
    pub fn pick(&self, kind: usize, words: [u32; 3]) -> Option<u16> {
        let table = &self.tables[kind];
        if table.total <= 0.0 {
            return None;
        }
        let class = below(&table.class_below, words[0] >> 1);
        let groups = self.layout.first_group[class]..self.layout.first_group[class + 1];
        let group = groups.start + below(&table.group_below[groups], words[1] >> 1);
        let member = drawn(self.group(kind, group), table.group_sums[group], words[2] >> 1);
        Some((group * MEMBERS + member) as u16)
    }
}

/// Position of the weight that a draw falls on: the same as by `thresholds` and `below`, without making thresholds that
/// nobody else needs.
#[inline]
fn drawn(weights: impl Iterator<Item = f64>, sum: f64, draw: u32) -> usize {
    let scale = f64::from(FULL) / sum;
    let (mut cumulated, mut last) = (0.0, 0);
    for (i, weight) in weights.enumerate() {
        cumulated += weight;
        if weight > 0.0 {
            last = i;
            // The same as: the draw is below the whole part of the right side.
            if f64::from(draw + 1) <= cumulated * scale {
                break;
            }
        }
    }
    last
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

    /// A kind of trader.
    const SOMEBODY: usize = kind(Segment::Retail, 1, false, true);

    fn tables(weights: &[(usize, f64)], dissimilarity: f64) -> (Layout, ChoiceTables) {
        let layout = Layout::new([11, 500, 3, 6, 1]);
        let mut tables = ChoiceTables::new(&layout, 1.0);
        for (slot, weight) in weights {
            tables.worth[segment_of(SOMEBODY)][0][*slot] = *weight;
        }
        tables.rebuild(&vec![true; layout.slots_in_all() / MEMBERS], dissimilarity);
        (layout, tables)
    }

    #[test]
    fn venues_are_chosen_in_proportion_to_their_weights() {
        let (layout, tables) = tables(&[(0, 1.0), (40, 2.0), (41, 3.0), (300, 4.0)], 1.0);
        let luck = Luck::new(1, 0).many(Decision::CustomerTrade);
        let mut counts = vec![0_u32; layout.slots_in_all()];
        for agent in 0..100_000 {
            let [a, b, c, _] = luck.words(agent, 0, 0);
            counts[tables.pick(SOMEBODY, [a, b, c]).unwrap() as usize] += 1;
        }
        for (slot, share) in [(0, 0.1), (40, 0.2), (41, 0.3), (300, 0.4)] {
            assert!((f64::from(counts[slot]) / 100_000.0 - share).abs() < 0.005, "{slot}");
        }
        assert_eq!(counts.iter().sum::<u32>(), 100_000);
    }

    #[test]
    fn a_class_is_chosen_by_its_weights_to_the_power_of_dissimilarity() {
        let shadow = Layout::new([11, 500, 3, 6, 1]).slots(Class::Shadow).start;
        let (_, tables) = tables(&[(0, 4.0), (shadow, 9.0), (shadow + 20, 7.0)], 0.5);
        let table = &tables.tables[SOMEBODY];
        assert!((table.total - 6.0).abs() < 1e-12, "2 for licensed, 4 for shadow");
        let share = f64::from(table.class_below[0]) / f64::from(FULL);
        assert!((share - 1.0 / 3.0).abs() < 1e-9);
    }

    #[test]
    fn the_largest_and_smallest_draws_find_open_venues() {
        let (_, tables) = tables(&[(5, 1e-9), (40, 2.0)], 1.0);
        for word in [0, u32::MAX] {
            let slot = tables.pick(SOMEBODY, [word; 3]).unwrap();
            assert!(slot == 5 || slot == 40, "{slot}");
        }
    }

    #[test]
    fn no_venue_no_choice() {
        let (_, tables) = tables(&[], 1.0);
        assert_eq!(tables.pick(SOMEBODY, [7; 3]), None);
    }

    #[test]
    fn sites_that_are_down_keep_away_only_those_without_a_vpn() {
        let (_, mut tables) = tables(&[(0, 1.0), (1, 1.0)], 1.0);
        tables.reach[0][1] = 0.5;
        tables.rebuild(&vec![true; tables.reach[0].len() / MEMBERS], 1.0);
        assert_eq!(tables.tables[SOMEBODY].total, 2.0);
        assert_eq!(tables.tables[SOMEBODY - 1].total, 1.5);
        assert_eq!((tables.weight(SOMEBODY, 1), tables.weight(SOMEBODY - 1, 1)), (1.0, 0.5));
        assert_eq!((tables.ease(SOMEBODY, 1), tables.ease(SOMEBODY - 1, 1)), (1.0, 0.5));
    }

    #[test]
    fn a_draw_without_thresholds_falls_where_thresholds_say() {
        let luck = Luck::new(1, 0).many(Decision::CustomerTrade);
        for agent in 0..20_000 {
            let words = [0, 1, 2, 3].map(|block| luck.words(agent, 0, block));
            let flat = words.as_flattened();
            // A third of the places is empty.
            let weight = |word: &u32| if word % 3 == 0 { 0.0 } else { f64::from(word >> 1) * 1e-7 };
            let weights: Vec<f64> = flat.iter().map(weight).collect();
            let sum: f64 = weights.iter().sum();
            let mut full = [0; MEMBERS];
            thresholds(&weights, sum, &mut full);
            for draw in
                [flat[0] >> 1, full[5].saturating_sub(1), full[5].min(FULL - 1), 0, FULL - 1]
            {
                assert_eq!(drawn(weights.iter().copied(), sum, draw), below(&full, draw));
            }
        }
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
