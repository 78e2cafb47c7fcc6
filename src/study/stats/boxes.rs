//! In which worlds something happens: boxes of parameters within which most worlds have it, found by peeling (PRIM).
//!
//! From all worlds a twentieth is peeled off again and again, on the side whose outer fifth has the fewest hits; the box on that path with
//! the best balance of density (how many of its worlds have it) and coverage (how many of those that have it lie in it) is chosen, its sides
//! are pasted out again where that helps, and sides that chance would give are dropped. Then the next box is looked for in the rest.
//!
//! Source: Friedman & Fisher 1999, *Statistics and Computing* 9 (peeling, pasting); Bryant & Lempert 2010, *Technological Forecasting and
//! Social Change* 77 (density, coverage, quasi-p-values, resampled boxes). Theirs choose by the peel itself, which among a
//! hundred worlds is five: here by the outer fifth, of which a twentieth of all is peeled.
//!
//! Deliberately absent: what the worlds are.

use super::share::beta_below;
use world::random::{Decision, Luck};

/// Share of the worlds of a box that is peeled off, and pasted on. Source: Friedman & Fisher 1999.
const PEEL: f64 = 0.05;
/// The side is peeled whose outer part of so many peels has the lowest density: single peels are too small to judge by where worlds are few.
/// Source: judgement.
const OUTER: usize = 4;
/// Worlds of a box at least, as a share of all. Source: Bryant & Lempert 2010.
const SMALLEST: f64 = 0.05;
/// The same as a number. Unit: worlds. Source: judgement.
const FEWEST: usize = 5;
/// A side whose quasi-p-value is no smaller is dropped. Source: Bryant & Lempert 2010.
const QUASI: f64 = 0.05;
/// Shuffles that tell what chance gives. Source: judgement.
const SHUFFLES: u64 = 199;
/// Halves of the worlds in which boxes are looked for again. Source: judgement; Bryant & Lempert took ten.
const HALVES: u64 = 100;
/// Seed of shuffles and halves: fixed, so that the same results give the same boxes. Unit: none. Source: arbitrary.
const SEED: u64 = 0xb0c5;

/// A parameter over all worlds.
#[derive(Clone, Debug, PartialEq)]
pub enum ParameterValues {
    /// Numbers.
    Numbers(Vec<f64>),
    /// Words, by number.
    Words(Vec<usize>),
}

/// Where a box ends in a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum BoxSide {
    /// It does not.
    Open,
    /// Lower and upper end, as far as there is one.
    Range(Option<f64>, Option<f64>),
    /// Words that lie outside it.
    Without(Vec<usize>),
}

impl BoxSide {
    fn holds(&self, values: &ParameterValues, world: usize) -> bool {
        match (self, values) {
            (BoxSide::Range(low, high), ParameterValues::Numbers(numbers)) => {
                low.is_none_or(|low| numbers[world] >= low)
                    && high.is_none_or(|high| numbers[world] <= high)
            }
            (BoxSide::Without(out), ParameterValues::Words(words)) => !out.contains(&words[world]),
            _ => true,
        }
    }

    /// The same, cut at its lower or upper end.
    fn cut(&self, lower: bool, at: f64) -> BoxSide {
        let (low, high) = match self {
            BoxSide::Range(low, high) => (*low, *high),
            _ => (None, None),
        };
        if lower { BoxSide::Range(Some(at), high) } else { BoxSide::Range(low, Some(at)) }
    }
}

/// Worlds of a box: how many, and how many of them have it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WorldCount {
    /// Worlds.
    pub worlds: usize,
    /// Worlds that have it.
    pub hits: usize,
}

impl WorldCount {
    /// Share of its worlds that have it.
    pub fn density(self) -> f64 {
        self.hits as f64 / self.worlds.max(1) as f64
    }

    /// Share of so many that have it that lie in it.
    pub fn coverage(self, hits: usize) -> f64 {
        self.hits as f64 / hits.max(1) as f64
    }
}

/// A box on the path of peeling.
#[derive(Clone, Debug, PartialEq)]
pub struct Peeled {
    /// Its worlds.
    pub count: WorldCount,
    /// Its sides, by parameter.
    pub sides: Vec<BoxSide>,
}

impl Peeled {
    /// Numbers of the parameters that it restricts.
    pub fn restricted(&self) -> impl Iterator<Item = usize> + '_ {
        self.sides.iter().enumerate().filter(|(_, side)| **side != BoxSide::Open).map(|(at, _)| at)
    }
}

/// A box that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundBox {
    /// The box.
    pub chosen: Peeled,
    /// For each parameter that it restricts: chance of so dense a box without that side (one-sided binomial); by parameter.
    pub quasi_p: Vec<Option<f64>>,
    /// By parameter: share of halves of the worlds in which the box found there restricts it.
    pub restricted_in: Vec<f64>,
    /// Share of shuffles whose path reaches as good a box: chance that there is nothing to be found.
    pub by_chance: f64,
    /// The path of peeling, all worlds first.
    pub path: Vec<Peeled>,
}

/// What a box is chosen by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Choice {
    /// Harmonic mean of density and coverage.
    Balance,
    /// Coverage among boxes of at least this density; the densest if there is none.
    Density(f64),
}

/// Worlds in which boxes are looked for.
#[derive(Clone, Copy, Debug)]
pub struct Search<'a> {
    /// Parameters.
    pub parameters: &'a [ParameterValues],
    /// Which worlds have it.
    pub hits: &'a [bool],
    /// What a box is chosen by.
    pub choice: Choice,
}

impl Search<'_> {
    /// Boxes, the first over all worlds, each other over what the earlier leave; none that chance gives as well (from 5 in 100 on). Also
    /// the chance of the last that was looked for.
    pub fn boxes(&self, most: usize) -> (Vec<FoundBox>, f64) {
        let mut rest: Vec<usize> = (0..self.hits.len()).collect();
        let mut boxes = Vec::new();
        let mut last = 1.0;
        while boxes.len() < most && self.count(&rest).hits >= FEWEST {
            let Some(found) = self.found(&rest) else { break };
            last = found.by_chance;
            if found.by_chance >= QUASI || found.chosen.restricted().next().is_none() {
                break;
            }
            rest.retain(|world| !self.inside(&found.chosen.sides, *world));
            boxes.push(found);
        }
        (boxes, last)
    }

    fn found(&self, worlds: &[usize]) -> Option<FoundBox> {
        let (chosen, path) = self.one(worlds)?;
        let reached = self.best(&path).1;
        let equal = (0..SHUFFLES).filter(|shuffle| {
            let mut hits = self.hits.to_vec();
            let order = shuffled(worlds, 0, *shuffle);
            for (world, other) in worlds.iter().zip(order) {
                hits[*world] = self.hits[other];
            }
            let path = Search { hits: &hits, ..*self }.path(worlds);
            self.best(&path).1 >= reached
        });
        let by_chance = (1 + equal.count()) as f64 / (1 + SHUFFLES) as f64;
        let mut restricted_in = vec![0.0; self.parameters.len()];
        for half in 0..HALVES {
            let mut some = shuffled(worlds, 1, half);
            some.truncate(worlds.len() / 2);
            some.sort_unstable();
            for parameter in self.one(&some).iter().flat_map(|(chosen, _)| chosen.restricted()) {
                restricted_in[parameter] += 1.0 / HALVES as f64;
            }
        }
        let quasi_p = (0..self.parameters.len()).map(|at| self.quasi_p(&chosen, at, worlds));
        Some(FoundBox { quasi_p: quasi_p.collect(), chosen, restricted_in, by_chance, path })
    }

    /// The box of some worlds, and the path to it; `None` without worlds.
    fn one(&self, worlds: &[usize]) -> Option<(Peeled, Vec<Peeled>)> {
        let all = self.count(worlds).hits;
        let path = self.path(worlds);
        let mut chosen = path.get(self.best(&path).0)?.clone();
        loop {
            while let Some(larger) = self.pasted(&chosen, worlds, all) {
                chosen = larger;
            }
            let unsure = chosen
                .restricted()
                .filter(|at| self.quasi_p(&chosen, *at, worlds).is_some_and(|p| p >= QUASI));
            let without = unsure.map(|at| {
                let mut sides = chosen.sides.clone();
                sides[at] = BoxSide::Open;
                Peeled { count: self.count_inside(&sides, worlds), sides }
            });
            let score = |one: &Peeled| self.score(one.count, all);
            let next = without.max_by(|a, b| score(a).total_cmp(&score(b)));
            let Some(next) = next else { return Some((chosen, path)) };
            chosen = next;
        }
    }

    /// Peels until the box is small or holds nothing else.
    fn path(&self, worlds: &[usize]) -> Vec<Peeled> {
        let smallest = ((SMALLEST * worlds.len() as f64).ceil() as usize).max(FEWEST);
        let mut inside = worlds.to_vec();
        // Orders stay as they are while worlds are taken from them.
        let mut orders: Vec<Vec<usize>> =
            self.parameters.iter().map(|of| ordered(of, worlds)).collect();
        let mut now =
            Peeled { count: self.count(worlds), sides: vec![BoxSide::Open; self.parameters.len()] };
        let mut path = vec![now.clone()];
        while now.count.hits > 0 && now.count.hits < now.count.worlds {
            let mut best: Option<(f64, usize, BoxSide, WorldCount)> = None;
            for (at, order) in orders.iter().enumerate() {
                for (side, left, outer) in self.peels(at, &now.sides[at], order, now.count) {
                    let better = best.as_ref().is_none_or(|(other, ..)| outer < *other);
                    if left.worlds >= smallest && better {
                        best = Some((outer, at, side, left));
                    }
                }
            }
            let Some((_, at, side, left)) = best else { break };
            now.sides[at] = side;
            now.count = left;
            let values = &self.parameters[at];
            inside.retain(|world| now.sides[at].holds(values, *world));
            for order in &mut orders {
                order.retain(|world| now.sides[at].holds(values, *world));
            }
            path.push(now.clone());
        }
        path
    }

    /// What may be peeled off along a parameter, what is left, and how dense hits are in the outer part on that side.
    fn peels(
        &self,
        at: usize,
        side: &BoxSide,
        order: &[usize],
        all: WorldCount,
    ) -> Vec<(BoxSide, WorldCount, f64)> {
        let number = ((PEEL * order.len() as f64) as usize).max(1);
        let less = |out: &[usize]| {
            let out = self.count(out);
            WorldCount { worlds: all.worlds - out.worlds, hits: all.hits - out.hits }
        };
        let outer = (OUTER * number).max(2 * FEWEST).min(order.len());
        match &self.parameters[at] {
            ParameterValues::Numbers(values) => {
                let value = |place: usize| values[order[place]];
                let last = order.len() - 1;
                let mut found = Vec::new();
                // Equal values go together.
                let up = (number..=last).find(|place| value(*place) > value(place - 1));
                if let Some(first) = up {
                    let middle = value(first - 1) / 2.0 + value(first) / 2.0;
                    found.push((
                        side.cut(true, middle),
                        less(&order[..first]),
                        self.count(&order[..outer.max(first)]).density(),
                    ));
                }
                let down = (1..=order.len() - number.min(order.len())).rev();
                let mut down = down.filter(|place| *place <= last);
                if let Some(end) = down.find(|place| value(*place) > value(place - 1)) {
                    let middle = value(end - 1) / 2.0 + value(end) / 2.0;
                    found.push((
                        side.cut(false, middle),
                        less(&order[end..]),
                        self.count(&order[end.min(order.len() - outer)..]).density(),
                    ));
                }
                found
            }
            ParameterValues::Words(words) => {
                let without = match side {
                    BoxSide::Without(out) => out.clone(),
                    _ => Vec::new(),
                };
                order
                    .chunk_by(|a, b| words[*a] == words[*b])
                    .map(|group| {
                        let out = [&without[..], &[words[group[0]]]].concat();
                        (BoxSide::Without(out), less(group), self.count(group).density())
                    })
                    .collect()
            }
        }
    }

    /// The box with a side a little further out, if that makes it better.
    fn pasted(&self, chosen: &Peeled, worlds: &[usize], all: usize) -> Option<Peeled> {
        let number = ((PEEL * chosen.count.worlds as f64) as usize).max(1);
        let mut best: Option<(f64, Peeled)> = None;
        let mut keep = |at: usize, side: BoxSide| {
            let mut sides = chosen.sides.clone();
            sides[at] = side;
            let count = self.count_inside(&sides, worlds);
            let score = self.score(count, all);
            let than =
                best.as_ref().map_or_else(|| self.score(chosen.count, all), |(best, _)| *best);
            if count.worlds > chosen.count.worlds && score > than {
                best = Some((score, Peeled { count, sides }));
            }
        };
        for at in chosen.restricted() {
            let mut without = chosen.sides.clone();
            without[at] = BoxSide::Open;
            match (&chosen.sides[at], &self.parameters[at]) {
                (BoxSide::Range(low, high), ParameterValues::Numbers(values)) => {
                    let outside = |beyond: &dyn Fn(f64) -> bool| -> Vec<f64> {
                        let there = worlds.iter().filter(|world| self.inside(&without, **world));
                        let there = there.map(|world| values[*world]);
                        let mut found: Vec<f64> = there.filter(|value| beyond(*value)).collect();
                        found.sort_by(f64::total_cmp);
                        found
                    };
                    if let Some(low) = *low {
                        let below = outside(&|value| value < low);
                        let next = below
                            .len()
                            .checked_sub(number + 1)
                            .map(|place| below[place] / 2.0 + below[place + 1] / 2.0);
                        let side = match (next, high) {
                            (None, None) => BoxSide::Open,
                            (next, high) => BoxSide::Range(next, *high),
                        };
                        keep(at, side);
                    }
                    if let Some(high) = *high {
                        let above = outside(&|value| value > high);
                        let next =
                            above.get(number).map(|value| above[number - 1] / 2.0 + value / 2.0);
                        let side = match (low, next) {
                            (None, None) => BoxSide::Open,
                            (low, next) => BoxSide::Range(*low, next),
                        };
                        keep(at, side);
                    }
                }
                (BoxSide::Without(out), _) => {
                    for word in out {
                        let left: Vec<usize> =
                            out.iter().copied().filter(|other| other != word).collect();
                        keep(
                            at,
                            if left.is_empty() { BoxSide::Open } else { BoxSide::Without(left) },
                        );
                    }
                }
                _ => {}
            }
        }
        best.map(|(_, larger)| larger)
    }

    /// Chance of so many hits in the box if the parameter had nothing to do with it: binomial, with the density of the box without that side.
    fn quasi_p(&self, chosen: &Peeled, at: usize, worlds: &[usize]) -> Option<f64> {
        if chosen.sides[at] == BoxSide::Open {
            return None;
        }
        let mut sides = chosen.sides.clone();
        sides[at] = BoxSide::Open;
        let density = self.count_inside(&sides, worlds).density();
        Some(at_least(chosen.count.hits, chosen.count.worlds, density))
    }

    /// Place of the best box on a path, and how good it is.
    fn best(&self, path: &[Peeled]) -> (usize, f64) {
        let all = path.first().map_or(0, |first| first.count.hits);
        let mut best = (0, f64::NEG_INFINITY);
        for (place, peeled) in path.iter().enumerate() {
            let score = self.score(peeled.count, all);
            if score > best.1 {
                best = (place, score);
            }
        }
        best
    }

    fn score(&self, count: WorldCount, all: usize) -> f64 {
        let (density, coverage) = (count.density(), count.coverage(all));
        match self.choice {
            Choice::Balance if density + coverage > 0.0 => {
                2.0 * density * coverage / (density + coverage)
            }
            Choice::Balance => 0.0,
            Choice::Density(wanted) if density >= wanted => 1.0 + coverage,
            Choice::Density(_) => density,
        }
    }

    fn inside(&self, sides: &[BoxSide], world: usize) -> bool {
        sides.iter().zip(self.parameters).all(|(side, values)| side.holds(values, world))
    }

    fn count_inside(&self, sides: &[BoxSide], worlds: &[usize]) -> WorldCount {
        let inside = worlds.iter().filter(|world| self.inside(sides, **world));
        inside.fold(WorldCount::default(), |count, world| WorldCount {
            worlds: count.worlds + 1,
            hits: count.hits + usize::from(self.hits[*world]),
        })
    }

    fn count(&self, worlds: &[usize]) -> WorldCount {
        let hits = worlds.iter().filter(|world| self.hits[**world]).count();
        WorldCount { worlds: worlds.len(), hits }
    }
}

/// Worlds in the order of a parameter.
fn ordered(values: &ParameterValues, worlds: &[usize]) -> Vec<usize> {
    let mut order = worlds.to_vec();
    match values {
        ParameterValues::Numbers(values) => order.sort_by(|a, b| values[*a].total_cmp(&values[*b])),
        ParameterValues::Words(words) => order.sort_by_key(|world| words[*world]),
    }
    order
}

/// Chance of at least so many hits among so many with this chance each.
fn at_least(hits: usize, of: usize, chance: f64) -> f64 {
    if hits == 0 {
        return 1.0;
    }
    beta_below(chance, 2 * hits as u32, 2 * (of - hits + 1) as u32)
}

/// Worlds in an order by chance.
pub(super) fn shuffled(worlds: &[usize], what: u32, number: u64) -> Vec<usize> {
    let mut draws = Luck::new(SEED, worlds.len() as u32).at(Decision::Resampling, what, number);
    let mut order = worlds.to_vec();
    for last in (1..order.len()).rev() {
        let chosen = ((draws.uniform() * (last + 1) as f64) as usize).min(last);
        order.swap(last, chosen);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uniform(what: u32, world: u64, trial: u32) -> f64 {
        Luck::new(71, trial).at(Decision::Resampling, what, world).uniform()
    }

    fn worlds(number: u64, parameters: u32, trial: u32) -> Vec<ParameterValues> {
        let of = |what| {
            ParameterValues::Numbers((0..number).map(|world| uniform(what, world, trial)).collect())
        };
        (0..parameters).map(of).collect()
    }

    fn number(values: &ParameterValues, world: usize) -> f64 {
        let ParameterValues::Numbers(values) = values else { panic!("numbers") };
        values[world]
    }

    #[test]
    fn a_planted_box_is_found_with_its_ends_and_nothing_else() {
        // Backfires where the first is above 0.7 and the second below 0.5: 15 % of worlds; one world in twenty has the other answer.
        let trials = 20;
        let (mut found_it, mut others, mut again) = (0, 0, 0.0);
        for trial in 0..trials {
            let parameters = worlds(300, 8, trial);
            let hits: Vec<bool> = (0..300)
                .map(|world| {
                    let inside =
                        number(&parameters[0], world) > 0.7 && number(&parameters[1], world) < 0.5;
                    inside != (uniform(99, world as u64, trial) < 0.05)
                })
                .collect();
            let search = Search { parameters: &parameters, hits: &hits, choice: Choice::Balance };
            let (boxes, _) = search.boxes(1);
            let Some(found) = boxes.first() else { continue };
            let sides = &found.chosen.sides;
            let near = |side: &BoxSide, lower: bool, wanted: f64| match side {
                BoxSide::Range(Some(low), None) if lower => (low - wanted).abs() < 0.06,
                BoxSide::Range(None, Some(high)) if !lower => (high - wanted).abs() < 0.06,
                _ => false,
            };
            found_it += u32::from(near(&sides[0], true, 0.7) && near(&sides[1], false, 0.5));
            others += found.chosen.restricted().filter(|at| *at > 1).count();
            again += found.restricted_in[0].min(found.restricted_in[1]);
            assert!(found.quasi_p[0].unwrap() < 1e-4 && found.by_chance < 0.01, "{found:?}");
            assert!(found.chosen.count.density() > 0.7, "{:?}", found.chosen);
        }
        assert!(found_it >= 18 && others <= 4, "{found_it} of {trials}, {others} sides too many");
        assert!(again / f64::from(trials) > 0.9, "in halves: {}", again / f64::from(trials));
    }

    #[test]
    fn in_noise_nothing_is_found_but_at_the_rate_that_is_said() {
        let trials = 60;
        let found = (0..trials)
            .filter(|trial| {
                let parameters = worlds(120, 6, 1_000 + trial);
                let hits: Vec<bool> =
                    (0..120).map(|world| uniform(99, world, 1_000 + trial) < 0.2).collect();
                let search =
                    Search { parameters: &parameters, hits: &hits, choice: Choice::Balance };
                !search.boxes(1).0.is_empty()
            })
            .count();
        // Five in a hundred: more than eight of sixty have a chance of 1 in 500.
        assert!(found <= 8, "{found} of {trials}");
    }

    #[test]
    fn words_and_levels_are_peeled_and_a_second_box_is_found() {
        let words = (0..240).map(|world| world % 3).collect();
        let levels = (0..240).map(|world| (world / 3 % 4) as f64).collect();
        let parameters = vec![
            ParameterValues::Words(words),
            ParameterValues::Numbers(levels),
            worlds(240, 1, 7).remove(0),
        ];
        let hits: Vec<bool> = (0..240)
            .map(|world| {
                (world % 3 == 1 && world / 3 % 4 == 3) || (world % 3 == 2 && world / 3 % 4 == 0)
            })
            .collect();
        let search = Search { parameters: &parameters, hits: &hits, choice: Choice::Density(0.9) };
        let (boxes, _) = search.boxes(3);
        assert_eq!(boxes.len(), 2, "{boxes:?}");
        for found in &boxes {
            assert_eq!(found.chosen.count, WorldCount { worlds: 20, hits: 20 });
            assert_eq!(found.chosen.restricted().collect::<Vec<_>>(), [0, 1]);
        }
        let all = boxes[0].path[0].count;
        assert_eq!((all.worlds, all.hits), (240, 40));
        assert!(boxes[0].path.windows(2).all(|pair| pair[1].count.worlds < pair[0].count.worlds));
    }

    #[test]
    fn quasi_p_is_the_binomial_tail() {
        // P(X ≥ 2) for three trials of one half; P(X ≥ 3) for three trials of 0.2.
        assert!((at_least(2, 3, 0.5) - 0.5).abs() < 1e-12);
        assert!((at_least(3, 3, 0.2) - 0.008).abs() < 1e-12);
        assert_eq!(at_least(0, 3, 0.2), 1.0);
    }
}
