//! Where policies fail and what finding out is worth, in sentences.

use super::{amount, listed, lower_first, percent_of, spelled};
use crate::numbers::short;
use crate::say;
use crate::speech::{titled, tr};
use model::MEASURES;
use study::comparison::discovery::{Discovery, InformationValue, PolicyTest};
use study::stats::boxes::{BoxSide, FoundBox};

/// What a box is, in words: "`exchanges.prepared` above 0.6 and `customers.retry` below 0.3".
pub fn within(made: &Discovery, case: &PolicyTest, found: &FoundBox) -> String {
    let parts: Vec<String> = found
        .chosen
        .restricted()
        .map(|at| {
            let path = &made.worlds.parameters[at].path;
            match &found.chosen.sides[at] {
                BoxSide::Range(Some(low), Some(high)) => {
                    let (low, high) = (short(*low), short(*high));
                    say!("{path} from {low} to {high}", path, low, high)
                }
                BoxSide::Range(Some(low), None) => {
                    say!("{path} above {low}", path, low = short(*low))
                }
                BoxSide::Range(None, Some(high)) => {
                    say!("{path} below {high}", path, high = short(*high))
                }
                BoxSide::Without(out) => {
                    let words = case.words[at].iter().enumerate();
                    let left = words.filter(|(word, _)| !out.contains(word));
                    let left: Vec<&str> = left.map(|(_, word)| word.as_str()).collect();
                    format!("{path} {}", left.join(tr(" or ")))
                }
                _ => path.clone(),
            }
        })
        .collect();
    listed(&parts)
}

/// How a policy fails.
fn fails(made: &Discovery, case: &PolicyTest) -> String {
    match case.limit {
        None => {
            let meaning = &MEASURES[made.asked.objective];
            let measure = lower_first(&spelled(meaning.name));
            match meaning.wanted {
                world::record::Wanted::More => say!("backfires (lowers {measure})", measure),
                _ => say!("backfires (raises {measure})", measure),
            }
        }
        Some(limit) => say!("misses the limit {limit}", limit = made.asked.limits[limit].text),
    }
}

/// In which worlds a policy fails.
pub fn case(made: &Discovery, case: &PolicyTest) -> String {
    let title = titled(&made.worlds.arms[case.policy].title);
    let fails = fails(made, case);
    let count = case.count;
    let worlds = count.worlds;
    if count.hits == 0 {
        return say!("“{title}” {fails} in none of {worlds} worlds.", title, fails, worlds);
    }
    let chance = match case.without_chance {
        Some(share) if (share - count.density()).abs() > 0.02 => {
            say!(" ({share} with chance taken off)", share = percent_of(share))
        }
        _ => String::new(),
    };
    let head = say!(
        "“{title}” {fails} in {share} of {worlds} worlds{chance}",
        title,
        fails,
        share = percent_of(count.density()),
        worlds,
        chance
    );
    let Some(boxes) = &case.boxes else {
        return say!("{head}: too few of either kind to say which.", head);
    };
    let Some(first) = boxes.first() else {
        return say!(
            "{head}; no parameters tell these worlds from the others better than chance would.",
            head
        );
    };
    let coverage = first.chosen.count.coverage(count.hits);
    let how_many = match coverage {
        share if share > 0.999 => say!("all of them have"),
        share if share >= 0.9 => say!("nearly all of them have"),
        share => say!("{share} of them have", share = percent_of(share)),
    };
    let others = match boxes.len() {
        1 => String::new(),
        2 => say!(" Another box is in boxes.csv."),
        many => say!(" {n} other boxes are in boxes.csv.", n = many - 1),
    };
    say!(
        "{head}; {how_many} {within}, and {share} of such worlds fail.{others}",
        head,
        how_many,
        within = within(made, case, first),
        share = percent_of(first.chosen.count.density()),
        others
    )
}

/// What finding out is worth.
pub fn value(
    title: &dyn Fn(usize) -> String,
    objective: usize,
    value: &InformationValue,
) -> String {
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
    let clear = value.parameters.iter().filter(|one| one.clear).take(3).filter_map(|one| {
        let known = one.known?;
        Some(say!(
            "{path} ({gain}, another choice in {share} of worlds)",
            path = one.path,
            gain = in_unit(known.gain),
            share = percent_of(known.changes)
        ))
    });
    let clear: Vec<String> = clear.collect();
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
        measure = lower_first(&spelled(MEASURES[objective].name)),
        chance,
        share = percent_of(everything.changes),
        worlds = value.draws,
        first
    )
}

/// All that was found, a paragraph each.
pub fn findings(made: &Discovery) -> String {
    let mut lines: Vec<String> = made.cases.iter().map(|one| case(made, one)).collect();
    let title = |arm: usize| titled(&made.worlds.arms[arm].title);
    lines.push(match &made.value {
        Some(found) => value(&title, made.asked.objective, found),
        None => say!(
            "Finding out has no value: fewer than two choices keep the limits in the mean over worlds."
        ),
    });
    lines.into_iter().map(|line| line + "\n").collect()
}
