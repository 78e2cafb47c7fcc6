//! What perceived risk does to whom: the responses of the model itself, from the parameters of a scenario alone.
//!
//! Deliberately absent: what people come to believe (`perception`, `dealer/replacement`), and everything that takes a run.

use super::board::deterrent;
use super::customer::taste::{aversion, fear};
use super::dealer::replacement::{home_dealers, nerve, smallness};
use scenario::Scenario;
use world::units::Segment;

/// Who responds to perceived risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Clients of a segment, by how much less a class of venues draws them.
    Clients(Segment),
    /// Would-be operators of platforms, by how much of the risk that they perceive they count as a loss.
    Operators,
    /// Drug dealers at home, by how many stop.
    Dealers,
}

impl Who {
    /// Everybody, in the order of tables.
    pub fn all() -> impl Iterator<Item = Who> {
        let clients = Segment::ALL.iter().copied().map(Who::Clients);
        clients.chain([Who::Operators, Who::Dealers])
    }

    /// Name in tables.
    pub fn key(self) -> &'static str {
        match self {
            Who::Clients(segment) => segment.key(),
            Who::Operators => "would_be_operators",
            Who::Dealers => "dealers",
        }
    }

    /// Share that is deterred at a perceived risk: of the least, the middling and the most averse risk band for clients; one and the
    /// same for others, who are not divided by aversion.
    pub fn deterred(self, scenario: &Scenario, risk: f64) -> [f64; 3] {
        match self {
            Who::Clients(segment) => aversion(&scenario.customers)[segment.index()]
                .map(|averse| 1.0 - fear(averse, risk)),
            Who::Operators if risk > 0.0 => [deterrent(risk, &scenario.perceived_risk) / risk; 3],
            // The limit.
            Who::Operators => [deterrent(1e-9, &scenario.perceived_risk) / 1e-9; 3],
            Who::Dealers => {
                let all = home_dealers(scenario);
                let stops = |place: &u32| risk > nerve(scenario, smallness(*place, all));
                [(0..all).filter(stops).count() as f64 / f64::from(all.max(1)); 3]
            }
        }
    }
}

/// Perceived risks at which responses are shown, from none to certainty.
pub fn risks() -> impl Iterator<Item = f64> {
    (0..=100).map(|percent| f64::from(percent) / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_respond_to_every_bit_and_offenders_about_a_threshold() {
        let scenario = scenario::reference().scenario;
        let threshold = scenario.perceived_risk.threshold;
        for who in Who::all() {
            let all: Vec<[f64; 3]> = risks().map(|risk| who.deterred(&scenario, risk)).collect();
            assert!(all.iter().flatten().all(|share| (0.0..=1.0).contains(share)), "{}", who.key());
            assert!(all.iter().all(|bands| bands.is_sorted()), "{}", who.key());
            assert!((0..3).all(|band| all.is_sorted_by_key(|bands| bands[band])), "{}", who.key());
        }
        let half = |who: Who| who.deterred(&scenario, threshold)[1];
        assert!((half(Who::Operators) - 0.5).abs() < 1e-12);
        assert!((half(Who::Dealers) - 0.5).abs() < 0.02, "{}", half(Who::Dealers));
        let at = |who: Who, risk| who.deterred(&scenario, risk)[1];
        for who in [Who::Operators, Who::Dealers] {
            assert!(at(who, threshold - 0.2) < 0.1 && at(who, threshold + 0.2) > 0.9);
        }
        // Smooth: no step of one percent of risk moves more than a few percent of clients.
        let retail = Who::Clients(Segment::Retail);
        let steps: Vec<f64> = risks().map(|risk| at(retail, risk)).collect();
        assert!(steps[0] == 0.0 && steps.windows(2).all(|pair| pair[1] - pair[0] < 0.05));
    }
}
