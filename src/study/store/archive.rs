//! A result folder as one file, and back.
//!
//! The archive is a zip file whose bytes follow from its content alone: fixed order, times and rights. What is packed is
//! what the manifest lists; what is unpacked is not believed either.
//!
//! Deliberately absent: whether the results can be made again.

use std::fs;
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use world::text::printable;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::File;
use super::manifest::{MANIFEST, MOST_BYTES, Manifest, stays_inside};
use scenario::files;

/// Folder of the archive with the result folder.
const RESULTS: &str = "results";

/// Name of the one folder at the top of the archive.
fn top(manifest: &Manifest) -> String {
    format!("{}-{:.12}", manifest.kind.name(), manifest.hash)
}

/// Packs a result folder, with files that stand beside it in the archive.
///
/// # Errors
/// If a file is not what the manifest lists, or the disk refuses.
pub fn pack(
    folder: &Path,
    manifest: &Manifest,
    beside: &[File],
    to: impl Write + Seek,
) -> Result<(), String> {
    let mut writer = ZipWriter::new(to);
    match fill(&mut writer, folder, manifest, beside) {
        Ok(()) => writer.finish().map(|_| ()).map_err(|error| error.to_string()),
        Err(why) => {
            // It would try to end the archive and tell the terminal that it cannot.
            std::mem::forget(writer);
            Err(why)
        }
    }
}

fn fill(
    writer: &mut ZipWriter<impl Write + Seek>,
    folder: &Path,
    manifest: &Manifest,
    beside: &[File],
) -> Result<(), String> {
    let top = top(manifest);
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut add = |name: String, bytes: &[u8]| {
        let options = options.large_file(bytes.len() as u64 >= u64::from(u32::MAX));
        let written = writer.start_file(name, options).map_err(io::Error::from);
        written.and_then(|()| writer.write_all(bytes)).map_err(|error| error.to_string())
    };
    for file in beside {
        add(format!("{top}/{}", file.name), &file.bytes)?;
    }
    let manifest_bytes = read(folder, MANIFEST)?;
    if blake3::hash(&manifest_bytes).to_hex().as_str() != manifest.hash {
        return Err(format!("{MANIFEST} was changed while it was read"));
    }
    add(format!("{top}/{RESULTS}/{MANIFEST}"), &manifest_bytes)?;
    for (name, listed) in &manifest.files {
        let bytes = read(folder, name)?;
        // What is packed is what was hashed, whatever happens to the folder meanwhile.
        if blake3::hash(&bytes).to_hex().as_str() != listed.blake3 {
            return Err(format!("{name} is not what the manifest lists"));
        }
        add(format!("{top}/{RESULTS}/{name}"), &bytes)?;
    }
    Ok(())
}

fn read(folder: &Path, name: &str) -> Result<Vec<u8>, String> {
    files::read(folder.join(name)).map_err(|error| format!("{name}: {error}"))
}

/// Whether a file is such an archive: its table of contents names a manifest where a record has it.
pub fn is_record(archive: &Path) -> bool {
    let Ok(file) = scenario::files::open(archive) else { return false };
    ZipArchive::new(file).is_ok_and(|zip| zip.file_names().flatten().any(|name| is_manifest(&name)))
}

/// Whether an entry is the manifest of a record.
fn is_manifest(name: &str) -> bool {
    let parts: Vec<&str> = name.split('/').collect();
    parts.len() == 3 && parts[1..] == [RESULTS, MANIFEST]
}

/// Largest file beside the results. Unit: bytes. Source: the list of libraries has a tenth of it; Status: judgement.
const MOST_BESIDE: u64 = 1 << 22;

/// Unpacks the result folder of an archive below `to`, and gives the files that stand beside it.
///
/// Of files that the manifest does not list only the name is unpacked, of others no more than it lists.
///
/// # Errors
/// If it is no archive of a result folder, or is damaged.
pub fn unpack(archive: &Path, to: &Path) -> Result<Vec<File>, String> {
    let say = |why: &dyn std::fmt::Display| {
        printable(&format!("{}: {why}", archive.display())).into_owned()
    };
    let file = files::open(archive).map_err(|error| say(&files::why(&error)))?;
    let mut zip = ZipArchive::new(file).map_err(|error| match error {
        ZipError::InvalidArchive(_) => {
            say(&"is no result folder and no archive of `crackdown record`")
        }
        error => say(&error),
    })?;
    if zip.has_duplicate_names() {
        return Err(say(&"holds an entry twice: which of them counts is left to who unpacks it"));
    }
    let names: Result<Vec<String>, _> =
        zip.file_names().map(|name| name.map(|name| name.into_owned())).collect();
    let names = names.map_err(|error| say(&error))?;
    let manifests = names.iter().filter(|name| is_manifest(name));
    let [manifest] = manifests.collect::<Vec<_>>()[..] else {
        return Err(say(&"is no archive of `crackdown record`"));
    };
    let prefix = manifest.trim_end_matches(MANIFEST);
    let top = prefix.trim_end_matches(&format!("{RESULTS}/"));
    extract(&mut zip, manifest, MOST_BYTES + 1, &to.join(MANIFEST)).map_err(|error| say(&error))?;
    let listed = Manifest::read(to)?;
    let sizes = listed.files.iter().filter(|(name, _)| names.contains(&format!("{prefix}{name}")));
    let total = sizes.fold(0_u64, |sum, (_, file)| sum.saturating_add(file.bytes));
    fits(total, fs::metadata(archive).map_err(|error| say(&error))?.len(), to)
        .map_err(|why| say(&why))?;
    let mut beside = Vec::new();
    for name in names.iter().filter(|name| !is_folder(name)) {
        if !stays_inside(name) || !name.starts_with(top) {
            let name = name.escape_debug();
            return Err(say(&format!("holds `{name}`, which is no part of a record")));
        }
        if name == manifest {
            continue;
        }
        let Some(inside) = name.strip_prefix(prefix) else {
            let mut bytes = Vec::new();
            let entry = zip.by_name(name).map_err(|error| say(&format!("{name}: {error}")))?;
            let read = entry.take(MOST_BESIDE).read_to_end(&mut bytes);
            read.map_err(|error| say(&format!("{name}: {error}")))?;
            beside.push(File { name: name[top.len()..].to_owned(), bytes });
            continue;
        };
        let most = listed.files.get(inside).map_or(0, |file| file.bytes.saturating_add(1));
        let extracted = extract(&mut zip, name, most, &to.join(inside));
        extracted.map_err(|error| say(&format!("{name}: {error}")))?;
    }
    Ok(beside)
}

/// A record is not packed more tightly than this: pages, figures and tables shrink to a third or a tenth. Unit: bytes of files for each
/// byte of the archive. Source: judgement.
const MOST_PACKED: u64 = 100;

/// What is unpacked whatever the size of the archive. Unit: bytes. Source: judgement.
const ALWAYS: u64 = 1 << 24;

/// Whether files of an archive may be unpacked: what it says of their size is not believed beyond reason, nor beyond what is free.
fn fits(total: u64, packed: u64, to: &Path) -> Result<(), String> {
    let megabytes = |bytes: u64| bytes.div_ceil(1_000_000);
    if total > packed.saturating_mul(MOST_PACKED).max(ALWAYS) {
        return Err(format!(
            "lists files of {} MB, more than {MOST_PACKED} times its size: no record is packed so tightly, so it is not unpacked",
            megabytes(total)
        ));
    }
    match free(to) {
        Some(free) if total > free => Err(format!(
            "unpacks to {} MB, but only {} MB are free in {}: make room, or set TMPDIR to a folder with more",
            megabytes(total),
            megabytes(free),
            to.display()
        )),
        _ => Ok(()),
    }
}

/// What is free where a folder lies, if the system tells. Unit: bytes.
#[cfg(unix)]
fn free(folder: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder).ok()?;
    found.f_bavail.checked_mul(found.f_frsize)
}

#[cfg(not(unix))]
fn free(_: &Path) -> Option<u64> {
    None
}

/// Whether an entry is a folder, as other programs that pack add them: folders are made where files need them.
fn is_folder(name: &str) -> bool {
    name.strip_suffix('/').is_some_and(stays_inside)
}

/// Unpacks a file, but no more than so many bytes.
fn extract(zip: &mut ZipArchive<fs::File>, name: &str, most: u64, to: &Path) -> io::Result<()> {
    let entry = zip.by_name(name)?;
    if !entry.is_file() {
        return Err(io::Error::other("is no ordinary file"));
    }
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut file = fs::File::create_new(to)?;
    io::copy(&mut entry.take(most), &mut file).map(|_| ())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::manifest::Listed;
    use super::*;

    /// A folder whose manifest lists one file, of these bytes or as if of so many, and its archive.
    fn packed(home: &Path, bytes: &[u8], said: Option<u64>) -> PathBuf {
        let listed = Listed::of(bytes);
        let size = said.unwrap_or(listed.bytes);
        let text = format!(
            "{{\"program\": \"crackdown\", \"files\": {{\"a.csv\": {{\"bytes\": {size}, \"blake3\": \"{}\"}}}}}}",
            listed.blake3
        );
        fs::write(home.join("a.csv"), bytes).unwrap();
        fs::write(home.join(MANIFEST), text).unwrap();
        let archive = home.join("record.zip");
        let manifest = Manifest::read(home).unwrap();
        pack(home, &manifest, &[], fs::File::create(&archive).unwrap()).unwrap();
        archive
    }

    #[test]
    fn an_entry_that_stands_twice_is_refused() {
        let home = tempfile::tempdir().unwrap();
        packed(home.path(), b"a", None);
        let manifest = Manifest::read(home.path()).unwrap();
        let beside =
            ["LICENSE1", "LICENSE2"].map(|name| File { name: name.to_owned(), bytes: Vec::new() });
        let mut bytes = io::Cursor::new(Vec::new());
        pack(home.path(), &manifest, &beside, &mut bytes).unwrap();
        let mut bytes = bytes.into_inner();
        while let Some(at) = bytes.windows(8).position(|name| name == b"LICENSE2") {
            bytes[at + 7] = b'1';
        }
        let (archive, to) = (home.path().join("twice.zip"), tempfile::tempdir().unwrap());
        fs::write(&archive, bytes).unwrap();
        let why = unpack(&archive, to.path()).unwrap_err();
        assert!(why.contains("holds an entry twice"), "{why}");
    }

    #[test]
    fn an_archive_unpacks_to_what_can_be_right_and_fits() {
        let home = tempfile::tempdir().unwrap();
        let unpacked = |archive: &Path| {
            let to = tempfile::tempdir_in(home.path()).unwrap();
            let size = |name: &str| fs::metadata(to.path().join(name)).map(|file| file.len());
            let result = unpack(archive, to.path()).map(|_| ());
            (result, size("a.csv").unwrap_or(0))
        };
        let fine = packed(home.path(), b"a,b\n1,2\n", None);
        assert!(is_record(&fine) && unpacked(&fine).0.is_ok());
        // Thirty megabytes of nothing, said or not said.
        let nothing = vec![0; 30_000_000];
        let bomb = packed(home.path(), &nothing, None);
        assert!(fs::metadata(&bomb).unwrap().len() < 100_000);
        let (refused, size) = unpacked(&bomb);
        let why = refused.unwrap_err();
        assert!(why.contains("more than 100 times its size") && size == 0, "{why}");
        let (_, size) = unpacked(&packed(home.path(), &nothing, Some(8)));
        assert_eq!(size, 9, "no more than is listed, and one byte that shows that there is more");
        // Its word alone is not believed.
        let (refused, _) = unpacked(&packed(home.path(), b"a", Some(u64::MAX)));
        assert!(refused.unwrap_err().contains("times its size"));
        let full = fits(u64::MAX, u64::MAX, home.path()).unwrap_err();
        assert!(full.contains("MB are free in") && full.contains("TMPDIR"), "{full}");
        let file = home.path().join(MANIFEST);
        assert!(!is_record(&file) && !is_record(home.path()));
    }
}
