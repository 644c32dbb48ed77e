//! The command: reads the settings, then does what it was asked to: run the services, back up, restore, ask for health.
//!
//! It holds no behaviour of its own that a client could see.

mod copies;
mod descriptors;
mod health;
mod listeners;
mod logging;
mod opening;
mod secret;
mod services;
mod settings;
mod stop;
mod system;

use std::process::ExitCode;

use settings::{Command, Problem, Settings};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// The status for settings that cannot be used, as for unknown flags.
const BAD_SETTINGS: u8 = 2;

fn main() -> ExitCode {
    let flags = settings::command().get_matches();
    let command = Command::of(&flags);
    // A health check runs beside a service whose settings it does not know.
    if let Command::Health(urls) = &command {
        return ended(health::check(urls));
    }
    let settings = match Settings::load(&command, &flags) {
        Ok(settings) => settings,
        Err(problems) => return not_started(&problems),
    };
    logging::start(&settings.log, settings.log_format);
    ended(match command {
        Command::Serve(services) => system::run(&settings, services),
        Command::Backup(file) => copies::back_up(&settings.data_dir, &file),
        Command::Restore(file) => copies::restore(&file, &settings.data_dir),
        Command::Health(_) => unreachable!("it was answered above"),
    })
}

fn not_started(problems: &[Problem]) -> ExitCode {
    problems.iter().for_each(|problem| eprintln!("natter: {problem}"));
    eprintln!("natter: not started; `natter --help` tells what can be set");
    ExitCode::from(BAD_SETTINGS)
}

fn ended(outcome: Result<(), String>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("natter: {reason}");
            ExitCode::FAILURE
        }
    }
}
