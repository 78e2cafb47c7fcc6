//! What is wrong with a scenario, said to the person who wrote it: all findings at once, each with the
//! line, a caret, what is allowed and a hint.
//!
//! Deliberately absent: printing (`cli` prints), and the checks themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use world::text::{brief, printable, unprintable};

use super::shipped;
use super::source::{FileId, Sources, Span};
use super::study::Fault;

/// Findings that are shown at once. Source: more are not read before the first are mended; Status: judgement.
const SHOWN: usize = 20;

/// Whether a finding stops the scenario from being used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The scenario cannot be run.
    Error,
    /// The scenario can be run, but perhaps says something else than was meant.
    Warning,
}

/// One thing that is wrong.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Error or warning.
    pub severity: Severity,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Where, with a few words under the caret.
    pub place: Option<(Span, String)>,
    /// Another place that has to do with it.
    pub related: Option<(Span, String)>,
    /// What is allowed and what to do.
    pub hints: Vec<String>,
}

impl Finding {
    /// An error without a place.
    pub fn error(message: impl Into<String>) -> Finding {
        Finding {
            severity: Severity::Error,
            message: message.into(),
            place: None,
            related: None,
            hints: Vec::new(),
        }
    }

    /// A warning without a place.
    pub fn warning(message: impl Into<String>) -> Finding {
        Finding { severity: Severity::Warning, ..Finding::error(message) }
    }

    /// Says where, with a few words under the caret.
    #[must_use]
    pub fn at(mut self, span: Span, label: impl Into<String>) -> Finding {
        self.place = Some((span, label.into()));
        self
    }

    /// Shows another place that has to do with it.
    #[must_use]
    pub fn see(mut self, span: Span, label: impl Into<String>) -> Finding {
        self.related = Some((span, label.into()));
        self
    }

    /// Adds a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Finding {
        self.hints.push(hint.into());
        self
    }

    /// The same with each of its texts as `tell` tells it.
    fn told_by(&self, tell: &dyn Fn(&str) -> String) -> Finding {
        let at = |place: &Option<(Span, String)>| {
            place.as_ref().map(|(span, label)| (*span, tell(label)))
        };
        Finding {
            severity: self.severity,
            message: tell(&self.message),
            place: at(&self.place),
            related: at(&self.related),
            hints: self.hints.iter().map(|hint| tell(hint)).collect(),
        }
    }
}

/// All findings about one scenario, with the texts they point into.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    pub(super) sources: Sources,
    pub(super) found: Vec<Finding>,
}

impl Findings {
    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Everything that is wrong with a table, with its lines.
    pub fn of_faults(path: &Path, faults: Vec<Fault>) -> Findings {
        let mut findings = Findings::default();
        faults.into_iter().for_each(|fault| {
            let finding = findings.of_fault(path, fault, None);
            findings.found.push(finding);
        });
        findings
    }

    /// What is wrong with a table: in its line, or where the file is named.
    pub(super) fn of_fault(&mut self, path: &Path, fault: Fault, named: Option<Span>) -> Finding {
        let shown = shipped::shown(path);
        let finding = Finding::error(format!("cannot use {shown}: {}", fault.why));
        let mut finding = match (fault.line, named) {
            (Some((line, number, cell)), _) => {
                let file = self.sources.add_line(shown, line, number);
                finding.at(Span { file, start: cell.start, end: cell.end }, "here")
            }
            (None, Some(named)) => finding.at(named, "named here"),
            (None, None) => finding,
        };
        finding.hints.extend((!fault.hint.is_empty()).then_some(fault.hint));
        finding
    }

    /// Number of errors.
    pub fn errors(&self) -> usize {
        self.count(Severity::Error)
    }

    /// Number of warnings.
    pub fn warnings(&self) -> usize {
        self.count(Severity::Warning)
    }

    fn count(&self, severity: Severity) -> usize {
        self.found.iter().filter(|finding| finding.severity == severity).count()
    }

    /// The findings in the order in which they are shown.
    pub fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.found.iter()
    }

    /// Takes in what was found about another file that this one names; what was found already is not said again.
    pub(super) fn absorb(&mut self, other: Findings) {
        let first_new = self.sources.len();
        let files: Vec<FileId> = (0..other.sources.len())
            .map(|id| self.sources.also(other.sources.get(FileId(id))))
            .collect();
        let moved = |place: Option<(Span, String)>| {
            place.map(|(span, label)| (Span { file: files[span.file.0], ..span }, label))
        };
        // Nothing was found yet in a text that was not there.
        let shared = |finding: &Finding| {
            finding.place.as_ref().is_none_or(|(span, _)| span.file.0 < first_new)
        };
        let key = |finding: &Finding| (finding.message.clone(), finding.place.clone());
        let own = |finding: &&Finding| {
            let file = finding.place.as_ref().map(|(span, _)| span.file);
            file.is_none_or(|file| files.contains(&file))
        };
        let mut known: BTreeSet<_> = self.found.iter().filter(own).map(key).collect();
        for finding in other.found {
            let (place, related) = (moved(finding.place), moved(finding.related));
            let finding = Finding { place, related, ..finding };
            if !shared(&finding) || known.insert(key(&finding)) {
                self.found.push(finding);
            }
        }
    }

    /// In the order of the texts: the file given, what it extends, the `--set` texts; without doubts about
    /// a value that is wrong anyway.
    pub(super) fn sort(&mut self) {
        let place = |finding: &Finding| finding.place.as_ref().map(|(span, _)| *span);
        let wrong: BTreeSet<Option<Span>> = self
            .found
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .map(place)
            .collect();
        self.found.retain(|finding| {
            finding.severity == Severity::Error || !wrong.contains(&place(finding))
        });
        self.found.sort_by_key(place);
        self.tell_once();
    }

    /// What follows from one mistake is told once: of findings that point to the same other place with the same words only the first, with how many
    /// there are.
    fn tell_once(&mut self) {
        let mut first = BTreeMap::new();
        let mut kept: Vec<Finding> = Vec::new();
        let mut more: BTreeMap<usize, (usize, Span)> = BTreeMap::new();
        for finding in std::mem::take(&mut self.found) {
            if let (Some((span, label)), Some(cause)) = (&finding.place, &finding.related) {
                let message = finding.message.split('`').step_by(2).collect::<String>();
                let message = message.replace(|letter: char| letter.is_ascii_digit(), "");
                let words = (finding.severity, message, label.clone(), finding.hints.clone());
                let at = *first.entry((span.file, cause.clone(), words)).or_insert(kept.len());
                if at < kept.len() {
                    let (count, last) = more.entry(at).or_insert((0, *span));
                    (*count, *last) = (*count + 1, *span);
                    continue;
                }
            }
            kept.push(finding);
        }
        for (at, (number, last)) in more {
            let source = self.sources.get(last.file);
            let before = || source.line + source.text[..last.start].matches('\n').count();
            let line = source.cell(last.start).map_or_else(before, |cell| cell.row);
            kept[at].hints.push(format!("like it: {number} more, the last in line {line}"));
        }
        self.found = kept;
    }

    /// The first findings as text, one after the other with an empty line between, and how many more there are; with colours if `styled`.
    pub fn render(&self, styled: bool) -> String {
        self.render_by(styled, &str::to_owned)
    }

    /// The same with every text, `error`, `warning` and `help` too, as `tell` tells it: in another language.
    pub fn render_by(&self, styled: bool, tell: &dyn Fn(&str) -> String) -> String {
        let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
        let names = ["error", "warning", "help"].map(tell);
        let mut text = String::new();
        for (index, finding) in self.found.iter().take(SHOWN).enumerate() {
            if index > 0 {
                text.push('\n');
            }
            // Lines of files are shown as they are, but for what a terminal obeys; colours are the renderer's own.
            let steers = |letter| match letter {
                '\n' => false,
                '\u{1b}' => !styled,
                letter => unprintable(letter),
            };
            let finding = finding.told_by(tell);
            let shown = renderer.render(&[self.group(&finding, &names)]);
            text.push_str(&shown.replace(steers, "\u{fffd}"));
            text.push('\n');
        }
        if let Some(more @ 1..) = self.found.len().checked_sub(SHOWN) {
            let more = tell(&format!("and {} more: mend these first", plain(more as f64)));
            text.push_str(&format!("\n{more}\n"));
        }
        text
    }

    fn group<'a>(&'a self, finding: &'a Finding, names: &'a [String; 3]) -> Group<'a> {
        let [error, warning, help] = names.each_ref().map(String::as_str);
        let level = match finding.severity {
            Severity::Error => Level::ERROR.with_name(error),
            Severity::Warning => Level::WARNING.with_name(warning),
        };
        let help = Level::HELP.with_name(help);
        let mut group = Group::with_title(level.primary_title(readable(&finding.message)));
        if let Some((span, label)) = &finding.place {
            let mut snippet = self
                .snippet(*span)
                .annotation(AnnotationKind::Primary.span(self.range(*span)).label(readable(label)));
            let mut elsewhere = None;
            if let Some((other, label)) = &finding.related {
                let mark = AnnotationKind::Context.span(self.range(*other)).label(readable(label));
                if self.line(*other) == self.line(*span) {
                    snippet = snippet.annotation(mark);
                } else {
                    elsewhere = Some((*other, self.snippet(*other).annotation(mark)));
                }
            }
            group = self.placed(group, *span).element(snippet);
            if let Some((place, other)) = elsewhere {
                group = self.placed(group, place).element(other);
            }
        }
        group.elements(finding.hints.iter().map(|hint| help.clone().message(readable(hint))))
    }

    /// Before a cell of a workbook its name, in the place of line and column.
    fn placed<'a>(&'a self, group: Group<'a>, span: Span) -> Group<'a> {
        let source = self.sources.get(span.file);
        match source.cell(span.start) {
            Some(cell) => {
                let name = format!("{}: {}", source.name, cell.name);
                group.element(Origin::path(printable(&name).into_owned()))
            }
            None => group,
        }
    }

    /// The text of which lines are shown: all of a file, of a workbook the row.
    fn line(&self, span: Span) -> (FileId, std::ops::Range<usize>) {
        let source = self.sources.get(span.file);
        let row = source.cell(span.start).map(|cell| {
            let (before, after) = source.text.split_at(cell.range.start);
            let start = before.rfind('\n').map_or(0, |end| end + 1);
            start..after.find('\n').map_or(source.text.len(), |end| cell.range.start + end)
        });
        (span.file, row.unwrap_or(0..source.text.len()))
    }

    fn snippet<A: Clone>(&self, span: Span) -> Snippet<'_, A> {
        let source = self.sources.get(span.file);
        let (_, line) = self.line(span);
        let snippet = Snippet::source(&source.text[line]);
        match source.cell(span.start) {
            Some(cell) => snippet.line_start(cell.row),
            None => snippet.line_start(source.line).path(printable(&source.name)),
        }
    }

    /// The bytes to underline: never more than the first line, so that a long group stays short.
    fn range(&self, span: Span) -> std::ops::Range<usize> {
        let (_, shown) = self.line(span);
        let text = &self.sources.get(span.file).text;
        let end = text.floor_char_boundary(span.end);
        let start = text.floor_char_boundary(span.start.min(end));
        let line = text[start..end].find('\n').map_or(end, |newline| start + newline);
        start - shown.start..start - shown.start + text[start..line].trim_end().len()
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Findings {}

/// A text of a finding as it is shown.
fn readable(text: &str) -> String {
    brief(&printable(text)).into_owned()
}

/// Letters by which a name may be told though others are missing. Unit: letters. Source: judgement: fewer stand in any word.
const SHORTEST: usize = 3;

/// The name that was meant by `wanted`, if one is like it: the only one that begins with it, the nearest one, or the only one that holds it
/// or stands in it. Of equally near ones a name that begins with it is meant: somebody knew its first words.
pub fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = wanted.trim().to_lowercase();
    let names: BTreeSet<&str> = names.into_iter().collect();
    // As many letters as the lengths differ by must be added or left out.
    let length = wanted.chars().count();
    let tolerance = (length / 3).max(1);
    let likest = |among: &BTreeSet<&'a str>| {
        among
            .iter()
            .filter(|name| name.chars().count().abs_diff(length) <= tolerance)
            .map(|name| (strsim::damerau_levenshtein(&wanted, &name.to_lowercase()), *name))
            .filter(|(distance, _)| *distance <= tolerance)
            .min()
            .map(|(_, name)| name)
    };
    let among = |like: &dyn Fn(&str) -> bool| -> BTreeSet<&'a str> {
        names.iter().copied().filter(|name| like(&name.to_lowercase())).collect()
    };
    let only = |found: &BTreeSet<&'a str>| found.first().copied().filter(|_| found.len() == 1);
    let longer = among(&|name| length >= SHORTEST && name.starts_with(&wanted));
    let holds = || among(&|name| length > SHORTEST && name.contains(&wanted));
    let within = || {
        let word = |name: &str| {
            let parts = wanted.match_indices(name).map(|(at, _)| (at, at + name.len()));
            let edge = |letter: Option<char>| !letter.is_some_and(char::is_alphanumeric);
            parts.into_iter().any(|(from, to)| {
                edge(wanted[..from].chars().next_back()) && edge(wanted[to..].chars().next())
                    || from == 0 && name.chars().count() > SHORTEST
            })
        };
        among(&|name| name.chars().count() >= SHORTEST && word(name))
    };
    only(&longer)
        .or_else(|| likest(&longer))
        .or_else(|| likest(&names))
        .or_else(|| only(&holds()))
        .or_else(|| only(&within()))
}

/// A number with its thousands apart: `1,600,000`, `0.25`.
pub fn plain(number: f64) -> String {
    let text = number.to_string();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
    let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut apart = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            apart.push(',');
        }
        apart.push(digit);
    }
    format!("{sign}{apart}{fraction}")
}

/// A share as a percentage, without digits that are not there.
pub(super) fn percent(share: f64) -> String {
    // Twelve digits are more than anybody writes and fewer than rounding disturbs.
    format!("{} %", plain((share * 1e12).round() / 1e10))
}

/// A percentage as a share, as the eye reads it: 0.7 % is 0.007 and not 0.006999….
pub(super) fn hundredth(percent: f64) -> f64 {
    (percent * 1e10).round() / 1e12
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_forgives_typing_errors_but_not_other_words() {
        assert_eq!(nearest("herdng", ["habit", "herding"]), Some("herding"));
        assert_eq!(nearest("Largets", ["Easiest", "Largest"]), Some("Largest"));
        assert_eq!(nearest("colour", ["habit", "herding"]), None);
    }

    #[test]
    fn a_name_that_begins_with_what_was_typed_or_holds_it_is_meant_rather_than_one_of_as_many_letters()
     {
        let policies = ["auto_block", "card_limits", "site_blocking"];
        assert_eq!(nearest("site_block", policies), Some("site_blocking"));
        assert_eq!(nearest("site", policies), Some("site_blocking"));
        assert_eq!(nearest("limits", policies), Some("card_limits"));
        assert_eq!(nearest("auto_block_2026", policies), Some("auto_block"));
        assert_eq!(nearest("Kaspi Bank", ["Kaspi", "Halyk"]), Some("Kaspi"));
        assert_eq!(nearest("ForteBank", ["Kaspi", "Forte"]), Some("Forte"));
        // Of several that begin so the nearest; none is no better than a guess.
        assert_eq!(nearest("closure", ["closures", "closures_per_month"]), Some("closures"));
        assert_eq!(nearest("card", ["card_limits", "card_price"]), None);
        assert_eq!(nearest("on", ["only", "none"]), None);
    }

    #[test]
    fn thousands_stand_apart_and_fractions_stay() {
        assert_eq!(plain(1_600_000.0), "1,600,000");
        assert_eq!(plain(-100.0), "-100");
        assert_eq!(plain(1234.25), "1,234.25");
        assert_eq!(hundredth(0.7), 0.007);
    }
}
