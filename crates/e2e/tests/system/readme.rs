//! The commands and programs in the README work as printed.

use serde_json::{Value, json};
use testkit::process::natter::Natter;
use testkit::process::node::Program;
use testkit::process::people::Person;
use tokio::process::Command;

const README: &str = include_str!("../../../../README.md");

/// The first code block in this language, with the URLs of a running Natter.
fn block(language: &str, natter: &Natter) -> String {
    let (_, rest) = README.split_once(&format!("```{language}\n")).expect("the README has such a block");
    let (block, _) = rest.split_once("```").expect("the block ends");
    block
        .replace("http://localhost:3000", &natter.users_url)
        .replace("http://localhost:3001", &natter.chat_url)
}

#[tokio::test]
async fn the_curl_commands_sign_up_send_read_and_make_a_room() {
    let natter = Natter::start().await;
    let shell = Command::new("bash").args(["-eu", "-c", &block("sh", &natter)]).output().await;
    let output = shell.expect("bash is there");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "is curl missing? run `apt-get install -y curl`: {complaint}");
    let printed = String::from_utf8_lossy(&output.stdout);
    let answers: Vec<Value> = printed
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{printed}")))
        .collect();
    let [signed_up, me, sent, read, in_room, rooms] = &answers[..] else {
        panic!("six answers are printed: {printed}")
    };
    assert_eq!(signed_up, me);
    assert_eq!((&sent["seq"], &sent["sender"]["id"]), (&json!(1), &me["id"]));
    assert_eq!((&read["messages"], &read["last_seq"]), (&json!([sent]), &json!(1)));
    let room = &rooms["rooms"][0];
    assert_eq!(
        (&room["name"], &room["id"], &room["role"]),
        (&json!("Garden"), &in_room["room"], &json!("owner"))
    );
    assert_eq!((&in_room["seq"], &room["last_seq"]), (&json!(1), &json!(1)));
}

#[tokio::test]
async fn the_node_program_sends_and_receives() {
    let natter = Natter::start().await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let mut program = Program::run_text(&block("js", &natter));
    assert_eq!(program.line().await, "stored as number 1");
    ann.post(&natter, "Hello robot").await;
    assert!(program.line().await.starts_with("Ann : Hello robot"), "the line is received");
}
