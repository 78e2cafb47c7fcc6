//! A workbook with a row for each lever, to be filled with a policy: `scenario` reads it as a file of RON or JSON.

use jiff::civil::Date;
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, DocProperties, ExcelDateTime,
    Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError,
};
use scenario::workbook::{HEADS, LABELS, TemplateLever, levers};
use scenario::{Bounds, ParameterKind, Scenario};

/// Rows below the levers for further dates. Unit: rows. Source: few policies have more steps; Status: judgement.
const SPARE: u32 = 30;
/// Longest help that Excel shows beside a cell. Unit: characters. Source: its documentation; Status: measured.
const LONGEST_HELP: usize = 255;
/// Columns of the sheet of levers.
const PATH: u16 = 0;
const VALUE: u16 = 5;
const FROM: u16 = 6;

/// How cells look.
struct TemplateFormats {
    head: Format,
    strong: Format,
    wrapped: Format,
    to_fill: Format,
    day: Format,
}

/// The workbook for policies that stand on a scenario, named `on` if it is not the one that a command compares with; it will lie in
/// `file`. The same scenario gives the same bytes.
pub fn template(scenario: &Scenario, on: Option<&str>, file: &str) -> Result<Vec<u8>, String> {
    let made = workbook(scenario, on, file).and_then(|mut made| made.save_to_buffer());
    made.map_err(|error| error.to_string())
}

fn workbook(scenario: &Scenario, on: Option<&str>, file: &str) -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    // A workbook wants a date, and a clock would change its bytes.
    let date = day(scenario.end)?;
    workbook.set_properties(
        &DocProperties::new().set_title("crackdown: a policy").set_creation_datetime(&date),
    );
    let strong = Format::new().set_bold();
    let yellow = Format::new().set_background_color("FFF8DC").set_border(FormatBorder::Hair);
    let looks = TemplateFormats {
        head: strong.clone().set_border_bottom(FormatBorder::Thin).set_text_wrap(),
        wrapped: Format::new().set_text_wrap().set_align(FormatAlign::Top),
        day: yellow.clone().set_num_format("yyyy-mm-dd"),
        to_fill: yellow,
        strong,
    };
    policy(workbook.add_worksheet(), scenario, (on, file), &looks)?;
    sheet(workbook.add_worksheet(), scenario, &looks)?;
    Ok(workbook)
}

/// A day as workbooks have it.
pub(super) fn day(date: Date) -> Result<ExcelDateTime, XlsxError> {
    ExcelDateTime::from_ymd(date.year() as u16, date.month() as u8, date.day() as u8)
}

/// The first sheet: how it is filled, and cells for what is said of the whole policy.
fn policy(
    sheet: &mut Worksheet,
    scenario: &Scenario,
    (on, file): (Option<&str>, &str),
    looks: &TemplateFormats,
) -> Result<(), XlsxError> {
    sheet.set_name("Policy")?;
    sheet.write_string_with_format(0, 0, "A policy for crackdown", &looks.strong)?;
    let [_, value, from] = HEADS;
    let base = on.unwrap_or("kazakhstan");
    for (row, line) in (1..).zip([
        "1. Write a short name (letters, digits, _ and -) and a title into the yellow cells below.".to_owned(),
        format!("2. On the sheet Levers, write a new value into the column \"{value}\" of each lever that the policy changes; leave all others empty."),
        format!("3. In the column \"{from}\", write the first day on which it holds. Without a day it holds at all times."),
        "4. For several dates use a row for each: choose the lever once more in the empty rows at the end, or copy its row.".to_owned(),
        "5. A cell says what is allowed when you click on it. A share is written as 0.5 or 50%.".to_owned(),
        format!("6. Save the file as .xlsx and type: crackdown check {file}, then: crackdown compare {base} {file}"),
    ]) {
        sheet.write_string(row, 0, line)?;
    }
    let filled = ["", "", on.unwrap_or_default()];
    for ((row, (label, _)), value) in (8..).zip(LABELS).zip(filled) {
        sheet.write_string_with_format(row, 0, label, &looks.strong)?;
        sheet.write_string_with_format(row, 1, value, &looks.to_fill)?;
    }
    let note = match on {
        Some(_) => "the scenario that the policy changes",
        None => "leave it empty: the policy changes the scenario that it is compared with",
    };
    sheet.write_string(10, 2, note)?;
    sheet.write_string(
        12,
        0,
        format!("Reference values are those of {} ({}).", scenario.name, scenario.title),
    )?;
    sheet.set_column_width(0, 14)?;
    sheet.set_column_width(1, 44)?;
    sheet.set_active(true);
    Ok(())
}

/// The sheet of levers.
fn sheet(
    sheet: &mut Worksheet,
    scenario: &Scenario,
    looks: &TemplateFormats,
) -> Result<(), XlsxError> {
    sheet.set_name("Levers")?;
    let [path, value, from] = HEADS;
    let today = format!("Reference on {}", scenario.end);
    let heads = [path, "Meaning", "Unit", "Allowed", &today, value, from, "Reference by date"];
    let widths = [44, 60, 14, 24, 16, 16, 13, 44];
    for (column, (head, width)) in (0..).zip(heads.into_iter().zip(widths)) {
        sheet.write_string_with_format(0, column, head, &looks.head)?;
        sheet.set_column_width(column, width)?;
    }
    let all = levers(scenario);
    let mut row = 0;
    for lever in &all {
        row += 1;
        let parameter = &lever.parameter;
        sheet.write_string(row, PATH, &parameter.path)?;
        sheet.write_string_with_format(row, 1, &parameter.meaning, &looks.wrapped)?;
        sheet.write_string(row, 2, &parameter.unit)?;
        sheet.write_string_with_format(row, 3, allowed(lever), &looks.wrapped)?;
        match &lever.today {
            Ok(number) => sheet.write_number(row, 4, *number)?,
            Err(words) => sheet.write_string(row, 4, words)?,
        };
        if let Some(by_date) = &lever.by_date {
            sheet.write_string_with_format(row, 7, by_date, &looks.wrapped)?;
        }
        if let Some(valid) = valid(lever)? {
            sheet.add_data_validation(row, VALUE, row, VALUE, &valid)?;
        }
    }
    let named = Formula::new(format!("=$A$2:$A${}", row + 1));
    let levers = DataValidation::new().allow_list_formula(named);
    sheet.add_data_validation(row + 1, PATH, row + SPARE, PATH, &levers)?;
    let days = DataValidationRule::Between(
        ExcelDateTime::from_ymd(2000, 1, 1)?,
        ExcelDateTime::from_ymd(2100, 12, 31)?,
    );
    let dated = DataValidation::new()
        .allow_date(days)
        .set_input_message("First day on which the new value holds; empty: at all times")?
        .set_error_message("A day is wanted, for example 2026-03-01")?;
    sheet.add_data_validation(1, FROM, row + SPARE, FROM, &dated)?;
    for empty in 1..=row + SPARE {
        sheet.write_blank(empty, VALUE, &looks.to_fill)?;
        sheet.write_blank(empty, FROM, &looks.day)?;
    }
    sheet.set_freeze_panes(1, 1)?;
    sheet.autofilter(0, 0, row + SPARE, 7)?;
    Ok(())
}

/// What a lever may be set to, in words.
fn allowed(lever: &TemplateLever) -> String {
    match &lever.parameter.kind {
        ParameterKind::Choice(words) => words.join(", "),
        ParameterKind::Whole => format!("{}, whole", lever.parameter.allowed.in_words()),
        _ => lever.parameter.allowed.in_words(),
    }
}

/// What the spreadsheet accepts as a new value.
fn valid(lever: &TemplateLever) -> Result<Option<DataValidation>, XlsxError> {
    let parameter = &lever.parameter;
    let words = allowed(lever);
    let checked = match (&parameter.kind, parameter.allowed) {
        // Some words are examples of more, such as Largest(5): `check` knows all.
        (ParameterKind::Choice(choices), _) => DataValidation::new()
            .allow_list_strings(choices)?
            .set_error_style(match choices.iter().any(|word| word.contains('(')) {
                true => DataValidationErrorStyle::Information,
                false => DataValidationErrorStyle::Stop,
            }),
        (
            ParameterKind::Number | ParameterKind::Whole,
            Bounds { low: Some(low), high: Some(high) },
        ) => DataValidation::new().allow_decimal_number(DataValidationRule::Between(low, high)),
        (ParameterKind::Number | ParameterKind::Whole, Bounds { low: Some(low), high: None }) => {
            DataValidation::new()
                .allow_decimal_number(DataValidationRule::GreaterThanOrEqualTo(low))
        }
        _ => return Ok(None),
    };
    let help: String =
        format!("{words}. {}", parameter.meaning).chars().take(LONGEST_HELP).collect();
    let wrong: String = format!("Allowed: {words}").chars().take(LONGEST_HELP).collect();
    Ok(Some(checked.set_input_message(help)?.set_error_message(wrong)?))
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read, Write};
    use std::path::PathBuf;

    use scenario::{Findings, Resolved, load};
    use zip::write::SimpleFileOptions;
    use zip::{ZipArchive, ZipWriter};

    use super::*;

    /// What a template says of which some cells were filled: path, value, day.
    fn read(filled: &[(&str, &str, &str)], on: Option<&str>) -> Result<Resolved, Findings> {
        let reference = scenario::reference().scenario;
        let mut made = workbook(&reference, on, "policy.xlsx").unwrap();
        let paths: Vec<String> =
            levers(&reference).into_iter().map(|lever| lever.parameter.path).collect();
        let sheet = made.worksheet_from_name("Levers").unwrap();
        let mut spare = paths.len() as u32;
        for (number, (path, value, from)) in filled.iter().enumerate() {
            let again = filled[..number].iter().any(|(other, ..)| other == path);
            let known = paths.iter().position(|other| other == path).filter(|_| !again);
            let row = known.map_or_else(
                || {
                    spare += 1;
                    sheet.write_string(spare, PATH, *path).unwrap();
                    spare
                },
                |at| at as u32 + 1,
            );
            match value.parse::<f64>() {
                _ if value.starts_with('=') => sheet.write_formula(row, VALUE, *value).unwrap(),
                Ok(number) => sheet.write_number(row, VALUE, number).unwrap(),
                Err(_) => sheet.write_string(row, VALUE, *value).unwrap(),
            };
            match from.parse::<Date>() {
                Ok(date) => {
                    let format = Format::new().set_num_format("dd.mm.yyyy");
                    sheet
                        .write_datetime_with_format(row, FROM, day(date).unwrap(), &format)
                        .unwrap()
                }
                Err(_) => sheet.write_string(row, FROM, *from).unwrap(),
            };
        }
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("policy.xlsx");
        std::fs::write(&path, uncalculated(made.save_to_buffer().unwrap())).unwrap();
        load(&path, &[])
    }

    /// The workbook without results of formulas, as libraries write it that calculate nothing.
    fn uncalculated(bytes: Vec<u8>) -> Vec<u8> {
        let mut book = ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut other = ZipWriter::new(Cursor::new(Vec::new()));
        for at in 0..book.len() {
            let mut file = book.by_index(at).unwrap();
            let mut text = Vec::new();
            file.read_to_end(&mut text).unwrap();
            let name = file.name().unwrap().into_owned();
            if name.starts_with("xl/worksheets/") {
                let sheet = String::from_utf8(text).unwrap();
                text = sheet.replace("</f><v>0</v>", "</f><v></v>").into_bytes();
            }
            other.start_file(name, SimpleFileOptions::default()).unwrap();
            other.write_all(&text).unwrap();
        }
        other.finish().unwrap().into_inner()
    }

    fn ron(text: &str) -> Resolved {
        let home = tempfile::tempdir().unwrap();
        let path: PathBuf = home.path().join("policy.ron");
        let head = "extends: \"kazakhstan\", name: \"policy\", title: \"policy\"";
        std::fs::write(&path, format!("({head}, policy: ({text}))")).unwrap();
        load(&path, &[]).unwrap_or_else(|findings| panic!("{findings}"))
    }

    #[test]
    fn a_template_with_values_is_the_policy_that_a_file_of_ron_says() {
        let filled = [
            ("policy.auto_block.bank_share", "0.5", "2024-03-01"),
            ("policy.auto_block.bank_share", "0.95", "2025-01-01"),
            ("policy.auto_block.banks", "Halyk, Kaspi", "01.02.2024"),
            ("policy.auto_block.list_lag_days", "5", ""),
            ("policy.kyc.required.hub", "0,25", "2024"),
            ("policy.shutdown_rate.targeting", "Largest", ""),
        ];
        let wanted = ron("auto_block: (bank_share: {\"2024-03-01\": 0.5, \"2025-01-01\": 0.95}, \
            banks: {\"2024-02-01\": [\"Halyk\", \"Kaspi\"]}, list_lag_days: 5), \
            kyc: (required: (hub: {\"2024-01-01\": 0.25})), shutdown_rate: (targeting: Largest)");
        for on in [None, Some("kazakhstan")] {
            let got = read(&filled, on).unwrap_or_else(|findings| panic!("{findings}"));
            assert_eq!(got.json, wanted.json);
        }
    }

    #[test]
    fn an_empty_template_changes_nothing_and_has_the_same_bytes_again() {
        let reference = scenario::reference();
        let resolved = read(&[], None).unwrap_or_else(|findings| panic!("{findings}"));
        assert_eq!(scenario::changes(&reference, &resolved).len(), 0);
        let made = || template(&reference.scenario, None, "policy.xlsx").unwrap();
        assert_eq!(made(), made());
    }

    #[test]
    fn what_is_wrong_in_a_workbook_is_told_by_its_cell() {
        let lever = "policy.auto_block.bank_share";
        let all = levers(&scenario::reference().scenario);
        let spare = all.len() + 2;
        for (filled, cell, message) in [
            (&[(lever, "1.5", "")][..], "Levers!F2".to_owned(), "must be from 0 to 1, but is 1.5"),
            (&[(lever, "many", "")], "Levers!F2".to_owned(), "must be a number"),
            (&[(lever, "=0.5+0.4", "")], "Levers!F2".to_owned(), "`=0.5+0.4` was never calculated"),
            (&[(lever, "0.5", "soon")], "Levers!G2".to_owned(), "must be a date"),
            (&[(lever, "", "2024-01-01")], "Levers!G2".to_owned(), "has a day and no value"),
            (&[("policy.auto_blok.x", "1", "")], format!("Levers!A{spare}"), "did you mean"),
            (&[("", "1", "")], format!("Levers!F{spare}"), "a row without a lever"),
            (
                &[(lever, "0.5", "2024-01-01"), (lever, "0.6", "2024")],
                format!("Levers!G{spare}"),
                "is given twice",
            ),
            (
                &[(lever, "0.5", "2024-01-01"), (lever, "1", "")],
                format!("Levers!F{spare}"),
                "no day",
            ),
        ] {
            let told = read(filled, None).map(|_| ()).unwrap_err().to_string();
            let place = format!("policy.xlsx: {cell}\n");
            assert!(told.contains(&place) && told.contains(message), "{cell}, {message}:\n{told}");
        }
    }

    #[test]
    fn a_file_that_is_no_workbook_or_holds_no_levers_says_how_to_get_one() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("policy.xlsx");
        std::fs::write(&path, "(title: \"x\")").unwrap();
        let told = load(&path, &[]).unwrap_err().to_string();
        assert!(
            told.contains("not a workbook") && told.contains("crackdown template --xlsx"),
            "{told}"
        );
        let mut other = Workbook::new();
        other.add_worksheet().write_string(0, 0, "Sales").unwrap();
        other.save(&path).unwrap();
        let told = load(&path, &[]).unwrap_err().to_string();
        assert!(told.contains("holds no levers") && told.contains("crackdown template"), "{told}");
    }
}
