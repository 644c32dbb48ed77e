//! Whatever somebody sends, the page of whoever reads it goes on at once: texts that once cost a browser the square of
//! their length, against a plain one.

use e2e::browser::{Driver, Window};
use e2e::long_texts::{Limit, LongText, drafts, fifty, key_ms, layout_ms, live_ms, opening_ms, texts, typed};
use e2e::natter::Natter;
use e2e::people::Person;

/// So many messages a page opens with.
const IN_A_PAGE: usize = 50;

async fn begin() -> (Natter, Person, Driver, Window) {
    let natter = Natter::start().await;
    let eve = Person::sign_up(&natter, "Eve").await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    (natter, eve, driver, window)
}

/// Tells all that cost too much at once, with what each may cost.
fn all_within(costs: &[(String, f64)], allowed: f64) {
    let dear: Vec<_> = costs.iter().filter(|(_, ms)| *ms > allowed).collect();
    assert!(dear.is_empty(), "more than {allowed:.0} ms: {dear:.0?}");
}

#[tokio::test]
async fn a_page_that_opens_with_long_texts_lays_each_of_them_out_at_once() {
    let (natter, eve, _driver, window) = begin().await;
    let texts = texts();
    window.sign_up(&natter, "Ann").await;
    for part in texts.chunks(IN_A_PAGE - 1) {
        // Each part beside a plain one, and filled up, so that nothing of the part before is in the page.
        let plain = texts[..1].iter().cycle().take(IN_A_PAGE - part.len());
        let shown: Vec<&LongText> = plain.chain(part).collect();
        for text in &shown {
            eve.post(&natter, &text.text).await;
        }
        window.reload().await;
        window.is_connected().await;
        let costs = layout_ms(&window).await;
        assert_eq!(costs.len(), IN_A_PAGE);
        let allowed = Limit::named("message_ms").beside(costs[0]);
        let named: Vec<_> = shown.iter().map(|text| text.name.clone()).zip(costs).collect();
        println!("{named:.1?}");
        all_within(&named, allowed);
    }
}

#[tokio::test]
async fn a_long_text_that_comes_does_not_hold_the_page() {
    let (natter, eve, _driver, window) = begin().await;
    window.sign_up(&natter, "Ann").await;
    let limit = Limit::named("live_ms");
    let mut costs = Vec::new();
    for LongText { name, text, .. } in texts() {
        costs.push((name, live_ms(&window, &natter, &eve, &text, limit.ms()).await));
    }
    println!("{costs:.0?}");
    all_within(&costs, limit.beside(costs[0].1));
}

#[tokio::test]
async fn a_page_opens_with_fifty_of_one_long_text_nearly_as_soon_as_with_plain_ones() {
    let (natter, eve, _driver, window) = begin().await;
    window.sign_up(&natter, "Ann").await;
    let mut costs: Vec<(String, f64)> = Vec::new();
    // The first one is plain: what it takes at its best is what the others are held against.
    let allowed = |costs: &[(String, f64)]| {
        costs.first().map_or(f64::NEG_INFINITY, |(_, plain)| plain + Limit::named("fifty_ms").ms())
    };
    for LongText { name, text, .. } in fifty() {
        for _ in 0..IN_A_PAGE {
            eve.post(&natter, &text).await;
        }
        let ms = opening_ms(&window, allowed(&costs)).await;
        costs.push((name, ms));
    }
    println!("{costs:.0?}");
    all_within(&costs, allowed(&costs));
}

#[tokio::test]
async fn a_key_in_a_long_draft_does_not_hold_the_page() {
    let (natter, _eve, _driver, window) = begin().await;
    window.sign_up(&natter, "Ann").await;
    for drafts in [typed(), drafts()] {
        let mut costs = Vec::new();
        for LongText { name, text, .. } in drafts {
            costs.push((name, key_ms(&window, &text).await));
        }
        println!("{costs:.0?}");
        all_within(&costs, Limit::named("key_ms").beside(costs[0].1));
    }
}
