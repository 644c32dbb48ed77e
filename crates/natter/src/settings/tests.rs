//! The settings, as an operator relies on them.

mod image;

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::Path;

use super::catalog::CATALOG;
use super::{Command, LogFormat, SettingError, Settings, command};

const NO_FILE: &str = "/nonexistent/.env";
const SECRET: (&str, &str) = ("ACCESS_TOKEN_SECRET", "0123456789abcdef0123456789abcdef");
const MONGODB: (&str, &str) = ("MONGODB_URI", "mongodb://me:hidden@db/natter");

fn load(flags: &[&str], environment: &[(&str, &str)], dotenv: &Path) -> Result<Settings, Vec<SettingError>> {
    let environment: HashMap<_, _> = environment.iter().copied().collect();
    let arguments = std::iter::once("natter").chain(flags.iter().copied());
    let flags = command().get_matches_from(arguments);
    let find = |name: &str| environment.get(name).map(OsString::from);
    Settings::load_from(&Command::of(&flags), &flags, find, dotenv)
}

fn by_environment(environment: &[(&str, &str)]) -> Result<Settings, Vec<SettingError>> {
    load(&[], environment, Path::new(NO_FILE))
}

fn errors_of(environment: &[(&str, &str)]) -> Vec<String> {
    errors_of_command("", environment)
}

fn errors_of_command(line: &str, environment: &[(&str, &str)]) -> Vec<String> {
    let words: Vec<_> = line.split_whitespace().collect();
    let errors = load(&words, environment, Path::new(NO_FILE)).expect_err("these settings are invalid");
    errors.iter().map(SettingError::to_string).collect()
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
fn the_example_file_states_the_meaning_and_default_of_every_setting_in_the_order_of_the_help() {
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
fn flags_override_the_environment_and_the_environment_overrides_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(".env");
    std::fs::write(&file, "MAX_SOCKETS=1\nHASH_QUEUE=1\nJOURNAL_QUEUE=1\n").unwrap();
    let settings =
        load(&["--hash-queue", "3"], &[("HASH_QUEUE", "2"), ("JOURNAL_QUEUE", "2")], &file).unwrap();
    let limits = settings.limits;
    assert_eq!((limits.max_sockets, limits.journal_queue, limits.hash_queue), (1, 2, 3));
}

#[test]
fn the_file_may_be_as_an_editor_of_another_system_writes_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(".env");
    std::fs::write(&file, "\u{feff}MAX_SOCKETS=1\r\nHASH_QUEUE=2\r\n").unwrap();
    let limits = load(&[], &[], &file).unwrap().limits;
    assert_eq!((limits.max_sockets, limits.hash_queue), (1, 2), "with a byte order mark and its line ends");
}

#[test]
fn an_empty_value_counts_as_unset() {
    assert_eq!(by_environment(&[("HASH_QUEUE", ""), ("CHAT_URL", "")]), by_environment(&[]));
}

#[test]
fn all_invalid_settings_are_reported_together_with_name_value_and_what_is_allowed() {
    let errors = errors_of(&[
        ("USERS_ADDR", "localhost:3000"),
        ("CHAT_URL", "chat.example.org"),
        ("HASH_QUEUE", "0"),
        ("SEND_RATE", "-1"),
        ("LOG", "verbose"),
        ("LOG_FORMAT", "xml"),
        ("TOKEN_LIFETIME_SECS", "soon"),
    ]);
    let all = errors.join("\n");
    assert_eq!(errors.len(), 7, "{all}");
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
    let errors = errors_of(&[("ACCESS_TOKEN_SECRET", "tooshort"), ("MONGODB_URI", "postgres://me:pw@db")]);
    assert_eq!(
        errors,
        [
            "MONGODB_URI (from the environment, not shown): must be mongodb://HOST… or mongodb+srv://HOST…",
            "ACCESS_TOKEN_SECRET (from the environment, not shown): must be 32 bytes or more",
        ]
    );
    let settings = format!("{:?}", by_environment(&[SECRET, MONGODB]).unwrap());
    assert!(!settings.contains(SECRET.1) && !settings.contains("hidden"), "{settings}");
}

#[test]
fn a_broken_line_of_the_file_is_reported_without_its_value() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(".env");
    std::fs::write(&file, "ACCESS_TOKEN_SECRET='hidden\n").unwrap();
    let errors = format!("{:?}", load(&[], &[], &file).unwrap_err());
    assert!(errors.contains("ACCESS_TOKEN_SECRET") && !errors.contains("hidden"), "{errors}");
}

#[test]
fn a_wildcard_address_needs_a_url() {
    let errors = errors_of(&[("USERS_ADDR", "0.0.0.0:3000"), ("CHAT_ADDR", "[::]:3001")]).join("\n");
    assert!(errors.contains("USERS_URL is not set: must be set"), "{errors}");
    assert!(errors.contains("CHAT_URL is not set: must be set"), "{errors}");
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
    let errors = errors_of(&[
        ("CHAT_ADDR", "127.0.0.1:3000"),
        ("USERS_URL", "http://one.example"),
        ("CHAT_URL", "http://one.example"),
    ]);
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert!(
        errors
            .join("\n")
            .contains("CHAT_ADDR is \"127.0.0.1:3000\" (from the environment): must be different")
    );
}

#[test]
fn a_service_alone_needs_mongodb() {
    for service in ["users", "chat"] {
        let errors = errors_of_command(service, &[SECRET]);
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(
            errors[0].starts_with("MONGODB_URI is not set: must be set, since a service alone"),
            "{errors:?}"
        );
        assert!(load(&[service], &[SECRET, MONGODB], Path::new(NO_FILE)).is_ok());
    }
}

#[test]
fn nodes_on_mongodb_need_one_key_that_is_given_to_all() {
    for command in ["", "users", "chat"] {
        let errors = errors_of_command(command, &[MONGODB]);
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(
            errors[0].starts_with("ACCESS_TOKEN_SECRET is not set: must be set with MONGODB_URI"),
            "{errors:?}"
        );
    }
}

#[test]
fn a_service_alone_must_know_where_the_other_one_is() {
    let errors = errors_of_command("users", &[SECRET, MONGODB, ("CHAT_ADDR", "127.0.0.1:0")]);
    assert!(errors[0].starts_with("CHAT_URL is not set: must be set"), "{errors:?}");
    let elsewhere = [SECRET, MONGODB, ("CHAT_ADDR", "127.0.0.1:0"), ("CHAT_URL", "http://chat.example")];
    assert!(load(&["users"], &elsewhere, Path::new(NO_FILE)).is_ok());
}

#[test]
fn services_on_two_machines_may_have_the_same_address() {
    let same = [SECRET, MONGODB, ("USERS_ADDR", "10.0.0.7:80"), ("CHAT_ADDR", "10.0.0.7:80")];
    assert!(load(&["chat"], &same, Path::new(NO_FILE)).is_ok());
    assert!(errors_of(&same)[0].starts_with("CHAT_ADDR is"));
    let metrics = [SECRET, MONGODB, ("METRICS_ADDR", "127.0.0.1:3001")];
    assert!(errors_of_command("chat", &metrics)[0].starts_with("METRICS_ADDR is"));
}

#[test]
fn copies_are_for_the_embedded_store_and_need_nothing_that_serving_needs() {
    for command in ["backup to", "restore from"] {
        let errors = errors_of_command(command, &[MONGODB]);
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].contains("mongodump") && !errors[0].contains("hidden"), "{errors:?}");
        let words: Vec<_> = command.split(' ').collect();
        assert!(load(&words, &[("CHAT_ADDR", "0.0.0.0:0")], Path::new(NO_FILE)).is_ok());
    }
}
