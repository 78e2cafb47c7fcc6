//! `results.xlsx`: a summary and the tables of a comparison as sheets of one workbook, for people who read and print.
//!
//! Policies and measures have their titles here, and numbers look as their units want; what programs read is in the tables.

use std::collections::BTreeMap;

use rust_xlsxwriter::{
    DocProperties, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::table::{ColumnValues, ResultColumn, Table, UNIT_OF_ROW};
use super::template::day;
use crate::comparison::{ComparedArm, Comparison, Effect};
use model::{MEASURES, Measure};

/// Measures that a summary shows, and whatever else shows effects in one view.
pub const SHOWN: [&str; 6] = [
    "crime_turnover",
    "unlicensed_domestic_turnover",
    "unlicensed_foreign_turnover",
    "private_turnover",
    "licensed_turnover",
    "honest_turnover_stopped",
];

/// Tables that are sheets; the others are long and for programs.
const SHEETS: [&str; 7] =
    ["effects", "displacement", "ranking", "pairs", "outside", "recovery", "agency_view"];
/// Rows of a sheet at most. Unit: rows. Source: more than thirty pages are not printed; Status: judgement.
const LONGEST: usize = 1_500;
/// Width of a column of words at most. Unit: characters. Source: three of them fit a page; Status: judgement.
const WIDEST: usize = 44;
/// Width of a column of numbers at least. Unit: characters. Source: a billion with its spaces; Status: judgement.
const OF_NUMBERS: f64 = 13.0;
/// The same of percents. Unit: characters. Source: a thousand with a sign and a digit; Status: judgement.
const OF_PERCENTS: f64 = 10.0;
/// Height of a line. Unit: points. Source: what spreadsheets give a row of the usual font; Status: measured.
const LINE: f64 = 15.0;
/// A4 as workbooks number it.
const A4: u8 = 9;
/// Columns whose words are names of scenarios.
const SCENARIOS: [&str; 4] = ["policy", "scenario", "first", "second"];

/// The workbook; the same comparison gives the same bytes.
pub fn workbook(comparison: &Comparison, tables: &[Table]) -> Result<Vec<u8>, String> {
    build(comparison, tables).map_err(|error| error.to_string())
}

/// How cells look.
struct WorkbookFormats {
    head: Format,
    strong: Format,
    date: Format,
    left: Format,
}

fn build(comparison: &Comparison, tables: &[Table]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // The day of the window's end: a workbook wants a date, and a clock would change its bytes.
    let date = day(comparison.window.1)?;
    let title = format!("crackdown {}: comparison", comparison.version);
    workbook.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&date));
    let strong = Format::new().set_bold();
    let head = strong.clone().set_border_bottom(FormatBorder::Thin).set_text_wrap();
    let looks = WorkbookFormats {
        head: head.set_align(FormatAlign::Top),
        strong,
        date: Format::new().set_num_format("yyyy-mm-dd"),
        left: Format::new().set_align(FormatAlign::Left),
    };
    summary(&mut workbook, comparison, &looks)?;
    about(&mut workbook, comparison, tables, &looks)?;
    for table in tables.iter().filter(|table| is_sheet(table) && table.len() <= LONGEST) {
        sheet(workbook.add_worksheet(), comparison, table, &looks)?;
    }
    workbook.save_to_buffer()
}

fn is_sheet(table: &Table) -> bool {
    SHEETS.contains(&table.name) && !table.is_empty()
}

/// A page that prints across, as wide as it is, with its head on every page.
fn printed(sheet: &mut Worksheet, head: u32) -> Result<(), XlsxError> {
    sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(head, head)?;
    sheet.set_freeze_panes(head + 1, 1)?;
    sheet.set_footer("&L&A&RPage &P of &N");
    Ok(())
}

/// A name as people say it: `effect_percent` as "Effect percent".
fn said(name: &str) -> String {
    let words = name.replace('_', " ").replace("kzt", "KZT");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A measure as people say it: an own definition by its title.
fn measure(comparison: &Comparison, name: &str) -> String {
    let declared = MEASURES.iter().find(|measure| measure.name == name);
    comparison
        .title(name)
        .map_or_else(|| declared.map_or_else(|| said(name), Measure::title), str::to_owned)
}

/// How wide a number is when it is shown whole, with its thousands apart and its sign.
fn width_of(value: f64) -> f64 {
    let digits = format!("{:.0}", value.abs()).len();
    (digits + (digits - 1) / 3 + 3) as f64
}

/// Makes the row of heads as high as the one with most lines in its column wants it: spreadsheets do not do so when they open a file.
fn heads_shown(sheet: &mut Worksheet, row: u32, heads: &[(String, f64)]) -> Result<(), XlsxError> {
    // Words are not broken and bold letters are wide: two characters a line are lost.
    let lines = heads.iter().map(|(head, width)| {
        let longest = head.split(' ').map(|word| word.chars().count()).max().unwrap_or(1);
        (head.chars().count() as f64 / (width - 2.0).max(longest as f64)).ceil()
    });
    sheet.set_row_height(row, LINE * lines.fold(1.0, f64::max))?;
    Ok(())
}

/// How numbers of a unit look.
fn number_format(unit: &str, value: f64) -> &'static str {
    match unit {
        "KZT" | "KZT a day" => "#,##0",
        "share" | "probability" => "0.0%",
        "%" => "0.0",
        _ if value.fract() == 0.0 || value.abs() >= 1_000.0 => "#,##0",
        _ => "0.00",
    }
}

fn sheet(
    sheet: &mut Worksheet,
    comparison: &Comparison,
    table: &Table,
    looks: &WorkbookFormats,
) -> Result<(), XlsxError> {
    sheet.set_name(said(table.name))?;
    let titles: BTreeMap<&str, &str> =
        comparison.arms.iter().map(|arm| (&*arm.name, &*arm.title)).collect();
    let units = table.columns.iter().find(|column| column.name == "unit");
    let formats: BTreeMap<&str, Format> = ["#,##0", "0.0%", "0.0", "0.00"]
        .into_iter()
        .map(|format| (format, Format::new().set_num_format(format)))
        .collect();
    let mut heads = Vec::new();
    for (number, column) in (0_u16..).zip(&table.columns) {
        let title = head(column);
        sheet.write_string_with_format(0, number, &title, &looks.head)?;
        let mut of_numbers = OF_NUMBERS;
        let words = matches!(column.values, ColumnValues::Text(_) | ColumnValues::Truth(_));
        let mut widest = if words { 8 } else { 0 };
        for row in 0..column.values.len() {
            let at = row as u32 + 1;
            let text = column.values.text(row);
            if let ColumnValues::Date(dates) = &column.values
                && let Some(date) = dates[row]
            {
                sheet.write_datetime_with_format(at, number, &day(date)?, &looks.date)?;
                continue;
            }
            // A sheet shows what the table shows, not digits beyond.
            match text.parse::<f64>() {
                Ok(value) if value.is_finite() && !words => {
                    let unit = match &*column.unit {
                        UNIT_OF_ROW => units.map_or("".into(), |units| units.values.text(row)),
                        own => own.into(),
                    };
                    let year = matches!(&*unit, "year" | "number")
                        && matches!(column.values, ColumnValues::Whole(_) | ColumnValues::Index(_));
                    of_numbers = of_numbers.max(width_of(value));
                    if year {
                        sheet.write_number(at, number, value)?;
                    } else {
                        let format = &formats[number_format(&unit, value)];
                        sheet.write_number_with_format(at, number, value, format)?;
                    }
                }
                _ => {
                    let shown = match &*column.name {
                        name if SCENARIOS.contains(&name) => titles
                            .get(&*text)
                            .map_or_else(|| text.to_string(), |it| (*it).to_owned()),
                        "measure" => measure(comparison, &text),
                        "entry" | "quantity" | "series" => said(&text),
                        _ => text.into_owned(),
                    };
                    widest = widest.max(shown.chars().count());
                    sheet.write_string(at, number, shown)?;
                }
            }
        }
        let width = if words { widest.min(WIDEST) as f64 + 1.0 } else { of_numbers };
        sheet.set_column_width(number, width)?;
        heads.push((title, width));
    }
    heads_shown(sheet, 0, &heads)?;
    sheet.autofilter(0, 0, table.len() as u32, table.columns.len().saturating_sub(1) as u16)?;
    printed(sheet, 0)
}

/// Name of a column, with its unit where all rows have the same.
fn head(column: &ResultColumn) -> String {
    let name = said(&column.name);
    match &*column.unit {
        "share" | "probability" | "%" => format!("{} (%)", name.trim_end_matches(" percent")),
        unit if unit.starts_with("KZT") && !column.name.contains("kzt") => {
            format!("{name} ({unit})")
        }
        _ => name,
    }
}

/// The first sheet: what each policy does, the largest effect first.
fn summary(
    workbook: &mut Workbook,
    comparison: &Comparison,
    looks: &WorkbookFormats,
) -> Result<(), XlsxError> {
    let sheet = workbook.add_worksheet();
    sheet.set_name("Summary")?;
    let (from, to) = comparison.window;
    let baseline = &comparison.arms[0].title;
    sheet.write_string_with_format(
        0,
        0,
        format!("Effects of policies against \"{baseline}\", {from} to {to}"),
        &looks.strong,
    )?;
    let holds = match comparison.draws {
        None => "chance only: what is not known about the world is left out",
        Some(_) => "chance and unknown parameters",
    };
    let count = replications(comparison);
    let how = format!(
        "In % of the baseline; replications: {count}. Brackets are 95 % intervals and hold {holds}. Amounts: sheet Effects."
    );
    sheet.write_string(1, 0, how)?;
    const HEAD: u32 = 3;
    sheet.write_string_with_format(HEAD, 0, "Policy", &looks.head)?;
    let mut heads = Vec::new();
    for (place, name) in (0_u16..).zip(SHOWN) {
        let title = format!("{} (%)", measure(comparison, name));
        let three = [
            (title, OF_NUMBERS + 2.0),
            ("from".to_owned(), OF_PERCENTS),
            ("to".to_owned(), OF_PERCENTS),
        ];
        for (column, (title, width)) in (1 + 3 * place..).zip(three) {
            sheet.write_string_with_format(HEAD, column, &title, &looks.head)?;
            sheet.set_column_width(column, width)?;
            heads.push((title, width));
        }
    }
    heads_shown(sheet, HEAD, &heads)?;
    let percent = |effect: &Effect, value: f64| effect.relative(value).map(|share| 100.0 * share);
    let mut policies: Vec<(usize, &ComparedArm)> =
        comparison.policies().iter().enumerate().collect();
    let size = |policy: usize| {
        comparison.effect(policy, SHOWN[0]).map_or(0.0, |effect| effect.paired.mean.abs())
    };
    policies.sort_by(|a, b| size(b.0).total_cmp(&size(a.0)));
    let number = Format::new().set_num_format("+0.0;\u{2212}0.0;0.0");
    let mut widest = 8;
    for (row, (policy, arm)) in (HEAD + 1..).zip(policies) {
        sheet.write_string(row, 0, &arm.title)?;
        widest = widest.max(arm.title.chars().count());
        for (place, name) in (0_u16..).zip(SHOWN) {
            let Some(effect) = comparison.effect(policy, name) else { continue };
            let Some(mean) = percent(effect, effect.paired.mean) else { continue };
            let column = 1 + 3 * place;
            sheet.write_number_with_format(row, column, mean, &number)?;
            let ends = effect
                .paired
                .interval
                .and_then(|(low, high)| Some([percent(effect, low)?, percent(effect, high)?]));
            match ends {
                Some(ends) => {
                    for (column, end) in (column + 1..).zip(ends) {
                        sheet.write_number_with_format(row, column, end, &number)?;
                    }
                }
                None => {
                    sheet.write_string(row, column + 1, "cannot tell")?;
                }
            }
        }
    }
    sheet.set_column_width(0, widest.min(WIDEST) as f64 + 1.0)?;
    printed(sheet, HEAD)
}

/// The second sheet: what was compared, and what the others hold.
fn about(
    workbook: &mut Workbook,
    comparison: &Comparison,
    tables: &[Table],
    looks: &WorkbookFormats,
) -> Result<(), XlsxError> {
    let sheet = workbook.add_worksheet();
    sheet.set_name("About")?;
    let (from, to) = comparison.window;
    let baseline = &comparison.arms[0];
    let mut rows = vec![
        ("Baseline".to_owned(), format!("{} ({})", baseline.title, baseline.name)),
        ("Replications".to_owned(), replications(comparison)),
        ("Days that count".to_owned(), format!("{from} to {to}")),
        ("Seed".to_owned(), comparison.seed.to_string()),
        ("People per agent".to_owned(), comparison.people_per_agent.to_string()),
        (
            "Intervals".to_owned(),
            match comparison.draws {
                None => "95 %, Student's t over replications paired by their random numbers, unless a column says otherwise",
                Some(_) => "95 %, Student's t over draws' means of effects paired by their random numbers: chance and unknown parameters, unless a column says otherwise",
            }
            .to_owned(),
        ),
        ("Amounts".to_owned(), "whole tenge (KZT); columns.md explains every column".to_owned()),
    ];
    rows.extend(
        comparison.policies().iter().map(|arm| (format!("Policy {}", arm.name), arm.title.clone())),
    );
    rows.extend(tables.iter().filter(|table| is_sheet(table)).map(|table| match table.len() {
        0..=LONGEST => (format!("Sheet {}", said(table.name)), table.meaning.to_owned()),
        rows => (
            format!("File {}", table.file_name()),
            format!("{}; {rows} rows are too many for a sheet", table.meaning),
        ),
    }));
    for (row, (name, value)) in rows.iter().enumerate() {
        sheet.write_string_with_format(row as u32, 0, name, &looks.strong)?;
        match value.parse::<f64>() {
            Ok(number) => sheet.write_number_with_format(row as u32, 1, number, &looks.left)?,
            Err(_) => sheet.write_string(row as u32, 1, value)?,
        };
    }
    sheet.autofit();
    printed(sheet, 0)
}

/// How many replications, and under how many draws of parameters.
fn replications(comparison: &Comparison) -> String {
    match &comparison.draws {
        None => comparison.replications.to_string(),
        Some(draws) => format!(
            "{}: {} draws of parameters × {}",
            comparison.replications, draws.number, draws.replications
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;
    use crate::comparison::tests::small;

    #[test]
    fn the_workbook_is_for_people_titles_formats_dates_and_pages() {
        assert_eq!(number_format("KZT or ratio", 0.74), "0.00");
        let mut comparison = small(2, 10);
        comparison.arms[1].title = "A policy by its title".to_owned();
        let days = [jiff::civil::date(2024, 2, 1)];
        let dates =
            Table::of("recovery", "Days", &days).date("day", "date", "Day", |day| *day).table();
        let long = Table::of("pairs", "Many", &[0; LONGEST + 1])
            .whole("n", "number", "Number", |n: &i64| *n)
            .table();
        let mut tables = vec![dates, long];
        tables.push(super::super::comparison::effects(&comparison));
        let bytes = workbook(&comparison, &tables).unwrap();
        assert_eq!(bytes, workbook(&comparison, &tables).unwrap());
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut part = |name: &str| {
            let mut text = String::new();
            archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
            text
        };
        let book = part("xl/workbook.xml");
        let place = |name: &str| book.find(&format!("name=\"{name}\""));
        assert!(place("Summary") < place("About") && place("About") < place("Recovery"), "{book}");
        assert!(place("Summary").is_some() && place("Pairs").is_none());
        assert!(book.contains("Print_Titles"));
        let words = part("xl/sharedStrings.xml");
        assert!(
            words.contains("A policy by its title")
                && words.contains("Without a licence, domestic (%)")
        );
        assert!(words.contains("pairs.csv") && !words.contains("unlicensed_turnover"));
        assert_eq!((width_of(-1_234_567.0), width_of(5.0)), (12.0, 4.0));
        assert!(width_of(2.9e14) > OF_NUMBERS, "a column of amounts is as wide as its longest");
        let high = part("xl/worksheets/sheet1.xml");
        assert!(high.contains("customHeight=\"1\""), "heads of two lines are shown whole: {high}");
        let styles = part("xl/styles.xml");
        assert!(styles.contains("yyyy-mm-dd") && styles.contains("\"#,##0\""), "{styles}");
        for sheet in ["xl/worksheets/sheet1.xml", "xl/worksheets/sheet4.xml"] {
            let text = part(sheet);
            assert!(text.contains("orientation=\"landscape\""), "{sheet}");
            assert!(
                text.contains("fitToHeight=\"0\"") && text.contains("state=\"frozen\""),
                "{sheet}"
            );
        }
    }
}
