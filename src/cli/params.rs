//! `crackdown params`: every parameter with meaning, unit, default, range, source and status.

use super::simulate::{Refusal, json, print, tell};
use super::tables::wrapped;
use ::report::say;
use ::report::speech::{told, tr};
use scenario::finding::{nearest, plain};
use scenario::{Parameter, ParameterKind, parameters};

/// Columns that a line of text may take.
const WIDTH: usize = 100;

/// Which parameters to list, and how.
#[derive(Debug, clap::Args)]
pub struct ParamsArgs {
    /// List only parameters whose path or meaning contains this, whatever its case
    pub pattern: Option<String>,
    /// How to list them; CSV and JSON have one row for each class and segment
    #[arg(long, value_enum, default_value_t = ParameterFormat::Text)]
    pub format: ParameterFormat,
}

/// How parameters are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum ParameterFormat {
    /// For reading
    Text,
    /// For spreadsheets
    Csv,
    /// For programs
    Json,
}

/// Lists the parameters; fails if none matches.
pub fn run(args: &ParamsArgs) -> Result<(), Refusal> {
    let all = parameters();
    let pattern = args.pattern.as_deref().unwrap_or("");
    let chosen = matching(&all, pattern);
    if chosen.is_empty() {
        tell!("{}", nothing_matches(&all, pattern));
        return Err(().into());
    }
    let text = match args.format {
        ParameterFormat::Text => readable(&chosen),
        ParameterFormat::Csv => rows(&chosen),
        ParameterFormat::Json => json(&chosen),
    };
    print(&text);
    Ok(())
}

fn matching<'a>(all: &'a [Parameter], pattern: &str) -> Vec<&'a Parameter> {
    let pattern = pattern.to_lowercase();
    let matches = |parameter: &&Parameter| {
        parameter.path.to_lowercase().contains(&pattern)
            || parameter.meaning.to_lowercase().contains(&pattern)
            || told(&parameter.meaning).to_lowercase().contains(&pattern)
    };
    all.iter().filter(matches).collect()
}

fn nothing_matches(all: &[Parameter], pattern: &str) -> String {
    let names = all.iter().flat_map(|parameter| {
        let path = parameter.path.as_str();
        std::iter::once(path).chain(path.split('.'))
    });
    let hint = match nearest(pattern, names) {
        Some(near) => say!("did you mean `{near}`?", near),
        None => say!("`crackdown params` without a pattern lists all"),
    };
    say!("no parameter has `{pattern}` in its path or meaning; {hint}", pattern, hint)
}

/// One block of lines for each documented parameter; members of a family share theirs.
fn readable(chosen: &[&Parameter]) -> String {
    let families = chosen.chunk_by(|a, b| a.documented_at == b.documented_at);
    let blocks: Vec<String> = families.map(block).collect();
    blocks.join("\n")
}

fn block(family: &[&Parameter]) -> String {
    let Some(first) = family.first() else { return String::new() };
    let member = |parameter: &&Parameter| {
        let default = match parameter.numbers[..] {
            [number] if !parameter.default.contains(':') => told(&plain(number)),
            _ => parameter.default.clone(),
        };
        let name = parameter.path.strip_prefix(&format!("{}.", parameter.documented_at));
        name.map_or_else(|| default.clone(), |name| format!("{name} {default}"))
    };
    let defaults: Vec<String> = family.iter().map(member).collect();
    let unit = match &first.kind {
        ParameterKind::Choice(choices) => say!("one of {words}", words = choices.join(", ")),
        ParameterKind::List(fields) => say!("list of ({fields})", fields = fields.join(", ")),
        ParameterKind::Map(fields) => {
            say!("names with groups of ({fields})", fields = fields.join(", "))
        }
        ParameterKind::Whole => say!("{unit}, whole number", unit = told(&first.unit)),
        ParameterKind::Text => say!("text##kind"),
        ParameterKind::Date => say!("date##kind"),
        ParameterKind::Number => told(&first.unit),
    };
    let unit = if first.by_date { say!("{unit}; may change on dates", unit) } else { unit };
    let allowed = || told(&first.allowed.in_words());
    let range = match (first.range, &first.kind) {
        (Some(range), _) => {
            let range = told(&range.in_words());
            say!("{range} (allowed: {allowed})", range, allowed = allowed())
        }
        (None, ParameterKind::Number | ParameterKind::Whole) => {
            say!("fixed (allowed: {allowed})", allowed = allowed())
        }
        (None, _) => say!("fixed"),
    };
    let rows = [
        ("", told(&first.meaning)),
        (tr("unit##params"), unit),
        (tr("default##params"), defaults.join(", ")),
        (tr("range##params"), range),
        (tr("status##params"), told(&first.status)),
        (tr("source##params"), first.source.clone()),
    ];
    let mut text = format!("{}\n", first.documented_at);
    for (name, value) in rows {
        // Meaning and labels are indented by two columns, values stand behind the longest label.
        let indent = if name.is_empty() { 2 } else { 11 };
        for (index, line) in wrapped(&value, WIDTH - indent).iter().enumerate() {
            let label = if index == 0 { name } else { "" };
            let labelled = format!("  {label}");
            text.push_str(&format!("{labelled:<indent$}{line}\n"));
        }
    }
    text
}

fn rows(chosen: &[&Parameter]) -> String {
    let mut text = "path,meaning,unit,by_date,default,allowed_low,allowed_high,range_low,range_high,status,source\n".to_owned();
    for parameter in chosen {
        let bound = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
        let range = |end: fn(&scenario::Bounds) -> Option<f64>| {
            bound(parameter.range.as_ref().and_then(end))
        };
        text.push_str(&cells(&[
            &parameter.path,
            &parameter.meaning,
            &parameter.unit,
            &parameter.by_date.to_string(),
            &parameter.default,
            &bound(parameter.allowed.low),
            &bound(parameter.allowed.high),
            &range(|bounds| bounds.low),
            &range(|bounds| bounds.high),
            &parameter.status,
            &parameter.source,
        ]));
    }
    text
}

/// A row of a table.
pub(super) fn cells(cells: &[&str]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(cells).expect("memory takes everything");
    let row = writer.into_inner().expect("memory takes everything");
    String::from_utf8(row).expect("cells are text")
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::report::language::{Language, speaking};

    #[test]
    fn cells_with_commas_and_quotes_are_quoted() {
        assert_eq!(cells(&["a, \"b\"", "plain"]), "\"a, \"\"b\"\"\",plain\n");
    }

    #[test]
    fn thousands_of_a_default_are_apart_as_the_language_has_them() {
        let parameters = scenario::parameters();
        let own = parameters.iter().find(|own| own.path == "customers.number").unwrap();
        let said = |language| speaking(language, || block(&[own]));
        assert!(said(Language::English).contains("1,600,000"));
        let russian = said(Language::Russian);
        assert!(russian.contains("1\u{a0}600\u{a0}000"), "{russian}");
        assert!(!russian.contains("1,600,000"), "{russian}");
    }
}
