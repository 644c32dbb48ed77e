//! The command line: the commands, and one flag for each setting, made from the catalog.
//!
//! Values stay text here. The settings check them, so that all invalid ones are reported together.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, value_parser};

use super::catalog::{CATALOG, Setting};

const PRECEDENCE: &str = "\
Each setting is a flag, an environment variable (its name in capital letters with underscores, as in
USERS_ADDR) or a line in ./.env; the first of these that is set decides. An empty value counts as unset.";

/// The command to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// Run until a signal.
    Serve(Services),
    /// Copy the embedded store into a file.
    Backup(PathBuf),
    /// Create the embedded store from such a file.
    Restore(PathBuf),
    /// Move the embedded store to MongoDB.
    Move,
    /// Check the health of running services at these addresses.
    Health(Vec<String>),
}

/// Which services this process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Services {
    Both,
    Users,
    Chat,
}

impl Services {
    /// Whether the users service is one of them.
    pub(crate) fn has_users(self) -> bool {
        self != Self::Chat
    }

    /// Whether the chat service is one of them.
    pub(crate) fn has_chat(self) -> bool {
        self != Self::Users
    }
}

impl Command {
    /// The command of a command line.
    pub(crate) fn of(matches: &ArgMatches) -> Self {
        let file = |matches: &ArgMatches| matches.get_one("FILE").cloned().expect("clap requires it");
        match matches.subcommand() {
            Some(("users", _)) => Self::Serve(Services::Users),
            Some(("chat", _)) => Self::Serve(Services::Chat),
            Some(("backup", matches)) => Self::Backup(file(matches)),
            Some(("restore", matches)) => Self::Restore(file(matches)),
            Some(("move", _)) => Self::Move,
            Some(("health", matches)) => {
                Self::Health(matches.get_many("URL").expect("clap requires it").cloned().collect())
            }
            _ => Self::Serve(Services::Both),
        }
    }
}

/// The command line of `natter`.
pub(crate) fn command() -> clap::Command {
    let url = Arg::new("URL").required(true).num_args(1..);
    clap::Command::new("natter")
        .version(env!("CARGO_PKG_VERSION"))
        .about("A chat system: the users service and the chat service in one command")
        .after_help(PRECEDENCE)
        .args(CATALOG.iter().map(flag))
        .subcommand(named("users", "The users service alone (needs MONGODB_URI)"))
        .subcommand(named("chat", "The chat service alone (needs MONGODB_URI)"))
        .subcommand(
            named("backup", "Copies the embedded store into FILE, also while Natter runs")
                .arg(file("The file to create; it holds everything in the store, and the token key")),
        )
        .subcommand(
            named("restore", "Creates the embedded store from FILE in an empty DATA_DIR")
                .arg(file("A file that `natter backup` created")),
        )
        .subcommand(named(
            "move",
            "Copies the embedded store in DATA_DIR to an empty database, MONGODB_URI, while Natter is stopped",
        ))
        .subcommand(named("health", "Succeeds when every URL answers 200, for health checks").arg(url))
        .disable_help_subcommand(true)
}

fn named(name: &'static str, about: &'static str) -> clap::Command {
    clap::Command::new(name).about(about)
}

fn file(help: &'static str) -> Arg {
    Arg::new("FILE").required(true).value_parser(value_parser!(PathBuf)).help(help)
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
    use super::{CATALOG, Command, Services, command};

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

    #[test]
    fn each_command_is_parsed_with_flags_before_and_behind_it() {
        let parsed = |line: &str| Command::of(&command().get_matches_from(line.split(' ')));
        assert_eq!(parsed("natter --log debug"), Command::Serve(Services::Both));
        assert_eq!(parsed("natter users --log debug"), Command::Serve(Services::Users));
        assert_eq!(parsed("natter --log debug chat"), Command::Serve(Services::Chat));
        assert_eq!(parsed("natter backup to --data-dir d"), Command::Backup("to".into()));
        assert_eq!(parsed("natter restore from"), Command::Restore("from".into()));
        assert_eq!(parsed("natter move --data-dir d"), Command::Move);
        assert_eq!(parsed("natter health a b"), Command::Health(vec!["a".into(), "b".into()]));
    }
}
