//! The `lumbung` binary: parses the arguments and runs one command.

use std::process::ExitCode;

use clap::Parser;
use lumbung::cli::Arguments;

fn main() -> ExitCode {
    match Arguments::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{}", failure.message);
            ExitCode::from(failure.code)
        }
    }
}
