//! The point that is best under limits, where every look costs runs and has chance in it.
//!
//! Surfaces through runs at spread points propose candidates; runs with common random numbers choose among these in rounds, each with twice the
//! runs of the one before: whoever lags behind clearly, or misses a limit, leaves; it ends when no other can be better by more than anybody
//! minds. What a surface promises at its best point is half chance (the winner's curse), so nothing here replaces fresh runs at the end.
//!
//! Source: Box & Wilson 1951 (response surfaces); Clark & Yang 1986 (paired t with Bonferroni and an indifference zone); Nelson, Swann, Goldsman
//! & Song 2001 (screening before choosing).
//!
//! Deliberately absent: what a point means, and how runs are made.

use super::{Emulator, Summary, known, mean, quantile, student_quantile};

/// Chance that the rule may be wrong, over all rounds. Unit: share. Source: the usual 5 %.
const WRONG: f64 = 0.05;
/// Points of the pool from which a search starts. Unit: points. Source: judgement: starts that differ.
const STARTS: usize = 12;
/// Steps of a search, each half as long as the one before. Unit: steps. Source: judgement: the last is a two-hundredth of a range.
const HALVINGS: usize = 6;
/// Candidates stand apart by this share of the range in some coordinate. Source: judgement: nearer ones are the same policy.
const APART: f64 = 0.05;

/// A limit on one figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bound {
    /// Not more than this.
    pub at_most: f64,
    /// Share of the units in which it is kept; without it, on average.
    pub share: Option<f64>,
}

/// What is looked for: figure 0 is to be small, the others keep their limits.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Limits of the figures from 1 on.
    pub bounds: Vec<Bound>,
    /// Candidates that surfaces propose.
    pub candidates: usize,
    /// Rounds at most.
    pub rounds: usize,
    /// What another point may be better by. Unit: that of figure 0.
    pub indifference: f64,
}

/// Figures of a point, each unit by unit: a replication, or a draw's mean where there are draws.
pub type Units = Vec<Vec<f64>>;

impl Problem {
    /// The figure that is held against a limit, or the objective: a mean, or the quantile that stands for a share of units.
    pub fn figure(&self, number: usize, units: &[f64]) -> f64 {
        let known = known(units);
        let share = number.checked_sub(1).and_then(|at| self.bounds[at].share);
        match share {
            _ if known.is_empty() => f64::NAN,
            Some(share) => {
                let mut ordered = known;
                ordered.sort_by(f64::total_cmp);
                quantile(&ordered, share)
            }
            None => mean(&known),
        }
    }

    /// Whether a point's runs keep all limits.
    pub fn keeps(&self, units: &Units) -> bool {
        let kept =
            |(at, bound): (usize, &Bound)| self.figure(at + 1, &units[at + 1]) <= bound.at_most;
        self.bounds.iter().enumerate().all(kept)
    }
}

/// Surfaces of all figures of a problem.
#[derive(Clone, Debug)]
pub struct Surfaces {
    /// One for each figure; `None` where nothing varies or runs are too few.
    pub each: Vec<Option<Emulator>>,
    /// What stands for a surface that there is none of.
    means: Vec<f64>,
    pool: Vec<Vec<f64>>,
}

impl Surfaces {
    /// Through runs at points; `pool` are points among which is searched.
    pub fn fit(
        problem: &Problem,
        points: &[Vec<f64>],
        runs: &[Units],
        pool: Vec<Vec<f64>>,
    ) -> Surfaces {
        let figures = 1 + problem.bounds.len();
        let values = |number: usize| -> Vec<f64> {
            runs.iter().map(|units| problem.figure(number, &units[number])).collect()
        };
        let all: Vec<Vec<f64>> = (0..figures).map(values).collect();
        let each = all.iter().map(|values| Emulator::fit(points, values)).collect();
        let mean = |values: &Vec<f64>| Summary::of(values).map_or(f64::NAN, |all| all.mean);
        Surfaces { each, means: all.iter().map(mean).collect(), pool }
    }

    /// What a figure is expected to be at a point, and the standard deviation of its error.
    pub fn at(&self, figure: usize, point: &[f64]) -> (f64, f64) {
        let surface = self.each[figure].as_ref();
        surface
            .map_or((self.means[figure], 0.0), |surface| (surface.at(point), surface.error(point)))
    }

    fn value(&self, figure: usize, point: &[f64]) -> f64 {
        self.each[figure].as_ref().map_or(self.means[figure], |surface| surface.at(point))
    }

    /// How far a point is beyond its limits, in their errors; 0 if it keeps them all.
    fn beyond(&self, limits: &[f64], point: &[f64]) -> f64 {
        let miss = |(at, limit): (usize, &f64)| {
            let spread = self.each[at + 1].as_ref().map_or(1.0, |surface| surface.variance.sqrt());
            (self.value(at + 1, point) - limit).max(0.0) / spread.max(f64::MIN_POSITIVE)
        };
        limits.iter().enumerate().map(miss).sum()
    }

    /// Points that surfaces hold for the best under such limits, the best first, all apart from each other; those that miss a limit come last.
    pub fn best(&self, limits: &[f64], number: usize) -> Vec<Vec<f64>> {
        let rank = |point: &[f64]| (self.beyond(limits, point), self.value(0, point));
        let better = |a: &(f64, f64), b: &(f64, f64)| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1));
        let mut ranked: Vec<((f64, f64), &Vec<f64>)> =
            self.pool.iter().map(|point| (rank(point), point)).collect();
        ranked.sort_by(|a, b| better(&a.0, &b.0));
        let mut found: Vec<((f64, f64), Vec<f64>)> = Vec::new();
        let starts: Vec<&Vec<f64>> = ranked.iter().take(STARTS).map(|(_, point)| *point).collect();
        for start in starts {
            let (mut point, mut here) = (start.clone(), rank(start));
            let mut step = 0.2;
            for _ in 0..HALVINGS {
                let mut moved = true;
                while moved {
                    moved = false;
                    for (at, to) in steps(&point, step) {
                        let mut other = point.clone();
                        for (place, value) in at.iter().zip(&to) {
                            other[*place] = *value;
                        }
                        let there = rank(&other);
                        if better(&there, &here).is_lt() {
                            (point, here, moved) = (other, there, true);
                        }
                    }
                }
                step /= 2.0;
            }
            found.push((here, point));
        }
        found.extend(ranked.into_iter().map(|(rank, point)| (rank, point.clone())));
        found.sort_by(|a, b| better(&a.0, &b.0));
        let mut kept: Vec<Vec<f64>> = Vec::new();
        for (_, point) in found {
            if kept.len() == number {
                break;
            }
            if kept.iter().all(|other| apart(other, &point)) {
                kept.push(point);
            }
        }
        kept
    }
}

/// Moves of one coordinate, and of two against each other, which a search along a limit needs.
fn steps(point: &[f64], step: f64) -> Vec<(Vec<usize>, Vec<f64>)> {
    let moved = |at: usize, by: f64| (point[at] + by).clamp(0.0, 1.0);
    let mut all = Vec::new();
    for a in 0..point.len() {
        all.extend([step, -step].map(|by| (vec![a], vec![moved(a, by)])));
        for b in (0..point.len()).filter(|b| *b != a) {
            all.push((vec![a, b], vec![moved(a, step), moved(b, -step)]));
        }
    }
    all
}

fn apart(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).any(|(a, b)| (a - b).abs() > APART)
}

/// What a round said.
#[derive(Clone, Debug, PartialEq)]
pub struct Round {
    /// Candidates that were run in it.
    pub run: Vec<usize>,
    /// Units of each, earlier rounds included.
    pub units: usize,
    /// Those that stay.
    pub left: Vec<usize>,
    /// The best of them that keeps the limits.
    pub leader: Option<usize>,
    /// No other that stayed is better than the leader by more than this, with the confidence of the rule; `None` with too few units.
    pub behind: Option<f64>,
}

/// What rounds made of candidates so far.
#[derive(Clone, Debug)]
pub struct Rounds {
    /// Runs of each candidate, rounds put together.
    pub runs: Vec<Units>,
    /// What each round said.
    pub rounds: Vec<Round>,
}

impl Rounds {
    /// Before the first one.
    pub fn new(candidates: usize, figures: usize) -> Rounds {
        Rounds { runs: vec![vec![Vec::new(); figures]; candidates], rounds: Vec::new() }
    }

    /// Candidates that the next round runs; `None` if it is over.
    pub fn next(&self, problem: &Problem) -> Option<Vec<usize>> {
        let Some(last) = self.rounds.last() else { return Some((0..self.runs.len()).collect()) };
        let settled = last.leader.is_some()
            && (last.left.len() < 2 || last.behind.is_some_and(|it| it <= problem.indifference));
        (!settled && self.rounds.len() < problem.rounds).then(|| last.left.clone())
    }

    /// Takes in the runs of a round, in the order of its candidates.
    pub fn take(&mut self, problem: &Problem, run: Vec<usize>, made: Vec<Units>) {
        for (candidate, units) in run.iter().zip(made) {
            for (all, new) in self.runs[*candidate].iter_mut().zip(units) {
                all.extend(new);
            }
        }
        let mean = |candidate: &usize| problem.figure(0, &self.runs[*candidate][0]);
        let keeps = |candidate: &&usize| problem.keeps(&self.runs[**candidate]);
        let leader = run.iter().filter(keeps).min_by(|a, b| mean(a).total_cmp(&mean(b))).copied();
        let units = run.first().map_or(0, |first| self.runs[*first][0].len());
        let pairs = self.runs.len().saturating_sub(1) * problem.rounds;
        let ahead = |other: usize, leader: usize| {
            bound(&self.runs[other][0], &self.runs[leader][0], WRONG / pairs.max(1) as f64)
        };
        let (mut left, mut behind) = (run.clone(), None);
        if let Some(leader) = leader {
            left.retain(|other| {
                *other == leader || ahead(*other, leader).is_none_or(|most| most > 0.0)
            });
            // One that misses a limit and is behind will hardly be the one.
            left.retain(|other| problem.keeps(&self.runs[*other]) || mean(other) < mean(&leader));
            let most = left.iter().filter(|other| **other != leader);
            let most: Option<Vec<f64>> = most.map(|other| ahead(*other, leader)).collect();
            behind = most.map(|all| all.into_iter().fold(0.0, f64::max));
        }
        self.rounds.push(Round { run, units, left, leader, behind });
    }
}

/// How much smaller one may be than the other at most: upper end of a one-sided interval of their paired difference.
fn bound(one: &[f64], other: &[f64], wrong: f64) -> Option<f64> {
    let lead: Vec<f64> =
        other.iter().zip(one).map(|(b, a)| b - a).filter(|value| value.is_finite()).collect();
    let summary = Summary::of(&lead)?;
    let sd = summary.sd?;
    let t = student_quantile(1.0 - wrong, summary.n as u32 - 1);
    Some(summary.mean + t * sd / (summary.n as f64).sqrt())
}

/// The whole search on any function of points: what tests and programs call.
#[derive(Clone, Debug)]
pub struct SearchResult {
    /// Surfaces.
    pub surfaces: Surfaces,
    /// Candidates.
    pub candidates: Vec<Vec<f64>>,
    /// Rounds.
    pub rounds: Rounds,
    /// The winner's number among the candidates; `None` if none keeps the limits.
    pub winner: Option<usize>,
}

/// Gives the runs of a stage at these points.
pub type Make<'a, E> = &'a mut dyn FnMut(usize, &[Vec<f64>]) -> Result<Vec<Units>, E>;

impl Problem {
    /// Looks for the best point: `make(stage, points)` gives runs at points, stage 0 those of the design; common luck within a stage.
    pub fn solve<E>(
        &self,
        design: &[Vec<f64>],
        pool: Vec<Vec<f64>>,
        make: Make<E>,
    ) -> Result<SearchResult, E> {
        let runs = make(0, design)?;
        let surfaces = Surfaces::fit(self, design, &runs, pool);
        let limits: Vec<f64> = self.bounds.iter().map(|bound| bound.at_most).collect();
        let mut candidates = surfaces.best(&limits, self.candidates);
        // The best of what was run, in case surfaces mislead.
        let kept = |at: &usize| self.keeps(&runs[*at]);
        let mut seen: Vec<usize> = (0..design.len()).filter(kept).collect();
        let mean = |at: usize| self.figure(0, &runs[at][0]);
        seen.sort_by(|a, b| mean(*a).total_cmp(&mean(*b)));
        let places = (self.candidates / 4).min(candidates.len().saturating_sub(1));
        candidates.truncate(self.candidates - places);
        candidates.extend(seen.iter().take(places).map(|at| design[*at].clone()));
        let mut rounds = Rounds::new(candidates.len(), 1 + self.bounds.len());
        while let Some(run) = rounds.next(self) {
            let points: Vec<Vec<f64>> = run.iter().map(|at| candidates[*at].clone()).collect();
            let made = make(1 + rounds.rounds.len(), &points)?;
            rounds.take(self, run, made);
        }
        let winner = rounds.rounds.last().and_then(|round| round.leader);
        Ok(SearchResult { surfaces, candidates, rounds, winner })
    }
}

/// How the first of several points stands against the others, unit by unit: in which share of units it is the best, and how far it is from the
/// best on average (its regret).
pub fn standing(objectives: &[&[f64]]) -> Option<(f64, f64)> {
    let (first, others) = objectives.split_first()?;
    let behind: Vec<f64> = (0..first.len())
        .map(|unit| {
            let best = others.iter().map(|other| other[unit]).fold(first[unit], f64::min);
            first[unit] - best
        })
        .filter(|regret| regret.is_finite())
        .collect();
    let number = behind.len() as f64;
    (number > 0.0).then(|| {
        let best = behind.iter().filter(|regret| **regret <= 0.0).count() as f64;
        (best / number, behind.iter().sum::<f64>() / number)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::random::{Decision, Luck};

    fn spread(trial: u32, number: usize, dimensions: usize) -> Vec<Vec<f64>> {
        let luck = Luck::new(17, trial);
        let at = |at: usize| {
            let mut draws = luck.at(Decision::Calibration, 3, at as u64);
            (0..dimensions).map(|_| draws.uniform()).collect()
        };
        (0..number).map(at).collect()
    }

    /// The objective falls in each lever, the first two most; the cost of levers is what limits.
    fn objective(point: &[f64]) -> f64 {
        -3.0 * point[0] - 2.0 * point[1] - point[2]
            + 1.5 * point[0] * point[1]
            + point[0] * point[0]
    }

    fn cost(point: &[f64]) -> f64 {
        2.0 * point[0] + point[1] + point[2] * point[2]
    }

    fn runs(trial: u32, stage: usize, points: &[Vec<f64>], units: usize, sd: f64) -> Vec<Units> {
        let of = |(number, point): (usize, &Vec<f64>)| {
            let unit = |unit: usize| {
                let luck = Luck::new(91, trial * 1_000 + stage as u32);
                let common = luck.at(Decision::Calibration, 0, unit as u64).normal();
                let place = (number * 1_000 + unit) as u64;
                objective(point)
                    + sd * common
                    + sd * luck.at(Decision::Calibration, 1, place).normal()
            };
            vec![(0..units).map(unit).collect(), vec![cost(point); units]]
        };
        points.iter().enumerate().map(of).collect()
    }

    fn problem() -> Problem {
        let bounds = vec![Bound { at_most: 1.5, share: None }];
        Problem { bounds, candidates: 8, rounds: 5, indifference: 0.1 }
    }

    fn truly_best() -> f64 {
        let grid = |at: usize| at as f64 / 60.0;
        let mut best = f64::INFINITY;
        for place in 0..61 * 61 * 61 {
            let point = [grid(place % 61), grid(place / 61 % 61), grid(place / 3_721)];
            if cost(&point) <= 1.5 {
                best = best.min(objective(&point));
            }
        }
        best
    }

    #[test]
    fn the_best_point_is_found_as_often_as_the_rule_promises_and_oftener_than_by_random_search() {
        let best = truly_best();
        let (mut right, mut near, mut near_by_luck, trials) = (0, 0, 0, 60);
        for trial in 0..trials {
            let mut made = 0;
            let found = problem()
                .solve(&spread(trial, 48, 3), spread(1_000, 1_500, 3), &mut |stage, points| {
                    let units = if stage == 0 { 4 } else { 8 << (stage - 1) };
                    made += units * points.len();
                    Ok::<_, ()>(runs(trial, stage, points, units, 0.3))
                })
                .unwrap();
            let winner = found.winner.unwrap();
            let chosen = &found.candidates[winner];
            assert!(cost(chosen) <= 1.5);
            // The promise is about the candidates: none is better by more than the rule says.
            let among = found.candidates.iter().filter(|at| cost(at) <= 1.5);
            let among = among.map(|at| objective(at)).fold(f64::INFINITY, f64::min);
            let behind = found.rounds.rounds.last().unwrap().behind.unwrap_or(0.0);
            right += u32::from(objective(chosen) - among <= behind.max(0.0) + 1e-12);
            near += u32::from(objective(chosen) - best < 0.15);
            // As many runs at random points, four of each.
            let points = spread(5_000 + trial, made / 4, 3);
            let random = runs(trial, 77, &points, 4, 0.3);
            let seen = |at: &usize| problem().figure(0, &random[*at][0]);
            let kept = (0..points.len()).filter(|at| cost(&points[*at]) <= 1.5);
            let luck = kept.min_by(|a, b| seen(a).total_cmp(&seen(b))).unwrap();
            near_by_luck += u32::from(objective(&points[luck]) - best < 0.15);
        }
        assert!(right * 100 >= 95 * trials, "{right} of {trials}");
        assert!(near * 10 >= trials * 9, "{near} of {trials} near the best");
        assert!(near_by_luck < near, "{near_by_luck} by random search, {near} here");
    }

    #[test]
    fn a_difference_that_surfaces_promise_has_an_interval_that_holds_the_truth() {
        let (mut inside, mut all) = (0, 0);
        for trial in 0..20 {
            let design = spread(trial, 64, 3);
            let made = runs(trial, 0, &design, 4, 0.3);
            let surfaces = Surfaces::fit(&problem(), &design, &made, Vec::new());
            let points = spread(100 + trial, 40, 3);
            // Luck that all runs of the design share moves the whole surface: a difference of two points has none of it.
            let (first, first_error) = surfaces.at(0, &points[0]);
            for point in &points[1..] {
                let (value, error) = surfaces.at(0, point);
                let off = (value - first) - (objective(point) - objective(&points[0]));
                inside += u32::from(off.abs() < 2.0 * error.hypot(first_error));
                all += 1;
            }
        }
        assert!(inside * 10 >= all * 9, "{inside} of {all}");
    }

    #[test]
    fn limits_that_nothing_keeps_have_no_winner_and_shares_count_units() {
        let impossible =
            Problem { bounds: vec![Bound { at_most: -1.0, share: None }], ..problem() };
        let make = &mut |stage, points: &[Vec<f64>]| Ok::<_, ()>(runs(1, stage, points, 4, 0.3));
        let found = impossible.solve(&spread(1, 32, 3), spread(2, 200, 3), make).unwrap();
        assert_eq!(found.winner, None);
        let share =
            Problem { bounds: vec![Bound { at_most: 10.0, share: Some(0.9) }], ..problem() };
        let units: Vec<f64> = (1..=20).map(f64::from).collect();
        assert!(!share.keeps(&vec![vec![0.0; 20], units.clone()]));
        assert!(share.keeps(&vec![vec![0.0; 20], units.iter().map(|unit| unit / 2.0).collect()]));
    }

    #[test]
    fn regret_is_what_the_best_of_each_world_is_ahead() {
        let (winner, other) = ([1.0, 2.0, 3.0, 4.0], [2.0, 1.0, 3.5, 2.0]);
        assert_eq!(standing(&[&winner, &other]), Some((0.5, 0.75)));
        assert_eq!(standing(&[&winner]), Some((1.0, 0.0)));
    }
}
