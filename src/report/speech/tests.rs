//! No sentence lacks a language: keys of the code, names that are declared elsewhere, and whole pages.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::{CATALOGUE, FINDINGS, counted, entries, knows, number, retold, told, tr};
use crate::chart::Figure;
use crate::figures::tests::{about, records};
use crate::language::Language::{English, Kazakh, Russian};
use crate::language::{Language, speaking};
use crate::{
    About, SHOWN, across_figures, attribution_figures, brief, calibration_figures,
    comparison_figures, discovery_figures, dose_figures, forecast_figure, optimum_figures, page,
    run_figures, sensitivity_figures, svg, validation_figure, words,
};
use jiff::civil::date;
use model::{MEASURES, Quantity, SIGHTS};
use scenario::catalogue::{Catalogue, Pattern, Reading};
use scenario::{Findings, ParameterKind, Study, parameters, shipped};
use study::comparison::attribution::{self, By, MECHANISMS};
use study::comparison::forecast::{Fan, periods, quantities};
use study::comparison::sensitivity::Varied;
use study::comparison::tests::{drawn, small};
use study::comparison::validation::{ValidatedReading, Validation};
use study::comparison::{
    self, Comparison, Entry, Setting, across, calibration, discovery, dose, optimum, sensitivity,
};
use study::store::{self, Forecast};
use world::record::Destination;
use world::units::{Class, Purpose};

const FOREIGN: [Language; 2] = [Language::Russian, Language::Kazakh];

/// Files below a folder with one of these endings, without the charts' library.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if path.is_dir() {
            found.extend(files(&path, endings));
        } else if endings.contains(&ending) && !path.to_string_lossy().contains("echarts") {
            found.push(path);
        }
    }
    found
}

/// Literals that stand first after calls of a name, or after a number and a comma.
fn literals(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for call in ["say!(", "tr(", "counted(", "with_noun("] {
        for (at, _) in text.match_indices(call) {
            let before = text[..at].chars().next_back().unwrap_or(' ');
            if before.is_alphanumeric() || before == '_' {
                continue;
            }
            let rest = text[at + call.len()..].trim_start();
            let rest = match call {
                "counted(" | "with_noun(" => {
                    rest.split_once(',').map_or("", |(_, rest)| rest.trim_start())
                }
                _ => rest,
            };
            let Some(rest) = rest.strip_prefix('"') else { continue };
            let end = rest.find('"').expect("keys have no quotes of their own");
            let key = &rest[..end];
            // Other functions count, too: the keys of ours have their number in a gap.
            if !call.ends_with("ed(") && call != "with_noun(" || key.contains("{n}") {
                found.push(key.to_owned());
            }
        }
    }
    found
}

#[test]
fn every_key_of_the_code_is_in_the_catalogue() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut keys = Vec::new();
    for folder in ["report", "cli"] {
        for path in files(&source.join(folder), &["rs"]) {
            if !path.ends_with("speech.rs") && !path.ends_with("speech/tests.rs") {
                keys.extend(literals(&fs::read_to_string(path).unwrap()));
            }
        }
    }
    for path in files(&source.join("report/page"), &["html", "js"]) {
        let text = fs::read_to_string(path).unwrap();
        keys.extend(text.split('⟦').skip(1).map(|part| part.split('⟧').next().unwrap().to_owned()));
    }
    assert!(keys.len() > 200, "the scan finds keys: {}", keys.len());
    let lacks: Vec<&String> = keys.iter().filter(|key| !knows(key)).collect();
    assert!(lacks.is_empty(), "not in the catalogue: {lacks:#?}");
}

#[test]
fn names_that_are_declared_elsewhere_are_in_the_catalogue() {
    let mut names: Vec<String> = Vec::new();
    names.extend(Entry::ALL.iter().map(|own| own.label().to_owned()));
    names.extend(comparison::MoneyLine::ALL.iter().map(|own| own.label().to_owned()));
    names.extend(Destination::ALL.iter().map(|own| own.label().to_owned()));
    names.extend(Purpose::ALL.iter().map(|own| own.label().to_owned()));
    names.extend(Class::ALL.iter().map(|own| own.label().to_owned()));
    names.extend(MEASURES.iter().map(|own| match own.label {
        "" => words::sentence(own.name),
        label => label.to_owned(),
    }));
    for of in &model::SIGHTS {
        names.push(words::quantity(of.quantity));
        // Amounts and percentages are told otherwise.
        names.extend((!["KZT", "share"].contains(&of.unit)).then(|| of.unit.to_owned()));
    }
    for (path, _) in shipped::within("studies") {
        let study = Study::load_with(Path::new(path), &[], model::YIELDS, &store::read_table);
        names.push(study.unwrap().title);
    }
    for folder in ["", "policies"] {
        let folder = Path::new("../../scenarios").join(folder);
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "ron") {
                names.push(scenario::load(&path, &[]).unwrap().scenario.title);
            }
        }
    }
    for lever in parameters().iter().filter(|own| own.path.starts_with("policy.")) {
        let group = lever.path.split('.').nth(1).unwrap();
        if let Some((sentence, label)) = &lever.says {
            names.push(words::sentence(group));
            names.extend([(*sentence).to_owned(), (*label).to_owned()]);
        }
    }
    let cases = include_str!("../../../scenarios/validation/levers.csv");
    names
        .extend(cases.lines().skip(1).filter_map(|line| Some(line.rsplit_once(',')?.1.to_owned())));
    let lacks: Vec<&String> = names.iter().filter(|name| !knows(name)).collect();
    assert!(lacks.is_empty(), "not in the catalogue: {lacks:#?}");
}

#[test]
fn a_parameter_is_told_in_each_language() {
    let all = parameters();
    let mut texts = BTreeSet::new();
    for own in &all {
        texts.extend([own.meaning.as_str(), own.status.as_str()]);
        if matches!(own.kind, ParameterKind::Number | ParameterKind::Whole) {
            texts.insert(own.unit.as_str());
        }
    }
    assert!(texts.len() > 250, "{}", texts.len());
    for language in FOREIGN {
        let same = |text: &&&str| **text != "1" && speaking(language, || told(text)) == **text;
        let left: Vec<&&str> = texts.iter().filter(same).collect();
        assert!(left.is_empty(), "English in {language:?}: {left:#?}");
    }
    let text = "Venues open at the start of the warm-up.";
    assert!(speaking(Russian, || told(text)).ends_with("разогрева."));
}

/// What a person reads of a page: without styles, scripts, code, and the names of things; with tooltips and the words of charts.
fn read(page: &str) -> String {
    let charts = crate::page::charts_of(page);
    let page = page.split_once("id=\"charts\">").map_or(page, |(page, _)| page);
    let mut text = page.to_owned();
    for element in ["style", "code", "svg", "dl"] {
        let mut left = String::new();
        for (number, part) in text.split(&format!("<{element}")).enumerate() {
            let after = part.split_once(&format!("</{element}>")).map_or("", |(_, after)| after);
            left.push_str(if number == 0 { part } else { after });
        }
        text = left;
    }
    let mut said = content(&text);
    strings(&charts, &mut said);
    said
}

/// What stands between the tags of a page or a drawing, and the tags' tooltips.
fn content(text: &str) -> String {
    let mut said = String::new();
    for part in text.split('<') {
        let (tag, after) = part.split_once('>').unwrap_or(("", part));
        for name in ["title=\"", "aria-label=\""] {
            let value = tag.split_once(name).and_then(|(_, rest)| rest.split_once('"'));
            said.extend(value.map(|(value, _)| format!("{value}\n")));
        }
        said.push_str(after);
        said.push('\n');
    }
    said
}

/// What a person reads of a figure: on paper and, with tooltips, on the page.
fn shown(figure: &Figure) -> String {
    let mut said = content(&svg(figure));
    strings(&serde_json::to_value(figure).unwrap(), &mut said);
    said
}

/// Words that charts show: everything but names of kinds and colours, which are single words.
fn strings(value: &serde_json::Value, said: &mut String) {
    match value {
        serde_json::Value::String(text) if text.contains(' ') => {
            said.push_str(text);
            said.push('\n');
        }
        serde_json::Value::Array(all) => all.iter().for_each(|own| strings(own, said)),
        serde_json::Value::Object(all) => all.values().for_each(|own| strings(own, said)),
        _ => {}
    }
}

/// Names that are the same in all languages.
const NAMES: &str = "crackdown per-draw chance-only effects.csv people-per-agent Apache ECharts License Inter SIL Open Font SVG PNG \
    Strong Garantex Grinex Tornado Cash Silk Road et al WDQ kazakhstan sensitivity discover";

fn is_name(word: &str) -> bool {
    NAMES.split(' ').any(|name| name == word)
}

/// Words of a language with Latin letters that stand next to each other in a text, names left out.
fn english(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines() {
        let latin = |word: &&str| {
            let word = word.trim_matches(|letter: char| !letter.is_alphanumeric());
            word.len() > 1
                && word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '’')
                && !is_name(word)
        };
        let all: Vec<&str> = line.split_whitespace().collect();
        let pair = all.windows(2).any(|pair| pair.iter().all(latin));
        if pair {
            found.push(line.to_owned());
        }
    }
    found
}

/// Lines of figures with a word of Latin letters, names left out: figures have words that stand alone.
fn latin(text: &str) -> Vec<String> {
    let word = |word: &str| {
        let letters = word.chars().all(|letter| letter.is_ascii_alphabetic());
        word.len() > 1 && letters && !is_name(word)
    };
    // Paths of parameters and names of files.
    let named = |word: &&str| {
        let quoted = word.contains('`');
        let word = word.trim_matches(|letter: char| !letter.is_alphanumeric());
        word.contains(['.', '_']) || quoted
    };
    let words = |line: &str| -> Vec<String> {
        let plain = line.split_whitespace().filter(|word| !named(word));
        plain
            .flat_map(|word| word.split(|letter: char| !letter.is_alphanumeric()))
            .map(str::to_owned)
            .collect()
    };
    let has = |line: &&str| words(line).iter().any(|own| word(own));
    text.lines().filter(has).map(str::to_owned).collect()
}

/// A title that every language has.
const KNOWN: &str = "Closer monitoring";

fn assert_figures_foreign(draw: impl Fn() -> Vec<Figure>) {
    for language in FOREIGN {
        speaking(language, || {
            for figure in draw() {
                let left = latin(&shown(&figure));
                assert!(left.is_empty(), "English in {language:?}, {}: {left:#?}", figure.name);
            }
        });
    }
    // The test itself sees English where there is some.
    assert!(draw().iter().all(|figure| latin(&shown(figure)).len() > 5));
}

fn assert_foreign(comparison: &Comparison) {
    for language in FOREIGN {
        let (page, brief) = speaking(language, || {
            let figures = comparison_figures(comparison);
            (page(comparison, &figures, true), brief(comparison, &figures))
        });
        assert!(page.contains(&format!("<html lang=\"{}\"", language.code())));
        for page in [page, brief] {
            let left = english(&read(&page));
            assert!(left.is_empty(), "English in {language:?}: {left:#?}");
            assert!(!page.contains('⟦') && !page.contains('⟧'));
        }
    }
}

#[test]
fn pages_in_russian_and_kazakh_hold_no_english() {
    assert_foreign(&small(2, 3));
    assert_foreign(&small(2, 1));
    assert_foreign(&drawn(2, 3));
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../output/reference/sensitivity");
    let quoted = store::read_sensitivity(Path::new(folder)).unwrap().0;
    assert_foreign(&Comparison { sensitivity: Some(quoted), ..small(2, 3) });
    // The test itself sees English where there is some.
    let comparison = small(2, 3);
    let page = page(&comparison, &comparison_figures(&comparison), true);
    assert!(english(&read(&page)).len() > 50);
}

#[test]
fn what_an_analyst_wrote_stays_in_every_language_and_pages_have_the_same_lines() {
    let mut comparison = small(2, 3);
    let title = "Licences at a tenth of the cost, in 10 days";
    comparison.arms[1].title = title.to_owned();
    comparison.arms[1].changes = vec![
        "+ 2024-10-01  intervention \"hub\": the largest venue of class hub is closed without arrest"
            .to_owned(),
    ];
    comparison.arms[0].sequence =
        ["at first  auto_block: nothing", "2024-01-01  levies: none"].map(str::to_owned).to_vec();
    let pages = Language::ALL.map(|language| {
        speaking(language, || page(&comparison, &comparison_figures(&comparison), true))
    });
    for page in &pages {
        assert!(page.contains(title), "the title was told");
        assert!(["hub&quot;", "«hub»"].iter().any(|own| page.contains(own)), "the name was told");
        let lines = |text: &str| page.matches(text).count();
        assert_eq!(
            ["<li", "<tr"].map(lines),
            ["<li", "<tr"].map(|it| pages[0].matches(it).count())
        );
    }
}

#[test]
fn figures_of_a_run_in_russian_and_kazakh_hold_no_english() {
    let known = About {
        title: "Kazakhstan, status quo".into(),
        name: "kazakhstan".into(),
        measures: vec![
            (date(2024, 3, 1), "closures: 3/month".into()),
            (date(2024, 5, 1), "auto-block: banks 10 %".into()),
        ],
        frozen_since: Some(date(2024, 6, 1)),
        ..about()
    };
    for (number, days, size) in [(1, 30, 1_000_000_000), (6, 400, 3_000_000_000), (2, 800, 0)] {
        let records = records(number, days, size);
        assert_figures_foreign(|| run_figures(&records, &known));
    }
}

#[test]
fn figures_of_dose_and_attribution_in_russian_and_kazakh_hold_no_english() {
    for replications in [1, 3] {
        let mut made = dose::tests::made_up(20, replications);
        made.setting = setting(replications);
        made.curves.iter_mut().for_each(|curve| curve.title = KNOWN.to_owned());
        assert_figures_foreign(|| dose_figures(&made, &SHOWN));
        for by in [By::Measure, By::Mechanism] {
            let mut made = attribution::tests::made_up(3, replications);
            (made.by, made.setting) = (by, setting(replications));
            made.title = "Everything at once".to_owned();
            made.parts = match by {
                By::Measure => ["kyc", "site_blocking", "tax"],
                By::Mechanism => MECHANISMS,
            }
            .map(str::to_owned)
            .to_vec();
            assert_figures_foreign(|| attribution_figures(&made));
        }
    }
}

#[test]
fn the_figure_of_a_forecast_in_russian_and_kazakh_holds_no_english() {
    let periods = periods(date(2024, 1, 1), date(2025, 12, 31));
    let fan = |number: usize| Fan {
        arm: 0,
        quantity: number / periods.len(),
        period: number % periods.len(),
        quantiles: [1e9, 2e9, 3e9, 4e9, 5e9],
        share: 1.0,
    };
    let made = Forecast {
        setting: setting(3),
        arms: vec![("kazakhstan".to_owned(), "Kazakhstan, status quo".to_owned())],
        draws: None,
        fans: (0..quantities().len() * periods.len()).map(fan).collect(),
        periods,
        backtests: Vec::new(),
        backtest_runs: 0,
        frozen_since: Some(date(2025, 1, 1)),
    };
    assert_figures_foreign(|| forecast_figure(&made, &[], String::new()).into_iter().collect());
}

#[test]
fn figures_of_a_calibration_in_russian_and_kazakh_hold_no_english() {
    assert_figures_foreign(|| calibration_figures(&calibration::tests::made_up()));
    // What other calibrations show.
    let name = |own: &Quantity| words::quantity(own.quantity);
    let lacks: Vec<String> = SIGHTS.iter().map(name).filter(|name| !knows(name)).collect();
    assert!(lacks.is_empty(), "not in the catalogue: {lacks:#?}");
}

#[test]
fn figures_of_a_study_in_russian_and_kazakh_hold_no_english() {
    for (policies, draws, replications) in [(1, 1, 2), (2, 40, 1), (6, 60, 2)] {
        let mut made = across::tests::made_up(policies, draws, replications);
        made.asked.title = "What the ranking of measures depends on".to_owned();
        made.asked.arms.iter_mut().for_each(|arm| arm.title = KNOWN.to_owned());
        assert_figures_foreign(|| across_figures(&made));
    }
}

#[test]
fn figures_of_a_sensitivity_in_russian_and_kazakh_hold_no_english() {
    let known = parameters();
    for (policies, number, replications) in [(0, 4, 1), (1, 4, 2), (3, 20, 2)] {
        let mut made = sensitivity::tests::made_up(policies, number, replications);
        made.asked.title = "What the ranking of measures depends on".to_owned();
        made.asked.arms.iter_mut().for_each(|arm| arm.title = KNOWN.to_owned());
        let numbers = known.iter().filter(|own| own.range.is_some());
        for (varied, own) in made.asked.varied.iter_mut().zip(numbers) {
            *varied = Varied::of(own, "0 to 1".to_owned());
        }
        assert_figures_foreign(|| sensitivity_figures(&made));
        for language in FOREIGN {
            let said = speaking(language, || {
                let made = words::sensitivity::in_language(&made);
                retold(&made.sentence())
            });
            assert!(english(&said).is_empty(), "{said}");
        }
        assert!(!english(&made.sentence()).is_empty());
        let headline = words::sensitivity::headline(&made);
        assert!(headline.contains(" depends on ") && !headline.contains('%'), "{headline}");
    }
}

#[test]
fn the_figure_of_a_validation_in_russian_and_kazakh_holds_no_english() {
    for file in ["patterns", "further"] {
        let path = format!("../../scenarios/validation/{file}.ron");
        let catalogue = Catalogue::load(Path::new(&path)).unwrap();
        let line = |(pattern, reading): (&Pattern, &Reading)| ValidatedReading {
            pattern: pattern.name.clone(),
            happened: pattern.words.clone(),
            reading: reading.name.clone(),
            words: reading.words.clone(),
            source: reading.source.clone(),
            fitted: "prior",
            band: reading.band,
            median: f64::INFINITY,
            interval: reading.band,
            draws: 20,
            replications: 2,
            share_inside: 0.55,
            inside: false,
        };
        let each = |pattern: &'_ Pattern| -> Vec<ValidatedReading> {
            pattern.readings.iter().map(|reading| line((pattern, reading))).collect()
        };
        for drawn in [true, false] {
            let made = Validation {
                title: catalogue.title.clone(),
                lines: catalogue.patterns.iter().flat_map(each).collect(),
                drawn,
                seed: 1,
                failed: 0,
            };
            assert_figures_foreign(|| vec![validation_figure(&made)]);
        }
    }
}

#[test]
fn figures_of_a_best_mix_and_of_worlds_in_which_policies_fail_hold_no_english() {
    for (limits, draws) in [(1, 1), (3, 20)] {
        let mut made = optimum::tests::made_up(limits, draws);
        assert_figures_foreign(|| optimum_figures(&made));
        made.won = false;
        assert_figures_foreign(|| optimum_figures(&made));
    }
    let mut made = discovery::tests::found(150, &[]);
    made.worlds.title = "Two policies in four worlds that nobody knows apart".to_owned();
    made.worlds.arms.iter_mut().for_each(|arm| arm.title = KNOWN.to_owned());
    assert_figures_foreign(|| discovery_figures(&made));
    for language in FOREIGN {
        let said = speaking(language, || words::discovery::findings(&made));
        assert!(english(&said).is_empty(), "{said}");
    }
}

/// How runs of the shipped baseline were got.
fn setting(replications: u32) -> Setting {
    Setting {
        baseline: "kazakhstan".to_owned(),
        baseline_title: "Kazakhstan, status quo".to_owned(),
        ..attribution::tests::setting(replications)
    }
}

#[test]
fn a_headline_is_a_sentence_in_each_language_and_amounts_have_its_currency() {
    let comparison = small(2, 3);
    let said = Language::ALL.map(|language| speaking(language, || words::headline(&comparison)));
    for sentences in &said {
        let text = sentences.join(" ");
        assert!(text.ends_with('.') && !text.contains("  "), "{text}");
    }
    assert!(said[1].iter().chain(&said[2]).all(|text| english(text).is_empty()), "{said:?}");
    let amount = |language| speaking(language, || words::amount(-12.34e9, "KZT", true));
    assert_eq!(Language::ALL.map(amount), ["−KZT 12.3 bn", "−12,3 млрд тенге", "−12,3 млрд теңге"]);
    assert!(FOREIGN.iter().all(|own| speaking(*own, || tr("Results")) != "Results"));
}

#[test]
fn each_entry_has_three_texts_with_the_same_gaps_and_enough_forms() {
    let lines = CATALOGUE.lines().filter(|line| !line.starts_with("# ")).count();
    assert!(lines > 10);
    for block in CATALOGUE.split("\n\n") {
        let own: Vec<&str> =
            block.lines().filter(|line| !line.starts_with("# ") && !line.is_empty()).collect();
        assert!(own.is_empty() || own.len() == 3, "not three lines: {own:?}");
    }
    let mut seen = BTreeSet::new();
    for [english, russian, kazakh] in entries(CATALOGUE) {
        assert!(seen.insert(english), "twice: {english}");
        let gaps = |text: &str| {
            let mut all: Vec<String> = text
                .split('{')
                .skip(1)
                .map(|part| part.split('}').next().unwrap().trim().to_owned())
                .collect();
            all.sort();
            all.dedup();
            all
        };
        assert_eq!(gaps(english), gaps(russian), "{russian}");
        assert_eq!(gaps(english), gaps(kazakh), "{kazakh}");
        if english.contains("|{n}") {
            let forms = [english, russian, kazakh].map(|text| text.split('|').count());
            assert_eq!(forms, [2, 3, 1], "{english}");
        }
    }
}

#[test]
fn numbers_take_the_forms_and_signs_of_their_language() {
    let key = "{n} replication|{n} replications";
    let forms = |language| {
        speaking(language, || [1, 2, 5, 11, 21, 22, 112, 1_001].map(|n| counted(n, key)))
    };
    let russian = forms(Russian);
    for (said, ending) in russian.iter().zip(["", "а", "ов", "ов", "", "а", "ов", ""]) {
        let (_, word) = said.split_once(' ').unwrap();
        assert_eq!(word, format!("прогон{ending}"), "{said}");
    }
    assert!(forms(Kazakh).iter().all(|said| said.ends_with(" қайталау")));
    assert_eq!(forms(English)[..2], ["1 replication", "2 replications"]);
    let number = |language| speaking(language, || number("−1,234.5".to_owned()));
    assert_eq!(Language::ALL.map(number), ["−1,234.5", "−1\u{a0}234,5", "−1\u{a0}234,5"]);
}

#[test]
fn what_was_told_in_english_is_told_again_and_what_is_unknown_stays() {
    let told = "banks with 12.5 % of the card market block automatically (was 0 %)";
    let russian = speaking(Russian, || retold(told));
    assert!(russian.contains("12,5 %") && !russian.contains("banks"), "{russian}");
    assert_eq!(speaking(English, || retold(told)), told);
    let russian = |text| speaking(Russian, || retold(text));
    assert_eq!(russian("sites blocked: 1,500/month"), "сайты: 1\u{a0}500 в месяц");
    assert_eq!(russian("KZT 5,000,000"), "5\u{a0}000\u{a0}000 тенге");
    assert_eq!(speaking(Kazakh, || retold("1,234.5 %")), "1\u{a0}234,5 %");
    assert_eq!(russian("1, 25"), "1, 25");
    assert_eq!(
        ["1.5 times", "3 times", "5 times", "11 times", "21 times", "1,500 times"].map(russian),
        ["в 1,5 раза", "в 3 раза", "в 5 раз", "в 11 раз", "в 21 раз", "в 1\u{a0}500 раз"]
    );
    assert_eq!(speaking(Kazakh, || retold("My own policy")), "My own policy");
    assert_eq!(speaking(Kazakh, || tr("My own policy##title").to_owned()), "My own policy");
}

/// What is found in each file of `tests/bad`, of scenarios and of studies.
fn wrong_files() -> Vec<(String, Findings)> {
    let mut found = Vec::new();
    for folder in ["", "studies"] {
        for entry in fs::read_dir(Path::new("../../tests/bad").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|ending| ending != "ron") {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap_or_default();
            let sets: Vec<String> = text
                .lines()
                .map_while(|line| line.strip_prefix("// --set "))
                .map(str::to_owned)
                .collect();
            let findings = match folder {
                "" => scenario::load(&path, &sets).err(),
                _ => Study::load_with(&path, &sets, model::YIELDS, &store::read_table).err(),
            };
            found.extend(findings.map(|findings| (path.display().to_string(), findings)));
        }
    }
    found
}

/// English that is left in a text of a finding: pairs of words outside quotes, brackets and paths, and small words alone.
fn english_of_a_finding(text: &str) -> Vec<String> {
    let small =
        "the is are of and or but not must be without wanted missing days share probability";
    let small: Vec<&str> = small.split(' ').collect();
    let mut plain = String::new();
    let mut closing = None;
    for letter in text.chars() {
        match (closing, letter) {
            (None, '`' | '"') => closing = Some(letter),
            (None, '«') => closing = Some('»'),
            (None, '{') => closing = Some('}'),
            (None, '[') => closing = Some(']'),
            (None, letter) => plain.push(letter),
            (Some(end), letter) if end == letter => {
                closing = None;
                plain.push_str(" · ");
            }
            _ => {}
        }
    }
    // Lists of names that may be written are joined by commas, so no two words stand next to each other.
    let latin = |word: &&str| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let words: Vec<&str> = plain.split(' ').map(|word| word.trim_matches(['(', ')'])).collect();
    let pairs = words.windows(2).filter(|pair| pair.iter().all(latin)).map(|pair| pair.join(" "));
    let alone = words.iter().filter(|word| small.contains(*word)).map(|word| (*word).to_owned());
    pairs.chain(alone).collect()
}

/// What commands say that they do not carry out, line by line: literals behind the calls that say so, with words for their gaps.
fn messages_of_commands() -> BTreeSet<String> {
    let calls = ["failed(", "wrong(", "usage(", "Err(", "tell!(", "show("];
    let mut found = BTreeSet::new();
    for path in files(Path::new("../cli"), &["rs"]) {
        let text = fs::read_to_string(path).unwrap();
        let own = text.split("#[cfg(test)]").next().unwrap();
        for (at, call) in calls.iter().flat_map(|call| own.match_indices(call)) {
            let rest = own[at + call.len()..].trim_start().trim_start_matches('&');
            let rest = rest.trim_start_matches("format!(").trim_start();
            let Some(rest) = rest.strip_prefix('"') else { continue };
            let end = rest.match_indices('"').find(|(at, _)| !rest[..*at].ends_with('\\'));
            let mut literal = rest[..end.unwrap().0].replace("\\\"", "\"").replace("\\n", "\n");
            while let Some((before, after)) = literal.split_once("\\\n") {
                literal = format!("{before}{}", after.trim_start());
            }
            // Names and numbers stand in gaps; what may be left out follows a word at once.
            let (mut said, mut inside) = (String::new(), false);
            for letter in literal.replace("{{", "").replace("}}", "").chars() {
                let quoted = said.matches('`').count() % 2 == 1;
                let tail = said.ends_with(char::is_alphabetic) || said.ends_with('`') && !quoted;
                match letter {
                    '{' if tail => {}
                    '{' => said.push_str("X-1"),
                    '}' => {}
                    _ if !inside => said.push(letter),
                    _ => {}
                }
                inside = letter == '{' || inside && letter != '}';
            }
            let lines = said.lines().map(str::trim).filter(|line| !line.starts_with("crackdown "));
            found.extend(lines.map(str::to_owned));
        }
    }
    found
}

#[test]
fn what_is_found_in_wrong_files_is_said_without_english() {
    let files = wrong_files();
    assert!(files.len() > 100, "{}", files.len());
    let mut texts = BTreeSet::new();
    for (_, findings) in &files {
        for finding in findings.iter() {
            let labels = [&finding.place, &finding.related].into_iter().flatten();
            texts.insert(finding.message.clone());
            texts.extend(labels.map(|(_, label)| label.clone()));
            texts.extend(finding.hints.iter().cloned());
        }
    }
    let messages = messages_of_commands();
    assert!(texts.len() > 500 && messages.len() > 100, "{} {}", texts.len(), messages.len());
    texts.extend(messages);
    for language in FOREIGN {
        let left: Vec<String> = texts
            .iter()
            .map(|text| speaking(language, || told(text)))
            .filter(|said| !english_of_a_finding(said).is_empty())
            .collect();
        assert!(left.is_empty(), "English in {language:?}: {left:#?}");
    }
    // The test itself sees English where there is some, and whole findings change their words but not the lines shown.
    let seen = texts.iter().filter(|text| !english_of_a_finding(text).is_empty()).count();
    assert!(2 * seen > texts.len(), "{seen} of {}", texts.len());
    for (file, findings) in &files {
        let said = speaking(Russian, || findings.render_by(false, &told));
        let english = |line: &str| line.starts_with("error: ") || line.contains(" = help: ");
        assert!(!said.lines().any(english), "{file}:\n{said}");
        assert!(said.contains("ошибка: "), "{file}:\n{said}");
        assert_eq!(findings.render_by(false, &told), findings.to_string());
    }
}

#[test]
fn each_finding_has_three_texts_with_as_many_gaps() {
    let lines = FINDINGS.lines().filter(|line| !line.starts_with("# ") && !line.is_empty());
    assert_eq!(lines.count() % 3, 0);
    let mut seen = BTreeSet::new();
    for [english, russian, kazakh] in entries(FINDINGS) {
        assert!(seen.insert(english), "twice: {english}");
        let number = english.matches("{}").count();
        for text in [russian, kazakh] {
            let letters =
                text.chars().any(|letter| ('а'..='я').contains(&letter.to_ascii_lowercase()));
            assert!(letters || english.len() < 15, "not translated: {english}");
            let mut wanted: Vec<usize> = (1..=number).collect();
            for part in text.split('{').skip(1) {
                let gap = part.split('}').next().unwrap();
                let taken = match gap.parse::<usize>() {
                    Ok(number) => wanted.iter().position(|own| *own == number),
                    Err(_) if gap.is_empty() => Some(0).filter(|_| !wanted.is_empty()),
                    // A bracket of the text itself.
                    Err(_) => continue,
                };
                wanted.remove(taken.unwrap_or_else(|| panic!("a gap too many: {text}")));
            }
            assert!(wanted.is_empty(), "a gap too few: {text}");
        }
    }
}

#[test]
fn dates_in_sentences_are_written_as_readers_have_them_and_dates_to_be_typed_as_files_have_them() {
    let (from, to) = (date(2024, 3, 1), date(2024, 12, 31));
    for language in FOREIGN {
        let said = speaking(language, || crate::say!("{from} to {to}", from, to));
        assert!(said.contains("01.03.2024") && said.contains("31.12.2024"), "{said}");
        let late = "auto_block differs from the baseline only from 2025-01-15, but days count from 2024-01-01; for its own days: \
                    --window 2025-01-15..2025-12-31";
        let said = speaking(language, || told(late));
        assert!(
            said.contains("15.01.2025") && said.contains("--window 2025-01-15..2025-12-31"),
            "{said}"
        );
        let wrong = "`end` must be a date, but \"2024-13-01\" is none";
        assert!(speaking(language, || told(wrong)).contains("\"2024-13-01\""));
        assert_eq!(speaking(language, || told("2025-01-15")), "15.01.2025");
    }
    assert_eq!(
        speaking(English, || crate::say!("{from} to {to}", from, to)),
        "2024-03-01 to 2024-12-31"
    );
}

#[test]
fn numbers_that_somebody_types_stay_as_files_have_them() {
    let say = |text| FOREIGN.map(|language| speaking(language, || told(text)));
    let [russian, kazakh] = say("`customers.number` must be from 1 to 50,000,000, but is 0.5");
    assert_eq!(
        russian,
        "`customers.number`: разрешено от 1 до 50\u{a0}000\u{a0}000, а указано 0.5"
    );
    assert!(kazakh.ends_with("жазылғаны — 0.5"), "{kazakh}");
    let range = "`customers.habit` must be from 0.1 to 1, but is 0.05";
    assert_eq!(say(range)[0], "`customers.habit`: разрешено от 0,1 до 1, а указано 0.05");
    assert_eq!(
        say("known here: days, people"),
        ["здесь возможны: days, people", "мұнда мүмкіндері: days, people"]
    );
    assert_eq!(say("my own words"), ["my own words"; 2]);
    assert_eq!(speaking(English, || told("the file is empty")), "the file is empty");
}
