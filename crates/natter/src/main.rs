//! The command: reads the settings, then runs the services, backs up, restores, moves or checks health.
//!
//! It has no behaviour of its own that a client could see.

#![warn(clippy::too_many_lines)]

mod backup;
mod config;
mod fd_limit;
mod health;
mod listeners;
mod logging;
mod move_store;
mod open_store;
mod secret;
mod server;
mod settings;
mod signals;

use std::process::ExitCode;

use settings::{Command, SettingError, Settings};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// The exit status for invalid settings, as for unknown flags.
const INVALID_SETTINGS: u8 = 2;

fn main() -> ExitCode {
    let flags = settings::command().get_matches();
    let command = Command::of(&flags);
    // A health check runs beside a service whose settings it does not know.
    if let Command::Health(urls) = &command {
        return exit_code(health::check(urls));
    }
    let settings = match Settings::load(&command, &flags) {
        Ok(settings) => settings,
        Err(errors) => return refuse_to_start(&errors),
    };
    logging::start(&settings.log, settings.log_format);
    exit_code(match command {
        Command::Serve(services) => server::run(&settings, services),
        Command::Backup(file) => backup::back_up(&settings.data_dir, &file),
        Command::Restore(file) => backup::restore(&file, &settings.data_dir),
        Command::Move => move_store::run(&settings),
        Command::Health(_) => unreachable!("handled above"),
    })
}

fn refuse_to_start(errors: &[SettingError]) -> ExitCode {
    errors.iter().for_each(|error| eprintln!("natter: {error}"));
    eprintln!("natter: cannot start with these settings; `natter --help` lists them all");
    ExitCode::from(INVALID_SETTINGS)
}

fn exit_code(outcome: Result<(), String>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("natter: {reason}");
            ExitCode::FAILURE
        }
    }
}
