//! What a person may rely on when setting Natter up.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::Path;

use super::catalog::CATALOG;
use super::{LogFormat, Problem, Settings};

const NO_FILE: &str = "/nonexistent/.env";

fn load(flags: &[&str], environment: &[(&str, &str)], dotenv: &Path) -> Result<Settings, Vec<Problem>> {
    let environment: HashMap<_, _> = environment.iter().copied().collect();
    let arguments = std::iter::once("natter").chain(flags.iter().copied()).map(OsString::from);
    Settings::load_from(arguments, |name| environment.get(name).map(OsString::from), dotenv)
}

fn by_environment(environment: &[(&str, &str)]) -> Result<Settings, Vec<Problem>> {
    load(&[], environment, Path::new(NO_FILE))
}

fn problems_of(environment: &[(&str, &str)]) -> Vec<String> {
    let problems = by_environment(environment).expect_err("these settings are bad");
    problems.iter().map(Problem::to_string).collect()
}

#[test]
fn nothing_needs_to_be_set() {
    let settings = by_environment(&[]).unwrap();
    assert_eq!(settings.users_addr, "127.0.0.1:3000".parse().unwrap());
    assert_eq!(settings.chat_addr, "127.0.0.1:3001".parse().unwrap());
    assert_eq!(settings.data_dir, Path::new("./data"));
    assert_eq!((settings.users_url, settings.chat_url, settings.access_token_secret), (None, None, None));
    assert_eq!((settings.token_lifetime_secs, settings.session_lifetime_secs), (86_400, 2_592_000));
    assert_eq!((settings.log.as_str(), settings.log_format), ("info", LogFormat::Text));
    assert_eq!(settings.limits.max_connections, 101_024);
}

#[test]
fn the_example_file_as_it_stands_sets_every_setting_to_its_default() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.env.example");
    assert_eq!(load(&[], &[], &example), by_environment(&[]));
}

#[test]
fn the_example_file_tells_the_meaning_and_the_default_of_every_setting_in_the_order_of_the_help() {
    let example = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.env.example"));
    let example = example.unwrap();
    let lines: Vec<_> = example.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    let expected: Vec<_> =
        CATALOG.iter().map(|setting| format!("{}={}", setting.name, setting.default)).collect();
    assert_eq!(lines, expected);
    let comments: Vec<_> = example.lines().filter_map(|line| line.strip_prefix("# ")).collect();
    for setting in CATALOG {
        assert!(comments.join(" ").contains(setting.meaning), "{} is not explained", setting.name);
        assert!(example.contains(setting.unit), "the unit of {} is missing", setting.name);
    }
}

#[test]
fn flags_are_stronger_than_the_environment_and_that_is_stronger_than_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(".env");
    std::fs::write(&file, "MAX_SOCKETS=1\nHASH_QUEUE=1\nJOURNAL_QUEUE=1\n").unwrap();
    let settings =
        load(&["--hash-queue", "3"], &[("HASH_QUEUE", "2"), ("JOURNAL_QUEUE", "2")], &file).unwrap();
    let limits = settings.limits;
    assert_eq!((limits.max_sockets, limits.journal_queue, limits.hash_queue), (1, 2, 3));
}

#[test]
fn an_empty_value_counts_as_unset() {
    assert_eq!(by_environment(&[("HASH_QUEUE", ""), ("CHAT_URL", "")]), by_environment(&[]));
}

#[test]
fn all_bad_settings_are_told_together_by_name_and_value_with_what_is_allowed() {
    let told = problems_of(&[
        ("USERS_ADDR", "localhost:3000"),
        ("CHAT_URL", "chat.example.org"),
        ("HASH_QUEUE", "0"),
        ("SEND_RATE", "-1"),
        ("LOG", "verbose"),
        ("LOG_FORMAT", "xml"),
        ("TOKEN_LIFETIME_SECS", "soon"),
    ]);
    let all = told.join("\n");
    assert_eq!(told.len(), 7, "{all}");
    for part in [
        "USERS_ADDR is \"localhost:3000\" (from the environment): must be an IP address and a port",
        "CHAT_URL is \"chat.example.org\" (from the environment): must be http:// or https://",
        "HASH_QUEUE is \"0\" (from the environment): must be a whole number from 1 to",
        "SEND_RATE is \"-1\" (from the environment): must be a whole number from 0 to",
        "LOG is \"verbose\"",
        "LOG_FORMAT is \"xml\" (from the environment): must be text or json",
        "TOKEN_LIFETIME_SECS is \"soon\"",
    ] {
        assert!(all.contains(part), "{part:?} is missing in\n{all}");
    }
}

#[test]
fn a_secret_is_never_shown() {
    let told = problems_of(&[("ACCESS_TOKEN_SECRET", "tooshort"), ("MONGODB_URI", "mongodb://me:pw@db")]);
    assert_eq!(
        told,
        [
            "MONGODB_URI (from the environment, not shown): \
             must be unset: this build has only the embedded store",
            "ACCESS_TOKEN_SECRET (from the environment, not shown): must be 32 bytes or more",
        ]
    );
    let settings = by_environment(&[("ACCESS_TOKEN_SECRET", "0123456789abcdef0123456789abcdef")]).unwrap();
    assert!(!format!("{settings:?}").contains("0123456789abcdef"));
}

#[test]
fn a_broken_line_of_the_file_is_told_without_its_value() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(".env");
    std::fs::write(&file, "ACCESS_TOKEN_SECRET='hidden\n").unwrap();
    let told = format!("{:?}", load(&[], &[], &file).unwrap_err());
    assert!(told.contains("ACCESS_TOKEN_SECRET") && !told.contains("hidden"), "{told}");
}

#[test]
fn a_wildcard_address_needs_a_url() {
    let told = problems_of(&[("USERS_ADDR", "0.0.0.0:3000"), ("CHAT_ADDR", "[::]:3001")]).join("\n");
    assert!(told.contains("USERS_URL is not set: must be set"), "{told}");
    assert!(told.contains("CHAT_URL is not set: must be set"), "{told}");
    let with_urls = [
        ("USERS_ADDR", "0.0.0.0:3000"),
        ("USERS_URL", "https://natter.example.org"),
        ("CHAT_ADDR", "[::]:3001"),
        ("CHAT_URL", "https://chat.natter.example.org"),
    ];
    assert!(by_environment(&with_urls).is_ok());
}

#[test]
fn the_services_need_addresses_and_urls_of_their_own() {
    let told = problems_of(&[
        ("CHAT_ADDR", "127.0.0.1:3000"),
        ("USERS_URL", "http://one.example"),
        ("CHAT_URL", "http://one.example"),
    ]);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told.join("\n").contains("CHAT_ADDR is \"127.0.0.1:3000\" (from the environment): must be another")
    );
}

#[test]
fn a_service_alone_stops_with_the_reason() {
    for service in ["users", "chat"] {
        let told = load(&[service], &[], Path::new(NO_FILE)).unwrap_err();
        assert!(told[0].to_string().contains("this build has only the embedded store"), "{told:?}");
    }
}
