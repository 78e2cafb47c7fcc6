//! Names of measures as people say them: the one place for figures, tables and page.

use super::sentence;
use crate::SHOWN;
use world::record::MEASURES;

/// What a measure of a run means.
#[must_use]
pub fn meaning(name: &str) -> &'static str {
    MEASURES.iter().find(|measure| measure.name == name).map_or("", |measure| measure.meaning)
}

/// Text whose numbers keep their units at the end of a line.
#[must_use]
pub fn tied(text: &str) -> String {
    let pairs = [(" %", "\u{a0}%"), ("KZT ", "KZT\u{a0}"), (" bn", "\u{a0}bn")];
    pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// Name of a measure of a run or of an outside analyst.
#[must_use]
pub fn measure(name: &str) -> String {
    if let Some((_, title)) = SHOWN.iter().find(|(shown, _)| *shown == name) {
        return (*title).to_owned();
    }
    let known = match name {
        "peer_to_peer_turnover" => "Peer-to-peer and cash turnover",
        "entrant_turnover" => "Turnover of new operators",
        "relaunched_turnover" => "Turnover of relaunched venues",
        "demand" => "New need to trade",
        "met" => "Need that was traded",
        "abandoned" => "Need given up",
        "waiting_at_end" => "Need waiting at the end",
        "illicit_blocked" => "Illicit orders stopped by banks",
        "illicit_refused" => "Illicit orders refused",
        "shadow_hhi" => "Shadow concentration (HHI)",
        "shadow_effective_number" => "Shadow exchanges of equal size",
        "shadow_top1_share" => "Share of the largest shadow exchange",
        "shadow_top5_share" => "Share of the five largest",
        "shadow_perceived_risk" => "Perceived risk of closure",
        "licensed_abuse_kzt" => "Illicit money at licensed venues",
        "reports_read_share" => "Share of reports read",
        "agency_cost" => "Agency’s cost",
        "agency_days" => "Investigators’ days",
        "exits" => "Exits of platforms",
        "entries" => "New platforms",
        "wdq" => "Weighted displacement quotient (WDQ)",
        "wdd" => "Weighted displacement difference (WDD)",
        "wdd_standard_error" => "Standard error of the WDD",
        "its_level" => "Interrupted series: step",
        "its_slope" => "Interrupted series: slope",
        _ => "",
    };
    if known.is_empty() { sentence(name) } else { known.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_words() {
        assert_eq!(measure("illicit_turnover"), "Illicit turnover");
        assert_eq!(measure("wdq"), "Weighted displacement quotient (WDQ)");
        assert_eq!(sentence(""), "");
    }
}
