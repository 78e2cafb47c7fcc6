//! Help in the language of now: whatever `clap` shows goes through the catalogue.
//!
//! Deliberately absent: man pages and completions, which shells and tools read.

use std::borrow::Cow;
use std::ffi::OsString;

use ::report::language::{Language, current};
use ::report::speech::tr;
use clap::{Arg, Command};

use super::terminal::tell;
use world::text::brief;

/// The language that arguments name, before anything else is read of them: help is printed while they are.
pub fn language_of(arguments: &[OsString]) -> Option<Language> {
    let texts: Vec<&str> = arguments.iter().map_while(|argument| argument.to_str()).collect();
    let mut options = texts.iter().take_while(|text| **text != "--").enumerate();
    let code = options.find_map(|(at, text)| match text.strip_prefix("--lang")? {
        "" => texts.get(at + 1).copied(),
        rest => rest.strip_prefix('='),
    });
    Language::of(code?)
}

/// The program with its help in the language of now.
pub fn spoken(mut program: Command) -> Command {
    if current() == Language::English {
        return program;
    }
    program.build();
    told(program, &mut |text| tr(text).to_owned())
}

/// Ends the program with what `clap` says of arguments: help that was asked for, or what is wrong with them.
pub fn refuse(error: &clap::Error) -> ! {
    let text = error.render().to_string();
    let text = brief(text.trim_end());
    let whole = matches!(text, Cow::Borrowed(_));
    if (current() == Language::English && whole) || !error.use_stderr() {
        error.exit();
    }
    tell!("{text}");
    std::process::exit(error.exit_code())
}

/// A command and those below it, with each text as `say` says it.
fn told(command: Command, say: &mut dyn FnMut(&str) -> String) -> Command {
    let about = command.get_about().map(|about| say(&about.to_string()));
    let after = command.get_after_help().map(|after| lines(&after.to_string(), say));
    let mut command = command.mut_args(|argument| told_argument(argument, say));
    let usage = command.render_usage().to_string();
    let usage = usage.replace("Usage: ", "").replace("\n       ", "\n  ");
    let usage =
        ["[OPTIONS]", "<COMMAND>"].iter().fold(usage, |usage, own| match usage.contains(own) {
            true => usage.replace(own, &say(own)),
            false => usage,
        });
    let mut parts = vec![format!("{{about-with-newline}}\n{} {{usage}}", say("Usage:"))];
    let heading = command.get_subcommand_help_heading().unwrap_or("Commands");
    if command.has_subcommands() {
        parts.push(format!("{}\n{{subcommands}}", say(&format!("{heading}:"))));
    }
    if command.get_positionals().next().is_some() {
        parts.push(format!("{}\n{{positionals}}", say("Arguments:")));
    }
    parts.push(format!("{}\n{{options}}", say("Options:")));
    let template = parts.join("\n\n") + "{after-help}";
    command = command.override_usage(usage).help_template(template);
    if let Some(about) = about {
        command = command.about(about);
    }
    if let Some(after) = after {
        command = command.after_help(after);
    }
    command.mut_subcommands(|command| told(command, say))
}

fn told_argument(argument: Arg, say: &mut dyn FnMut(&str) -> String) -> Arg {
    let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
    // It tells of another help only where some words have a help of their own.
    let help = help.split(" (see ").next().unwrap_or_default();
    // A default that is said in words stands at the end of the text.
    let (help, in_words) =
        match help.strip_suffix(']').and_then(|help| help.split_once(" [default: ")) {
            Some((help, words)) => (help, Some(words)),
            None => (help, None),
        };
    let mut text = say(help);
    let takes = argument.get_action().takes_values();
    let defaults: Vec<&str> =
        argument.get_default_values().iter().filter_map(|value| value.to_str()).collect();
    let default = match in_words {
        Some(words) if words.contains(' ') => Some(say(words)),
        Some(word) => Some(word.to_owned()),
        None => (takes && !defaults.is_empty()).then(|| defaults.join(" ")),
    };
    if let Some(default) = default {
        text += &format!(" [{} {default}]", say("default:"));
    }
    let values = argument.get_possible_values();
    if values.iter().any(|value| value.get_help().is_some()) {
        for value in &values {
            let help = value.get_help().map(|help| say(&help.to_string())).unwrap_or_default();
            text += &format!("\n- {}: {help}", value.get_name());
        }
    } else if !values.is_empty() {
        let names: Vec<&str> = values.iter().map(|value| value.get_name()).collect();
        text += &format!(" [{} {}]", say("possible values:"), names.join(", "));
    }
    let names: Vec<&'static str> = argument
        .get_value_names()
        .filter(|_| takes)
        .unwrap_or_default()
        .iter()
        .map(|name| &*say(name).leak())
        .collect();
    let argument = argument.help(text).hide_default_value(true).hide_possible_values(true);
    if names.is_empty() { argument } else { argument.value_names(names) }
}

/// What stands below the options: sentences, and commands with what they do behind them.
fn lines(text: &str, say: &mut dyn FnMut(&str) -> String) -> String {
    let mut told = Vec::new();
    for line in text.lines() {
        let start = line.len() - line.trim_start().len();
        let (indent, line) = line.split_at(start);
        let line = match (line.starts_with("crackdown "), line.split_once("  ")) {
            (true, Some((command, rest))) => {
                let gap = " ".repeat(2 + rest.len() - rest.trim_start().len());
                format!("{command}{gap}{}", say(rest.trim_start()))
            }
            (true, None) => line.to_owned(),
            (false, _) if line.is_empty() => String::new(),
            (false, _) => say(line),
        };
        told.push(format!("{indent}{line}"));
    }
    told.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::report::language::speaking;
    use ::report::speech::knows;
    use clap::CommandFactory;

    #[test]
    fn every_text_of_the_help_is_in_the_catalogue() {
        let mut program = super::super::CommandLine::command();
        program.build();
        let (mut all, mut lacks) = (0, Vec::new());
        told(program, &mut |text| {
            all += 1;
            // Short names such as N, and what is the same in every language.
            let plain = |letter: char| !letter.is_alphabetic() || letter.is_uppercase();
            let bare =
                text.chars().all(plain) && text.chars().filter(|c| c.is_alphabetic()).count() < 3;
            if !bare && !knows(text) && !lacks.contains(&text.to_owned()) {
                lacks.push(text.to_owned());
            }
            text.to_owned()
        });
        assert!(all > 500, "{all}");
        assert!(lacks.is_empty(), "not in the catalogue: {lacks:#?}");
    }

    #[test]
    fn help_is_told_in_the_language_and_english_stays_as_clap_has_it() {
        let help = |language| {
            speaking(language, || {
                let mut program = spoken(super::super::CommandLine::command());
                let compare = program.find_subcommand_mut("compare").unwrap().render_long_help();
                format!("{}\n{compare}", program.render_long_help())
            })
        };
        let russian = help(Language::Russian);
        for words in ["Использование: crackdown", "Команды:", "Опции:", "[по умолчанию:"]
        {
            assert!(russian.contains(words), "{words} is not in: {russian}");
        }
        for words in ["Usage", "Options", "default", "Print help", "possible"] {
            assert!(!russian.contains(words), "{words} is in: {russian}");
        }
        let mut program = super::super::CommandLine::command();
        let compare = program.find_subcommand_mut("compare").unwrap().render_long_help();
        let plain = format!("{}\n{compare}", program.render_long_help());
        assert_eq!(help(Language::English), plain);
    }

    #[test]
    fn the_language_is_found_before_arguments_are_read() {
        let of = |line: &str| {
            language_of(&line.split(' ').map(OsString::from).collect::<Vec<OsString>>())
        };
        assert_eq!(of("crackdown --lang ru compare --help"), Some(Language::Russian));
        assert_eq!(of("crackdown help --lang=kk"), Some(Language::Kazakh));
        assert_eq!(of("crackdown list"), None);
        assert_eq!(of("crackdown list -- --lang ru"), None);
        assert_eq!(of("crackdown list --lang"), None);
    }
}
