//! What the agency sees in the evening, and what it has spent of its days.

use bevy_ecs::prelude::*;

use scenario::Indicator;

/// What the agency sees of the market, by indicator, as of yesterday evening; nothing before the first evening.
#[derive(Resource, Default, Clone, Copy, Debug)]
pub struct AgencySight(pub Option<[f64; Indicator::ALL.len()]>);

impl AgencySight {
    /// Reading of an indicator.
    pub fn reading(&self, indicator: Indicator) -> Option<f64> {
        self.0.map(|readings| readings[indicator.index()])
    }
}

/// Days that the agency has spent in this calendar month, and how many it may. Whoever acts for it asks and pays here.
#[derive(Resource, Default, Clone, Copy, Debug)]
pub struct AgencyBudget {
    /// Year and month.
    pub month: (i16, i8),
    /// Days spent.
    pub spent: f64,
    /// Days that may be spent.
    pub limit: f64,
}

impl AgencyBudget {
    /// Whether something that takes so many days can be begun this month.
    pub fn affords(&self, days: f64) -> bool {
        self.spent + days <= self.limit
    }

    /// How often something that takes so many days can be begun this month.
    pub fn times(&self, days: f64) -> f64 {
        if days > 0.0 { ((self.limit - self.spent).max(0.0) / days).floor() } else { f64::INFINITY }
    }

    /// Takes the days of an act from the budget, if it can be begun this month.
    pub fn take(&mut self, days: f64) -> bool {
        let affords = self.affords(days);
        if affords {
            self.spend(days);
        }
        affords
    }

    /// Takes days from the budget, whether they are left or not.
    pub fn spend(&mut self, days: f64) {
        self.spent += days;
    }
}
