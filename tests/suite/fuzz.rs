//! Every reader of files, fed with thousands of mutated ones: it may refuse, but not panic, hang, or take memory without bound.
//!
//! The originals are small files in `tests/fuzz` and results that the program makes here. A mutation is one of bytes (turned, cut,
//! repeated, mixed with another file) or one that knows what a file is made of (numbers and dates at the ends of what can be written,
//! texts that are empty, very long or steer a terminal, brackets ten thousand deep, empty lists, lines twice). Which ones follows from a
//! number alone. A file that once did harm stays in `tests/fuzz` and is read again as it is: `NAME.ron`, `NAME.csv` and so on.
//!
//! The readers work in a process of their own, whose memory is limited. `CRACKDOWN_FUZZ=10000` asks for so many files, with no limit of
//! time; `CRACKDOWN_FUZZ_FROM` says where to begin.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crackdown::scenario::study::Fault;
use crackdown::scenario::{self, Catalogue, Study};
use crackdown::store::study::{
    Fingerprint, Journal, Label, MergedRuns, Plan, RecordFolder, Scope, Shard, StudyFolder,
};
use crackdown::store::verify::{Manifest, differences};
use crackdown::store::{self, archive};
use crackdown::text::unprintable;
use crackdown::{model, record};

use crate::program::{HERE, crackdown, succeeds, tiny_world};

/// Files in an ordinary run, unless time is over before. Unit: files. Source: a minute of CI.
const USUAL: u64 = 2_000;
/// Longest ordinary run. Unit: seconds. Source: the same.
const SECONDS: u64 = 60;
/// Longest time for one file. Unit: seconds. Source: a machine with other work, without optimisation; judgement.
const LONGEST: u64 = 60;
/// Address space of the process that reads. Unit: kilobytes. Source: judgement.
const MEMORY: u64 = 3_000_000;

/// Numbers without a pattern that follow from one.
struct Luck(u64);

impl Luck {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, most: usize) -> usize {
        (self.next() % most.max(1) as u64) as usize
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// What a text is made of, roughly the same in RON, JSON and CSV.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Number,
    Text,
    Word,
    Open,
    Close,
    Other,
}

fn tokens(text: &[u8]) -> Vec<(Token, std::ops::Range<usize>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let run = |of: fn(u8) -> bool| rest.iter().take_while(|byte| of(**byte)).count();
        let (token, length) = match rest[0] {
            b'"' => {
                let end = rest[1..].iter().position(|byte| *byte == b'"');
                (Token::Text, end.map_or(rest.len(), |end| end + 2))
            }
            b'0'..=b'9' | b'-' => {
                (Token::Number, run(|byte| byte.is_ascii_digit() || b"-.eE_+".contains(&byte)))
            }
            b'(' | b'[' | b'{' => (Token::Open, 1),
            b')' | b']' | b'}' => (Token::Close, 1),
            byte if byte.is_ascii_alphabetic() => {
                (Token::Word, run(|byte| byte.is_ascii_alphanumeric() || b"_.".contains(&byte)))
            }
            _ => (Token::Other, 1),
        };
        found.push((token, at..at + length.max(1)));
        at += length.max(1);
    }
    found
}

const NUMBERS: [&str; 24] = [
    "0",
    "-0",
    "1",
    "-1",
    "1e308",
    "-1e308",
    "1e999",
    "-1e999",
    "5e-324",
    "NaN",
    "inf",
    "-inf",
    "null",
    "255",
    "65536",
    "2147483648",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "18446744073709551615",
    "18446744073709551616",
    "0.1",
    "1_0_0",
    "99999999999999999999999999999999999999999999",
];
const TEXTS: [&str; 22] = [
    "",
    " ",
    "9999-12-31",
    "-9999-01-01",
    "0000-01-01",
    "2024-02-30",
    "10000-01-01",
    "2024-01-01",
    "1970-01-01",
    "../../../etc/passwd",
    "/dev/zero",
    "a\u{1b}[2J",
    "a\nb",
    "\u{202e}",
    "\u{0}",
    "кириллица",
    "\u{1f642}",
    "customers.habit",
    "policy",
    "world.ron",
    "NaN",
    "a\\\"b",
];

/// One mutation; `other` is a file to mix with.
fn mutate(bytes: &mut Vec<u8>, other: &[u8], luck: &mut Luck) {
    let place = |luck: &mut Luck, bytes: &[u8]| luck.below(bytes.len() + 1);
    let part = |luck: &mut Luck, bytes: &[u8]| {
        let from = luck.below(bytes.len() + 1);
        let length = 1 << luck.below(12);
        from..(from + luck.below(length + 1)).min(bytes.len())
    };
    let pieces = if luck.below(10) < 7 { tokens(bytes) } else { Vec::new() };
    let chosen = |luck: &mut Luck, token: Token| {
        let such: Vec<_> = pieces.iter().filter(|(found, _)| *found == token).collect();
        (!such.is_empty()).then(|| luck.of(&such).1.clone())
    };
    let instead = |bytes: &mut Vec<u8>, range: std::ops::Range<usize>, with: &[u8]| {
        bytes.splice(range, with.iter().copied());
    };
    let quoted = |text: &str| format!("\"{text}\"").into_bytes();
    let long = |luck: &mut Luck| "long ".repeat(1 << luck.below(15));
    if pieces.is_empty() {
        match luck.below(8) {
            0 | 1 if !bytes.is_empty() => {
                let at = luck.below(bytes.len());
                bytes[at] ^= 1 << luck.below(8);
            }
            2 if !bytes.is_empty() => {
                let at = luck.below(bytes.len());
                bytes[at] = *luck.of(&[0, 0x7f, 0x80, 0xff, b'\n', b'"', b'(', luck.0 as u8]);
            }
            3 => bytes.truncate(place(luck, bytes)),
            4 => drop(bytes.drain(part(luck, bytes))),
            5 => {
                let (again, at) = (bytes[part(luck, bytes)].to_vec(), place(luck, bytes));
                instead(bytes, at..at, &again);
            }
            6 => {
                let (mixed, at) = (other[part(luck, other)].to_vec(), part(luck, bytes));
                instead(bytes, at, &mixed);
            }
            _ => {
                let (at, number) = (place(luck, bytes), luck.below(64));
                let random: Vec<u8> = (0..number).map(|_| luck.next() as u8).collect();
                instead(bytes, at..at, &random);
            }
        }
        return;
    }
    match luck.below(12) {
        0..=2 => {
            if let Some(at) = chosen(luck, Token::Number) {
                instead(bytes, at, luck.of(&NUMBERS).as_bytes());
            }
        }
        3 | 4 => {
            if let Some(at) = chosen(luck, Token::Text) {
                let long = long(luck);
                let text = if luck.below(8) == 0 { long.as_str() } else { luck.of(&TEXTS) };
                instead(bytes, at, &quoted(text));
            }
        }
        5 => {
            // What is there, at another place, whatever it is.
            let kind = *luck.of(&[Token::Number, Token::Text, Token::Word, Token::Open]);
            if let (Some(from), Some(to)) = (chosen(luck, kind), chosen(luck, kind)) {
                let there = bytes[from].to_vec();
                instead(bytes, to, &there);
            }
        }
        6 => {
            if let (Some(from), Some(to)) = (chosen(luck, Token::Open), chosen(luck, Token::Close))
            {
                // An empty list, group or map, or a piece that is missing.
                let (from, to) = (from.end.min(to.start), to.start.max(from.end));
                bytes.drain(from..to);
            }
        }
        7 => {
            let deep = [b"(".as_slice(), b"[", b"{", b"[[(", b"(a:", b"{\"a\":", b"Some("];
            let (one, number) = (*luck.of(&deep), 1 << luck.below(15));
            let at = place(luck, bytes);
            instead(bytes, at..at, &one.repeat(number));
        }
        8 | 9 => {
            // A line twice, or without its place.
            let lines: Vec<Vec<u8>> =
                bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
            let (line, at) = (luck.below(lines.len()), luck.below(lines.len() + 1));
            let mut lines = lines;
            let again = lines.get(line).cloned().unwrap_or_default();
            if luck.below(2) == 0 && !lines.is_empty() {
                lines.remove(line);
            }
            lines.insert(at.min(lines.len()), again);
            *bytes = lines.concat();
        }
        10 => {
            if let Some(at) = chosen(luck, Token::Word) {
                let words = [
                    "None",
                    "Some",
                    "true",
                    "Prior",
                    "customers.habit",
                    "weight",
                    "policy",
                    "extends",
                    "title",
                    "",
                ];
                let word = *luck.of(&words);
                instead(bytes, at, word.as_bytes());
            }
        }
        _ => {
            let (_, range) = luck.of(&pieces);
            bytes.drain(range.clone());
        }
    }
}

/// Reads a file: taken, or refused in words.
type Read<'a> = Box<dyn Fn(&Path) -> Result<(), String> + 'a>;

/// A reader, the file that it reads, and what that is made from.
struct Reader<'a> {
    name: &'static str,
    file: PathBuf,
    originals: Vec<Vec<u8>>,
    /// What is done to the bytes before they are written, such as a check value that fits again.
    sealed: fn(Vec<u8>) -> Vec<u8>,
    read: Read<'a>,
}

/// Lines of a journal whose check values fit, so that what is in them is read.
fn sealed_lines(bytes: Vec<u8>) -> Vec<u8> {
    const CHECK: &str = ",\"check\":\"";
    let Ok(text) = String::from_utf8(bytes) else { return Vec::new() };
    let seal = |line: &str| match line.rsplit_once(CHECK) {
        Some((body, check)) => {
            let hash = blake3::hash(body.as_bytes()).to_hex();
            format!("{body}{CHECK}{}\"}}\n", &hash[..check.len().saturating_sub(2).min(hash.len())])
        }
        None => format!("{line}\n"),
    };
    text.lines().map(seal).collect::<String>().into_bytes()
}

/// The findings of a reader of texts: shown they are harmless and no more than a screenful.
fn findings(findings: &scenario::Findings) -> Result<(), String> {
    let shown = findings.render(false);
    let obeyed = shown.chars().find(|letter| *letter != '\n' && unprintable(*letter));
    assert_eq!(obeyed, None, "{shown:?}");
    assert!(shown.len() < 2_000_000, "findings of {} bytes", shown.len());
    Err(shown)
}

fn harmless(why: String) -> Result<(), String> {
    assert!(why.len() < 1_000_000, "a message of {} bytes", why.len());
    Err(why)
}

/// Results that the program makes of the files in `tests/fuzz`.
fn prepared(home: &Path) {
    for entry in fs::read_dir(format!("{HERE}/tests/fuzz")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read(&path).unwrap();
        let to = home.join(path.file_name().unwrap());
        match String::from_utf8(text) {
            Ok(text) => {
                fs::write(to, text.replace("../../scenarios", &format!("{HERE}/scenarios")))
                    .unwrap()
            }
            Err(bytes) => fs::write(to, bytes.into_bytes()).unwrap(),
        }
    }
    tiny_world(home);
    fs::write(
        home.join("p.ron"),
        "(extends: \"w.ron\", name: \"p\", title: \"P\", policy: (kyc: (complies: (shadow: 0.4))))",
    )
    .unwrap();
    let small = "(title: \"S\", scenarios: [\"w.ron\"], policies: [\"p.ron\"], replications: 2, draws: Grid({\"customers.habit\": [0.2, 0.4]}))";
    fs::write(home.join("s.ron"), small).unwrap();
    let made: [&[&str]; 4] = [
        &[
            "compare",
            "w.ron",
            "p.ron",
            "--replications=3",
            "--out=compared",
            "--runs=days",
            "--quiet",
        ],
        &["dose", "w.ron", "p.ron", "--replications=2", "--out=dosed", "--runs=days", "--quiet"],
        &["sweep", "s.ron", "--out=swept", "--quiet"],
        &["record", "compared", "--out=record.zip"],
    ];
    for words in made {
        succeeds(home, words);
    }
    fs::create_dir(home.join("journal")).unwrap();
    fs::create_dir(home.join("journal/unmerged")).unwrap();
    fs::create_dir(home.join("failed")).unwrap();
    fs::copy(home.join("swept/runs.parquet"), home.join("failed/runs.parquet")).unwrap();
}

fn study(home: &Path) -> Study {
    Study::load_with(&home.join("s.ron"), &[], model::YIELDS, &store::read_table)
        .unwrap_or_else(|findings| panic!("{findings}"))
}

/// Everything that reads a file from outside.
fn readers<'a>(home: &'a Path, study: &'a Study) -> Vec<Reader<'a>> {
    let bytes = |name: &str| fs::read(home.join(name)).unwrap();
    // The file that is mutated and all of its kind that once did harm.
    let kind = |end: &str, first: &[&str]| {
        let mut originals: Vec<Vec<u8>> = first.iter().map(|name| bytes(name)).collect();
        let mut names: Vec<_> =
            fs::read_dir(home).unwrap().map(|entry| entry.unwrap().path()).collect();
        names.sort();
        let such = names.iter().filter(|path| path.extension().is_some_and(|found| found == end));
        originals.extend(such.map(|path| fs::read(path).unwrap()));
        originals
    };
    let read_study = |path: &Path| {
        let found = Study::load_with(path, &[], model::YIELDS, &store::read_table);
        found.map(|_| ()).or_else(|wrong| findings(&wrong))
    };
    let looked = |folder: &'static str| {
        move |_: &Path| {
            let place = StudyFolder::new(&home.join(folder));
            let (plan, there) = store::study::look(Plan::of(study)?, &place, Scope::Everything)?;
            store::study::same_version(&there.files)?;
            let _ = there.missing(&plan);
            if place.runs().exists() {
                let runs = MergedRuns::open(place.folder())?;
                for arm in &study.arms {
                    runs.column(&arm.name, "demand", study.draws() as usize, 2)?;
                }
            }
            // Everything is taken in; what is dropped before it is finished leaves all as it was.
            if there.files.iter().all(|found| found.source.label().is_none()) {
                fs::create_dir_all(place.unmerged()).map_err(|error| error.to_string())?;
                store::study::merge(&plan, &place, true, "s.ron")?;
            }
            Ok(())
        }
    };
    let label =
        Label { plan: Plan::of(study).unwrap().fingerprint().to_owned(), shard: Shard::WHOLE };
    let journal = StudyFolder::new(&home.join("journal")).journal(&label);
    let plan = Plan::of(study).unwrap();
    let mut written =
        Journal::open(&journal, &store::study::head(&plan, Some(Shard::WHOLE))).unwrap();
    MergedRuns::open(&home.join("swept")).unwrap().rows(&mut |row| written.append(&row)).unwrap();
    drop(written);
    let journals = vec![fs::read(&journal).unwrap()];
    let kept = walk(&home.join("days"));
    let kept = kept.first().unwrap().clone();
    let scenario = scenario::load(&home.join("w.ron"), &[]).unwrap().scenario;
    let address = Fingerprint::read(kept.file_stem().unwrap().to_str().unwrap()).unwrap();
    let failures = || {
        let head = String::from_utf8(bytes("swept/failures.csv")).unwrap();
        let row =
            format!("w,0,1,simulation,\"why, and more\",\"crackdown sweep s.ron\",{:032x}\n", 7);
        vec![(head + &row.repeat(3)).into_bytes()]
    };
    let measured = String::from_utf8(bytes("dosed/replications.csv")).unwrap();
    let measured = measured.lines().nth(1).unwrap().split(',').nth(1).unwrap().to_owned();
    let plain: fn(Vec<u8>) -> Vec<u8> = |bytes| bytes;
    let at = |name: &str| home.join(name);
    let read = |name, file, originals, read| Reader { name, file, originals, sealed: plain, read };
    let mut all = vec![
        read(
            "scenario",
            at("mutated.ron"),
            kind("ron", &["world.ron", "policy.ron", "world.ron"]),
            Box::new(|path: &Path| {
                scenario::load(path, &[]).map(|_| ()).or_else(|wrong| findings(&wrong))
            }) as Read,
        ),
        read(
            "complete scenario",
            at("whole.ron"),
            vec![bytes("compared/scenarios/w.ron")],
            Box::new(|path: &Path| {
                scenario::load(path, &[]).map(|_| ()).or_else(|wrong| findings(&wrong))
            }),
        ),
        read(
            "study",
            at("mutated_study.ron"),
            vec![bytes("study.ron"), bytes("drawn.ron"), bytes("s.ron")],
            Box::new(read_study),
        ),
        read(
            "catalogue",
            at("mutated_patterns.ron"),
            vec![bytes("patterns.ron")],
            Box::new(|path: &Path| {
                Catalogue::load(path).map(|_| ()).or_else(|wrong| findings(&wrong))
            }),
        ),
        read(
            "draws, CSV",
            at("draws.csv"),
            kind("csv", &["draws.csv"]),
            Box::new(move |_: &Path| read_study(&home.join("drawn.ron"))),
        ),
        read(
            "draws, Parquet",
            at("draws.parquet"),
            vec![
                bytes("swept/runs.parquet"),
                fs::read(format!("{HERE}/scenarios/posterior.parquet")).unwrap(),
            ],
            Box::new(|path: &Path| {
                let refused =
                    |faults: Vec<Fault>| faults.into_iter().try_for_each(|it| harmless(it.why));
                store::read_table(path).map(|_| ()).or_else(refused)
            }),
        ),
        read(
            "manifest",
            at("dosed/manifest.json"),
            vec![
                bytes("dosed/manifest.json"),
                bytes("swept/manifest.json"),
                bytes("compared/manifest.json"),
            ],
            Box::new(|path: &Path| {
                let manifest = Manifest::read(path.parent().unwrap())
                    .or_else(|why| harmless(why).map(|()| unreachable!()))?;
                let _ =
                    (manifest.inputs(), manifest.scenarios(), manifest.sets(), manifest.bytes());
                let _ = differences(path.parent().unwrap(), &manifest);
                Ok(())
            }),
        ),
        read(
            "comparison",
            at("compared/comparison.json"),
            vec![bytes("compared/comparison.json")],
            Box::new(|path: &Path| {
                let (comparison, _) = store::read_comparison(path.parent().unwrap())
                    .or_else(|why| harmless(why).map(|()| unreachable!()))?;
                store::copies(&comparison, path.parent().unwrap()).map(|_| ())
            }),
        ),
        read(
            "archive",
            at("mutated.zip"),
            vec![bytes("record.zip")],
            Box::new(move |path: &Path| {
                let place = home.join("unpacked");
                let _ = fs::remove_dir_all(&place);
                fs::create_dir(&place).map_err(|error| error.to_string())?;
                let _ = archive::is_record(path);
                archive::unpack(path, &place).map(|_| ()).or_else(harmless)
            }),
        ),
        read("journal", journal, journals, Box::new(looked("journal"))),
        read(
            "runs",
            at("swept/runs.parquet"),
            vec![bytes("swept/runs.parquet")],
            Box::new(looked("swept")),
        ),
        read("failures", at("failed/failures.csv"), failures(), Box::new(looked("failed"))),
        read(
            "days",
            kept.clone(),
            vec![fs::read(&kept).unwrap()],
            Box::new(move |_: &Path| {
                let key = record::RunKey::new(1, 0);
                RecordFolder::new(&home.join("days"))
                    .load(address, &scenario, key)
                    .map(|_| ())
                    .or_else(harmless)
            }),
        ),
        read(
            "measured",
            at("dosed/replications.csv"),
            vec![bytes("dosed/replications.csv")],
            Box::new(move |path: &Path| {
                store::read_measured(path.parent().unwrap(), std::slice::from_ref(&measured), 2)
                    .map(|_| ())
                    .or_else(harmless)
            }),
        ),
        read(
            "readings",
            at("runs.csv"),
            vec![b"pattern,reading,draw,replication,value\na,b,0,0,1.5\na,c,0,0,\n".to_vec()],
            Box::new(|path: &Path| {
                store::validation::kept_values(path.parent().unwrap()).map(|_| ()).or_else(harmless)
            }),
        ),
    ];
    all.iter_mut().filter(|one| one.name == "journal").for_each(|one| one.sealed = sealed_lines);
    all
}

/// Files below a folder.
fn walk(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut all: Vec<PathBuf> =
        paths.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect();
    all.sort();
    all
}

fn asked(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// The process that reads: [`every_reader_refuses_what_is_mutated_without_panic_hang_or_memory_without_bound`] starts it.
#[test]
#[ignore = "it is started by the test below, with its memory limited"]
fn the_process_that_reads() {
    let Some(home) = std::env::var_os("CRACKDOWN_FUZZ_HOME").map(PathBuf::from) else { return };
    let (from, number) = (asked("CRACKDOWN_FUZZ_FROM").unwrap_or(0), asked("CRACKDOWN_FUZZ"));
    prepared(&home);
    let study = study(&home);
    let readers = readers(&home, &study);
    let began = Instant::now();
    let mut counts = vec![(0_u64, 0_u64, 0_u64, Duration::ZERO); readers.len()];
    let mut harm = Vec::new();
    let now = std::sync::Arc::new(AtomicU64::new(0));
    let seen = now.clone();
    // A reader that does not come back cannot be stopped from within.
    std::thread::spawn(move || {
        let mut last = (0, Instant::now());
        loop {
            std::thread::sleep(Duration::from_millis(500));
            let case = seen.load(Ordering::Relaxed);
            if case != last.0 {
                last = (case, Instant::now());
            } else if last.1.elapsed() > Duration::from_secs(LONGEST) {
                println!("file {case} takes longer than {LONGEST} s");
                std::process::exit(9);
            }
        }
    });
    for case in from..from + number.unwrap_or(USUAL) {
        if number.is_none() && began.elapsed() > Duration::from_secs(SECONDS) {
            break;
        }
        now.store(case, Ordering::Relaxed);
        fs::write(home.join("case"), case.to_string()).unwrap();
        let at = (case % readers.len() as u64) as usize;
        let reader = &readers[at];
        let round = (case / readers.len() as u64) as usize;
        let mut luck = Luck(case.wrapping_mul(0x5851_f42d_4c95_7f2d));
        let mut bytes = reader.originals[round % reader.originals.len()].clone();
        // First all originals as they are.
        if round >= reader.originals.len() {
            let other = &readers[luck.below(readers.len())].originals[0];
            for _ in 0..1 + luck.below(3) {
                mutate(&mut bytes, other, &mut luck);
            }
            bytes = (reader.sealed)(bytes);
        }
        fs::write(&reader.file, &bytes).unwrap();
        let (started, count) = (Instant::now(), &mut counts[at]);
        match catch_unwind(AssertUnwindSafe(|| (reader.read)(&reader.file))) {
            Ok(Ok(())) => count.0 += 1,
            Ok(Err(_)) => count.1 += 1,
            Err(panic) => {
                count.2 += 1;
                let text = panic.downcast_ref::<String>().cloned();
                let text =
                    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
                harm.push(format!("file {case}, {}: {}", reader.name, text.unwrap_or_default()));
                let kept = home.with_extension(format!("harm-{case}"));
                fs::write(&kept, &bytes).unwrap();
                println!("{}: {}", harm.last().unwrap(), kept.display());
            }
        }
        counts[at].3 = counts[at].3.max(started.elapsed());
        // Read again by others, as it was.
        fs::write(&reader.file, &reader.originals[0]).unwrap();
    }
    for (reader, (taken, refused, panicked, longest)) in readers.iter().zip(&counts) {
        println!(
            "{:<18} {taken:>6} taken {refused:>6} refused {panicked:>4} panics, longest {:.1} s",
            reader.name,
            longest.as_secs_f64()
        );
    }
    let peak = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = peak.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default().to_owned();
    println!(
        "{} files in {:.0} s; {peak}",
        counts.iter().map(|c| c.0 + c.1 + c.2).sum::<u64>(),
        began.elapsed().as_secs_f64()
    );
    assert!(harm.is_empty(), "{}", harm.join("\n"));
}

#[cfg(unix)]
#[test]
fn every_reader_refuses_what_is_mutated_without_panic_hang_or_memory_without_bound() {
    let home = tempfile::tempdir().unwrap();
    let here = home.path().join("home");
    fs::create_dir(&here).unwrap();
    let script = format!("ulimit -v {MEMORY}; exec \"$@\"");
    let mut shell = Command::new("sh");
    shell.args(["-c", &script, "sh"]).arg(std::env::current_exe().unwrap());
    shell.args(["--exact", "fuzz::the_process_that_reads", "--ignored", "--nocapture"]);
    shell.env("CRACKDOWN_FUZZ_HOME", &here).env("RUST_BACKTRACE", "0");
    let output = shell.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let case = fs::read_to_string(here.join("case")).unwrap_or_default();
    println!("{text}");
    let tail: Vec<&str> = errors.lines().rev().take(30).collect();
    let tail: Vec<&str> = tail.into_iter().rev().collect();
    if !output.status.success() {
        let kept = home.keep();
        panic!(
            "{} at file {case}, in {}:\n{text}\n{}",
            output.status,
            kept.display(),
            tail.join("\n")
        );
    }
    assert!(text.contains(" files in "), "{text}");
}

/// Kind: data of results that can be read, but of which the parts do not fit together.
#[test]
fn values_that_do_not_fit_together_are_refused_in_words_by_all_who_read_them() {
    let home = tempfile::tempdir().unwrap();
    let here = home.path();
    prepared(here);
    let path = here.join("compared/comparison.json");
    let original = fs::read(&path).unwrap();
    let value: serde_json::Value = serde_json::from_slice(&original).unwrap();
    let lists = lists(&value, "");
    for number in 0..12 {
        let mut value = value.clone();
        // Every list of the upper levels once empty, once with its first entry only.
        let at = &lists[(number / 2) * lists.len() / 6];
        let list = value.pointer_mut(at).unwrap().as_array_mut().unwrap();
        list.truncate(number % 2);
        fs::write(&path, serde_json::to_vec(&value).unwrap()).unwrap();
        for words in [
            &["report", "compared", "--out=again", "--force"][..],
            &["verify", "compared", "--rerun=0"],
            &["explain", "compared", "--policy=p"],
        ] {
            // Neither a panic nor a bug.
            crackdown(here, words);
        }
        fs::write(&path, &original).unwrap();
    }
}

/// Places of lists in JSON that have two entries or more.
fn lists(value: &serde_json::Value, path: &str) -> Vec<String> {
    match value {
        serde_json::Value::Array(items) => {
            let own = (items.len() > 1).then(|| path.to_owned());
            let below = items.iter().take(2).enumerate();
            own.into_iter()
                .chain(below.flat_map(|(at, item)| lists(item, &format!("{path}/{at}"))))
                .collect()
        }
        serde_json::Value::Object(fields) => {
            fields.iter().flat_map(|(name, item)| lists(item, &format!("{path}/{name}"))).collect()
        }
        _ => Vec::new(),
    }
}
