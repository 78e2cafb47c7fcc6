//! Options that are not given, from a file `crackdown.toml` in the current folder.
//!
//! A line `threads = 2` stands for `--threads 2` of every command that has the option. What the command line says wins. Results say
//! what they were made with as ever, and a note on stderr says what came from the file.

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgAction, CommandFactory};

use super::CommandLine;
use scenario::files;
use scenario::finding::nearest;

/// Name of the file.
const FILE: &str = "crackdown.toml";
/// A larger one is something else. Unit: bytes. Source: judgement.
const MOST_BYTES: u64 = 10_000;

/// The language by a variable of the environment: it wins over the file, and the command line over it.
pub const LANGUAGE: &str = "CRACKDOWN_LANG";

/// What the variable says; nothing where it is empty.
pub fn language_of_the_environment() -> Option<String> {
    std::env::var(LANGUAGE).ok().filter(|code| !code.is_empty())
}

/// The arguments, with options from the file that they do not give.
///
/// # Errors
/// If the file cannot be used: with the line, and what is allowed.
pub fn laid_under(arguments: Vec<OsString>) -> Result<Vec<OsString>, String> {
    if !Path::new(FILE).is_file() {
        return Ok(arguments);
    }
    let bytes = files::whole(Path::new(FILE), MOST_BYTES)
        .map_err(|error| format!("{FILE}: {}", files::why(&error)))?;
    let text = files::text(bytes).map_err(|_| format!("{FILE}: it is not text in UTF-8"))?;
    let wanted = options(&text)?;
    let program = CommandLine::command();
    // What is wrong with the arguments themselves is told as ever.
    let Ok(matches) = program.clone().try_get_matches_from(&arguments) else {
        return Ok(arguments);
    };
    let Some((name, given)) = matches.subcommand() else { return Ok(arguments) };
    let command = program.find_subcommand(name).expect("it was matched");
    if command.has_subcommands() && given.subcommand().is_some() {
        return Ok(arguments);
    }
    let mut laid = arguments;
    let mut said = Vec::new();
    for (line, option, value) in wanted {
        // Options of all commands stand with the program.
        let mut arguments = command.get_arguments().chain(program.get_arguments());
        let Some(argument) = arguments.find(|one| one.get_long() == Some(&option)) else {
            continue;
        };
        let id = argument.get_id().as_str();
        if given.value_source(id) == Some(ValueSource::CommandLine)
            || id == "lang" && language_of_the_environment().is_some()
        {
            continue;
        }
        let word = match (argument.get_action().takes_values(), value.as_str()) {
            (true, value) => format!("--{option}={value}"),
            (false, "true") => format!("--{option}"),
            (false, _) => continue,
        };
        let with = laid.iter().cloned().chain([word.clone().into()]);
        match program.clone().try_get_matches_from(with) {
            // What the command line says wins.
            Err(error) if error.kind() == ErrorKind::ArgumentConflict => continue,
            Err(error) => {
                let error = error.to_string();
                let why = error.lines().next().unwrap_or_default().trim_start_matches("error: ");
                return Err(format!("{FILE}:{line}: {why}"));
            }
            Ok(_) => laid.push(word.clone().into()),
        }
        said.push(format!("{word} (line {line})"));
    }
    if !said.is_empty() && !said.iter().any(|word| word.starts_with("--quiet ")) {
        let _ = writeln!(super::terminal::stderr(), "note: {FILE} sets {}", said.join(", "));
    }
    Ok(laid)
}

/// Lines, options and values that the file says, each known to some command.
fn options(text: &str) -> Result<Vec<(usize, String, String)>, String> {
    let program = CommandLine::command();
    let arguments = || {
        let all = program.get_subcommands().flat_map(clap::Command::get_arguments);
        all.chain(program.get_arguments())
    };
    let known: Vec<&str> = arguments().filter_map(clap::Arg::get_long).collect();
    let mut options: Vec<(usize, String, String)> = Vec::new();
    for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        let place = format!("{FILE}:{}", number + 1);
        let (name, value) = line
            .split_once('=')
            .ok_or_else(|| format!("{place}: write an option and its value, as in threads = 2"))?;
        let name = name.trim().replace('_', "-");
        if !known.contains(&name.as_str()) {
            let near = nearest(&name, known.iter().copied());
            let near = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
            return Err(format!("{place}: no command has an option --{name}{near}"));
        }
        let several = arguments().any(|one| {
            one.get_long() == Some(&name) && matches!(one.get_action(), ArgAction::Append)
        });
        let before = options.iter().find(|(_, other, _)| *other == name && !several);
        if let Some((line, ..)) = before {
            return Err(format!("{place}: --{name} stands on line {line} already"));
        }
        options.push((number + 1, name, value.trim().trim_matches('"').to_owned()));
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_options_and_wrong_ones_are_told_with_their_place() {
        let said = options("# mine\npeople_per_agent = 50\n\nout = \"a b\" # folder\n").unwrap();
        let line = |at, a: &str, b: &str| (at, a.to_owned(), b.to_owned());
        assert_eq!(said, [line(2, "people-per-agent", "50"), line(4, "out", "a b")]);
        let wrong = options("threads = 2\nthread = 2").unwrap_err();
        assert!(wrong.starts_with("crackdown.toml:2") && wrong.contains("threads"), "{wrong}");
        assert_eq!(options("lang = \"ru\"").unwrap(), [line(1, "lang", "ru")]);
        assert!(options("threads").unwrap_err().contains("as in threads = 2"));
        let twice = options("seed = 1\nthreads = 2\nseed = 3").unwrap_err();
        assert_eq!(twice, "crackdown.toml:3: --seed stands on line 1 already");
        assert_eq!(options("set = \"a=1\"\nset = \"b=2\"").unwrap().len(), 2);
    }
}
