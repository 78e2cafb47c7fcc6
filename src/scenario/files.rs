//! Files from outside: regular ones only, and never more of one than fits.
//!
//! A device has no end and a pipe waits for a writer, so neither is opened.

use std::fs::{self, File};
use std::io::{Error, ErrorKind, Read, Result, Seek, Write};
use std::path::Path;
use std::string::FromUtf8Error;

use crate::shipped;
use world::text::shown;

/// Larger files are neither scenarios nor studies. Unit: bytes. Source: the reference has 60,000; Status: assumption.
pub(crate) const LARGEST_BYTES: u64 = 4_000_000;

/// Largest file. Unit: bytes. Source: a million draws of a hundred parameters as text, all of which are held in memory; Status: assumption.
pub const MOST_BYTES: u64 = 2_000_000_000;

/// Opens a regular file, or one that the program holds; links are followed.
///
/// # Errors
/// If there is none, or it is something else.
pub fn open(path: &Path) -> Result<File> {
    if let Some(bytes) = shipped::content(path) {
        let mut file = tempfile::tempfile()?;
        file.write_all(bytes)?;
        file.rewind()?;
        return Ok(file);
    }
    let found = fs::metadata(path)?;
    if found.is_dir() {
        return Err(Error::new(ErrorKind::IsADirectory, "it is a folder"));
    }
    if !found.is_file() {
        let why = "it is a device or a pipe; a file is wanted";
        return Err(Error::new(ErrorKind::InvalidInput, why));
    }
    File::open(path)
}

/// All bytes of a regular file, but of one that has more than `most` only the first `most` and one.
pub fn beginning(path: &Path, most: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// All bytes of a regular file.
///
/// # Errors
/// If it cannot be read, or has more bytes than `most`.
pub fn whole(path: &Path, most: u64) -> Result<Vec<u8>> {
    let bytes = beginning(path, most)?;
    if bytes.len() as u64 > most {
        let why = format!("it is larger than {} MB", most / 1_000_000);
        return Err(Error::new(ErrorKind::FileTooLarge, why));
    }
    Ok(bytes)
}

/// All bytes of a regular file of a result folder.
///
/// # Errors
/// If it cannot be read, or has more than any result folder holds.
pub fn read(path: impl AsRef<Path>) -> Result<Vec<u8>> {
    whole(path.as_ref(), MOST_BYTES)
}

/// The same as text in UTF-8.
///
/// # Errors
/// If it cannot be read, is too large, or is no such text.
pub fn read_text(path: impl AsRef<Path>) -> Result<String> {
    String::from_utf8(read(path)?).map_err(|error| Error::new(ErrorKind::InvalidData, error))
}

/// The text that bytes are: in UTF-8, or in UTF-16 as Windows writes it.
pub fn text(bytes: Vec<u8>) -> std::result::Result<String, FromUtf8Error> {
    let little = match bytes[..] {
        [0xff, 0xfe, ..] => true,
        [0xfe, 0xff, ..] => false,
        [a, 0, b, 0, ..] if a > 0 && b > 0 => true,
        [0, a, 0, b, ..] if a > 0 && b > 0 => false,
        _ => return String::from_utf8(bytes),
    };
    let unit = |two: &[u8]| match (little, two) {
        (true, [low, high]) => u16::from_le_bytes([*low, *high]),
        (false, [high, low]) => u16::from_be_bytes([*high, *low]),
        _ => 0xfffd,
    };
    let units: Vec<u16> = bytes.chunks(2).map(unit).collect();
    String::from_utf16(&units).or_else(|_| String::from_utf8(bytes))
}

/// Why a file cannot be read, in words.
pub fn why(error: &Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        ErrorKind::PermissionDenied => "you are not allowed to read it".to_owned(),
        _ => why_not_written(error),
    }
}

/// That a file or folder cannot be read, and why.
#[must_use]
pub fn unread(path: &Path, error: &Error) -> String {
    format!("cannot read {}: {}", shown(path), why(error))
}

/// That a file or folder cannot be written, and why.
#[must_use]
pub fn unwritten(path: &Path, error: &Error) -> String {
    format!("cannot write {}: {}", shown(path), why_not_written(error))
}

/// Why a file cannot be written, in words.
fn why_not_written(error: &Error) -> String {
    // What is not of the system has words of its own.
    if error.raw_os_error().is_none() {
        return error.to_string();
    }
    match error.kind() {
        ErrorKind::NotFound => "there is no such folder".to_owned(),
        ErrorKind::PermissionDenied => "you are not allowed to write there".to_owned(),
        ErrorKind::NotADirectory => "a file lies where a folder is needed".to_owned(),
        ErrorKind::IsADirectory => "a folder lies where a file is needed".to_owned(),
        ErrorKind::ReadOnlyFilesystem => "the disk may only be read".to_owned(),
        ErrorKind::StorageFull => "the disk is full".to_owned(),
        ErrorKind::QuotaExceeded => "your share of the disk is full".to_owned(),
        ErrorKind::InvalidFilename => "the name is too long, or not one of a file".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_windows_are_read_and_other_encodings_are_not() {
        let words = "(a: \"Қазақстан\")";
        let units = |mark: bool| mark.then_some(0xfeff).into_iter().chain(words.encode_utf16());
        for mark in [true, false] {
            let little: Vec<u8> = units(mark).flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = units(mark).flat_map(u16::to_be_bytes).collect();
            for bytes in [little, big] {
                assert_eq!(text(bytes).unwrap().trim_start_matches('\u{feff}'), words);
            }
        }
        assert_eq!(text(words.as_bytes().to_vec()).unwrap(), words);
        assert!(
            text(b"(a: \"\xc0\")".to_vec()).is_err() && text(vec![0xff, 0xfe, 0, 0xd8]).is_err()
        );
    }

    #[test]
    fn devices_pipes_and_folders_are_refused_at_once_and_large_files_after_their_limit() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("file");
        fs::write(&path, [0; 11]).unwrap();
        assert_eq!(whole(&path, 11).unwrap().len(), 11);
        assert_eq!(whole(&path, 10).unwrap_err().kind(), ErrorKind::FileTooLarge);
        assert_eq!(why(&open(home.path()).unwrap_err()), "it is a folder");
        let missing = home.path().join("no such file");
        assert_eq!(why(&open(&missing).unwrap_err()), "there is no such file");
        #[cfg(unix)]
        {
            let pipe = home.path().join("pipe");
            let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
            assert!(made.success());
            for path in [Path::new("/dev/zero"), Path::new("/dev/null"), &pipe] {
                assert!(why(&whole(path, 10).unwrap_err()).contains("a device or a pipe"));
            }
        }
    }
}
