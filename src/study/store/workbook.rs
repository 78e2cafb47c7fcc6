//! `results.xlsx`: the tables of a comparison as sheets of one workbook.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatBorder, Workbook, XlsxError};

use super::table::{Table, Values};
use crate::comparison::Comparison;

/// Tables that are sheets; the others are long and for programs.
const SHEETS: [&str; 7] =
    ["effects", "displacement", "ranking", "pairs", "outside", "recovery", "agency_view"];

/// The workbook; the same comparison gives the same bytes.
pub fn workbook(comparison: &Comparison, tables: &[Table]) -> Result<Vec<u8>, String> {
    build(comparison, tables).map_err(|error| error.to_string())
}

fn build(comparison: &Comparison, tables: &[Table]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // The day of the window's end: a workbook wants a date, and a clock would change its bytes.
    let (_, to) = comparison.window;
    let date = ExcelDateTime::from_ymd(to.year() as u16, to.month() as u8, to.day() as u8)?;
    let title = format!("crackdown {}: comparison", comparison.version);
    workbook.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&date));
    let strong = Format::new().set_bold().set_border_bottom(FormatBorder::Thin);
    about(&mut workbook, comparison, tables, &strong)?;
    for table in tables.iter().filter(|table| SHEETS.contains(&table.name)) {
        let sheet = workbook.add_worksheet();
        sheet.set_name(table.name)?;
        for (number, column) in table.columns.iter().enumerate() {
            let number = number as u16;
            sheet.write_string_with_format(0, number, &*column.name, &strong)?;
            for row in 0..column.values.len() {
                let text = column.values.text(row);
                let (row, words) = (row as u32 + 1, matches!(column.values, Values::Text(_)));
                // A sheet shows what the table shows, not digits beyond.
                match text.parse::<f64>() {
                    Ok(value) if value.is_finite() && !words => {
                        sheet.write_number(row, number, value)?
                    }
                    _ => sheet.write_string(row, number, &*text)?,
                };
            }
        }
        sheet.set_freeze_panes(1, 0)?;
        sheet.autofilter(0, 0, table.len() as u32, table.columns.len().saturating_sub(1) as u16)?;
        sheet.autofit();
    }
    workbook.save_to_buffer()
}

/// The first sheet: what was compared, and what the others hold.
fn about(
    workbook: &mut Workbook,
    comparison: &Comparison,
    tables: &[Table],
    strong: &Format,
) -> Result<(), XlsxError> {
    let sheet = workbook.add_worksheet();
    sheet.set_name("about")?;
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
                None => "95 %, Student's t over replications paired by luck, unless a column says otherwise",
                Some(_) => "95 %, Student's t over draws' means of effects paired by luck: luck and ignorance, unless a column says otherwise",
            }
            .to_owned(),
        ),
        ("Amounts".to_owned(), "whole tenge (KZT); columns.md explains every column".to_owned()),
    ];
    rows.extend(
        comparison.policies().iter().map(|arm| (format!("Policy {}", arm.name), arm.title.clone())),
    );
    rows.extend(
        tables
            .iter()
            .filter(|table| SHEETS.contains(&table.name))
            .map(|table| (format!("Sheet {}", table.name), table.meaning.to_owned())),
    );
    for (row, (name, value)) in rows.iter().enumerate() {
        sheet.write_string_with_format(row as u32, 0, name, strong)?;
        sheet.write_string(row as u32, 1, value)?;
    }
    sheet.autofit();
    Ok(())
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
