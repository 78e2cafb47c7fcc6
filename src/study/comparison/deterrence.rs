//! Perceived risk against behaviour: the responses of the model, and where runs lie on them at their end.

use crate::stats::bands;
use model::deterrence::{Who, risks};
use scenario::Scenario;
use world::record::{Record, VenueColumn};
use world::units::{Class, Segment};

/// Days at the end of a run that count as its end.
const LATELY: usize = 30;

/// A response to a perceived risk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Response {
    /// Who responds.
    pub who: Who,
    /// The class whose perceived risk at the end of the runs this is; none for a point of the curve.
    pub at_end: Option<Class>,
    /// Perceived chance within a year that a venue is closed; for dealers, that they are arrested.
    pub risk: f64,
    /// Share that is deterred, of the least, the middling and the most averse.
    pub deterred: [f64; 3],
}

/// All responses: curves, and what people believe of the classes that they may go to, or open, at the end of the runs: the median.
///
/// What dealers believe of arrests is no series, so their curve has no such point.
pub fn responses(scenario: &Scenario, records: &[Record]) -> Vec<Response> {
    let response = |who: Who, at_end, risk| {
        let deterred = who.deterred(scenario, risk);
        Response { who, at_end, risk, deterred }
    };
    let of = |who: Who| {
        let curve = risks().map(move |risk| response(who, None, risk));
        let believed = known_to(who)
            .iter()
            .filter_map(move |&class| Some(response(who, Some(class), at_end(records, class)?)));
        curve.chain(believed).collect::<Vec<Response>>()
    };
    Who::all().flat_map(of).collect()
}

/// Classes of platforms that somebody may go to, or open.
fn known_to(who: Who) -> &'static [Class] {
    match who {
        Who::Clients(Segment::DrugBuyer | Segment::Fraud) | Who::Operators => &Class::PLATFORMS,
        Who::Clients(_) => &[Class::Shadow],
        Who::Dealers => &[],
    }
}

/// Perceived risk of a class at the end of the runs: median over replications.
fn at_end(records: &[Record], class: Class) -> Option<f64> {
    let lately = |record: &Record| {
        let days = record.days.saturating_sub(LATELY)..record.days;
        let number = days.len() as f64;
        let sum: i64 = days.map(|day| record.venue(VenueColumn::PerceivedRisk, day, class)).sum();
        sum as f64 * 1e-6 / number
    };
    let known: Vec<f64> = records.iter().filter(|record| record.days > 0).map(lately).collect();
    (!known.is_empty()).then(|| bands(known)[2])
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::record::RunKey;

    #[test]
    fn the_end_of_the_runs_lies_on_the_curve_of_everybody_who_knows_the_class() {
        let scenario = scenario::reference().scenario;
        let record = |risk: i64| {
            let key = RunKey::new(1, 0);
            let mut record = Record::of_nothing(key, scenario.start, 90, model::tables());
            let column = record.series_mut(VenueColumn::PerceivedRisk);
            for day in 60..90 {
                column[day * Class::COUNT + Class::Shadow.index()] = risk;
            }
            record
        };
        let all = responses(&scenario, &[record(120_000), record(160_000), record(300_000)]);
        let ends: Vec<&Response> = all.iter().filter(|one| one.at_end.is_some()).collect();
        assert_eq!(
            ends.len(),
            Segment::COUNT + 2 + 2,
            "hubs are known to two segments and operators"
        );
        for one in &ends {
            let shadow = one.at_end == Some(Class::Shadow);
            assert!((one.risk - if shadow { 0.16 } else { 0.0 }).abs() < 1e-12, "{one:?}");
            let below = all.iter().filter(|it| it.who == one.who && it.at_end.is_none());
            let on = below
                .min_by(|a, b| (a.risk - one.risk).abs().total_cmp(&(b.risk - one.risk).abs()));
            assert!((on.unwrap().deterred[1] - one.deterred[1]).abs() < 1e-9, "{one:?}");
        }
        assert!(responses(&scenario, &[]).iter().all(|one| one.at_end.is_none()));
    }
}
