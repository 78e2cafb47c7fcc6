//! A workbook of levers (.xlsx) as a layer: a row a lever, as `crackdown template --xlsx` writes it.
//!
//! Its cells become the tree that a reform in JSON is, so all that follows is the same. Each keeps its name, and findings show
//! `Levers!F12` instead of line and column.
//!
//! Deliberately absent: writing one (`study`, `store/template.rs`).

use std::collections::BTreeMap;
use std::io::Cursor;
use std::ops::Range;
use std::path::Path;

use calamine::{DataRef, ExcelDateTime, ExcelDateTimeType, Reader, Xlsx, XlsxError};
use jiff::civil::Date;

use super::adjustable::settings;
use super::campaign::CampaignValue;
use super::changes::listed;
use super::files;
use super::finding::{Finding, plain};
use super::names::Names;
use super::reader::unfit;
use super::shape::{Parameter, ParameterKind, Schema, parameters, shape};
use super::shipped::shown;
use super::source::{FileId, Span};
use super::tree::{Key, Tree, Value};
use super::window::days_of;
use super::world::Scenario;

/// Heads of the columns that are read, in the row above the levers: path, new value, first day.
pub const HEADS: [&str; 3] = ["Lever", "New value", "From"];
/// What stands to the left of a cell about the whole policy, and the field that the cell is.
pub const LABELS: [(&str, &str); 3] =
    [("Name", "name"), ("Title", "title"), ("Stands on", "extends")];

/// Largest workbook. Unit: bytes. Source: a template with all levers has 20,000; packed text grows a thousandfold;
/// Status: judgement.
const LARGEST_BYTES: u64 = 1_000_000;
/// Most cells with something in them. Unit: cells. Source: a template has 1,500; Status: judgement.
const MOST_CELLS: usize = 100_000;
/// Days as workbooks number them, told from years. Unit: days since 1900. Source: from 1954 to 2119; Status: judgement.
const DAYS: Range<f64> = 20_000.0..80_000.0;

/// Whether a file is a workbook, by its name.
pub(super) fn is_workbook(path: &Path) -> bool {
    let end = path.extension().unwrap_or_default();
    ["xlsx", "xlsm"].iter().any(|known| end.eq_ignore_ascii_case(known))
}

/// A cell, and where its content stands in the text that stands for the workbook.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetCell {
    /// As in `Levers!F12`.
    pub name: String,
    /// Number of its row, from 1.
    pub row: usize,
    /// Bytes of the text.
    pub range: Range<usize>,
}

/// What a cell holds.
#[derive(Clone, Debug)]
enum CellContent {
    Number(f64),
    Text(String),
    Day(String),
    Truth(bool),
    Mistake(String),
    /// A formula that nobody calculated: programs that write workbooks leave that to the spreadsheet.
    Formula(String),
}

/// Row and column, from 0.
type Position = (u32, u32);

/// A workbook as it was read.
#[derive(Debug)]
pub(super) struct Book {
    sheets: Vec<(String, BTreeMap<Position, CellContent>)>,
}

/// A workbook as a text with a line for each row, and the tree that it says.
pub(super) struct BookText {
    pub(super) text: String,
    pub(super) cells: Vec<SheetCell>,
    pub(super) tree: Tree,
}

/// Reads a workbook, or says what is wrong with it and what to do.
pub(super) fn content(path: &Path) -> Result<Book, (String, String)> {
    let name = shown(path);
    let bytes = files::whole(path, LARGEST_BYTES)
        .map_err(|error| (format!("cannot read {name}: {}", files::why(&error)), String::new()))?;
    let none = |error: XlsxError| {
        let hint = "`crackdown template --xlsx --out policy.xlsx` writes one; save it as .xlsx";
        (format!("{name} is not a workbook that can be read: {error}"), hint.to_owned())
    };
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(none)?;
    let (mut sheets, mut number) = (Vec::new(), 0);
    for sheet in book.sheet_names() {
        let mut cells = BTreeMap::new();
        let mut reader = book.worksheet_cells_reader(&sheet).map_err(none)?;
        while let Some(cell) = reader.next_cell_with_formula().map_err(none)? {
            let Some(held) = held(&cell.value, cell.formula) else { continue };
            number += 1;
            if number > MOST_CELLS {
                let most = plain(MOST_CELLS as f64);
                let wrong = format!("{name} has more than {most} cells");
                return Err((wrong, "a workbook of levers has a row for each lever".to_owned()));
            }
            cells.insert(cell.pos, held);
        }
        sheets.push((sheet, cells));
    }
    if !sheets.iter().any(|(_, cells)| heads(cells).is_some()) {
        let [path, value, _] = HEADS;
        return Err((
            format!(
                "{name} holds no levers: no sheet has a row with the heads \"{path}\" and \"{value}\""
            ),
            "`crackdown template --xlsx --out policy.xlsx` writes a workbook to be filled"
                .to_owned(),
        ));
    }
    Ok(Book { sheets })
}

/// Whether a file is a workbook of levers, empty or filled.
pub fn holds_levers(path: &Path) -> bool {
    content(path).is_ok()
}

fn held(cell: &DataRef, formula: Option<String>) -> Option<CellContent> {
    let text = |text: &str| {
        let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (!one_line.is_empty()).then_some(CellContent::Text(one_line))
    };
    match cell {
        DataRef::Empty => formula.map(|formula| CellContent::Formula(format!("={formula}"))),
        DataRef::Int(number) => Some(CellContent::Number(*number as f64)),
        DataRef::Float(number) => Some(CellContent::Number(*number)),
        DataRef::String(string) => text(string),
        DataRef::SharedString(string) => text(string),
        DataRef::DateTimeIso(string) => Some(CellContent::Day(string.chars().take(10).collect())),
        DataRef::DurationIso(string) => text(string),
        DataRef::DateTime(day) => Some(CellContent::Day(day_of(day))),
        DataRef::Bool(truth) => Some(CellContent::Truth(*truth)),
        DataRef::Error(error) => Some(CellContent::Mistake(error.to_string())),
    }
}

fn day_of(day: &ExcelDateTime) -> String {
    let (year, month, day, ..) = day.to_ymd_hms_milli();
    format!("{year:04}-{month:02}-{day:02}")
}

/// The row with the heads, and the column of each: path, new value and, if there is one, first day.
fn heads(cells: &BTreeMap<Position, CellContent>) -> Option<(u32, [Option<u32>; 3])> {
    let said = |held: &CellContent| match held {
        CellContent::Text(text) => HEADS.iter().position(|head| head.eq_ignore_ascii_case(text)),
        _ => None,
    };
    let mut found: Option<(u32, [Option<u32>; 3])> = None;
    for (&(row, column), held) in cells {
        let Some(head) = said(held) else { continue };
        let (at, columns) = found.get_or_insert((row, [None; 3]));
        if *at != row {
            // A row with the path alone was none.
            (*at, *columns) = (row, [None; 3]);
        }
        columns[head].get_or_insert(column);
        let next_is_here =
            cells.range((row, column + 1)..(row + 1, 0)).any(|(_, it)| said(it).is_some());
        if columns[0].is_some() && columns[1].is_some() && !next_is_here {
            return found;
        }
    }
    None
}

/// As in `Levers!F12`.
fn name_of(sheet: &str, (row, column): Position) -> String {
    let mut letters = String::new();
    let mut rest = column + 1;
    while rest > 0 {
        let letter = u8::try_from((rest - 1) % 26).unwrap_or_default();
        letters.insert(0, char::from(b'A' + letter));
        rest = (rest - 1) / 26;
    }
    let plain = sheet.chars().all(char::is_alphanumeric);
    let sheet = if plain { sheet.to_owned() } else { format!("'{sheet}'") };
    format!("{sheet}!{letters}{}", row + 1)
}

impl CellContent {
    /// As the cell is shown with a finding.
    fn written(&self) -> String {
        match self {
            CellContent::Number(number) => number.to_string(),
            CellContent::Text(text)
            | CellContent::Day(text)
            | CellContent::Mistake(text)
            | CellContent::Formula(text) => text.clone(),
            CellContent::Truth(truth) => truth.to_string(),
        }
    }

    /// The day from which a value holds: workbooks have days, people also write texts and years.
    fn day(&self) -> String {
        match self {
            CellContent::Number(number) if DAYS.contains(number) => {
                day_of(&ExcelDateTime::new(*number, ExcelDateTimeType::DateTime, false))
            }
            held => {
                let text = held.written();
                let parts: Vec<&str> = text.split('.').collect();
                let iso = match parts[..] {
                    [day, month, year] if year.len() == 4 => {
                        format!("{year}-{month:0>2}-{day:0>2}")
                    }
                    _ => text.clone(),
                };
                days_of(&iso).map_or(text, |(first, _)| first.to_string())
            }
        }
    }
}

/// A lever's values: each with the day from which it holds.
type LeverValues = Vec<(Option<Tree>, Tree)>;

impl Book {
    /// What the workbook says, as a text and as a tree with places in that.
    pub(super) fn laid(&self, file: FileId, found: &mut Vec<Finding>) -> BookText {
        let mut lines = RowTexts { file, text: String::new(), cells: Vec::new() };
        let mut entries: Vec<(Key, Tree)> = Vec::new();
        let mut levers: Vec<(Tree, LeverValues)> = Vec::new();
        for (sheet, cells) in &self.sheets {
            match heads(cells) {
                None => labels(sheet, cells, &mut lines, &mut entries, found),
                Some((head, columns)) => {
                    let rows = cells.range((head + 1, 0)..).map(|((row, _), _)| *row);
                    let mut rows: Vec<u32> = rows.collect();
                    rows.dedup();
                    for row in rows {
                        let cell = |column: Option<u32>| {
                            let at = (row, column?);
                            cells.get(&at).map(|held| (at, held))
                        };
                        lever(sheet, columns.map(cell), &mut lines, &mut levers, found);
                    }
                }
            }
        }
        for (path, dated) in levers {
            let value = by_date(&path, dated, found);
            entries.push((Key::Written(path), value));
        }
        let RowTexts { text, cells, .. } = lines;
        let span = Span { file, start: 0, end: text.len() };
        BookText { tree: Tree { value: Value::Map(entries), span }, text, cells }
    }
}

/// The text that stands for a workbook while it grows.
struct RowTexts {
    file: FileId,
    text: String,
    cells: Vec<SheetCell>,
}

impl RowTexts {
    /// A line of cells; the place of each.
    fn line<const N: usize>(
        &mut self,
        sheet: &str,
        cells: [Option<(Position, &CellContent)>; N],
    ) -> [Span; N] {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let mut first = true;
        cells.map(|cell| {
            let Some((at, held)) = cell else { return Span::NOWHERE };
            if !std::mem::take(&mut first) {
                self.text.push_str("  ");
            }
            let start = self.text.len();
            self.text.push_str(&held.written());
            let range = start..self.text.len();
            let row = at.0 as usize + 1;
            self.cells.push(SheetCell { name: name_of(sheet, at), row, range });
            Span { file: self.file, start, end: self.text.len() }
        })
    }
}

/// Name and title of the policy, and what it stands on.
fn labels(
    sheet: &str,
    cells: &BTreeMap<Position, CellContent>,
    lines: &mut RowTexts,
    entries: &mut Vec<(Key, Tree)>,
    found: &mut Vec<Finding>,
) {
    for (&(row, column), label) in cells {
        let CellContent::Text(text) = label else { continue };
        let known = LABELS.iter().find(|(label, _)| label.eq_ignore_ascii_case(text));
        let at = (row, column + 1);
        let (Some((_, field)), Some(held)) = (known, cells.get(&at)) else { continue };
        let [key, span] = lines.line(sheet, [Some(((row, column), label)), Some((at, held))]);
        if let Some(wrong) = uncalculated(held, span) {
            found.push(wrong);
            continue;
        }
        let text = held.written();
        match unfit(&text, &text, span) {
            Some(wrong) => found.push(wrong),
            None => entries.push((
                Key::Written(Tree { value: Value::Text((*field).to_owned()), span: key }),
                Tree { value: Value::Text(text), span },
            )),
        }
    }
}

/// A row of the sheet of levers; one without a value says nothing.
fn lever(
    sheet: &str,
    [path, value, from]: [Option<(Position, &CellContent)>; 3],
    lines: &mut RowTexts,
    levers: &mut Vec<(Tree, LeverValues)>,
    found: &mut Vec<Finding>,
) {
    if value.is_none() && from.is_none() {
        return;
    }
    let [path_at, value_at, from_at] = lines.line(sheet, [path, value, from]);
    let before = found.len();
    for (cell, place) in [(path, path_at), (value, value_at), (from, from_at)] {
        found.extend(cell.and_then(|(_, held)| uncalculated(held, place)));
    }
    if found.len() > before {
        return;
    }
    let Some((_, name)) = path else {
        let place = if value.is_some() { value_at } else { from_at };
        found.push(
            Finding::error("a row without a lever")
                .at(place, "of which lever?")
                .hint(format!("write the lever's path in the column \"{}\"", HEADS[0])),
        );
        return;
    };
    let path = name.written();
    let Some((_, held)) = value else {
        found.push(
            Finding::error(format!("`{path}` has a day and no value"))
                .at(from_at, "what holds from this day on?")
                .hint(format!("write the value in the column \"{}\", or clear the day", HEADS[1])),
        );
        return;
    };
    let Some(value) = typed(&path, held, value_at, found) else { return };
    let from = from.map(|(_, held)| Tree { value: Value::Text(held.day()), span: from_at });
    let known = levers.iter_mut().find(|(lever, _)| lever.text() == Some(&*path));
    match known {
        Some((_, dated)) => dated.push((from, value)),
        None => {
            levers.push((Tree { value: Value::Text(path), span: path_at }, vec![(from, value)]));
        }
    }
}

/// What is wrong with a cell that has a formula and no value: taken for empty, the cell would say nothing without a word.
fn uncalculated(held: &CellContent, place: Span) -> Option<Finding> {
    let CellContent::Formula(formula) = held else { return None };
    let finding = Finding::error(format!("the formula `{formula}` was never calculated"));
    Some(
        finding.at(place, "the file has no value here").hint(
            "open the file in a spreadsheet program and save it there, or type the value itself",
        ),
    )
}

/// What a cell says of a parameter; `None` if that is reported.
fn typed(path: &str, held: &CellContent, span: Span, found: &mut Vec<Finding>) -> Option<Tree> {
    let parameter: Option<&Parameter> = match shape().at(path) {
        Some(Schema::Leaf(parameter)) => Some(parameter),
        _ => None,
    };
    let kind = parameter.map(|parameter| &parameter.kind);
    let numeric = matches!(kind, Some(ParameterKind::Number | ParameterKind::Whole));
    let value = match held {
        CellContent::Number(number) => Value::Number(number + 0.0),
        CellContent::Truth(truth) => Value::Name(truth.to_string()),
        CellContent::Mistake(mistake) => {
            found.push(
                Finding::error(format!("the value of `{path}` is a mistake: {mistake}"))
                    .at(span, "a value is wanted")
                    .hint("mend the formula, or type the value itself"),
            );
            return None;
        }
        CellContent::Day(day) if numeric => {
            found.push(
                Finding::error(format!("the value of `{path}` is a date: {day}"))
                    .at(span, "a number is wanted")
                    .hint("set the cell's format to Number and type the value again: spreadsheets take 1.5 or 1-5 for a day"),
            );
            return None;
        }
        CellContent::Day(text) | CellContent::Formula(text) => Value::Text(text.clone()),
        CellContent::Text(text) => {
            if let Some(wrong) = unfit(text, text, span) {
                found.push(wrong);
                return None;
            }
            match (number(text).filter(|_| numeric), kind) {
                (Some(number), _) => Value::Number(number),
                (None, Some(ParameterKind::Choice(_))) if text.contains(',') => {
                    let item =
                        |part: &str| Tree { value: Value::Text(part.trim().to_owned()), span };
                    Value::List(text.split(',').map(item).collect())
                }
                _ => Value::Text(text.clone()),
            }
        }
    };
    Some(Tree { value, span })
}

/// A number that is kept as a text, with a decimal comma too where it can be nothing else.
fn number(text: &str) -> Option<f64> {
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-'));
    let comma = text.split_once(',').filter(|(_, rest)| rest.len() != 3);
    let text = comma.map_or_else(|| text.to_owned(), |(whole, rest)| format!("{whole}.{rest}"));
    text.parse().ok().filter(|_| plain(&text))
}

/// The value of a lever, or its values by date.
fn by_date(path: &Tree, mut dated: LeverValues, found: &mut Vec<Finding>) -> Tree {
    let path = path.text().unwrap_or_default();
    if let [(None, _)] = dated[..]
        && let Some((_, value)) = dated.pop()
    {
        return value;
    }
    let (mut days, mut entries, mut whole) = (Names::new(), Vec::new(), None);
    for (from, value) in dated {
        whole.get_or_insert(value.span);
        let Some(key) = from else {
            found.push(
                Finding::error(format!("`{path}` has several values, and this one no day"))
                    .at(value.span, "from which day does it hold?")
                    .hint(format!("write the day in the column \"{}\"", HEADS[2])),
            );
            continue;
        };
        let day = key.text().unwrap_or_default();
        if days.once(day, &format!("`{path}` from {day}"), key.span, found) {
            entries.push((Key::Written(key), value));
        }
    }
    // A workbook may have its rows in any order.
    entries.sort_by_key(|(key, _)| key.text().and_then(|text| text.parse::<Date>().ok()));
    Tree { value: Value::Map(entries), span: whole.unwrap_or(Span::NOWHERE) }
}

/// A lever as a template shows it.
#[derive(Clone, Debug)]
pub struct TemplateLever {
    /// Path, meaning, unit, what is allowed.
    pub parameter: Parameter,
    /// What holds on the last day: a number, or words.
    pub today: Result<f64, String>,
    /// All values by date, where they change.
    pub by_date: Option<String>,
}

/// All levers of a policy, with their values in a scenario; campaigns and interventions are none.
pub fn levers(scenario: &Scenario) -> Vec<TemplateLever> {
    let tree = Tree::of(scenario);
    let row = |parameter: Parameter| {
        let dated = settings(tree.at(&parameter.path)?)?;
        let today = match dated.on(scenario.end) {
            CampaignValue::Number(number) => Ok(number),
            CampaignValue::Word(word) => Err(word),
        };
        let by_date = (dated.steps().count() > 1).then(|| listed(&dated));
        Some(TemplateLever { parameter, today, by_date })
    };
    let all = parameters().into_iter();
    all.filter(|one| one.path.starts_with("policy.") && !matches!(one.kind, ParameterKind::Map(_)))
        .filter_map(row)
        .collect()
}
