//! `crackdown new`: questions as files to begin with: a commented study or policies that run as they are, and the command to type next.
//!
//! A question is files under `scenarios/questions` and the policies that they name, written side by side into one folder; the world they
//! stand on is known to the program by its name.

use std::path::{Path, PathBuf};

use super::simulate::{Refusal, failed, show, usage, wrong};
use ::report::speech::told;
use scenario::finding::nearest;
use scenario::shipped::within;
use study::store::{self, File, put_files, quoted};

/// What is asked, and where the files go.
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Write the files for a question: a commented study or policies that run as they are\n\n\
    Without a question all are listed. Each file says in its comments what to read from the result and what to change.",
    after_help = "Examples:\n  \
    crackdown new\n  \
    crackdown new \"which measure first\"\n  \
    crackdown new \"what if the hub falls\" --out hub"
)]
pub struct NewArgs {
    /// The question, in its words or by its number
    #[arg(value_name = "QUESTION")]
    question: Option<String>,
    /// Folder of the files [default: the question with _ for spaces]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Replace files that are there
    #[arg(long, requires = "question")]
    force: bool,
}

/// A question.
struct StarterQuestion {
    asked: &'static str,
    /// What comes of it.
    about: &'static str,
    /// Its files, by name.
    files: &'static [&'static str],
    /// What to type next, without the program's name; `DIR/` stands for the folder.
    next: &'static str,
}

/// All of them, in the order in which they are usually asked.
const QUESTIONS: [StarterQuestion; 7] = [
    StarterQuestion {
        asked: "which measure first",
        about: "five measures in twenty plausible worlds: effects, and how often each is for the better",
        files: &[
            "which_measure_first.ron",
            "auto_block.ron",
            "card_limits.ron",
            "site_blocking.ron",
            "shutdown_double.ron",
            "licensing.ron",
        ],
        next: "sweep DIR/which_measure_first.ron --out DIR/results",
    },
    StarterQuestion {
        asked: "what if the hub falls",
        about: "the largest hub is closed on one day, with and without a successor: where its trade goes",
        files: &["hub_falls.ron", "hub_falls_successor.ron"],
        next: "compare kazakhstan DIR/hub_falls.ron DIR/hub_falls_successor.ron --people-per-agent 100 --out DIR/results",
    },
    StarterQuestion {
        asked: "what if sites are taken",
        about: "all sites of a tenth to nearly all shadow exchanges are taken on one day, without arrest: what is back, and when",
        files: &["sites_taken.ron", "sites_watched.ron"],
        next: "dose DIR/sites_watched.ron DIR/sites_taken.ron --strengths 0,0.1,0.25,0.5,0.75,0.95 --measures shadow_turnover --people-per-agent 100 --out DIR/results",
    },
    StarterQuestion {
        asked: "what does it take",
        about: "a measure from nothing to full strength: how the effect grows, and where it stops",
        files: &["what_it_takes.ron"],
        next: "dose kazakhstan DIR/what_it_takes.ron --people-per-agent 100 --out DIR/results",
    },
    StarterQuestion {
        asked: "what is the best mix",
        about: "four measures, each in part or whole, under a budget of agency and banks: the mix that takes most money of crime",
        files: &[
            "best_mix_of_four.ron",
            "auto_block.ron",
            "card_limits.ron",
            "site_blocking.ron",
            "monitoring.ron",
        ],
        next: "optimise DIR/best_mix_of_four.ron --out DIR/results",
    },
    StarterQuestion {
        asked: "what should we find out",
        about: "three measures in sixty plausible worlds: where they do harm, and what knowing more is worth",
        files: &[
            "what_to_find_out.ron",
            "auto_block.ron",
            "site_blocking.ron",
            "shutdown_double.ron",
        ],
        next: "discover DIR/what_to_find_out.ron --runs DIR/runs --out DIR/results",
    },
    StarterQuestion {
        asked: "next year",
        about: "2026 under stated trends, as it would be and with a policy",
        files: &["next_year.ron"],
        next: "compare outlook_2028 DIR/next_year.ron --set end=2026-12-31 --window 2026 --people-per-agent 100 --out DIR/results",
    },
];

/// Lists questions, or writes the files of one.
pub fn run(args: &NewArgs) -> Result<(), Refusal> {
    let Some(asked) = &args.question else {
        show(&listed());
        return Ok(());
    };
    write(args, asked)
}

fn listed() -> String {
    let line = |(number, question): (usize, &StarterQuestion)| {
        format!("  {}  {:<24} {}\n", number + 1, question.asked, told(question.about))
    };
    let lines: String = QUESTIONS.iter().enumerate().map(line).collect();
    format!("Questions; `crackdown new \"QUESTION\"` writes files to begin with:\n{lines}")
}

fn write(args: &NewArgs, asked: &str) -> Result<(), Refusal> {
    let question = find(asked).map_err(usage)?;
    let usual = || PathBuf::from(question.asked.replace(' ', "_"));
    let folder = args.out.clone().unwrap_or_else(usual);
    if folder.is_file() {
        return Err(wrong(format!("{} is a file: name a folder with --out", folder.display())));
    }
    let files: Vec<File> = question.files.iter().map(|name| file(name)).collect();
    let there = files.iter().find(|file| folder.join(&file.name).symlink_metadata().is_ok());
    if let Some(file) = there.filter(|_| !args.force) {
        return Err(wrong(format!(
            "{} exists already: name another folder with --out, or replace it with --force",
            folder.join(&file.name).display()
        )));
    }
    put_files(&folder, &files).map_err(failed)?;
    let lines: Vec<String> =
        files.iter().map(|file| format!("  {}", folder.join(&file.name).display())).collect();
    let lines = lines.join("\n");
    show(&format!(
        "{}: {}\n{lines}\nIts comments say what to read and what to change: {}\nNext: {}\n",
        question.asked,
        told(question.about),
        folder.join(question.files[0]).display(),
        next(question, &folder)
    ));
    Ok(())
}

/// The question that is meant: its words, however written, or its number.
fn find(asked: &str) -> Result<&'static StarterQuestion, String> {
    let plain = |text: &str| -> String {
        let words =
            text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join(" ").to_lowercase()
    };
    let wanted = plain(asked);
    let number =
        wanted.parse().ok().and_then(|number: usize| QUESTIONS.get(number.wrapping_sub(1)));
    let within = |question: &&StarterQuestion| {
        question.asked == wanted
            || wanted.contains(' ')
                && (question.asked.contains(&wanted) || wanted.contains(question.asked))
    };
    let found = number.or_else(|| QUESTIONS.iter().find(within));
    found.ok_or_else(|| {
        let near = nearest(&wanted, QUESTIONS.iter().map(|question| question.asked));
        let near = near.map_or_else(String::new, |near| format!(" Did you mean \"{near}\"?"));
        format!("there is no question `{asked}`.{near}\n\n{}", listed())
    })
}

/// A file as it stands beside the others: what it names lies in the same folder, or is known to the program by its name.
fn file(name: &str) -> File {
    let mut held = within("questions").chain(within("policies"));
    let found = held.find(|(stem, _)| Some(*stem) == name.strip_suffix(".ron"));
    let (_, bytes) = found.expect("a test writes all questions");
    let text = String::from_utf8_lossy(bytes);
    let mut flat = String::new();
    for line in text.lines() {
        let code = line.split("//").next().unwrap_or_default();
        let line = if code.contains("../") {
            line.replace("../policies/", "").replace("../", "")
        } else {
            line.to_owned()
        };
        flat += &(line + "\n");
    }
    store::file(name, flat)
}

/// The command to type next.
fn next(question: &StarterQuestion, folder: &Path) -> String {
    let word = |word: &str| match word.strip_prefix("DIR/") {
        Some(name) => quoted(&folder.join(name).to_string_lossy()),
        None => word.to_owned(),
    };
    let words: Vec<String> = question.next.split(' ').map(word).collect();
    format!("crackdown {}", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_found_as_people_write_them() {
        for (number, question) in QUESTIONS.iter().enumerate() {
            let number = (number + 1).to_string();
            for asked in [question.asked, &number, &format!("{}?", question.asked.to_uppercase())] {
                assert_eq!(find(asked).map(|found| found.asked), Ok(question.asked));
            }
        }
        let why = find("which mesure first").err().unwrap();
        assert!(why.contains("Did you mean \"which measure first\"?"), "{why}");
        assert!(find("0").is_err() && find("8").is_err());
    }

    #[test]
    fn every_file_stands_beside_what_it_names_and_the_command_names_them() {
        for question in &QUESTIONS {
            for name in question.files {
                let text = String::from_utf8(file(name).bytes).unwrap();
                let code = text.lines().map(|line| line.split("//").next().unwrap_or_default());
                let named: Vec<String> = code
                    .flat_map(|line| {
                        line.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()
                    })
                    .filter(|word| word.ends_with(".ron"))
                    .collect();
                for other in named {
                    let known = ["kazakhstan.ron", "outlook_2028.ron"].contains(&other.as_str());
                    assert!(known || question.files.contains(&other.as_str()), "{name}: {other}");
                }
            }
            let command = next(question, Path::new("a b"));
            assert!(command.contains("'a b/") && !command.contains("DIR"), "{command}");
        }
    }
}
