//! Venues, amounts and agents in words, and agents read from words.
//!
//! Deliberately absent: sentences about days and events (`account`, `chain`).

use crate::cli::tables::named;
use ::report::say;
use ::report::speech::{dated, number, tr};
use scenario::Scenario;
use scenario::finding::plain;
use study::ensemble::pair::Agent;
use world::record::event::{OperatorName, VenueName};
use world::units::{Channel, Class, Day, Kzt, Segment};

/// A venue as people speak of it.
pub(super) fn venue(name: VenueName) -> String {
    let class = match name.operator.class() {
        Class::Licensed => "licensed venue",
        Class::Shadow => "shadow exchange",
        Class::Hub => "darknet hub",
        Class::Foreign => "foreign platform",
        // There is only one.
        Class::PeerToPeer => return tr("peer-to-peer and cash deals").to_owned(),
    };
    format!("{} {}", tr(class), name.number())
}

/// One venue of a class.
pub(super) fn class(class: Class) -> &'static str {
    tr(match class {
        Class::Licensed => "a licensed venue",
        Class::Shadow => "a shadow exchange",
        Class::Hub => "a darknet hub",
        Class::Foreign => "a foreign platform",
        Class::PeerToPeer => "peer-to-peer deals",
    })
}

/// One person of a segment.
pub(super) fn segment(segment: Segment) -> &'static str {
    tr(match segment {
        Segment::Retail => "retail investor",
        Segment::Remitter => "trader or remitter",
        Segment::DrugBuyer => "drug buyer",
        Segment::Fraud => "fraud cash-out",
        Segment::Pyramid => "pyramid investor",
        Segment::Professional => "professional",
    })
}

/// What a payment goes through.
pub(super) fn channel(channel: Channel) -> &'static str {
    tr(match channel {
        Channel::Account => "merchant account",
        Channel::Card => "mule card",
        Channel::Cash => "cash",
    })
}

/// An amount of money: whole tenge below a million.
pub(super) fn money(amount_kzt: Kzt) -> String {
    let value = amount_kzt.0 as f64;
    if value.abs() < 1e6 {
        say!("KZT {amount}", amount = number(plain(value)))
    } else {
        named(value, "KZT")
    }
}

/// A share or chance in percent.
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 0.1 {
        tr("below 0.1 %").to_owned()
    } else if percent < 10.0 {
        number(format!("{percent:.1} %"))
    } else {
        format!("{percent:.0} %")
    }
}

/// Calendar date of a day of the run.
pub(super) fn date(scenario: &Scenario, day: Day) -> String {
    dated(scenario.date(day).to_string())
}

/// The agent of an ID such as `customer:1034`, or what is wrong with it.
pub(super) fn agent(id: &str, scenario: &Scenario) -> Result<Agent, String> {
    let (kind, name) = id.split_once(':').unwrap_or((id, ""));
    match kind {
        "customer" => numbered(id, name, scenario.agents()).map(Agent::Customer),
        "dealer" => numbered(id, name, scenario.dealers.number).map(Agent::Dealer),
        "exchange" => exchange(id, name, scenario).map(Agent::Venue),
        _ => Err(format!(
            "`{id}` names no agent\nAllowed are customer:NUMBER, dealer:NUMBER and \
             exchange:OPERATOR.GENERATION, for example customer:0, dealer:0 or exchange:shadow-0.0"
        )),
    }
}

fn numbered(id: &str, number: &str, count: u32) -> Result<u32, String> {
    let kind = id.split(':').next().unwrap_or(id);
    match number.parse::<u32>() {
        Ok(number) if number < count => Ok(number),
        _ if count == 0 => Err(format!("there is no `{id}`: the scenario has no {kind}s")),
        _ => Err(format!(
            "there is no `{id}`\n{kind}s are numbered from {kind}:0 to {kind}:{}",
            count - 1
        )),
    }
}

fn exchange(id: &str, name: &str, scenario: &Scenario) -> Result<VenueName, String> {
    let classes: Vec<String> = Class::ALL
        .iter()
        .filter(|class| scenario.exchanges.number[**class] > 0)
        .map(|class| format!("{class}-0.0"))
        .collect();
    let example = classes.get(1).or(classes.first()).map_or("shadow-0.0", String::as_str);
    let Ok(found) = name.parse::<VenueName>() else {
        return Err(format!(
            "`{id}` names no exchange\nWrite exchange:OPERATOR.GENERATION, for example exchange:{example}. The \
             operator is a class ({}) and a number; who came during the run has the day and a number, as \
             in shadow-431-0. The generation counts the operator's earlier names",
            Class::ALL.iter().map(|class| class.key()).collect::<Vec<_>>().join(", ")
        ));
    };
    match found.operator {
        OperatorName::First { class, number } if number >= scenario.exchanges.number[class] => {
            Err(format!(
                "there is no `{id}`: {} of its class are open at first, numbered from 0; for example \
                 exchange:{example}",
                scenario.exchanges.number[class]
            ))
        }
        _ => Ok(found),
    }
}
