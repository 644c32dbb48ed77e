//! No message blocks the page of its readers: texts whose layout once took quadratic time, compared with a plain one.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::browser::long_texts::{
    Limit, LongText, drafts, fifty, key_ms, layout_ms, live_ms, opening_ms, texts, typed,
};
use testkit::browser::stage::Stage;
use testkit::browser::{Engine, Window};
use testkit::http::call;
use testkit::process::natter::Natter;
use testkit::process::people::Person;

/// Number of messages in a page when it opens, unless they are large.
const MESSAGES_IN_PAGE: usize = 50;
/// As many of the longest texts are in a page when it opens.
const LONG_TEXTS_IN_PAGE: usize = 12;

in_every_engine! {
    a_page_that_opens_with_long_texts_lays_each_of_them_out_quickly
    a_long_text_that_arrives_does_not_block_the_page
    a_page_opens_with_fifty_long_texts_nearly_as_fast_as_with_plain_ones
    a_key_in_a_long_draft_does_not_block_the_page
}

/// Layout does not depend on the network.
mod on_a_lan {
    in_engines!(super::a_page_that_opens_with_long_texts_lays_each_of_them_out_quickly, Lan {
        chromium: Chromium
        firefox: Firefox
        webkit: WebKit
    });
}

/// A sender, and a window that reads.
async fn begin(stage: &Stage) -> (Person, Window) {
    let eve = Person::sign_up(&stage.natter, "Eve").await;
    let window = stage.window().await;
    window.sign_up(&stage.natter, "Ann").await;
    (eve, window)
}

/// Checks all costs, and reports every one that is too high.
fn assert_all_within(costs: &[(String, f64)], allowed: f64) {
    let dear: Vec<_> = costs.iter().filter(|(_, ms)| *ms > allowed).collect();
    assert!(dear.is_empty(), "more than {allowed:.0} ms: {dear:.0?}");
}

async fn a_page_that_opens_with_long_texts_lays_each_of_them_out_quickly(stage: Stage) {
    let (natter, (eve, window)) = (&stage.natter, begin(&stage).await);
    let texts = texts();
    for part in texts.chunks(LONG_TEXTS_IN_PAGE - 1) {
        // Each part is measured with a plain text.
        let shown: Vec<&LongText> = texts[..1].iter().chain(part).collect();
        for text in &shown {
            eve.post(natter, &text.text).await;
        }
        window.reload().await;
        window.wait_connected().await;
        let costs = layout_ms(&window, shown.len()).await;
        let allowed = Limit::named("message_ms").beside(costs[0]);
        let named: Vec<_> = shown.iter().map(|text| text.name.clone()).zip(costs).collect();
        println!("{named:.1?}");
        assert_all_within(&named, allowed);
    }
}

async fn a_long_text_that_arrives_does_not_block_the_page(stage: Stage) {
    let (natter, (eve, window)) = (&stage.natter, begin(&stage).await);
    let limit = Limit::named("live_ms");
    let mut costs = Vec::new();
    for LongText { name, text, .. } in texts() {
        costs.push((name, live_ms(&window, natter, &eve, &text, limit.ms()).await));
    }
    println!("{costs:.0?}");
    assert_all_within(&costs, limit.beside(costs[0].1));
}

async fn a_page_opens_with_fifty_long_texts_nearly_as_fast_as_with_plain_ones(stage: Stage) {
    let (natter, (eve, window)) = (&stage.natter, begin(&stage).await);
    // Debian's WebKit draws in software and has fewer fonts for mixed scripts.
    let limit = Limit::named(if window.engine == Engine::WebKit { "fifty_webkit_ms" } else { "fifty_ms" });
    let mut rooms = Vec::new();
    for text in fifty() {
        rooms.push((room_with(natter, &eve, &text).await, text.name));
    }
    let (plain, _) = rooms.remove(0);
    let mut costs = Vec::new();
    for (room, name) in &rooms {
        costs.push((name, opening_ms(&window, [&plain, room], limit).await));
    }
    println!("{costs:.0?}");
    let dear: Vec<_> = costs.iter().filter(|(_, [plain, ms])| *ms > limit.above(*plain)).collect();
    assert!(dear.is_empty(), "beside a plain page: {dear:.0?}");
}

/// The address of a public room in which this text was said fifty times.
async fn room_with(natter: &Natter, sender: &Person, text: &LongText) -> String {
    let ask = async |path: &str, body: Value| {
        let answer = call(Method::POST, &format!("{}{path}", natter.chat_url), &sender.token, &body).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json()
    };
    let room = ask("/rooms", json!({"name": text.name, "kind": "public"})).await;
    let path = format!("/rooms/{}", room["id"].as_str().expect("a room has an id"));
    for _ in 0..MESSAGES_IN_PAGE {
        ask(&format!("{path}/messages"), json!({"text": text.text})).await;
    }
    format!("{}{path}", natter.chat_url)
}

async fn a_key_in_a_long_draft_does_not_block_the_page(stage: Stage) {
    let (_, window) = begin(&stage).await;
    for (limit, drafts) in [("key_ms", typed()), ("draft_key_ms", drafts())] {
        let mut costs = Vec::new();
        for LongText { name, text, .. } in drafts {
            costs.push((name, key_ms(&window, &text).await));
        }
        println!("{costs:.0?}");
        assert_all_within(&costs, Limit::named(limit).beside(costs[0].1));
    }
}
