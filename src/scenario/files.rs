//! Files from outside: regular ones only, and never more of one than fits.
//!
//! A device has no end and a pipe waits for a writer, so neither is opened.

use std::fs::{self, File};
use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;

/// Larger files are neither scenarios nor studies. Unit: bytes. Source: the reference has 60,000; Status: assumption.
pub(crate) const LARGEST_BYTES: u64 = 4_000_000;

/// Opens a regular file; links are followed.
///
/// # Errors
/// If there is none, or it is something else.
pub fn open(path: &Path) -> Result<File> {
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

/// All bytes of a regular file.
///
/// # Errors
/// If it cannot be read, or has more bytes than `most`.
pub fn whole(path: &Path, most: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let why = format!("it is larger than {} MB", most / 1_000_000);
        return Err(Error::new(ErrorKind::FileTooLarge, why));
    }
    Ok(bytes)
}

/// Why a file cannot be read, in words.
#[must_use]
pub fn why(error: &Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        ErrorKind::PermissionDenied => "you are not allowed to read it".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
