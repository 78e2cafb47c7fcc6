//! Where policies fail and what finding out is worth, in sentences.

use super::{amount, listed, lower_first, percent_of, sentence};
use crate::numbers::short;
use crate::say;
use crate::speech::tr;
use model::MEASURES;
use study::comparison::discovery::{Case, Discovery, Value};
use study::stats::boxes::{Found, Side};

/// What a box is, in words: "`exchanges.prepared` above 0.6 and `customers.retry` below 0.3".
#[must_use]
pub fn within(made: &Discovery, case: &Case, found: &Found) -> String {
    let parts: Vec<String> = found
        .chosen
        .restricted()
        .map(|at| {
            let path = &made.worlds.parameters[at].path;
            match &found.chosen.sides[at] {
                Side::Range(Some(low), Some(high)) => {
                    format!("{path} from {} to {}", number(*low), number(*high))
                }
                Side::Range(Some(low), None) => format!("{path} above {}", number(*low)),
                Side::Range(None, Some(high)) => format!("{path} below {}", number(*high)),
                Side::Without(out) => {
                    let words = case.words[at].iter().enumerate();
                    let left: Vec<String> = words
                        .filter(|(word, _)| !out.contains(word))
                        .map(|(_, word)| word.clone())
                        .collect();
                    format!("{path} {}", left.join(" or "))
                }
                _ => path.clone(),
            }
        })
        .collect();
    listed(&parts)
}

fn number(value: f64) -> String {
    let sign = if value < 0.0 { "−" } else { "" };
    format!("{sign}{}", short(value.abs()))
}

/// How a policy fails.
fn fails(made: &Discovery, case: &Case) -> String {
    match case.limit {
        None => {
            let meaning = &MEASURES[made.asked.objective];
            let verb =
                if meaning.wanted == world::record::Wanted::More { "lowers" } else { "raises" };
            format!("backfires ({verb} {})", lower_first(&sentence(meaning.name)))
        }
        Some(limit) => format!("misses the limit {}", made.asked.limits[limit].text),
    }
}

/// In which worlds a policy fails.
#[must_use]
pub fn case(made: &Discovery, case: &Case) -> String {
    let title = &made.worlds.arms[case.policy].title;
    let fails = fails(made, case);
    let count = case.count;
    if count.hits == 0 {
        return format!("“{title}” {fails} in none of {} worlds.", count.worlds);
    }
    let chance = match case.without_chance {
        Some(share) if (share - count.density()).abs() > 0.02 => {
            format!(" ({} with chance taken off)", percent_of(share))
        }
        _ => String::new(),
    };
    let head = format!(
        "“{title}” {fails} in {} of {} worlds{chance}",
        percent_of(count.density()),
        count.worlds
    );
    let Some(boxes) = &case.boxes else {
        return format!("{head}: too few of either kind to say which.");
    };
    let Some(first) = boxes.first() else {
        return format!(
            "{head}; no parameters tell these worlds from the others better than chance would."
        );
    };
    let coverage = first.chosen.count.coverage(count.hits);
    let how_many = match coverage {
        share if share > 0.999 => "all of them have".to_owned(),
        share if share >= 0.9 => "nearly all of them have".to_owned(),
        share => format!("{} of them have", percent_of(share)),
    };
    let others = match boxes.len() {
        1 => String::new(),
        2 => " Another box is in boxes.csv.".to_owned(),
        many => format!(" {} other boxes are in boxes.csv.", many - 1),
    };
    format!(
        "{head}; {how_many} {}, and {} of such worlds fail.{others}",
        within(made, case, first),
        percent_of(first.chosen.count.density()),
    )
}

/// What finding out is worth.
#[must_use]
pub fn value(title: &dyn Fn(usize) -> String, objective: usize, value: &Value) -> String {
    let unit = MEASURES[objective].unit;
    let in_unit = |gain: f64| amount(gain, unit, false);
    let chance = match value.holds_chance {
        true => tr(", chance included since each world was run once"),
        false => "",
    };
    let everything = value.everything;
    let title = title(value.chosen);
    if everything.gain <= 0.0 {
        return say!(
            "Of these choices “{title}” is best in every world: finding out changes nothing.",
            title
        );
    }
    let clear: Vec<String> = value
        .parameters
        .iter()
        .filter(|one| one.clear)
        .take(3)
        .filter_map(|one| {
            let known = one.known?;
            Some(say!(
                "{path} ({gain}, another choice in {share} of worlds)",
                path = one.path,
                gain = in_unit(known.gain),
                share = percent_of(known.changes)
            ))
        })
        .collect();
    let first = match clear.as_slice() {
        [] => say!(
            "No single parameter is worth more than chance would give to one ({gain}).",
            gain = in_unit(value.by_chance)
        ),
        some => say!("Worth finding out first: {parameters}.", parameters = listed(some)),
    };
    say!(
        "As things are known “{title}” is chosen. Knowing the world first would be worth {gain} on {measure}{chance}, and another choice would be made in {share} of {worlds} worlds. {first}",
        title,
        gain = in_unit(everything.gain),
        measure = lower_first(tr(&sentence(MEASURES[objective].name))),
        chance,
        share = percent_of(everything.changes),
        worlds = value.draws,
        first
    )
}

/// All that was found, a paragraph each.
#[must_use]
pub fn findings(made: &Discovery) -> String {
    let mut lines: Vec<String> = made.cases.iter().map(|one| case(made, one)).collect();
    let title = |arm: usize| made.worlds.arms[arm].title.clone();
    lines.push(match &made.value {
        Some(found) => value(&title, made.asked.objective, found),
        None => {
            "Finding out has no value: fewer than two choices keep the limits in the mean over worlds.".to_owned()
        }
    });
    lines.into_iter().map(|line| line + "\n").collect()
}
