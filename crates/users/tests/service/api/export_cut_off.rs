//! An export that cannot be completed: the client sees that, and the store is not blocked.

use std::time::Duration;

use reqwest::Method;
use store::{MAX_SENT_PAGE, UserId};
use testkit::wait;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use crate::support::app::App;
use crate::support::export_client::{LAST_CHUNK, has_end, rest, slow_export, store_messages, until_closed};

#[tokio::test]
async fn a_store_that_fails_half_way_breaks_the_export_visibly() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    store_messages(&app, &[&ada], 20 * MAX_SENT_PAGE, "hello").await;
    app.faults.break_export_after(3);
    let mut response =
        app.request(Method::GET, "/users/me/export").bearer_auth(&ada.token).send().await.unwrap();
    assert_eq!(response.status(), 200, "it began normally");
    let mut read = Vec::new();
    let ended = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => read.extend(chunk),
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    assert!(ended.is_err(), "it seems complete with {} bytes", read.len());
    assert!(read.len() > 1_000 && !has_end(&read), "also behind a proxy that ends it normally");
    app.faults.set_users_unavailable(true);
    app.get_as(&ada, "/users/me/export").await.problem(503, "unavailable");
}

#[tokio::test]
async fn a_session_that_ends_half_way_cuts_the_export_and_nothing_was_read_ahead() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    store_messages(&app, &[&ada], 40 * MAX_SENT_PAGE, &"x".repeat(4_000)).await;
    let (mut stream, head) = slow_export(&app, &ada, "1.1").await;
    assert!(head.starts_with("HTTP/1.1 200 ") && head.contains("transfer-encoding: chunked"), "{head}");
    wait::until("a page is read", async || (app.faults.export_pages() > 0).then_some(())).await;
    app.stores.tokens.sign_out_everywhere(UserId::parse(&ada.id).unwrap()).await.unwrap();
    until_closed(&mut stream).await;
    let rest = rest(stream).await;
    assert!(!rest.ends_with(LAST_CHUNK) && !has_end(&rest), "it seems complete");
    assert!(
        (1..8).contains(&app.faults.export_pages()),
        "{} of 40 pages were read",
        app.faults.export_pages()
    );
}

#[tokio::test]
async fn a_stalled_reader_blocks_nothing_in_the_store() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    store_messages(&app, &[&ada], 10 * MAX_SENT_PAGE, &"😀".repeat(4_000)).await;
    let reader = app.faults.export_reader();
    let busy = reader.acquire().await.unwrap();
    let (_stalled, _) = slow_export(&app, &ada, "1.1").await;
    while app.faults.export_pages() < 2 {
        tokio::task::yield_now().await;
    }
    // The first page is larger than the buffers of the connection, and is sent without the store.
    for _ in 0..20 {
        assert_eq!(app.get("/health/live").await.status, 200);
    }
    drop(busy);
    let free = tokio::time::timeout(Duration::from_secs(5), reader.acquire());
    assert!(free.await.is_ok(), "the reader of the store is free");
}

#[tokio::test]
async fn a_session_that_cannot_be_verified_in_time_cuts_the_export() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    store_messages(&app, &[&ada], 3 * MAX_SENT_PAGE, "hello").await;
    let reader = app.faults.export_reader();
    let _busy = reader.acquire().await.unwrap();
    let (stream, _) = slow_export(&app, &ada, "1.1").await;
    app.faults.hang_token_status();
    let rest =
        tokio::time::timeout(Duration::from_secs(20), rest(stream)).await.expect("the connection is cut");
    assert!(!rest.ends_with(LAST_CHUNK), "it seems complete");
}

#[tokio::test]
async fn a_shutdown_cuts_the_export_after_the_drain_time() {
    let mut app = App::start_with(|config| config.shared.timers.drain = Duration::from_millis(50)).await;
    let ada = app.sign_up("ada").await;
    store_messages(&app, &[&ada], 10 * MAX_SENT_PAGE, &"x".repeat(4_000)).await;
    let (mut stream, _) = slow_export(&app, &ada, "1.1").await;
    let mut taken = vec![0; 1_000];
    stream.read_exact(&mut taken).await.unwrap();
    app.stop();
    let port = app.url.rsplit(':').next().unwrap().to_owned();
    while TcpStream::connect(format!("127.0.0.1:{port}")).await.is_ok() {
        tokio::task::yield_now().await;
    }
    until_closed(&mut stream).await;
    assert!(!rest(stream).await.ends_with(LAST_CHUNK), "it seems complete");
}
