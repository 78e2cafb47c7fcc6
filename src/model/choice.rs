//! Multinomial choice of a venue in constant time.
//!
//! A table holds the sums of weights of open venues for one kind of trader. A draw goes down three levels:
//! class, group of sixteen venues, venue. Inversion at each level keeps two policies coupled: where one
//! weight differs, only traders near the moved boundaries of its class and group choose otherwise,
//! instead of all traders past it as in one long list.
//!
//! Classes are nests (McFadden 1978): venues of a class are more alike than venues of different classes, so
//! that the clients of a closed venue go to its like first. A class has the weight W = (sum of its venues'
//! weights)^λ with the dissimilarity λ; λ = 1 is the plain logit. Classes are alike in their turn, each in one or two
//! ways ([`ALIKE`]; cross-nested logit, Vovsha 1997): a class with the share α in a group of likes has the weight
//! N · (αW)^(1/μ) / Σ there, where N = (Σ (αW)^(1/μ))^μ over the group; μ = 1 makes classes independent.
//!
//! What somebody has been through decides which classes are looked at, and how ([`Footing`]).
//!
//! Deliberately absent: what weights mean (`customer`), and random numbers (they come in).

use std::ops::Range;

use bevy_ecs::prelude::*;

use super::messages::VenueNumber;
use world::units::{Class, Segment, maths};

/// Venues in a group.
pub const MEMBERS: usize = 16;
/// Groups of a class at most: 512 open venues.
const MAX_GROUPS: usize = 32;
/// Draws are out of 2³¹.
const FULL: u32 = 1 << 31;

/// How slots divide into classes: whole groups each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// First group of each class, and the number of groups.
    first_group: [usize; Class::COUNT + 1],
}

impl Layout {
    /// Room for so many venues of each class, rounded up to groups; 512 at most.
    pub fn new(room: [usize; Class::COUNT]) -> Layout {
        let mut first_group = [0; Class::COUNT + 1];
        for class in 0..Class::COUNT {
            let groups = room[class].div_ceil(MEMBERS).clamp(1, MAX_GROUPS);
            first_group[class + 1] = first_group[class] + groups;
        }
        Layout { first_group }
    }

    /// Slots of a class.
    pub fn slots(&self, class: Class) -> Range<usize> {
        self.first_group[class.index()] * MEMBERS..self.first_group[class.index() + 1] * MEMBERS
    }

    /// Slots in all.
    pub fn slots_in_all(&self) -> usize {
        self.first_group[Class::COUNT] * MEMBERS
    }
}

/// Risk bands: little, middling, much averse.
pub const BANDS: usize = 3;

/// Kinds of traders: segment × risk band × privacy × VPN.
pub const KINDS: usize = Segment::COUNT * BANDS * 4;

/// Number of a kind: of a segment, a risk band, whether it avoids identification, whether it has a VPN.
pub const fn kind(segment: Segment, band: usize, private: bool, vpn: bool) -> usize {
    ((segment.index() * BANDS + band) * 2 + private as usize) * 2 + vpn as usize
}

/// Segment of a kind.
pub fn segment_of(kind: usize) -> usize {
    kind / (BANDS * 4)
}

/// Risk band of a kind.
pub fn band_of(kind: usize) -> usize {
    (kind / 4) % BANDS
}

/// Whether people of a kind avoid identification.
pub fn is_private(kind: usize) -> bool {
    kind / 2 % 2 == 1
}

/// Whether people of a kind have a VPN.
pub fn has_vpn(kind: usize) -> bool {
    kind % 2 == 1
}

/// The same kind one step more averse to risk, if there is a step left.
pub fn more_averse(kind: usize) -> usize {
    if band_of(kind) < BANDS - 1 { kind + 4 } else { kind }
}

/// What an open venue offers today, as people see it.
#[derive(Clone, Copy, Debug)]
pub struct Offer {
    /// Which venue.
    pub venue: VenueNumber,
    /// What it is worth to people of a segment without and with a wish for privacy.
    pub worth: [[f64; 2]; Segment::COUNT],
    /// How safe it seems to people of a segment and risk band: 1, less if dangerous.
    pub safe: [[f64; BANDS]; Segment::COUNT],
    /// How well it is reached without a VPN: 1, less where sites are down.
    pub reach: f64,
    /// How easily people stay.
    pub stay: Stay,
}

/// What is left of the habit of going to a venue.
#[derive(Clone, Copy, Debug)]
pub struct Stay {
    /// By segment, for who passed all identification: 1, less if the fee is higher than in normal times.
    pub price: [f64; Segment::COUNT],
    /// By segment, without and with a wish for privacy: what is left besides for who has not yet passed the identification that the
    /// venue asks for since lately.
    pub strain: [[f64; 2]; Segment::COUNT],
}

impl Stay {
    /// Nothing stands against habit.
    pub const EASY: Stay =
        Stay { price: [1.0; Segment::COUNT], strain: [[1.0; 2]; Segment::COUNT] };
}

/// Ways in which classes are alike, each with the classes that belong to it: an app with identification, another person on
/// the other side, a site without a licence. A class that is in two of them is in each by half.
///
/// Source: ODD.md §6; the halves are judgement. Status: assumption.
pub const ALIKE: [&[Class]; 3] = [
    &[Class::Licensed, Class::Foreign],
    &[Class::Shadow, Class::Hub, Class::PeerToPeer],
    &[Class::Shadow, Class::Foreign],
];

/// In how many ways a class is like others.
const WAYS: [f64; Class::COUNT] = {
    let mut ways = [0.0; Class::COUNT];
    let mut i = 0;
    while i < ALIKE.len() {
        let mut j = 0;
        while j < ALIKE[i].len() {
            ways[ALIKE[i][j].index()] += 1.0;
            j += 1;
        }
        i += 1;
    }
    ways
};

/// How alike venues are within a class, and classes among each other: 1 no more than any others.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nesting {
    /// Dissimilarity of the venues of a class (λ).
    pub venues: f64,
    /// Dissimilarity of classes that are alike (μ).
    pub classes: f64,
}

impl Nesting {
    /// Weight of a class by itself, from the sum of its venues' weights.
    fn own(self, sum: f64) -> f64 {
        if sum > 0.0 { maths::pow(sum, self.venues) } else { 0.0 }
    }

    /// What a weight counts for among its likes.
    fn among_likes(self, weight: f64) -> f64 {
        if self.classes == 1.0 || weight <= 0.0 {
            weight
        } else {
            maths::pow(weight, 1.0 / self.classes)
        }
    }
}

/// What somebody has been through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Footing {
    /// Passed the identification of licensed venues: others do not look at them.
    pub passed: bool,
    /// Deals between persons are what this person is used to: others fear the stranger.
    pub dealt: bool,
}

impl Footing {
    /// Number of footings.
    pub const COUNT: usize = 4;
    /// All of them, in the order of their numbers.
    pub const ALL: [Footing; Footing::COUNT] = [
        Footing { passed: false, dealt: false },
        Footing { passed: true, dealt: false },
        Footing { passed: false, dealt: true },
        Footing { passed: true, dealt: true },
    ];
    /// Everything is open, nothing feared.
    pub const FREE: Footing = Footing { passed: true, dealt: true };

    /// Position in [`Self::ALL`].
    pub const fn index(self) -> usize {
        self.passed as usize + 2 * self.dealt as usize
    }
}

/// Weights of classes for people of one footing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shares {
    /// By class.
    pub weights: [f64; Class::COUNT],
    /// Sum over classes.
    pub total: f64,
}

/// Weights of classes by footing, from what they count for among their likes; `stranger` is what a first deal with a stranger
/// counts for there against a later one.
fn shares(all: [f64; Class::COUNT], nesting: Nesting, stranger: f64) -> [Shares; Footing::COUNT] {
    let terms = Footing::ALL.map(|footing| {
        let mut terms = all;
        if !footing.passed {
            terms[Class::Licensed.index()] = 0.0;
        }
        if !footing.dealt {
            terms[Class::PeerToPeer.index()] *= stranger;
        }
        terms
    });
    let mut shares = [Shares::default(); Footing::COUNT];
    for alike in ALIKE {
        let sums: [f64; Footing::COUNT] =
            std::array::from_fn(|i| alike.iter().map(|class| terms[i][class.index()]).sum());
        let mut factors = [1.0; Footing::COUNT];
        for (i, sum) in sums.into_iter().enumerate() {
            // What a footing changes is in one group only: the others are as for another footing.
            factors[i] = match sums[..i].iter().position(|before| *before == sum) {
                Some(same) => factors[same],
                None if nesting.classes == 1.0 || sum <= 0.0 => 1.0,
                None => maths::pow(sum, nesting.classes - 1.0),
            };
            for class in alike {
                shares[i].weights[class.index()] += terms[i][class.index()] * factors[i];
            }
        }
    }
    for shares in &mut shares {
        shares.total = shares.weights.iter().sum();
    }
    shares
}

/// What one kind of trader makes of the day's offers.
#[derive(Clone, Debug, Default)]
pub struct ChoiceTable {
    /// Weights of classes by footing.
    shares: [Shares; Footing::COUNT],
    class_sums: [f64; Class::COUNT],
    /// What each class counts for among its likes.
    terms: [f64; Class::COUNT],
    group_sums: Vec<f64>,
}

impl ChoiceTable {
    /// Computes all from the sums of weights of the groups; what is the same as in another table is taken from there.
    fn rebuild(&mut self, layout: &Layout, nesting: Nesting, stranger: f64, other: &ChoiceTable) {
        for (class, term) in self.terms.iter_mut().enumerate() {
            let groups = layout.first_group[class]..layout.first_group[class + 1];
            let sum = self.group_sums[groups].iter().sum();
            *term = if sum == other.class_sums[class] {
                other.terms[class]
            } else {
                nesting.among_likes(nesting.own(sum) / WAYS[class])
            };
            self.class_sums[class] = sum;
        }
        self.shares = if self.terms == other.terms {
            other.shares
        } else {
            shares(self.terms, nesting, stranger)
        };
    }

    /// Weights of classes for people of a footing.
    #[inline]
    pub fn shares(&self, footing: Footing) -> &Shares {
        &self.shares[footing.index()]
    }

    /// Sum of the weights of a class's venues.
    pub fn class_sum(&self, class: Class) -> f64 {
        self.class_sums[class.index()]
    }

    /// Weight of a class over the sum of its venues' weights, for people of a footing.
    pub fn class_factor(&self, footing: Footing, class: Class) -> f64 {
        let sum = self.class_sums[class.index()];
        if sum > 0.0 { self.shares(footing).weights[class.index()] / sum } else { 0.0 }
    }
}

/// The day's offers in the order of slots, and what each kind of trader makes of them.
///
/// The weight of a venue is a product of few factors, each shared by many kinds. They are kept as columns by the position
/// of an offer; nothing is kept by kind and venue.
#[derive(Resource, Default, Clone)]
pub struct ChoiceTables {
    /// By kind of trader.
    pub tables: Vec<ChoiceTable>,
    /// Weight of not trading today.
    pub not_today: f64,
    nesting: Nesting,
    /// What a first deal with a stranger counts for against a later one, among the likes of such deals, by segment and risk band.
    stranger: [[f64; BANDS]; Segment::COUNT],
    /// Who has passed the identification of licensed venues, by segment, without and with a wish for privacy: whose word is below
    /// this, out of 2³².
    pub passed_below: [[u64; 2]; Segment::COUNT],
    layout: Layout,
    venues: Vec<VenueNumber>,
    worth: [[Vec<f64>; 2]; Segment::COUNT],
    safe: [[Vec<f64>; BANDS]; Segment::COUNT],
    /// Without and with a VPN. Like all columns as long as there are slots.
    reach: [Vec<f64>; 2],
    stay: Vec<Stay>,
    /// By slot, where there is an offer.
    positions: Vec<u16>,
    /// Position of the first offer of each group, and the number of offers.
    first_of_group: Vec<usize>,
}

impl ChoiceTables {
    /// Tables without offers; `stranger` is what a first deal with a stranger is worth against a later one.
    pub fn new(
        not_today: f64,
        nesting: Nesting,
        stranger: [[f64; BANDS]; Segment::COUNT],
    ) -> ChoiceTables {
        ChoiceTables {
            tables: vec![ChoiceTable::default(); KINDS],
            not_today,
            nesting,
            stranger: stranger.map(|bands| bands.map(|worth| nesting.among_likes(worth))),
            ..ChoiceTables::default()
        }
    }

    /// Replaces all offers, which come by ascending slots, and computes what each kind makes of them.
    pub fn renew(&mut self, layout: &Layout, offers: impl Iterator<Item = (usize, Offer)>) {
        self.layout.clone_from(layout);
        self.venues.clear();
        self.stay.clear();
        self.positions.clear();
        self.positions.resize(layout.slots_in_all(), 0);
        self.first_of_group.clear();
        let groups = layout.slots_in_all() / MEMBERS;
        for table in &mut self.tables {
            table.group_sums.clear();
            table.group_sums.resize(groups, 0.0);
        }
        let columns = self.worth.as_flattened_mut().iter_mut();
        let columns = columns.chain(self.safe.as_flattened_mut()).chain(&mut self.reach);
        columns.for_each(|column| column.resize(layout.slots_in_all(), 0.0));
        let mut sums = GroupSums::default();
        for (slot, offer) in offers {
            let (position, group) = (self.venues.len(), slot / MEMBERS);
            if self.first_of_group.len() <= group {
                sums.put(&mut self.tables, self.first_of_group.len());
                self.first_of_group.resize(group + 1, position);
            }
            sums.add(&offer);
            self.positions[slot] = position as u16;
            self.venues.push(offer.venue);
            self.stay.push(offer.stay);
            put(self.worth.as_flattened_mut(), position, offer.worth.as_flattened());
            put(self.safe.as_flattened_mut(), position, offer.safe.as_flattened());
            put(&mut self.reach, position, &[offer.reach, 1.0]);
        }
        sums.put(&mut self.tables, self.first_of_group.len());
        self.first_of_group.resize(groups + 1, self.venues.len());
        let strangers = self.stranger.as_flattened().iter().flat_map(|worth| [worth; 2]);
        for (pair, stranger) in self.tables.chunks_exact_mut(2).zip(strangers) {
            let [without, with] = pair else { unreachable!() };
            with.rebuild(layout, self.nesting, *stranger, &ChoiceTable::default());
            // Where no site is down, a VPN changes nothing.
            without.rebuild(layout, self.nesting, *stranger, with);
        }
    }

    /// Worth and safety for a kind of the offers at some positions.
    #[inline]
    fn columns(&self, kind: usize, offers: Range<usize>) -> [&[f64]; 2] {
        let segment = segment_of(kind);
        let worth = &self.worth[segment][usize::from(is_private(kind))][offers.clone()];
        [worth, &self.safe[segment][band_of(kind)][offers]]
    }

    /// Weights of a kind for the offers at some positions.
    #[inline]
    fn weights(&self, kind: usize, offers: Range<usize>) -> impl Iterator<Item = f64> {
        let [worth, safe] = self.columns(kind, offers.clone());
        let reach = &self.reach[usize::from(has_vpn(kind))][offers];
        worth.iter().zip(safe).zip(reach).map(|((worth, safe), reach)| worth * safe * reach)
    }

    /// Positions of the offers of a class.
    pub fn offers(&self, class: Class) -> Range<usize> {
        let first = |class: usize| self.first_of_group[self.layout.first_group[class]];
        first(class.index())..first(class.index() + 1)
    }

    /// Position of the offer at a slot with an open venue.
    #[inline]
    pub fn position(&self, slot: u16) -> usize {
        usize::from(self.positions[usize::from(slot)])
    }

    /// The venue of an offer.
    pub fn venue(&self, offer: usize) -> VenueNumber {
        self.venues[offer]
    }

    /// All venues with offers.
    pub fn venues(&self) -> &[VenueNumber] {
        &self.venues
    }

    /// Weight of an offer for a kind.
    pub fn weight(&self, kind: usize, offer: usize) -> f64 {
        self.weights(kind, offer..offer + 1).sum()
    }

    /// The weights of each offer for all kinds, each times the factor of its kind and class.
    pub fn weighed(&self, factors: &[[f64; Class::COUNT]; KINDS]) -> Vec<f64> {
        let mut sums = vec![0.0; self.venues.len()];
        for &class in Class::ALL {
            let offers = self.offers(class);
            let reach = &self.reach[0][offers.clone()];
            let sums = &mut sums[offers.clone()];
            for (pair, factors) in factors.as_chunks::<2>().0.iter().enumerate() {
                let [without, with] = factors.map(|factors| factors[class.index()]);
                if without == 0.0 && with == 0.0 {
                    continue;
                }
                let [worth, safe] = self.columns(2 * pair, offers.clone());
                for (((sum, worth), safe), reach) in sums.iter_mut().zip(worth).zip(safe).zip(reach)
                {
                    let weight = worth * safe;
                    *sum += without * (weight * reach);
                    *sum += with * weight;
                }
            }
        }
        sums
    }

    /// How easy it is for people of a kind to go on with the venue of an offer, against normal times: 1, less if it has
    /// become dangerous, dear or hard to reach. Habit is multiplied by it.
    #[inline]
    pub fn ease(&self, kind: usize, offer: usize) -> f64 {
        let segment = segment_of(kind);
        let safe = self.safe[segment][band_of(kind)][offer];
        safe * self.reach[usize::from(has_vpn(kind))][offer] * self.stay[offer].price[segment]
    }

    /// Part of [`ease`](Self::ease) that is due to fees above the normal ones.
    pub fn dearer(&self, kind: usize, offer: usize) -> f64 {
        self.stay[offer].price[segment_of(kind)]
    }

    /// What is left of habit for people of a kind who have not yet passed the identification that the venue asks for.
    #[inline]
    pub fn strain(&self, kind: usize, offer: usize) -> f64 {
        self.stay[offer].strain[segment_of(kind)][usize::from(is_private(kind))]
    }

    /// The venue drawn by three random words for a kind on a footing; `None` if no venue has weight.
    #[inline]
    pub fn pick(&self, kind: usize, footing: Footing, words: [u32; 3]) -> Option<VenueNumber> {
        let table = &self.tables[kind];
        let shares = table.shares(footing);
        if shares.total <= 0.0 {
            return None;
        }
        let class = drawn(shares.weights.iter().copied(), shares.total, words[0] >> 1);
        let groups = self.layout.first_group[class]..self.layout.first_group[class + 1];
        let sums = table.group_sums[groups.clone()].iter().copied();
        let group = groups.start + drawn(sums, table.class_sums[class], words[1] >> 1);
        let offers = self.first_of_group[group]..self.first_of_group[group + 1];
        let weights = self.weights(kind, offers.clone());
        Some(self.venues[offers.start + drawn(weights, table.group_sums[group], words[2] >> 1)])
    }
}

/// Sums of the weights of a group's offers, by segment, risk band and privacy: without and with a VPN.
#[derive(Default)]
struct GroupSums {
    without: [[[f64; 2]; BANDS]; Segment::COUNT],
    with: [[[f64; 2]; BANDS]; Segment::COUNT],
}

impl GroupSums {
    fn add(&mut self, offer: &Offer) {
        for segment in 0..Segment::COUNT {
            for band in 0..BANDS {
                for private in 0..2 {
                    let weight = offer.worth[segment][private] * offer.safe[segment][band];
                    self.with[segment][band][private] += weight;
                    self.without[segment][band][private] += weight * offer.reach;
                }
            }
        }
    }

    /// Writes the sums of the last of so many groups, and begins the next.
    fn put(&mut self, tables: &mut [ChoiceTable], groups: usize) {
        let Some(group) = groups.checked_sub(1) else { return };
        let [without, with] =
            [&self.without, &self.with].map(|sums| sums.as_flattened().as_flattened());
        for ((pair, without), with) in tables.chunks_exact_mut(2).zip(without).zip(with) {
            pair[0].group_sums[group] = *without;
            pair[1].group_sums[group] = *with;
        }
        *self = GroupSums::default();
    }
}

/// Writes a value to each column.
fn put(columns: &mut [Vec<f64>], position: usize, values: &[f64]) {
    for (column, value) in columns.iter_mut().zip(values) {
        column[position] = *value;
    }
}

/// Position of the weight that a draw falls on.
#[inline]
fn drawn(weights: impl Iterator<Item = f64>, sum: f64, draw: u32) -> usize {
    let scale = f64::from(FULL) / sum;
    // A draw is below the whole part of a number just if the next whole number is not above it.
    let bar = f64::from(draw + 1);
    let (mut cumulated, mut last) = (0.0, 0);
    for (i, weight) in weights.enumerate() {
        if weight > 0.0 {
            cumulated += weight;
            last = i;
            if bar <= cumulated * scale {
                break;
            }
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::random::{Decision, Luck};

    /// A kind of trader.
    const SOMEBODY: usize = kind(Segment::Retail, 1, false, true);

    /// Tables for offers at slots, each with its worth to somebody and how well it is reached without a VPN.
    fn tables(offers: &[(usize, f64, f64)], dissimilarity: f64) -> ChoiceTables {
        let nesting = Nesting { venues: dissimilarity, classes: 1.0 };
        let mut tables = ChoiceTables::new(1.0, nesting, [[1.0; BANDS]; Segment::COUNT]);
        let offers = offers.iter().map(|&(slot, worth, reach)| {
            let worth = [[worth; 2]; Segment::COUNT];
            let safe = [[1.0; BANDS]; Segment::COUNT];
            let venue = slot as VenueNumber;
            (slot, Offer { venue, worth, safe, reach, stay: Stay::EASY })
        });
        tables.renew(&Layout::new([11, 500, 3, 6, 1]), offers);
        tables
    }

    #[test]
    fn venues_are_chosen_in_proportion_to_their_weights() {
        let tables = tables(&[(0, 1.0, 1.0), (40, 2.0, 1.0), (41, 3.0, 1.0), (300, 4.0, 1.0)], 1.0);
        let luck = Luck::new(1, 0).many(Decision::CustomerTrade);
        let mut counts = [0_u32; 301];
        for agent in 0..100_000 {
            let [a, b, c, _] = luck.words(agent, 0, 0);
            counts[usize::from(tables.pick(SOMEBODY, Footing::FREE, [a, b, c]).unwrap())] += 1;
        }
        for (venue, share) in [(0, 0.1), (40, 0.2), (41, 0.3), (300, 0.4)] {
            assert!((f64::from(counts[venue]) / 100_000.0 - share).abs() < 0.005, "{venue}");
        }
        assert_eq!(counts.iter().sum::<u32>(), 100_000);
    }

    #[test]
    fn a_class_is_chosen_by_its_weights_to_the_power_of_dissimilarity() {
        let shadow = Layout::new([11, 500, 3, 6, 1]).slots(Class::Shadow).start;
        let tables = tables(&[(0, 4.0, 1.0), (shadow, 9.0, 1.0), (shadow + 20, 7.0, 1.0)], 0.5);
        let table = &tables.tables[SOMEBODY];
        let all = table.shares(Footing::FREE);
        assert!((all.total - 6.0).abs() < 1e-12, "2 for licensed, 4 for shadow");
        assert!((all.weights[0] / all.total - 1.0 / 3.0).abs() < 1e-9);
        let factor = |class: &Class| table.class_factor(Footing::FREE, *class);
        let factors: Vec<f64> = Class::ALL.iter().map(factor).collect();
        assert_eq!(factors, [0.5, 0.25, 0.0, 0.0, 0.0], "weights over sums; nobody, no factor");
    }

    /// Shares of classes that have these weights by themselves.
    fn shares_of(own: [f64; 5], classes: f64, stranger: f64) -> [Shares; Footing::COUNT] {
        let nesting = Nesting { venues: 1.0, classes };
        let terms = std::array::from_fn(|i| nesting.among_likes(own[i] / WAYS[i]));
        shares(terms, nesting, nesting.among_likes(stranger))
    }

    #[test]
    fn what_leaves_a_class_goes_to_its_likes_and_to_no_other_where_they_are_the_same() {
        let own = [3.0, 2.0, 1.0, 4.0, 5.0];
        let of = |own: [f64; 5], likeness| shares_of(own, likeness, 1.0)[Footing::FREE.index()];
        let independent = of(own, 1.0);
        assert_eq!(
            (independent.weights, independent.total),
            (own, 15.0),
            "without likes as before"
        );
        // Without deals between persons: independent classes gain in proportion, likes more than that.
        let gain = |likeness: f64, class: Class| {
            let share = |own| {
                let all = of(own, likeness);
                all.weights[class.index()] / all.total
            };
            share([3.0, 2.0, 1.0, 4.0, 0.0]) / share(own)
        };
        assert!((gain(1.0, Class::Hub) - gain(1.0, Class::Licensed)).abs() < 1e-12);
        assert!(
            gain(0.5, Class::Hub) > gain(0.5, Class::Shadow),
            "alike in one way, in half of it"
        );
        assert!(gain(0.5, Class::Shadow) > gain(0.5, Class::Licensed));
        assert!((gain(0.5, Class::Foreign) - gain(0.5, Class::Licensed)).abs() < 1e-12);
        assert!(gain(0.3, Class::Hub) > gain(0.5, Class::Hub), "dose");
        // Two classes alone that are alike in one way: by hand, with μ = ½.
        let two = of([3.0, 0.0, 0.0, 8.0, 0.0], 0.5);
        let app = (9.0_f64 + 16.0).sqrt();
        assert!((two.weights[0] - 9.0 / app).abs() < 1e-12);
        assert!((two.weights[3] - (16.0 / app + 4.0)).abs() < 1e-12);
    }

    #[test]
    fn who_has_not_passed_identification_looks_at_no_licensed_venue_and_a_stranger_is_worth_less() {
        let all = shares_of([3.0, 2.0, 1.0, 4.0, 5.0], 0.5, 0.25);
        for (footing, shares) in Footing::ALL.iter().zip(&all) {
            let free = &all[Footing::FREE.index()];
            assert_eq!(Footing::ALL[footing.index()], *footing);
            assert_eq!(shares.weights[0] > 0.0, footing.passed);
            assert_eq!(shares.weights[4] == free.weights[4], footing.dealt);
            assert!(shares.weights[4] <= free.weights[4]);
            assert_eq!(shares.total, shares.weights.iter().sum::<f64>());
        }
        let plain = shares_of([3.0, 2.0, 1.0, 4.0, 5.0], 1.0, 0.25);
        assert_eq!(plain[0].weights, [0.0, 2.0, 1.0, 4.0, 1.25]);
    }

    #[test]
    fn the_largest_and_smallest_draws_find_open_venues() {
        let tables = tables(&[(5, 1e-9, 1.0), (40, 2.0, 1.0)], 1.0);
        for word in [0, u32::MAX] {
            let venue = tables.pick(SOMEBODY, Footing::FREE, [word; 3]).unwrap();
            assert!(venue == 5 || venue == 40, "{venue}");
        }
    }

    #[test]
    fn classes_take_whole_groups_of_slots_one_after_the_other() {
        let layout = Layout::new([11, 5000, 17, 0, 1]);
        let slots = [0..16, 16..528, 528..560, 560..576, 576..592];
        for (class, slots) in Class::ALL.iter().zip(slots) {
            assert_eq!(layout.slots(*class), slots, "{class}");
        }
        assert_eq!(layout.slots_in_all(), 592);
    }

    #[test]
    fn habit_knows_segment_and_privacy() {
        let mut tables = tables(&[(0, 1.0, 1.0)], 1.0);
        let [retail, fraud] = [Segment::Retail, Segment::Fraud].map(Segment::index);
        tables.stay[0].strain[retail] = [0.75, 0.5];
        tables.stay[0].price[fraud] = 0.25;
        let of = |segment, private| kind(segment, 0, private, true);
        assert_eq!(tables.strain(of(Segment::Retail, false), 0), 0.75);
        assert_eq!(tables.strain(of(Segment::Retail, true), 0), 0.5);
        assert_eq!(tables.strain(of(Segment::Fraud, true), 0), 1.0);
        assert_eq!(tables.ease(of(Segment::Fraud, true), 0), 0.25);
        assert_eq!(tables.ease(of(Segment::Retail, true), 0), 1.0);
    }

    #[test]
    fn no_venue_no_choice() {
        assert_eq!(tables(&[], 1.0).pick(SOMEBODY, Footing::FREE, [7; 3]), None);
    }

    #[test]
    fn sites_that_are_down_keep_away_only_those_without_a_vpn() {
        let tables = tables(&[(0, 1.0, 1.0), (1, 1.0, 0.5)], 1.0);
        let (with, without) = (SOMEBODY, SOMEBODY - 1);
        let total = |kind: usize| tables.tables[kind].shares(Footing::FREE).total;
        assert_eq!((total(with), total(without)), (2.0, 1.5));
        let offer = tables.position(1);
        assert_eq!((tables.weight(with, offer), tables.weight(without, offer)), (1.0, 0.5));
        assert_eq!((tables.ease(with, offer), tables.ease(without, offer)), (1.0, 0.5));
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
    fn below(thresholds: &[u32], draw: u32) -> usize {
        thresholds.iter().map(|threshold| usize::from(draw >= *threshold)).sum()
    }

    #[test]
    fn a_draw_without_thresholds_falls_where_thresholds_say() {
        let luck = Luck::new(1, 0).many(Decision::CustomerTrade);
        for agent in 0..20_000 {
            let words = [0, 1, 2, 3].map(|block| luck.words(agent, 0, block));
            let flat = words.as_flattened();
            // A third of the places is empty.
            let weight =
                |word: &u32| if word.is_multiple_of(3) { 0.0 } else { f64::from(word >> 1) * 1e-7 };
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
                    let next = more_averse(number);
                    assert_eq!(band_of(next), (band + 1).min(BANDS - 1));
                    assert_eq!(number - number % 4 - band * 4, next - next % 4 - band_of(next) * 4);
                    assert_eq!((is_private(next), has_vpn(next)), (private, vpn));
                }
            }
        }
        assert!(seen.iter().all(|seen| *seen));
    }
}
