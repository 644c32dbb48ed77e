//! The command line.

use std::path::PathBuf;

use clap::{Arg, ArgAction, Command, value_parser};

use crate::scenarios::{SCENARIOS, Scenario};

/// Rounds of a full run.
const ROUNDS: &str = "3";

/// What to measure, with what.
pub(crate) struct Options {
    pub(crate) scenarios: Vec<&'static Scenario>,
    pub(crate) rounds: u32,
    pub(crate) is_quick: bool,
    pub(crate) natter: PathBuf,
    /// Other builds of Natter.
    pub(crate) beside: Vec<PathBuf>,
    /// Names of the servers that take part; everyone when empty.
    pub(crate) only: Vec<String>,
    pub(crate) mongodb: Option<String>,
    /// Folder with the servers that are built with this program.
    pub(crate) programs: PathBuf,
    /// Folder for the table and the charts.
    pub(crate) output: Option<PathBuf>,
    /// Folder with the installed chats in JavaScript.
    pub(crate) peers: Option<PathBuf>,
}

impl Options {
    /// Reads them; a mistake ends the process with a message.
    pub(crate) fn read() -> Self {
        let matches = command().get_matches();
        let many = |name| matches.get_many(name).into_iter().flatten().cloned().collect();
        let names: Vec<String> = many("scenario");
        let is_chosen =
            |scenario: &&Scenario| names.is_empty() || names.iter().any(|name| name == scenario.name);
        Self {
            scenarios: SCENARIOS.iter().filter(is_chosen).collect(),
            rounds: *matches.get_one("rounds").expect("it has a default"),
            is_quick: matches.get_flag("quick"),
            natter: matches.get_one::<PathBuf>("natter").expect("it is required").clone(),
            beside: matches.get_many("beside").into_iter().flatten().cloned().collect(),
            only: many("only"),
            mongodb: matches.get_one::<String>("mongodb").cloned(),
            programs: own_folder(),
            output: matches.get_one::<PathBuf>("output").cloned(),
            peers: matches.get_one::<PathBuf>("peers").cloned(),
        }
    }
}

/// Cargo builds all programs of a package into one folder.
fn own_folder() -> PathBuf {
    let own = std::env::current_exe().unwrap_or_default();
    own.parent().map(PathBuf::from).unwrap_or_default()
}

fn command() -> Command {
    let names = SCENARIOS.map(|scenario| scenario.name);
    let scenario = Arg::new("scenario").value_name("SCENARIO").num_args(0..).value_parser(names);
    let rounds = one("rounds", "N").default_value(ROUNDS).value_parser(value_parser!(u32).range(1..));
    let quick = Arg::new("quick").long("quick").action(ArgAction::SetTrue);
    let path = || value_parser!(PathBuf);
    let own = "[default: `cargo xtask bench` provides it]";
    Command::new("bench")
        .about("Measures Natter beside other servers")
        .override_usage("cargo xtask bench [OPTIONS] [SCENARIO]...")
        .after_help(scenarios())
        .args([
            scenario
                .hide_possible_values(true)
                .help("What to measure, of the list below [default: everything]"),
            rounds.help("How often each server is measured"),
            quick.help("Measure shorter and less, to see that it works"),
            many("only", "NAME").help("A server that takes part, by its name in the table [default: all]"),
            many("beside", "PATH").value_parser(path()).help("Another build of Natter for the same rounds"),
            one("natter", "PATH")
                .required(true)
                .value_parser(path())
                .help(format!("The Natter to measure {own}")),
            one("mongodb", "URI").help(format!("A replica set {own}")),
            one("peers", "FOLDER")
                .value_parser(path())
                .help(format!("The installed peers in JavaScript {own}")),
            one("output", "FOLDER")
                .value_parser(path())
                .help("Where the table and the charts go [default: target/bench]"),
        ])
}

fn one(name: &'static str, value: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value)
}

fn many(name: &'static str, value: &'static str) -> Arg {
    one(name, value).action(ArgAction::Append)
}

/// What each scenario measures.
fn scenarios() -> String {
    let line = |scenario: &Scenario| format!("  {:<22} {}\n", scenario.name, scenario.about(false));
    format!("Scenarios:\n{}", SCENARIOS.iter().map(line).collect::<String>())
}
