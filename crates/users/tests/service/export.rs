//! `GET /users/{id}/export` and `GET /account/export`.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use store::{
    AppendOutcome, ClientId, Entry, MessageText, NewEntry, RoomId, SENT_AT_ONCE, Sender, Timestamp, UserId,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::app::{Answer, App, Person, answer};
use crate::description::Description;
use crate::pages::{is_page, page_of};

/// What ends an answer of unknown length, and what a broken one lacks (RFC 9112, section 7.1).
const LAST_CHUNK: &[u8] = b"\r\n0\r\n\r\n";
/// What the last line of a whole export begins with, and no other.
const END: &[u8] = b"{\"kind\":\"end\"";

async fn say(app: &App, people: &[&Person], count: usize, text: &str) -> Vec<Entry> {
    let message = |number: usize| {
        let who = people[number % people.len()];
        let (id, username) = (UserId::parse(&who.id).unwrap(), who.username.clone());
        let text = MessageText::parse(text).unwrap();
        let sender = Sender { id, display_name: username.clone(), username };
        NewEntry { room: RoomId::LOBBY, id: ClientId::generate(), sender, text, sent_at: Timestamp::now() }
    };
    let batch: Vec<_> = (0..count).map(message).collect();
    let outcomes = app.stores.log.append(&batch).await;
    let stored = outcomes.into_iter().map(|outcome| match outcome {
        AppendOutcome::Stored(entry) => entry,
        other => panic!("{other:?}"),
    });
    stored.collect()
}

/// The lines of a whole export without its last, which says how many messages there are.
fn lines(answer: &Answer) -> Vec<Value> {
    assert!(answer.text.ends_with('\n'), "the last line is whole");
    let mut lines: Vec<Value> = answer.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let end = lines.pop().unwrap();
    assert_eq!(
        end,
        json!({"kind": "end", "messages": lines.len() - 1}),
        "after the account and the messages"
    );
    lines
}

fn has_end(bytes: &[u8]) -> bool {
    bytes.windows(END.len()).any(|part| part == END)
}

/// A connection that takes little at a time, over which an export was asked for; its head is read.
async fn slow_export(app: &App, who: &Person, version: &str) -> (TcpStream, String) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let port = app.url.rsplit(':').next().unwrap();
    let mut stream = socket.connect(format!("127.0.0.1:{port}").parse().unwrap()).await.unwrap();
    let head = format!(
        "GET /users/me/export HTTP/{version}\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\r\n",
        who.token
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    (stream, String::from_utf8(head).unwrap())
}

/// Waits, without taking a byte of the answer, until whoever serves it has let go of the connection.
async fn until_closed(stream: &mut TcpStream) {
    let closed = async {
        while stream.write_all(b"x").await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), closed).await.expect("the connection is closed");
}

/// Reads what still comes until the connection ends, which a broken one may do by a reset.
async fn rest(mut stream: TcpStream) -> Vec<u8> {
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    rest
}

#[tokio::test]
async fn it_is_the_account_and_then_every_own_message_in_order_and_their_number() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    let log = say(&app, &[&ada, &grace], 10_000, "“words”\nand more").await;
    let cookie = app.request(Method::GET, "/account/export").header("cookie", ada.cookie());
    for answer in [app.get_as(&ada, "/users/ada/export").await, answer(cookie).await] {
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.header("content-type"), "application/jsonl; charset=utf-8");
        assert_eq!(answer.header("content-disposition"), "attachment; filename=\"natter-ada.jsonl\"");
        assert_eq!(answer.header("cache-control"), "no-store");
        let mut told = lines(&answer).into_iter();
        let mut account = app.get_as(&ada, "/users/me").await.json();
        account["kind"] = json!("account");
        assert_eq!(told.next().unwrap(), account, "and no hash among it");
        let own = log.iter().filter(|entry| entry.sender.as_ref().is_some_and(|s| s.username == "ada"));
        let own: Vec<Value> =
            own.map(|entry| serde_json::to_value(web::resources::Entry::from(entry)).unwrap()).collect();
        assert_eq!(own.len(), 5_000);
        assert!(told.eq(own), "as the chat service gives them");
        assert!(!answer.text.contains("argon2"));
    }
}

#[tokio::test]
async fn who_said_nothing_takes_the_account_along_and_erased_words_stay_out() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    assert_eq!(lines(&app.get_as(&ada, "/users/me/export").await).len(), 1);
    say(&app, &[&ada], 3, "private").await;
    assert_eq!(lines(&app.get_as(&ada, "/users/me/export").await).len(), 4);
    app.stores.log.erase_sender(UserId::parse(&ada.id).unwrap()).await.unwrap();
    assert_eq!(lines(&app.get_as(&ada, "/users/me/export").await).len(), 1);
}

#[tokio::test]
async fn a_name_of_any_script_names_the_file() {
    let app = App::start().await;
    let anna = app.sign_up("Анна").await;
    let answer = app.get_as(&anna, "/users/me/export").await;
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename=\"natter-____.jsonl\"; filename*=UTF-8''natter-%D0%90%D0%BD%D0%BD%D0%B0.jsonl"
    );
}

#[tokio::test]
async fn it_is_for_oneself_alone() {
    let app = App::start().await;
    let (ada, mallory) = (app.sign_up("ada").await, app.sign_up("mallory").await);
    for path in [format!("/users/{}/export", ada.id), "/users/ada/export".to_owned()] {
        app.get_as(&mallory, &path).await.problem(403, "forbidden");
        app.get(&path).await.problem(401, "signed_out");
    }
    app.get_as(&mallory, "/users/nobody/export").await.problem(404, "not_found");
    let bare = app.get("/account/export").await;
    assert_eq!((bare.status.as_u16(), bare.header("location")), (303, "/login"));
    let other = page_of(&app, &mallory, &format!("/account/export?user={}", ada.id)).await;
    is_page(&other, 409, &["role=\"alert\"", "you are now signed in as mallory"]);
    let own = page_of(&app, &ada, &format!("/account/export?user={}", ada.id)).await;
    assert_eq!(lines(&own).len(), 1);
}

#[tokio::test]
async fn a_store_that_goes_away_in_the_middle_breaks_it_visibly() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    say(&app, &[&ada], 20 * SENT_AT_ONCE, "hello").await;
    app.faults.break_export_after(3);
    let mut response =
        app.request(Method::GET, "/users/me/export").bearer_auth(&ada.token).send().await.unwrap();
    assert_eq!(response.status(), 200, "it had begun well");
    let mut read = Vec::new();
    let ended = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => read.extend(chunk),
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    assert!(ended.is_err(), "it seems whole with {} bytes", read.len());
    assert!(read.len() > 1_000 && !has_end(&read), "nor by a proxy that ends it well");
    app.faults.set_users_unavailable(true);
    app.get_as(&ada, "/users/me/export").await.problem(503, "unavailable");
}

#[tokio::test]
async fn a_session_that_ends_in_the_middle_cuts_it_and_no_more_was_read_than_was_taken() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    say(&app, &[&ada], 40 * SENT_AT_ONCE, &"x".repeat(4_000)).await;
    let (mut stream, head) = slow_export(&app, &ada, "1.1").await;
    assert!(head.starts_with("HTTP/1.1 200 ") && head.contains("transfer-encoding: chunked"), "{head}");
    app.stores.users.sign_out_everywhere(UserId::parse(&ada.id).unwrap()).await.unwrap();
    until_closed(&mut stream).await;
    let rest = rest(stream).await;
    assert!(!rest.ends_with(LAST_CHUNK) && !has_end(&rest), "it seems whole");
    assert!(
        (1..8).contains(&app.faults.export_pages()),
        "{} of 40 pages were read",
        app.faults.export_pages()
    );
}

#[tokio::test]
async fn a_reader_that_stalls_holds_nothing_of_the_store() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    say(&app, &[&ada], 10 * SENT_AT_ONCE, &"😀".repeat(4_000)).await;
    let reader = app.faults.export_reader();
    let busy = reader.acquire().await.unwrap();
    let (_stalled, _) = slow_export(&app, &ada, "1.1").await;
    while app.faults.export_pages() < 2 {
        tokio::task::yield_now().await;
    }
    // The first page is more than what the two ends of the connection hold, and is handed out without the store.
    for _ in 0..20 {
        assert_eq!(app.get("/health/live").await.status, 200);
    }
    drop(busy);
    let free = tokio::time::timeout(Duration::from_secs(5), reader.acquire());
    assert!(free.await.is_ok(), "whoever waited for the reader keeps it");
}

#[tokio::test]
async fn a_session_that_the_store_does_not_judge_in_time_cuts_it() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    say(&app, &[&ada], 3 * SENT_AT_ONCE, "hello").await;
    let reader = app.faults.export_reader();
    let _busy = reader.acquire().await.unwrap();
    let (stream, _) = slow_export(&app, &ada, "1.1").await;
    app.faults.hang_token_status();
    let rest = tokio::time::timeout(Duration::from_secs(20), rest(stream)).await.expect("it is cut");
    assert!(!rest.ends_with(LAST_CHUNK), "it seems whole");
}

#[tokio::test]
async fn a_shutdown_in_the_middle_cuts_it_after_the_time_to_drain() {
    let mut app = App::start_with(|config| config.shared.timers.drain = Duration::from_millis(50)).await;
    let ada = app.sign_up("ada").await;
    say(&app, &[&ada], 10 * SENT_AT_ONCE, &"x".repeat(4_000)).await;
    let (mut stream, _) = slow_export(&app, &ada, "1.1").await;
    let mut taken = vec![0; 1_000];
    stream.read_exact(&mut taken).await.unwrap();
    app.stop();
    let port = app.url.rsplit(':').next().unwrap().to_owned();
    while TcpStream::connect(format!("127.0.0.1:{port}")).await.is_ok() {
        tokio::task::yield_now().await;
    }
    until_closed(&mut stream).await;
    assert!(!rest(stream).await.ends_with(LAST_CHUNK), "it seems whole");
}

#[tokio::test]
async fn two_at_once_are_enough_for_one_and_others_are_not_held_up() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    say(&app, &[&ada], 20 * SENT_AT_ONCE, &"x".repeat(4_000)).await;
    let first = slow_export(&app, &ada, "1.1").await;
    let second = slow_export(&app, &ada, "1.1").await;
    let third = app.get_as(&ada, "/users/me/export").await;
    third.problem(429, "too_many_exports");
    Description::of(&app).await.holds("GET /users/{id}/export", &third);
    assert_eq!(third.header("retry-after"), "10");
    let page = page_of(&app, &ada, "/account/export").await;
    is_page(&page, 429, &["role=\"alert\"", "Two exports of yours are under way already."]);
    assert_eq!(app.get_as(&grace, "/users/me/export").await.status, 200);
    drop((first, second));
    let free = async { while app.get_as(&ada, "/users/me/export").await.status != 200 {} };
    tokio::time::timeout(Duration::from_secs(10), free).await.expect("who hangs up makes room");
}

#[tokio::test]
async fn by_http_1_0_nobody_could_tell_a_broken_one_from_a_whole_one() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let (stream, head) = slow_export(&app, &ada, "1.0").await;
    assert!(head.contains(" 505 "), "{head}");
    let problem: Value = serde_json::from_slice(&rest(stream).await).unwrap();
    assert_eq!(problem["code"], "http_version");
}
