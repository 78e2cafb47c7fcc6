//! `deterrence.csv`: perceived risk against behaviour.

use super::table::{Table, with_columns};
use crate::comparison::deterrence::Response;
use world::units::Class;

/// Responses to perceived risk, by who responds.
pub fn deterrence(responses: &[Response]) -> Table {
    let about = "Perceived risk against behaviour: the responses of the model by the parameters of the scenario, and where the runs end";
    with_columns!(Table::of("deterrence", about, responses), row =>
        text "who", "name", "Who responds: clients by segment, would-be operators of platforms, drug dealers at home" => row.who.key();
        text "at_end", "name", "Class whose perceived risk in the last thirty days this is (median over replications); empty for a point of the curve. What dealers believe is not counted" => row.at_end.map_or("", Class::key);
        number "perceived_risk", "probability", "Perceived chance within a year that a venue is closed; for dealers, that they are arrested" => row.risk;
        number "deterred", "share", "Clients of middling aversion: by how much less a class draws them than one without risk; operators: share of the risk that they count as a loss; dealers: share who stop" => row.deterred[1];
        number "deterred_low", "share", "The same of the least averse third; others are not divided by aversion" => row.deterred[0];
        number "deterred_high", "share", "The same of the most averse third" => row.deterred[2];
    )
    .table()
}
