//! What figures of one scenario share: what stands on them besides the data.

use jiff::civil::Date;

use super::{agency, deterrence, displacement, fees, hubs, turnover, underworld, venues};
use crate::chart::Figure;
use crate::speech::tr;
use crate::words;
use study::comparison::ComparisonDraws;
use study::comparison::deterrence::Response;
use study::stats::quantile;
use study::store::published::Published;
use world::record::Record;

/// What stands on figures besides the data.
#[derive(Clone, Debug)]
pub struct About {
    /// Title of the scenario.
    pub title: String,
    /// Name of the scenario.
    pub name: String,
    /// Seed of the study.
    pub seed: u64,
    /// Draws of parameters over which the runs are spread.
    pub draws: Option<ComparisonDraws>,
    /// Version of the program.
    pub version: String,
    /// Dates at which measures change, with short labels.
    pub measures: Vec<(Date, String)>,
    /// The last dated value of the world, where much of the reported days lies after it.
    pub frozen_since: Option<Date>,
    /// People that one customer agent stands for.
    pub people_per_agent: u32,
    /// Published figures to compare with.
    pub published: Vec<Published>,
    /// How people respond to perceived risk.
    pub responses: Vec<Response>,
}

/// All figures of a run's replications.
#[must_use]
pub fn run_figures(records: &[Record], about: &About) -> Vec<Figure> {
    [
        turnover::figure,
        displacement::figure,
        agency::figure,
        venues::figure,
        hubs::figure,
        fees::figure,
        underworld::figure,
        deterrence::figure,
    ]
    .map(|figure| figure(records, about))
    .into()
}

/// Low, middle and high of what most replications show.
pub type Range = [f64; 3];

/// Such a range; `None` of nothing.
pub fn most(mut values: Vec<f64>) -> Option<Range> {
    values.sort_by(f64::total_cmp);
    (!values.is_empty()).then(|| [0.05, 0.5, 0.95].map(|p| quantile(&values, p)))
}

/// The line at the foot of a figure: what it takes to draw it again.
pub fn footer(records: &[Record], about: &About) -> String {
    let replications = match records.len() {
        _ if about.draws.is_some() => {
            about.draws.as_ref().map_or_else(String::new, words::ignorance::spread)
        }
        1 => tr("1 replication: no bands, and chance is in every number").to_owned(),
        many => words::ignorance::replications(many as u32),
    };
    let About { title, name, seed, people_per_agent, version, .. } = about;
    super::setting::made((title, name), *seed, &replications, *people_per_agent, version)
}
