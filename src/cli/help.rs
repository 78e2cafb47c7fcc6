//! `crackdown help`: the guide by topic, and the options of a command.

use clap::CommandFactory;

use super::CommandLine;
use super::simulate::{Refusal, print, usage};
use super::spoken::spoken;
use ::report::guide::{TOPICS, Topic};
use ::report::say;
use ::report::speech::tr;
use scenario::finding::nearest;

/// What to show.
#[derive(Debug, clap::Args)]
pub struct HelpArgs {
    /// A topic of the guide, or a command; without it, all topics
    #[arg(value_name = "TOPIC")]
    pub topic: Option<String>,
}

/// Shows it.
pub fn run(args: &HelpArgs) -> Result<(), Refusal> {
    let mut program = spoken(CommandLine::command());
    let Some(wanted) = &args.topic else {
        print(&format!("{}\n\n{}", program.render_long_help(), topics()));
        return Ok(());
    };
    if let Some(topic) = Topic::of(wanted) {
        let text = topic.text();
        // The list of limits stands on the page as well, which has a head of its own.
        let head = if text.starts_with('#') {
            String::new()
        } else {
            format!("# {}\n\n", first_upper(tr(topic.about)))
        };
        print(&format!("{head}{text}"));
        return Ok(());
    }
    if let Some(command) = program.find_subcommand_mut(wanted) {
        let text = command.render_long_help();
        print(&format!("{text}\n"));
        return Ok(());
    }
    let names = || {
        TOPICS
            .iter()
            .map(|topic| topic.name)
            .chain(program.get_subcommands().map(clap::Command::get_name))
    };
    let near = nearest(wanted, names())
        .map_or_else(String::new, |near| say!(" Did you mean `{near}`?", near));
    let why = say!("there is no topic or command `{wanted}`.{near}", wanted, near);
    Err(usage(format!("{why}\n\n{}", topics())))
}

/// All topics, a line each.
fn topics() -> String {
    let line = |topic: &Topic| format!("  {:<12} {}\n", topic.name, tr(topic.about));
    let lines: String = TOPICS.iter().map(line).collect();
    format!("{}\n{lines}", tr("Topics of the guide, each shown by `crackdown help TOPIC`:"))
}

fn first_upper(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_guide_is_a_topic_and_no_topic_is_a_command() {
        let files = std::fs::read_dir("src/guide").unwrap().map(|file| file.unwrap().path());
        let files = files.filter(|path| path.is_file());
        let mut files: Vec<String> =
            files.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
        files.sort();
        let mut names: Vec<&str> = TOPICS.iter().map(|topic| topic.name).collect();
        names.sort_unstable();
        assert_eq!(names, files);
        let program = CommandLine::command();
        assert!(names.iter().all(|name| program.find_subcommand(name).is_none()));
    }
}
