//! Tables that others wrote: a posterior sample as Parquet or as text, column by column.
//!
//! Text is read as Excel, R, Python and Stan write it: what stands between cells, the decimal sign and the encoding are told from
//! the text itself, and whatever is not plain is noted.
//!
//! Deliberately absent: what the columns mean.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use scenario::files;
use scenario::finding::plain;
use scenario::formats::{InputKind, foreign};
use scenario::study::{Fault, InputColumn, InputEntry, InputTable, Lines, record};

use super::parquet_reader::{ParquetReader, Stored};

/// How Parquet files begin.
const PARQUET: &[u8] = b"PAR1";

/// Rows of the wrong length that are told. Source: more are not read before the first are mended; Status: judgement.
const TOLD: usize = 20;

/// Letters from 0x80 on in Windows-1251, which Excel writes in Russian and Kazakh; of the others in that stretch none is needed.
const CYRILLIC: &str =
    "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u{98}™љ›њќћџ\u{a0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{ad}®Ї°±Ііґµ¶·ё№є»јЅѕї";

/// Whether bytes are those of a Parquet file.
pub(super) fn is_parquet(bytes: &[u8]) -> bool {
    bytes.starts_with(PARQUET)
}

/// Reads a table of numbers and texts: Parquet, or text with a line for each row.
///
/// # Errors
/// All that is wrong with it, with the lines.
pub fn read_table(path: &Path) -> Result<InputTable, Vec<Fault>> {
    let whole = |why: String| vec![Fault::from(why)];
    let head = files::beginning(path, 1_000).map_err(|error| whole(files::why(&error)))?;
    if let Some(foreign) = foreign(path, &head, InputKind::Table) {
        let why = format!("it is {}, not a table of draws", foreign.what);
        return Err(vec![Fault::new(why, foreign.hint)]);
    }
    if is_parquet(&head) {
        return read_parquet(path).map_err(|why| match why.split_once("Disabled feature") {
            Some((_, codec)) => {
                let codec = codec.rsplit(' ').next().unwrap_or_default().trim_end_matches(')');
                let hint = "write it with zstd, snappy, gzip or lz4";
                vec![Fault::new(format!("it is packed with {codec}, which is not read"), hint)]
            }
            None => whole(why),
        });
    }
    if path.extension().is_some_and(|end| end.eq_ignore_ascii_case("parquet")) {
        return Err(whole("it is not a Parquet file, as its name says".to_owned()));
    }
    let bytes = files::read(path).map_err(|error| whole(files::why(&error)))?;
    read_text(bytes)
}

fn read_parquet(path: &Path) -> Result<InputTable, String> {
    let file = ParquetReader::open(path)?;
    let index = index_of_pandas(&file);
    let mut columns: Vec<InputColumn> = (file.names().into_iter().zip(0..))
        .map(|(name, place)| InputColumn {
            index: index.contains(&name),
            name,
            place,
            entries: Vec::new(),
        })
        .collect();
    let mut rows = 0;
    for group in 0..file.groups() {
        let more = file.rows(group);
        for column in &mut columns {
            if file.is_nested(column.place) {
                column.entries.extend((0..more).map(|_| InputEntry::Other("lists or groups")));
                continue;
            }
            let stored = match file.holds(column.place) {
                Ok(()) => file.column(group, column.place),
                // Only a column that is used has to hold something that can be.
                Err(what) => {
                    column.entries.extend((0..more).map(|_| InputEntry::Other(what)));
                    continue;
                }
            };
            let stored = stored.map_err(|why| format!("column `{}` {why}", column.name))?;
            append(&mut column.entries, stored);
        }
        rows += more;
    }
    Ok(InputTable { rows, columns, ..InputTable::default() })
}

/// Columns that pandas keeps as the names of rows, as it says in the file.
fn index_of_pandas(file: &ParquetReader) -> BTreeSet<String> {
    let said: Option<serde_json::Value> =
        file.entry("pandas").and_then(|text| serde_json::from_str(text).ok());
    let names = said.as_ref().and_then(|said| said["index_columns"].as_array());
    names.into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

fn append(entries: &mut Vec<InputEntry>, stored: Stored) {
    fn all<T>(
        entries: &mut Vec<InputEntry>,
        values: Vec<Option<T>>,
        entry: impl Fn(T) -> InputEntry,
    ) {
        entries.extend(values.into_iter().map(|value| value.map_or(InputEntry::Empty, &entry)));
    }
    match stored {
        Stored::Text(values) => all(entries, values, InputEntry::Text),
        Stored::Whole(values) => all(entries, values, |value| InputEntry::Number(value as f64)),
        // pandas writes a missing number as one that is none.
        Stored::Number(values) => all(entries, values, |value| match value.is_nan() {
            true => InputEntry::Empty,
            false => InputEntry::Number(value),
        }),
        Stored::Truth(values) => all(entries, values, |_| InputEntry::Other("true and false")),
    }
}

/// Reads a table of text.
pub(super) fn read_text(bytes: Vec<u8>) -> Result<InputTable, Vec<Fault>> {
    let mut notes = Vec::new();
    let text = decoded(bytes, &mut notes);
    let mut at = text.len() - text.trim_start_matches('\u{feff}').len();
    let (mut line, mut comments, mut empty) = (1, 0, 0);
    let mut separator = None;
    // What Excel writes above a table to say how it is to be read.
    if let Some(said) = text[at..].lines().next().and_then(|line| line.strip_prefix("sep=")) {
        separator = said.chars().next();
        at += text[at..].find('\n').map_or(text.len() - at, |end| end + 1);
        line += 1;
    }
    let mut starts: Vec<(usize, usize)> = Vec::new();
    let mut cells: Vec<Vec<Range<usize>>> = Vec::new();
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with('#') {
            comments += 1;
            at += rest.find('\n').map_or(rest.len(), |end| end + 1);
            line += 1;
            continue;
        }
        let apart = *separator.get_or_insert_with(|| between(rest.lines().next().unwrap_or("")));
        let (found, next) = record(&text, at, apart);
        if found.iter().all(|cell| clean(&text[cell.clone()]).is_empty()) {
            // A row of separators is what Excel leaves of a deleted row.
            empty += usize::from(found.len() > 1);
        } else {
            starts.push((at, line));
            cells.push(found);
        }
        line += text[at..next].matches('\n').count();
        at = next;
    }
    let separator = separator.unwrap_or(',');
    if cells.is_empty() {
        return Err(vec!["it has no rows".to_owned().into()]);
    }
    let lines = Lines { text, separator, starts };
    let head: Vec<String> =
        cells[0].iter().map(|cell| clean(&lines.text[cell.clone()]).into_owned()).collect();
    // R writes no name over the names of rows. Where a comma stands between cells, one too many may be a decimal comma.
    let row_named = |row: &Vec<Range<usize>>| {
        let quoted = || lines.text[row[0].clone()].trim_start().starts_with('"');
        row.len() == head.len() + 1 && (separator != ',' || quoted())
    };
    let unnamed = cells.len() > 1 && cells[1..].iter().all(row_named);
    let mut columns: Vec<InputColumn> = Vec::new();
    if unnamed {
        let name = String::new();
        columns.push(InputColumn { name, place: 0, index: true, entries: Vec::new() });
    }
    let named = (head.into_iter().zip(0..)).map(|(name, place)| InputColumn {
        name,
        place: place + usize::from(unnamed),
        index: false,
        entries: Vec::new(),
    });
    columns.extend(named);
    let mut faults = Vec::new();
    let mut decimal_commas = false;
    for (row, found) in cells.iter().enumerate().skip(1) {
        let extra = found.iter().skip(columns.len());
        let too_many = extra.filter(|cell| !clean(&lines.text[(*cell).clone()]).is_empty()).count();
        let lacks =
            columns.iter().skip(found.len()).filter(|column| !column.name.is_empty()).count();
        if too_many + lacks > 0 {
            faults.push(uneven(&lines, row, found.len(), columns.len()));
            continue;
        }
        for column in &mut columns {
            let cell = found.get(column.place).map_or("", |cell| &lines.text[cell.clone()]);
            let (entry, comma) = entry(cell, separator);
            decimal_commas |= comma;
            column.entries.push(entry);
        }
    }
    if faults.len() > TOLD {
        let more = faults.split_off(TOLD).len();
        faults.push(Fault::from(format!("and {} more rows of another length", plain(more as f64))));
    }
    // A column of separators is what Excel leaves of a deleted column; one without a name that holds something is told.
    let before = columns.len();
    columns.retain(|column| {
        column.index
            || !column.name.is_empty()
            || !column.entries.iter().all(|it| *it == InputEntry::Empty)
    });
    for column in columns.iter().filter(|column| column.name.is_empty() && column.place > 0) {
        let (line, number, cells) = lines.cells(0);
        let end = line.len();
        faults.push(Fault {
            why: format!("column {} has values and no name", column.place + 1),
            line: Some((
                line.to_owned(),
                number,
                cells.get(column.place).cloned().unwrap_or(end..end),
            )),
            hint: "write the path of its parameter over it, or delete the column".to_owned(),
        });
    }
    if columns.iter().all(|column| column.name.parse::<f64>().is_ok()) {
        faults.insert(0, headless(&lines));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let passed = [
        (comments, "line of comment", "lines of comment"),
        (empty, "empty row", "empty rows"),
        (before - columns.len(), "empty column", "empty columns"),
    ];
    for (number, one, many) in passed.iter().filter(|(number, ..)| *number > 0) {
        let what = if *number == 1 { one } else { many };
        notes.push(format!("{} {what} passed over", plain(*number as f64)));
    }
    if decimal_commas || separator != ',' && columns.len() > 1 {
        let apart = match separator {
            '\t' => "a tab".to_owned(),
            ' ' => "a space".to_owned(),
            other => format!("`{other}`"),
        };
        let comma =
            if decimal_commas { ", and a comma in numbers as the decimal sign" } else { "" };
        notes.push(format!("read with {apart} between cells{comma}"));
    }
    let rows = cells.len() - 1;
    Ok(InputTable { rows, columns, lines: Some(lines), notes })
}

/// The text in UTF-8 or UTF-16, and else as Windows writes Cyrillic.
fn decoded(bytes: Vec<u8>, notes: &mut Vec<String>) -> String {
    files::text(bytes).unwrap_or_else(|error| {
        notes.push("read in the encoding Windows-1251, since it is no UTF-8".to_owned());
        let table: Vec<char> = CYRILLIC.chars().chain('А'..='я').collect();
        let letter = |byte: &u8| match byte {
            0..0x80 => char::from(*byte),
            high => table[usize::from(high - 0x80)],
        };
        error.as_bytes().iter().map(letter).collect()
    })
}

/// What stands between the cells of a head.
fn between(head: &str) -> char {
    let mut quoted = false;
    let outside: String = head
        .chars()
        .filter(|letter| {
            quoted ^= *letter == '"';
            !quoted
        })
        .collect();
    let found = [';', '\t', ',', '|'].into_iter().find(|sign| outside.contains(*sign));
    // A single column has nothing between: there a comma is part of a number.
    found.unwrap_or_else(|| if outside.trim().contains(' ') { ' ' } else { ';' })
}

/// A cell without its quotes and the spaces around it.
fn clean(cell: &str) -> std::borrow::Cow<'_, str> {
    let cell = cell.trim();
    match cell.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inside) if inside.contains("\"\"") => inside.replace("\"\"", "\"").into(),
        Some(inside) => inside.trim().into(),
        None => cell.into(),
    }
}

/// Words for what is missing, as R, Python and Excel write it.
const MISSING: [&str; 7] = ["NA", "NaN", "nan", "NULL", "null", "None", "#N/A"];

/// What a cell says, and whether it needed a decimal comma.
fn entry(cell: &str, separator: char) -> (InputEntry, bool) {
    let cell = clean(cell);
    if cell.is_empty() || MISSING.contains(&&*cell) {
        return (InputEntry::Empty, false);
    }
    if let Ok(number) = cell.parse() {
        return (InputEntry::Number(number), false);
    }
    // Spaces between thousands, of any width.
    let digits: String = cell.chars().filter(|letter| !letter.is_whitespace()).collect();
    let spaced = cell.chars().any(char::is_whitespace);
    let numeric = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'))
            .then(|| text.parse::<f64>().ok())
            .flatten()
    };
    if separator != ','
        && digits.matches(',').count() == 1
        && !digits.contains('.')
        && let Some(number) = numeric(&digits.replace(',', "."))
    {
        return (InputEntry::Number(number), true);
    }
    match numeric(&digits).filter(|_| spaced) {
        Some(number) => (InputEntry::Number(number), false),
        None => (InputEntry::Text(cell.into_owned()), false),
    }
}

/// A row that has not as many cells as the head.
fn uneven(lines: &Lines, row: usize, cells: usize, columns: usize) -> Fault {
    let (line, number, found) = lines.cells(row);
    let end = line.len();
    let place = found.get(columns).map_or(end..end, |cell| cell.start..end);
    let commas = lines.separator == ',' && cells > columns;
    Fault {
        why: format!("row {row} has {cells} cells, and the head has {columns}"),
        line: Some((line.to_owned(), number, place)),
        hint: match commas {
            true => {
                "is a comma the decimal sign? Then write a point, or `;` between cells".to_owned()
            }
            false => "a row has a cell for each column".to_owned(),
        },
    }
}

/// A table that begins with numbers.
fn headless(lines: &Lines) -> Fault {
    let (line, number, cells) = lines.cells(0);
    Fault {
        why: "the first line holds numbers, not the names of columns".to_owned(),
        line: Some((line.to_owned(), number, cells[0].clone())),
        hint: "write the paths of the parameters above the numbers, e.g. customers.habit"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use ::parquet::basic::{Compression, GzipLevel, ZstdLevel};

    use super::super::parquet::ParquetFile;
    use super::super::table::Table;
    use super::*;

    fn read(table: &Table, compression: Compression) -> InputTable {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("table.parquet");
        let tuned = |properties: ::parquet::file::properties::WriterPropertiesBuilder| {
            properties.set_compression(compression)
        };
        let mut file = ParquetFile::create(Vec::new(), table, None, tuned).unwrap();
        file.push(table).unwrap();
        std::fs::write(&path, file.finish().unwrap()).unwrap();
        read_table(&path).unwrap()
    }

    #[test]
    fn numbers_and_texts_are_read_in_every_usual_codec_and_gaps_are_seen() {
        let rows = [(Some(0.5), 3_i64, "Easiest"), (None, 4, "Largest")];
        let table = Table::of("t", "Rows", &rows)
            .exact("a", "number", "Number", |row| row.0)
            .whole("b", "number", "Whole number", |row| row.1)
            .text("c", "name", "Text", |row| row.2)
            .truth("d", "yes or no", "Truth", |_| true)
            .table();
        // What pandas, pyarrow, DuckDB and R write, and what they can write.
        for compression in [
            Compression::UNCOMPRESSED,
            Compression::SNAPPY,
            Compression::GZIP(GzipLevel::default()),
            Compression::LZ4_RAW,
            Compression::ZSTD(ZstdLevel::default()),
        ] {
            let table = read(&table, compression);
            assert_eq!(table.rows, 2);
            let entries = |at: usize| &table.columns[at].entries[..];
            assert_eq!(entries(0), [InputEntry::Number(0.5), InputEntry::Empty]);
            assert_eq!(entries(1), [InputEntry::Number(3.0), InputEntry::Number(4.0)]);
            assert_eq!(entries(2)[1], InputEntry::Text("Largest".to_owned()));
            assert_eq!(entries(3)[0], InputEntry::Other("true and false"));
        }
    }

    #[test]
    fn what_is_no_table_is_told_what_it_is() {
        let why = |path: &str| read_table(Path::new(path)).unwrap_err().remove(0).why;
        assert_eq!(why("no_such_file"), "there is no such file");
        let home = tempfile::tempdir().unwrap();
        for (name, bytes, said) in [
            ("a.parquet", &b"a,b\n1,2\n"[..], "not a Parquet file"),
            ("a.xlsx", b"PK\x03\x04", "an archive"),
            ("a.json", b"[{\"a\": 1}]", "a text in JSON"),
            ("a.csv", b"", "no rows"),
        ] {
            let path = home.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            assert!(why(path.to_str().unwrap()).contains(said), "{name}");
        }
    }

    fn numbers(table: &InputTable) -> Vec<(String, Vec<f64>)> {
        let number = |entry: &InputEntry| match entry {
            InputEntry::Number(number) => *number,
            other => panic!("{other:?}"),
        };
        let columns =
            table.columns.iter().filter(|column| !column.index && !column.name.is_empty());
        columns.map(|it| (it.name.clone(), it.entries.iter().map(number).collect())).collect()
    }

    #[test]
    fn text_of_every_program_and_language_is_the_same_table() {
        let plain = read_text(b"a.b,weight\n0.5,1\n1200.25,3\n".to_vec()).unwrap();
        assert_eq!(plain.notes, [""; 0]);
        let utf16 = |text: &str| -> Vec<u8> {
            let units = std::iter::once(0xfeff).chain(text.encode_utf16());
            units.flat_map(u16::to_le_bytes).collect()
        };
        let excel = "a.b;weight;;\r\n0,5;1;;\r\n1\u{a0}200,25;3;;\r\n;;;\r\n";
        let cases: Vec<(&str, Vec<u8>)> = vec![
            ("Excel in Russian", excel.into()),
            ("Excel in Russian, UTF-8 with a mark", format!("\u{feff}{excel}").into()),
            ("Excel, Unicode text", utf16("a.b\tweight\r\n0,5\t1\r\n1200,25\t3\r\n")),
            ("Excel, with its own line", "sep=;\na.b;weight\n0,5;1\n1200,25;3\n".into()),
            ("Windows-1251", b"# \xcf\xf0\xe8\na.b;weight\n0,5;1\n1\xa0200,25;3\n".to_vec()),
            ("Stan", "# stan\n#\na.b,weight\n# adapted\n0.5,1\n1200.25,3\n# 3 s\n".into()),
            ("R, write.csv", "\"\",\"a.b\",\"weight\"\n\"1\",0.5,1\n\"2\",1200.25,3\n".into()),
            ("R, write.table", "\"a.b\" \"weight\"\n\"1\" 0.5 1\n\"2\" 1200.25 3\n".into()),
            (
                "R, write.table(sep = \",\")",
                "\"a.b\",\"weight\"\n\"1\",0.5,1\n\"2\",1200.25,3\n".into(),
            ),
            ("R, write.csv2", "\"\";\"a.b\";\"weight\"\n\"1\";0,5;1\n\"2\";1200,25;3\n".into()),
            ("pandas", ",a.b,weight\n0,0.5,1\n1,1200.25,3\n".into()),
            ("quotes and spaces", " a.b , \"weight\" \n \"0.5\" ,1\n\n1200.25,3".into()),
        ];
        for (who, bytes) in cases {
            let table = read_text(bytes).unwrap_or_else(|faults| panic!("{who}: {faults:?}"));
            assert_eq!(numbers(&table), numbers(&plain), "{who}");
        }
        let one = read_text(b"a.b\n0,5\n".to_vec()).unwrap();
        assert_eq!(numbers(&one), [("a.b".to_owned(), vec![0.5])]);
    }

    #[test]
    fn a_number_that_can_be_read_in_two_ways_is_not_read() {
        for (text, said) in [("a,b\n\"1,000\",2\n", "1,000"), ("a;b\n1.000,5;2\n", "1.000,5")] {
            let table = read_text(text.into()).unwrap();
            assert_eq!(table.columns[0].entries[0], InputEntry::Text(said.to_owned()));
        }
    }

    #[test]
    fn mistakes_in_tables_name_row_and_column_and_show_the_line() {
        let faults = |text: &str| read_text(text.into()).unwrap_err();
        let found = faults("# x\na,b\n1,2\n0,5,1\n1\n");
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].why, "row 2 has 3 cells, and the head has 2");
        assert_eq!(found[0].line, Some(("0,5,1".to_owned(), 4, 4..5)));
        assert!(found[0].hint.contains("decimal sign"));
        assert!(faults("a,,b\n1,2,3\n")[0].why.contains("column 2 has values and no name"));
        assert!(faults("0.5,1\n0.6,1\n")[0].why.contains("first line holds numbers"));
        let many = format!("a,b\n{}", "1\n".repeat(20_000));
        assert_eq!(faults(&many).len(), TOLD + 1);
    }

    #[test]
    fn no_text_makes_the_reader_panic_or_loop() {
        let whole = "sep=;\n# x\n\"a\";b;\r\n\"0,5\"\"\";1\u{a0}000;\n;;\n";
        for (cut, _) in whole.char_indices() {
            let _ = read_text(whole[..cut].into());
            let _ = read_text(whole[cut..].into());
            for wrong in ["\"", ";", "\n", "\r", "\t", "#", ",", "ж", "\0", "1e999"] {
                let _ = read_text(format!("{}{wrong}{}", &whole[..cut], &whole[cut..]).into());
            }
        }
        for byte in 0..=255 {
            let _ = read_text(vec![b'a', b'\n', byte, byte]);
        }
    }
}
