//! `crackdown completions` and `crackdown man`: made from the same declarations as the help.

use std::path::PathBuf;

use clap::CommandFactory;
use clap_complete::Shell;

use super::CommandLine;
use super::simulate::{Refusal, failed, print};

/// For which shell.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    crackdown completions bash > ~/.local/share/bash-completion/completions/crackdown\n  \
    crackdown completions zsh > ~/.zfunc/_crackdown")]
pub struct Completions {
    /// Your shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Where to.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  crackdown man | man -l -\n  crackdown man --out ~/.local/share/man/man1"
)]
pub struct Man {
    /// Folder for a page of each command; without it the page of the program is printed
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// Prints the file.
pub fn completions(args: &Completions) -> Result<(), Refusal> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut CommandLine::command(), "crackdown", &mut text);
    // A shell's file has tabs, which the way for results would not let through.
    whole(&text)
}

/// Prints the page, or writes all.
pub fn man(args: &Man) -> Result<(), Refusal> {
    let written = match &args.out {
        Some(out) => std::fs::create_dir_all(out)
            .and_then(|()| clap_mangen::generate_to(CommandLine::command(), out)),
        None => {
            let mut text = Vec::new();
            match clap_mangen::Man::new(CommandLine::command()).render(&mut text) {
                Ok(()) => return whole(&text),
                Err(error) => Err(error),
            }
        }
    };
    written.map_err(|error| failed(format!("the manual cannot be written: {error}")))
}

fn whole(text: &[u8]) -> Result<(), Refusal> {
    print(&String::from_utf8_lossy(text).replace('\t', "    "));
    Ok(())
}
