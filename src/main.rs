//! The program: parse, run, print, exit code.

fn main() -> std::process::ExitCode {
    crackdown::cli::main()
}
