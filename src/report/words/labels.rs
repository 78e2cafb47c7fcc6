//! Names of measures as people say them: the one place for figures, tables and page.

use super::sentence;
use crate::language::{Language, current};
use crate::speech::tr;
use model::MEASURES;
use study::comparison::Comparison;

/// What a measure of a run means.
pub fn meaning(name: &str) -> &'static str {
    MEASURES.iter().find(|measure| measure.name == name).map_or("", |measure| tr(measure.meaning))
}

/// Text whose numbers keep their units at the end of a line.
pub fn tied(text: &str) -> String {
    let tie = |text: String, part: &str| text.replace(part, &part.replace(' ', &TIE.to_string()));
    let parts: &[&str] = match current() {
        Language::English => &[" %", "KZT ", " bn"],
        Language::Russian => &[" %", " тенге", " млрд", " млн"],
        Language::Kazakh => &[" %", " теңге", " млрд", " млн"],
    };
    parts.iter().copied().fold(text.to_owned(), tie)
}

/// A unit after a number.
pub fn unit(unit: &str) -> &str {
    tr(unit)
}

/// A space at which no line ends.
pub const TIE: char = '\u{a0}';

/// Name of a measure of a run or of an outside analyst.
pub fn measure(name: &str) -> String {
    let declared = MEASURES.iter().find(|measure| measure.name == name);
    let known = declared.map_or_else(|| outside(name), |measure| measure.label);
    if known.is_empty() { tr(&sentence(name)).to_owned() } else { tr(known).to_owned() }
}

/// Its name in the other languages; English has its own way in each place.
#[must_use]
pub fn foreign(name: &str) -> Option<String> {
    (current() != Language::English).then(|| measure(name))
}

/// The beginning of a sentence by its name in tables.
#[must_use]
pub fn spelled(name: &str) -> String {
    foreign(name).unwrap_or_else(|| sentence(name))
}

/// An amount without its currency, which stands elsewhere.
#[must_use]
pub fn without_currency(amount: &str) -> String {
    amount.replace("KZT ", "").replace(tr(" KZT"), "")
}

/// The same in a comparison, where own definitions have their titles.
pub fn measure_of(comparison: &Comparison, name: &str) -> String {
    comparison.title(name).map_or_else(|| measure(name), str::to_owned)
}

/// Name of a measure of an outside analyst.
fn outside(name: &str) -> &'static str {
    match name {
        "wdq" => "Weighted displacement quotient (WDQ)",
        "wdd" => "Weighted displacement difference (WDD)",
        "wdd_standard_error" => "Standard error of the WDD",
        "its_level" => "Interrupted series: step",
        "its_slope" => "Interrupted series: slope",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_words() {
        assert_eq!(measure("licensed_turnover"), "Licensed turnover");
        assert_eq!(measure("wdq"), "Weighted displacement quotient (WDQ)");
        assert_eq!(sentence(""), "");
    }
}
