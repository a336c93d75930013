//! The commands. Each loads the configuration, does one thing and returns an exit code.

mod admin;
mod backup;
mod bench;
mod config;
pub mod demo;
mod doctor;
mod import_places;
mod keys;
mod migrate;
pub mod serve;

use std::path::Path;

use clap::{Parser, Subcommand};

use crate::config::Sources;
use crate::telemetry;

/// The error of a command: a message for the user and the exit code.
#[derive(Debug)]
pub struct Failure {
    /// The message for the user.
    pub message: String,
    /// The exit code.
    pub code: u8,
}

impl Failure {
    /// An operation failed: code 1.
    pub fn new(message: impl Into<String>) -> Self {
        Failure { message: message.into(), code: 1 }
    }

    /// The configuration or the arguments are invalid: code 2.
    pub fn usage(message: impl Into<String>) -> Self {
        Failure { message: message.into(), code: 2 }
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Failure::from_error(&error)
    }
}

impl Failure {
    /// Turns an error of the file system into a message that names the path: code 1.
    pub(crate) fn at_path(path: &Path) -> impl Fn(std::io::Error) -> Failure + '_ {
        move |error| Failure::new(format!("{}: {error}", path.display()))
    }

    /// An error with all its sources in the message: code 1.
    pub fn from_error(error: &dyn std::error::Error) -> Self {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            let cause_text = cause.to_string();
            if !message.contains(&cause_text) {
                message.push_str(": ");
                message.push_str(&cause_text);
            }
            source = cause.source();
        }
        Failure::new(message)
    }
}

/// Marketplace of a village's cooperative.
#[derive(Debug, Parser)]
#[command(name = "lumbung", version, about, propagate_version = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Demo),
    Serve(serve::Serve),
    Migrate(migrate::Migrate),
    Admin(admin::AdminCommand),
    Bench(bench::Bench),
    Backup(backup::Backup),
    Restore(backup::Restore),
    Doctor(doctor::Doctor),
    Keys(keys::Keys),
    Config(config::PrintConfig),
    ImportPlaces(import_places::ImportPlaces),
}

impl Arguments {
    /// Loads the configuration, starts logging, and runs the command.
    pub fn run(self) -> Result<(), Failure> {
        let sources = Sources::from_process().map_err(|errors| Failure::usage(errors.to_string()))?;
        let config = sources.config().map_err(|errors| Failure::usage(errors.to_string()))?;
        telemetry::init(&config.log);
        match self.command {
            Command::Demo(command) => command.run(config),
            Command::Serve(command) => command.run(config),
            Command::Migrate(command) => command.run(&config),
            Command::Admin(command) => command.run(&config),
            Command::Bench(command) => command.run(config),
            Command::Backup(command) => command.run(&config),
            Command::Restore(command) => command.run(&config),
            Command::Doctor(command) => command.run(&config),
            Command::Keys(command) => command.run(&config),
            Command::Config(command) => command.run(&sources),
            Command::ImportPlaces(command) => command.run(&config),
        }
    }
}
