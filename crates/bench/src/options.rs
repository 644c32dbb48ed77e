//! The command line.

use std::path::PathBuf;

use clap::{Arg, ArgAction, Command, value_parser};

use crate::scenarios::{SCENARIOS, Scenario};

/// Rounds of a full run.
const ROUNDS: &str = "3";

/// What to measure, with what.
pub(crate) struct Options {
    pub(crate) scenarios: Vec<&'static Scenario>,
    pub(crate) rounds: usize,
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
    let scenario = Arg::new("scenario").num_args(0..).value_parser(names);
    let rounds = Arg::new("rounds").long("rounds").default_value(ROUNDS).value_parser(value_parser!(usize));
    let quick = Arg::new("quick").long("quick").action(ArgAction::SetTrue);
    let many = |name: &'static str| Arg::new(name).long(name).action(ArgAction::Append);
    let one = |name: &'static str| Arg::new(name).long(name);
    let path = || value_parser!(PathBuf);
    Command::new("bench").about("Measures Natter beside other servers").args([
        scenario.help("What to measure [default: everything]"),
        rounds.help("How often each server is measured"),
        quick.help("Measure shorter and less, to see that it works"),
        one("natter").required(true).value_parser(path()).help("The Natter to measure"),
        many("beside").value_parser(path()).help("Another build of Natter for the same rounds"),
        many("only").help("A server that takes part, by its name in the table [default: all]"),
        one("mongodb").help("URI of a replica set"),
        one("output")
            .value_parser(path())
            .help("Folder for the table and the charts [default: they are not written]"),
        one("peers").value_parser(path()).help("Folder with the installed peers in JavaScript"),
    ])
}
