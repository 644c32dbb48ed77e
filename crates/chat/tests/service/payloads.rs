//! Payloads that JSON or the protocol allow but no event accepts: the refusal names them, and the connection stays.

use serde_json::{Value, json};
use testkit::socket_io::Polling;
use testkit::socket_io::{Client, Received};

use crate::app::{App, code};

/// The acknowledgement of this number.
async fn answer(client: &mut Client, number: u64) -> Value {
    loop {
        match client.receive().await {
            Received::Ack(answered, answer) if answered == number => return answer,
            Received::Closed => panic!("the connection closed"),
            _ => {}
        }
    }
}

async fn refused(client: &mut Client, number: u64, packet: &str, binaries: usize, named: &str) {
    client.send_packet(packet).await;
    for _ in 0..binaries {
        client.send_binary(vec![0xff; 1_024]).await;
    }
    let answer = answer(client, number).await;
    assert_eq!(code(&answer), "invalid", "{packet}");
    assert!(answer["detail"].as_str().unwrap().starts_with(named), "{packet}: {answer}");
}

#[tokio::test]
async fn half_a_surrogate_pair_and_deep_nesting_are_named() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let mut client = app.socket(&ada).await;
    let deep = "[".repeat(5_000) + &"]".repeat(5_000);
    for (number, (arguments, named)) in [
        (r#""chat message","\ud83d""#.to_owned(), "text: holds half of a surrogate pair"),
        (r#""chat message","x",{"id":"\udc00"}"#.to_owned(), "id: holds half of a surrogate pair"),
        (r#""history",{"room":"\ud800"}"#.to_owned(), "room: holds half of a surrogate pair"),
        (format!(r#""chat message",{deep}"#), "text: is nested too deep: 127 levels at most"),
        (format!(r#""chat message","x",{{"id":{deep}}}"#), "id: is nested too deep"),
        (format!(r#""watch",{{"away":{deep}}}"#), "away: is nested too deep"),
        (format!(r#""typing",{deep}"#), "options: must be an object"),
    ]
    .into_iter()
    .enumerate()
    {
        let number = number as u64 + 100;
        refused(&mut client, number, &format!("42{number}[{arguments}]"), 0, named).await;
    }
    assert_eq!(client.send(r"a whole one: \ud83d\ude00").await["seq"], json!(1), "nothing else was stored");
}

#[tokio::test]
async fn binary_arguments_are_named_and_the_connection_stays() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let mut client = app.socket(&ada).await;
    let binary = |number: usize| format!(r#"{{"_placeholder":true,"num":{number}}}"#);
    let (zero, one) = (binary(0), binary(1));
    for (number, (binaries, arguments, named)) in [
        (1, format!(r#""chat message",{zero}"#), "text: is binary data"),
        (1, format!(r#""chat message","x",{zero}"#), "options: is binary data"),
        (1, format!(r#""chat message","x",{{"id":{zero}}}"#), "id: is binary data"),
        (2, format!(r#""chat message",{zero},{one}"#), "text: is binary data"),
        (1, format!(r#""history",{{"limit":{zero}}}"#), "limit: is binary data"),
        (1, format!(r#""watch",{zero}"#), "options: is binary data"),
        (1, format!(r#""typing",{{"room":{zero}}}"#), "room: is binary data"),
        (1, format!(r#""nonsense",{zero}"#), "There is no such event here"),
        (16, format!(r#""chat message",[{}]"#, vec![zero.as_str(); 16].join(",")), "text: must be a string"),
    ]
    .into_iter()
    .enumerate()
    {
        let number = number as u64 + 100;
        refused(&mut client, number, &format!("45{binaries}-{number}[{arguments}]"), binaries, named).await;
    }
    assert_eq!(client.send("still here").await["seq"], json!(1), "nothing else was stored");
}

#[tokio::test]
async fn binary_arguments_over_polling_are_named_too() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let mut client = Polling::connect(&app.url, &ada.token).await;
    let placeholder = r#"{"_placeholder":true,"num":0}"#;
    client.send_packet(&format!("451-7[\"chat message\",{placeholder}]\u{1e}b/////w==")).await;
    let Received::Ack(7, answer) = client.receive().await else { panic!("no acknowledgement") };
    assert_eq!(code(&answer), "invalid");
    assert!(answer["detail"].as_str().unwrap().starts_with("text: is binary data"), "{answer}");
    client.emit("chat message", &json!("still here")).await;
    let Received::Ack(1, answer) = client.receive().await else { panic!("no acknowledgement") };
    assert_eq!(answer["message"]["seq"], json!(1));
}

#[tokio::test]
async fn too_much_binary_data_ends_the_connection() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    for (announced, size) in [(17, 1), (2, 40 * 1_024)] {
        let mut client = app.socket(&ada).await;
        client
            .send_packet(&format!("45{announced}-7[\"chat message\",{{\"_placeholder\":true,\"num\":0}}]"))
            .await;
        for _ in 0..announced {
            client.send_binary(vec![0; size]).await;
        }
        assert_eq!(client.until_closed().await, [], "{announced} of {size} bytes");
    }
}
