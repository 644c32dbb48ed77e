//! The command: reads the settings, opens the store, listens, and runs both services until it is told to stop.
//!
//! It holds no behaviour of its own that a client could see.

mod descriptors;
mod listeners;
mod logging;
mod secret;
mod services;
mod settings;
mod stop;
mod system;

use std::process::ExitCode;

use settings::Settings;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// The status for settings that cannot be used, as for unknown flags.
const BAD_SETTINGS: u8 = 2;

fn main() -> ExitCode {
    let settings = match Settings::load() {
        Ok(settings) => settings,
        Err(problems) => {
            problems.iter().for_each(|problem| eprintln!("natter: {problem}"));
            eprintln!("natter: not started; `natter --help` tells what can be set");
            return ExitCode::from(BAD_SETTINGS);
        }
    };
    logging::start(&settings.log, settings.log_format);
    match system::run(&settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("natter: {reason}");
            ExitCode::FAILURE
        }
    }
}
