//! What a comparison keeps of a run: daily flows by class, measures over the window, the agency's view.

use std::ops::Range;

use jiff::civil::Date;

use super::Line;
use scenario::Scenario;
use world::record::{Flow, Record, Sight};
use world::units::Class;

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

/// One run, a tenth of its record.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
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
    /// The lines that say which money is meant, by day: `lines[line][day]`, in the order of [`Line::WHICH_MONEY`].
    pub lines: [Vec<i64>; 3],
}

impl Outcome {
    /// Keeps what a comparison over `window` (days from the first reported one) needs.
    #[must_use]
    pub fn of(record: &Record, scenario: &Scenario, window: Range<usize>) -> Outcome {
        let by_class = |flow: &Flow| {
            let each =
                |day| Class::ALL.iter().map(move |&class| record.by_class(*flow, day, class));
            (0..record.days).flat_map(each).collect()
        };
        let measures = model::measures(record, scenario, window);
        let of = |line: Line| {
            (0..record.days)
                .map(|day| record.traded(day, |class, trader| line.counts(class, trader)))
                .collect()
        };
        Outcome {
            replication: record.key.replication,
            start: record.start,
            days: record.days,
            flows: KEPT.iter().map(by_class).collect(),
            measures: measures.iter().map(world::record::Measured::number).collect(),
            sights: record.sights.clone(),
            lines: Line::WHICH_MONEY.map(of),
        }
    }

    /// A flow on a day at a class.
    ///
    /// # Panics
    /// If the flow is not kept.
    #[must_use]
    pub fn flow(&self, flow: Flow, day: usize, class: Class) -> i64 {
        let kept = KEPT.iter().position(|kept| *kept == flow);
        self.flows[kept.expect("the flow is kept")][day * Class::COUNT + class.index()]
    }

    /// A flow over days at a class.
    #[must_use]
    pub fn sum(&self, flow: Flow, days: Range<usize>, class: Class) -> i64 {
        days.map(|day| self.flow(flow, day, class)).sum()
    }

    /// A flow over days at several classes.
    #[must_use]
    pub fn total(&self, flow: Flow, days: Range<usize>, classes: &[Class]) -> i64 {
        classes.iter().map(|&class| self.sum(flow, days.clone(), class)).sum()
    }
}
