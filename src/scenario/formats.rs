//! What a file is that was given in the place of another, told by its first bytes: people send workbooks, archives, pages.
//!
//! Deliberately absent: telling studies from scenarios (`recognise`), and reading any of these.

use std::path::Path;

/// Bytes that are looked at. Unit: bytes. Source: the mark of a tar archive ends at 262; Status: judgement.
const HEAD: usize = 512;

/// What is wanted in the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// A text of this program: a scenario, study or catalogue.
    Ron,
    /// A table: draws of parameters.
    Table,
}

/// What is wrong with a file, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// As in "a workbook of Excel".
    pub what: &'static str,
    /// What to do with it.
    pub hint: String,
}

/// Kinds of files that are told by how they begin.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FileKind {
    Workbook,
    Packed,
    Parquet,
    Data,
    Page,
    Json,
}

/// How a file begins, from which byte on, and what that is.
const MARKS: [(usize, &[u8], FileKind, &str); 33] = [
    (0, b"PAR1", FileKind::Parquet, "a Parquet table"),
    (
        0,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        FileKind::Workbook,
        "an old file of Office (.xls, .doc)",
    ),
    (
        30,
        b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
        FileKind::Workbook,
        "a workbook (.ods)",
    ),
    (
        30,
        b"mimetypeapplication/vnd.oasis.opendocument",
        FileKind::Page,
        "a document (OpenDocument)",
    ),
    (30, b"[Content_Types].xml", FileKind::Workbook, "a file of Office (.xlsx, .docx)"),
    (30, b"xl/", FileKind::Workbook, "a workbook (.xlsx)"),
    (30, b"_rels/", FileKind::Workbook, "a file of Office (.xlsx, .docx)"),
    (30, b"docProps/", FileKind::Workbook, "a file of Office (.xlsx, .docx)"),
    (30, b"Index/", FileKind::Workbook, "a workbook of Numbers"),
    (0, b"PK\x03\x04", FileKind::Packed, "an archive (.zip)"),
    (0, b"PK\x05\x06", FileKind::Packed, "an archive without files (.zip)"),
    (0, b"\x1f\x8b", FileKind::Packed, "packed with gzip (.gz, .tgz)"),
    (0, b"BZh", FileKind::Packed, "packed with bzip2 (.bz2)"),
    (0, b"\xfd7zXZ\0", FileKind::Packed, "packed with xz (.xz)"),
    (0, b"\x28\xb5\x2f\xfd", FileKind::Packed, "packed with zstd (.zst)"),
    (0, b"7z\xbc\xaf\x27\x1c", FileKind::Packed, "an archive (.7z)"),
    (0, b"Rar!\x1a\x07", FileKind::Packed, "an archive (.rar)"),
    (257, b"ustar", FileKind::Packed, "an archive (.tar)"),
    (0, b"ARROW1", FileKind::Data, "a table of Arrow (.feather)"),
    (0, b"FEA1", FileKind::Data, "a table of Arrow (.feather)"),
    (0, b"\x89HDF", FileKind::Data, "a file of HDF5 or NetCDF"),
    (0, b"CDF\x01", FileKind::Data, "a file of NetCDF"),
    (0, b"RDX", FileKind::Data, "data of R (.RData)"),
    (0, b"\x93NUMPY", FileKind::Data, "an array of NumPy (.npy)"),
    (0, b"SQLite format 3\0", FileKind::Data, "a database of SQLite"),
    (8, b"DUCK", FileKind::Data, "a database of DuckDB"),
    (0, b"$FL", FileKind::Data, "data of SPSS (.sav)"),
    (0, b"<stata_dta>", FileKind::Data, "data of Stata (.dta)"),
    (0, b"%PDF", FileKind::Page, "a document (.pdf)"),
    (0, b"{\\rtf", FileKind::Page, "a document (.rtf)"),
    (0, b"\x89PNG", FileKind::Page, "a picture (.png)"),
    (0, b"\xff\xd8\xff", FileKind::Page, "a picture (.jpg)"),
    (0, b"\x7fELF", FileKind::Page, "a program"),
];

/// Kinds that a name tells of files whose first bytes tell nothing.
const ENDINGS: [(&str, FileKind, &str); 6] = [
    ("rds", FileKind::Data, "data of R (.rds)"),
    ("pkl", FileKind::Data, "data of Python (.pkl)"),
    ("pickle", FileKind::Data, "data of Python (.pickle)"),
    ("npz", FileKind::Data, "arrays of NumPy (.npz)"),
    ("yaml", FileKind::Page, "a text in YAML"),
    ("toml", FileKind::Page, "a text in TOML"),
];

/// Endings of tables in text.
const TABLES: [&str; 4] = ["csv", "tsv", "tab", "psv"];

/// What a file is, if it is not what is wanted and nothing can be made of it.
pub fn foreign(path: &Path, bytes: &[u8], wanted: InputKind) -> Option<Foreign> {
    let head = &bytes[..bytes.len().min(HEAD)];
    let end = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let (kind, what) = kind(head, &end)?;
    let ron = wanted == InputKind::Ron;
    if kind == if ron { FileKind::Json } else { FileKind::Parquet } {
        return None;
    }
    let shown = path.display();
    let texts =
        "scenarios, studies and catalogues are texts in round brackets, with names ending in .ron";
    let hint = match (kind, ron) {
        (FileKind::Parquet, _) => {
            format!("a table of draws goes behind --draws: crackdown run SCENARIO --draws {shown}")
        }
        (FileKind::Packed, true) => {
            format!("unpack it and name the file in it; `crackdown verify {shown}` reads an archive of `crackdown record`")
        }
        (FileKind::Packed, false) => "unpack it and name the file in it".to_owned(),
        (FileKind::Workbook, true) => format!(
            "a policy may be a workbook as `crackdown template --xlsx` writes it, with a name ending in .xlsx; {texts}"
        ),
        (FileKind::Data | FileKind::Page, true) => texts.to_owned(),
        (FileKind::Workbook, false) => {
            "open it, save the sheet with the draws as CSV (\"CSV UTF-8\" in Excel), and name that file".to_owned()
        }
        (FileKind::Data | FileKind::Page | FileKind::Json, _) => {
            "save the table as CSV or Parquet: a column for each parameter, named by its path, and a row for each draw".to_owned()
        }
    };
    Some(Foreign { what, hint })
}

fn kind(head: &[u8], end: &str) -> Option<(FileKind, &'static str)> {
    let marked = |(from, mark, ..): &&(usize, &[u8], FileKind, &str)| {
        head.get(*from..).is_some_and(|rest| rest.starts_with(mark))
    };
    // What lies within an archive is known only where it is an archive.
    let zip = head.starts_with(b"PK\x03\x04");
    let found = MARKS.iter().find(|mark| (mark.0 != 30 || zip) && marked(mark));
    if let Some((_, _, kind, what)) = found {
        return Some((*kind, what));
    }
    if let Some((_, kind, what)) = ENDINGS.iter().find(|(known, ..)| *known == end) {
        return Some((*kind, what));
    }
    if head.first() == Some(&0x80) && head.get(1).is_some_and(|version| (2..=5).contains(version)) {
        return Some((FileKind::Data, "data of Python (.pickle)"));
    }
    let text = std::str::from_utf8(head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head));
    let text = match &text {
        Ok(text) => text.trim_start(),
        // The last character may be cut.
        Err(cut) => {
            std::str::from_utf8(&head[..cut.valid_up_to()]).unwrap_or_default().trim_start()
        }
    };
    let lower = text.get(..15.min(text.len())).unwrap_or_default().to_lowercase();
    if ["<?xml", "<!doctype", "<html"].iter().any(|mark| lower.starts_with(mark)) {
        return Some((FileKind::Page, "a page (HTML or XML)"));
    }
    if end == "json" || end == "jsonl" || end == "ndjson" || text.starts_with("{\"") {
        return Some((FileKind::Json, "a text in JSON"));
    }
    let table = TABLES.contains(&end) && !text.starts_with('(');
    table.then_some((FileKind::Parquet, "a table")).filter(|_| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_other_programs_are_told_what_they_are_and_what_to_do() {
        let said = |name: &str, bytes: &[u8], wanted| {
            foreign(Path::new(name), bytes, wanted).map(|it| format!("{}: {}", it.what, it.hint))
        };
        let mut xlsx = b"PK\x03\x04".to_vec();
        xlsx.resize(30, 0);
        xlsx.extend(b"[Content_Types].xml");
        for (name, bytes, in_place_of_ron, in_place_of_a_table) in [
            ("a.xlsx", &xlsx[..], ".ron", "save the sheet"),
            ("a.tar.gz", b"\x1f\x8b\x08", "unpack", "unpack"),
            ("a.zip", b"PK\x03\x04abc", "crackdown verify a.zip", "unpack"),
            ("a.feather", b"ARROW1\0\0", ".ron", "as CSV or Parquet"),
            ("a.rds", b"X\n\0\0", ".ron", "as CSV or Parquet"),
            ("a.pdf", b"%PDF-1.7", ".ron", "as CSV or Parquet"),
            ("a.html", b"<!DOCTYPE html>", ".ron", "as CSV or Parquet"),
        ] {
            assert!(said(name, bytes, InputKind::Ron).unwrap().contains(in_place_of_ron), "{name}");
            let table = said(name, bytes, InputKind::Table).unwrap();
            assert!(table.contains(in_place_of_a_table), "{name}: {table}");
        }
        for (name, bytes) in [("a.parquet", &b"PAR1"[..]), ("a.csv", b"a,b"), ("a.tsv", b"a\tb")] {
            assert!(said(name, bytes, InputKind::Ron).unwrap().contains("--draws"), "{name}");
            assert_eq!(said(name, bytes, InputKind::Table), None);
        }
        assert!(said("a.json", b"[{}]", InputKind::Table).unwrap().contains("a text in JSON"));
        for name in ["a.ron", "a.csv", "a.json"] {
            assert_eq!(said(name, b"(title: \"x\")", InputKind::Ron), None);
            assert_eq!(said(name, "(// \u{416}".as_bytes(), InputKind::Ron), None);
        }
        assert_eq!(said("a.json", b"{\"policy.a\": 1}", InputKind::Ron), None);
    }

    #[test]
    fn no_beginning_of_a_file_makes_it_panic() {
        for mark in MARKS {
            let mut bytes = vec![0; mark.0];
            bytes.extend(mark.1);
            for length in 0..=bytes.len() {
                let _ = foreign(Path::new("a"), &bytes[..length], InputKind::Table);
            }
        }
        let _ = foreign(Path::new("a.csv"), "ЖЖЖЖЖЖЖЖЖЖ".as_bytes(), InputKind::Ron);
    }
}
