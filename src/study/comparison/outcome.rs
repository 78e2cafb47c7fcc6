//! What a comparison keeps of a run: daily flows by class, measures over the window, the agency's view.

use std::ops::Range;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::MoneyLine;
use scenario::Scenario;
use world::record::{Destination, Flow, Migration, Record, Sight, TRACE_WINDOWS, Traced};
use world::units::{Class, Purpose, Trader};

/// Flows that are kept, by day and class.
const KEPT: [Flow; 9] = [
    Flow::Demand,
    Flow::Met,
    Flow::Outside,
    Flow::Abandoned,
    Flow::Waiting,
    Flow::Traded,
    Flow::TradedEntrant,
    Flow::TradedRelaunched,
    Flow::Trades,
];

/// Number of the window over which clients of closed platforms are followed here, of [`TRACE_WINDOWS`]: 90 days.
pub const FOLLOWED: usize = 2;

/// What clients of closed venues of a class wanted to exchange for a purpose, by where it ended.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MovedDemand {
    /// Class of the closed venues.
    pub from: Class,
    /// What the money was for.
    pub purpose: Purpose,
    /// Where it ended.
    pub to: Destination,
    /// Amount in tenge; of several runs their mean.
    pub kzt: f64,
}

/// Where clients of closed venues went in a run, as far as any did.
fn moved(record: &Record) -> Vec<MovedDemand> {
    let ended = record.series(Traced::Ended);
    let mut all = Vec::new();
    for (&from, &purpose) in
        Class::ALL.iter().flat_map(|c| Purpose::ALL.iter().map(move |p| (c, p)))
    {
        let traders = Trader::ALL.iter().filter(|trader| trader.purpose() == purpose);
        for &to in Destination::ALL {
            let of = |trader: &Trader| ended[Migration::index(from, *trader, FOLLOWED, to)];
            let kzt = traders.clone().map(of).sum::<i64>() as f64;
            if kzt > 0.0 {
                all.push(MovedDemand { from, purpose, to, kzt });
            }
        }
    }
    all
}

/// The mean of several runs.
pub fn mean_moved(outcomes: &[RunOutcome]) -> Vec<MovedDemand> {
    let mut all: Vec<MovedDemand> = Vec::new();
    for one in outcomes.iter().flat_map(|outcome| &outcome.moved) {
        let share = one.kzt / outcomes.len() as f64;
        let same = |known: &&mut MovedDemand| {
            (known.from, known.purpose, known.to) == (one.from, one.purpose, one.to)
        };
        match all.iter_mut().find(same) {
            Some(known) => known.kzt += share,
            None => all.push(MovedDemand { kzt: share, ..*one }),
        }
    }
    all.sort_by_key(|moved| (moved.from, moved.purpose, moved.to));
    all
}

/// Days over which clients of closed venues are followed.
pub fn followed_days() -> u16 {
    TRACE_WINDOWS[FOLLOWED]
}

/// A published figure beside what the agency of runs sees.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Beside {
    /// Name of the quantity, as in [`model::SIGHTS`].
    pub quantity: String,
    /// Calendar year.
    pub year: i16,
    /// Unit.
    pub unit: String,
    /// What was published; of a band its middle.
    pub published: f64,
    /// Within this the truth lies in nine cases of ten.
    pub tolerance: (f64, f64),
    /// 5, 50 and 95 % of single runs.
    pub seen: [f64; 3],
}

impl Beside {
    /// Whether the middle of runs lies within the tolerance.
    pub fn inside(&self) -> bool {
        (self.tolerance.0..=self.tolerance.1).contains(&self.seen[1])
    }
}

/// One run, a tenth of its record.
#[derive(Clone, Debug, PartialEq)]
pub struct RunOutcome {
    /// Number of the replication; over all draws where parameters are drawn.
    pub replication: u32,
    /// First reported day.
    pub start: Date,
    /// Number of reported days.
    pub days: usize,
    /// `flows[kept flow][day · classes + class]`.
    flows: Vec<Vec<i64>>,
    /// Measures over the window, in the order of [`model::MEASURES`].
    pub measures: Vec<f64>,
    /// The agency's view beside the truth.
    pub sights: Vec<Sight>,
    /// The lines that say which money is meant, by day: `lines[line][day]`, in the order of [`MoneyLine::WHICH_MONEY`].
    pub lines: [Vec<i64>; 3],
    /// Where clients of venues went that were closed in the reported days.
    pub moved: Vec<MovedDemand>,
}

impl RunOutcome {
    /// Keeps what a comparison over `window` (days from the first reported one) needs.
    pub fn of(record: &Record, scenario: &Scenario, window: Range<usize>) -> RunOutcome {
        let by_class = |flow: &Flow| {
            let each =
                |day| Class::ALL.iter().map(move |&class| record.by_class(*flow, day, class));
            (0..record.days).flat_map(each).collect()
        };
        let measures = model::measures(record, scenario, window);
        let of = |line: MoneyLine| {
            (0..record.days)
                .map(|day| record.traded(day, |class, trader| line.counts(class, trader)))
                .collect()
        };
        RunOutcome {
            replication: record.key.replication,
            start: record.start,
            days: record.days,
            flows: KEPT.iter().map(by_class).collect(),
            measures: measures.iter().map(world::record::Measured::number).collect(),
            sights: record.sights.clone(),
            lines: MoneyLine::WHICH_MONEY.map(of),
            moved: moved(record),
        }
    }

    /// A flow on a day at a class.
    ///
    /// # Panics
    /// If the flow is not kept.
    pub fn flow(&self, flow: Flow, day: usize, class: Class) -> i64 {
        let kept = KEPT.iter().position(|kept| *kept == flow);
        self.flows[kept.expect("the flow is kept")][day * Class::COUNT + class.index()]
    }

    /// A flow over days at a class.
    pub fn sum(&self, flow: Flow, days: Range<usize>, class: Class) -> i64 {
        days.map(|day| self.flow(flow, day, class)).sum()
    }

    /// A flow over days at several classes.
    pub fn total(&self, flow: Flow, days: Range<usize>, classes: &[Class]) -> i64 {
        classes.iter().map(|&class| self.sum(flow, days.clone(), class)).sum()
    }
}
