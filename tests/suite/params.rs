//! The list of parameters, as text and as tables.

use crackdown::scenario::{ParameterKind, parameters};

use crate::program::{at_root, said};

fn params(arguments: &[&str]) -> (i32, String, String) {
    let output = at_root(&[&["params"], arguments].concat());
    (output.status.code().unwrap(), said(&output.stdout), said(&output.stderr))
}

#[test]
fn every_parameter_of_the_reference_is_documented_and_lies_within_what_is_allowed() {
    for parameter in parameters() {
        let path = &parameter.path;
        assert!(!parameter.meaning.is_empty(), "{path} has no meaning");
        assert!(!parameter.unit.is_empty(), "{path} has no unit");
        assert!(!parameter.source.is_empty(), "{path} has no source");
        let status = parameter.status.as_str();
        assert!(["measured", "estimated", "assumption"].contains(&status), "{path}: {status}");
        for number in &parameter.numbers {
            assert!(parameter.allowed.contain(*number), "{path}: {number} is not allowed");
        }
        if let Some(range) = parameter.range {
            let ends = [range.low, range.high].map(Option::unwrap);
            assert!(ends[0] < ends[1], "{path}: {range:?}");
            assert!(ends.iter().all(|end| parameter.allowed.contain(*end)), "{path}: {range:?}");
        }
        if parameter.kind == ParameterKind::Whole && path != "warm_up_days" {
            // Above that it would not fit its type; the length of the run bounds the warm-up.
            let high = parameter.allowed.high.unwrap_or(f64::INFINITY);
            assert!(high <= f64::from(u32::MAX), "{path}: whole numbers need an upper limit");
        }
    }
}

#[test]
fn all_parameters_are_listed_once_with_what_is_known_of_them() {
    let (code, text, _) = params(&[]);
    assert_eq!(code, 0);
    for parameter in parameters() {
        let heading = format!("{}\n", parameter.documented_at);
        assert_eq!(
            text.matches(&format!("\n{heading}")).count() + usize::from(text.starts_with(&heading)),
            1
        );
    }
    assert!(text.lines().all(|line| line.chars().count() <= 100));
}

#[test]
fn a_parameter_is_shown_like_this() {
    let (_, text, _) = params(&["VPN_SHARE"]);
    assert_eq!(
        text,
        "customers.vpn_share\n  \
           Share of people with a VPN, whom a site block does not stop.\n  \
           unit     share\n  \
           default  retail 0.25, remitter 0.3, drug_buyer 0.5, fraud 0.6, pyramid 0.2, professional 0.5\n  \
           range    from 0.15 to 0.6 (allowed: from 0 to 1)\n  \
           status   assumption\n  \
           source   0.15-0.45, more among offenders (facts.md §3)\n"
    );
}

#[test]
fn words_of_the_meaning_are_found_too() {
    let (code, text, _) = params(&["couriers"]);
    assert_eq!(code, 0);
    assert!(text.starts_with("dealers.courier_share\n"), "{text}");
}

#[test]
fn a_name_that_nothing_has_fails_with_the_nearest_one() {
    let (code, text, error) = params(&["herdng"]);
    assert_eq!((code, text.as_str()), (1, ""));
    assert_eq!(
        error,
        "no parameter has `herdng` in its path or meaning; did you mean `herding`?\n"
    );
}

#[test]
fn tables_hold_one_row_for_each_entry() {
    let all = parameters().len();
    let (_, json, _) = params(&["--format", "json"]);
    let rows: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    assert_eq!(rows.len(), all);
    let (_, text, _) = params(&["--format", "csv"]);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), all);
    assert!(rows.iter().any(|row| &row[0] == "banks.issuers" && row[4].contains("Halyk")));
}
