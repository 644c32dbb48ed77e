//! What the image and the compose file set is what can be set.

use std::path::Path;

use super::{NO_FILE, SECRET, load};

fn file(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)).unwrap()
}

/// The image's own settings: every `NAME=value` of its last `ENV`.
fn of_the_image(dockerfile: &str) -> Vec<(&str, &str)> {
    let (_, environment) = dockerfile.rsplit_once("ENV ").unwrap();
    let environment = environment.split("\nEXPOSE").next().unwrap();
    environment.split_whitespace().filter_map(|word| word.split_once('=')).collect()
}

/// What the compose file adds for its services, where nothing but the secret is set.
fn of_the_compose_file(compose: &str) -> Vec<(&str, &str)> {
    let (_, environment) = compose.split_once("environment: &settings\n").unwrap();
    let lines = environment.lines().take_while(|line| line.starts_with("    "));
    lines
        .map(|line| line.trim().split_once(": ").unwrap())
        .map(|(name, value)| (name, resolved(value)))
        .collect()
}

fn resolved(value: &str) -> &str {
    match value.trim_matches('"').strip_prefix("${") {
        Some(variable) if variable.contains(":?") => SECRET.1,
        Some(variable) => variable.split_once(":-").unwrap().1.trim_end_matches('}'),
        None => value.trim_matches('"'),
    }
}

#[test]
fn each_service_of_the_compose_file_starts_with_what_image_and_file_set() {
    let (dockerfile, compose) = (file("crates/natter/Dockerfile"), file("docker-compose.yml"));
    let (image, own) = (of_the_image(&dockerfile), of_the_compose_file(&compose));
    assert!(image.len() == 5 && own.len() >= 6, "{image:?} {own:?}");
    let all = [&image[..], &own[..]].concat();
    for (name, _) in &all {
        super::super::catalog::find(name);
    }
    for command in [&[][..], &["users"], &["chat"]] {
        let settings = load(command, &all, Path::new(NO_FILE)).unwrap();
        assert_eq!(settings.trusted_proxy_hops, 1);
    }
    assert!(load(&[], &image, Path::new(NO_FILE)).is_ok(), "the image alone runs on its embedded store");
    assert!(!compose.contains("27017:"), "MongoDB's port is not published");
}
