//! The command line: one flag for each setting, made from the catalog.
//!
//! Values stay text here; judging them is left to the settings, so that all bad ones are told together.

use clap::{Arg, Command};

use super::catalog::{CATALOG, Setting};

const PRECEDENCE: &str = "\
Each setting is a flag, an environment variable (its name in capital letters with underscores, as in
USERS_ADDR) or a line in ./.env; the first of these that is set decides. An empty value counts as unset.";

/// What `natter` understands.
pub(crate) fn command() -> Command {
    Command::new("natter")
        .version(env!("CARGO_PKG_VERSION"))
        .about("A chat system: the users service and the chat service in one command")
        .after_help(PRECEDENCE)
        .args(CATALOG.iter().map(flag))
        .subcommand(Command::new("users").about("The users service alone (needs MONGODB_URI)"))
        .subcommand(Command::new("chat").about("The chat service alone (needs MONGODB_URI)"))
        .disable_help_subcommand(true)
        .subcommand_help_heading("Services alone")
}

fn flag(setting: &'static Setting) -> Arg {
    let mut help = setting.meaning.to_owned();
    if !setting.default.is_empty() {
        help.push_str(&format!(" [default: {}]", setting.default));
    }
    Arg::new(setting.name)
        .long(setting.name.to_lowercase().replace('_', "-"))
        .value_name(setting.unit)
        .help_heading(setting.group)
        .allow_negative_numbers(true)
        .global(true)
        .help(help)
}

#[cfg(test)]
mod tests {
    use super::{CATALOG, command};

    #[test]
    fn the_help_shows_every_setting_with_its_meaning_and_default() {
        let help = command().term_width(200).render_long_help().to_string();
        for setting in CATALOG {
            let flag = format!("--{}", setting.name.to_lowercase().replace('_', "-"));
            for part in [&flag, setting.meaning, setting.unit, setting.default] {
                assert!(help.contains(part), "{part:?} of {} is missing in\n{help}", setting.name);
            }
        }
        command().debug_assert();
    }
}
