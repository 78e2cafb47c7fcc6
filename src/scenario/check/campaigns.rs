//! Campaigns each for itself: names, fields, values that suit the lever, fields that belong together.
//!
//! Deliberately absent: whether a campaign ever acts in the run (`cross_checks`).

use std::sync::LazyLock;

use super::entries::{self, EntryWords};
use super::form::{FieldForm, Holds};
use super::single;
use crate::campaign::Indicator;
use crate::finding::{Finding, nearest};
use crate::shape::{Bounds, Parameter, ParameterKind, Schema, shape};
use crate::tree::{Tree, Value};

/// How campaigns are spoken of and written.
const ENTRIES: EntryWords = EntryWords {
    word: "campaign",
    one: "a campaign",
    example: "write {\"autumn raids\": (lever: \"shutdown_rate.closures_per_month\", value: 12, from: \"2024-09-01\")}",
};

/// Longest ramp, wave or time in force. Unit: days. Source: ten years are longer than any run to be compared;
/// Status: assumption.
const MOST_DAYS: f64 = 3650.0;

/// What a campaign may say.
static FORM: LazyLock<FieldForm> = LazyLock::new(|| {
    let from_zero = |high| Holds::Number(Bounds { low: Some(0.0), high });
    let days = |low| Holds::Whole(Bounds { low: Some(low), high: Some(MOST_DAYS) });
    let indicators = Holds::Word(indicators().map(str::to_owned).collect());
    FieldForm::new(ENTRIES.one, "")
        .needs("lever", Holds::Other, "say which, e.g. lever: \"shutdown_rate.closures_per_month\"")
        .needs("value", Holds::Other, "say at what the lever is held, e.g. value: 12")
        .may("from", Holds::Date, "first day; without it from the beginning")
        .may("until", Holds::Date, "last day; without it to the end")
        .may("ramp_days", days(0.0), "days until the value is reached, on a straight line")
        .may("every_days", days(1.0), "days from one wave to the next")
        .may("lasting_days", days(1.0), "days that a wave lasts")
        .may("seen", indicators, "what the agency must see for the campaign to be in force")
        .may("above", from_zero(None), "in force while the indicator is above this")
        .may("below", from_zero(None), "in force while the indicator is below this")
        .may("for_days", days(1.0), "days in force once the indicator was beyond the limit")
        .may("strength", from_zero(Some(1.0)), "share of the way that the lever moves")
});

/// Looks at the campaigns; whether a field is missing only if the tree is `complete`.
pub(super) fn check(path: &str, node: &Tree, complete: bool, found: &mut Vec<Finding>) {
    entries::each(&ENTRIES, &FORM, (path, node), complete, found, |given, found| {
        let one = WrittenCampaign(given.node);
        one.lever_and_value(found);
        one.together(found);
    });
}

/// One campaign as it was written.
struct WrittenCampaign<'a>(&'a Tree);

impl WrittenCampaign<'_> {
    fn at(&self, field: &str) -> Option<&Tree> {
        self.0.at(field).filter(|node| !matches!(node.value, Value::Broken))
    }

    /// The lever, if there is one of this name.
    fn lever(&self) -> Option<&'static Parameter> {
        let path = self.at("lever")?.text()?;
        match shape().at("policy")?.at(path)? {
            Schema::Leaf(parameter) if parameter.by_date => Some(parameter),
            _ => None,
        }
    }

    /// Whether there is such a lever, and the value suits it.
    fn lever_and_value(&self, found: &mut Vec<Finding>) {
        let lever = self.lever();
        found.extend(self.at("lever").filter(|_| lever.is_none()).map(no_lever));
        let (Some(lever), Some(value)) = (lever, self.at("value")) else { return };
        if matches!(value.value, Value::Map(_)) {
            found.push(
                Finding::error("a campaign holds its lever at one value")
                    .at(value.span, "one value is wanted")
                    .hint("for values by date set the lever itself, or write several campaigns"),
            );
        } else {
            single(&Parameter { by_date: false, ..lever.clone() }, value, found);
        }
    }

    /// Fields that belong together or contradict each other.
    fn together(&self, found: &mut Vec<Finding>) {
        let mut wrong = |place: &Tree, message: &str, label: &str, hint: &str| {
            found.push(Finding::error(message).at(place.span, label).hint(hint));
        };
        let (from, until) = (self.at("from"), self.at("until"));
        if let (Some((from, _)), Some((until, place))) = (dated(from), dated(until))
            && until < from
        {
            let message = format!("the campaign ends ({until}) before it begins ({from})");
            let hint = "`from` is the first day and `until` the last";
            wrong(place, &message, "no day is left", hint);
        }
        let both = "waves need both: every_days: 180, lasting_days: 30";
        let (every, lasting) = (self.at("every_days"), self.at("lasting_days"));
        match (every, lasting) {
            (Some(node), None) => {
                wrong(
                    node,
                    "`every_days` stands without `lasting_days`",
                    "how long is a wave?",
                    both,
                );
            }
            (None, Some(node)) => {
                wrong(
                    node,
                    "`lasting_days` stands without `every_days`",
                    "when is the next wave?",
                    both,
                );
            }
            (Some(every), Some(lasting)) => {
                if let (Some(days), Some(long)) = (every.number(), lasting.number())
                    && long > days
                {
                    let message = format!(
                        "a wave of {long} days lasts longer than the {days} days to the next"
                    );
                    let hint = "shorten the waves, or leave both out";
                    wrong(lasting, &message, "longer than `every_days`", hint);
                }
                if from.is_none() {
                    let (label, hint) = ("counted from which day?", "add from: \"2024-01-01\"");
                    wrong(every, "waves need a first day", label, hint);
                }
            }
            (None, None) => {}
        }
        let (above, below) = (self.at("above"), self.at("below"));
        match self.at("seen") {
            Some(seen) if above.is_none() && below.is_none() => {
                let hint = "add above: …, below: …, or both";
                wrong(seen, "an indicator is given without a limit", "above or below what?", hint);
            }
            Some(_) => {
                if let (Some(low), Some(node)) = (above.and_then(Tree::number), below)
                    && node.number().is_some_and(|high| high <= low)
                {
                    let message = "`below` is not above `above`: no reading lies between";
                    let hint = "with both limits the reading must lie between them";
                    wrong(node, message, "never in force", hint);
                }
            }
            None => {
                let alone = [("above", above), ("below", below), ("for_days", self.at("for_days"))];
                let all = indicators().collect::<Vec<_>>().join(", ");
                let hint = format!("add seen: with one of {all}");
                for (field, node) in alone {
                    let Some(node) = node else { continue };
                    wrong(
                        node,
                        &format!("`{field}` stands without an indicator"),
                        "of what?",
                        &hint,
                    );
                }
            }
        }
        if let (Some(lever), Some(ramp)) = (self.lever(), self.at("ramp_days"))
            && matches!(lever.kind, ParameterKind::Choice(_))
            && ramp.number().is_some_and(|days| days > 0.0)
        {
            let hint = "leave `ramp_days` out, or choose a lever that is a number";
            wrong(ramp, "a choice cannot be reached on a ramp", "a choice changes at once", hint);
        }
    }
}

fn dated(node: Option<&Tree>) -> Option<(jiff::civil::Date, &Tree)> {
    node.and_then(|node| Some((node.date()?, node)))
}

/// All levers that a campaign can hold: paths below `policy`.
fn levers() -> impl Iterator<Item = &'static str> {
    let all = shape().at("policy").map_or_else(Vec::new, Schema::leaves);
    all.into_iter()
        .filter(|parameter| parameter.by_date)
        .filter_map(|parameter| parameter.path.strip_prefix("policy."))
}

fn no_lever(node: &Tree) -> Finding {
    let hint =
        "`crackdown params policy.` lists all levers; a campaign names them without `policy.`";
    let Some(text) = node.text() else {
        let message =
            format!("`lever` names a lever in quotes, but found {}", node.value.in_words());
        let label = "a path in quotes is wanted";
        return Finding::error(message).at(node.span, label).hint(hint);
    };
    let short = text.strip_prefix("policy.").unwrap_or(text);
    let last = |path: &str| path.rsplit('.').next().map(str::to_owned);
    let near = levers()
        .find(|path| *path == short || last(path).as_deref() == Some(short))
        .or_else(|| nearest(short, levers()));
    let label = match near {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => "unknown lever".to_owned(),
    };
    Finding::error(format!("there is no lever \"{}\"", text.escape_debug()))
        .at(node.span, label)
        .hint(hint)
}

fn indicators() -> impl Iterator<Item = &'static str> {
    Indicator::ALL.iter().map(|one| one.key())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::{Campaign, CampaignValue};

    #[test]
    fn the_fields_in_the_documentation_are_those_of_a_campaign() {
        let campaign = Campaign {
            lever: String::new(),
            value: CampaignValue::Number(0.5),
            from: Some(jiff::civil::Date::MIN),
            until: Some(jiff::civil::Date::MIN),
            ramp_days: 0,
            every_days: Some(1),
            lasting_days: Some(1),
            seen: Some(Indicator::Reports),
            above: Some(0.5),
            below: Some(0.5),
            for_days: 1,
            strength: 0.5,
        };
        let parameter = entries::documented("policy.campaigns", &FORM, &campaign);
        for indicator in Indicator::ALL {
            assert!(parameter.meaning.contains(indicator.key()), "{indicator:?}");
        }
    }
}
