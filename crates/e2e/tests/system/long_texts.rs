//! Whatever somebody sends, the page of whoever reads it goes on at once: texts that once cost a browser the square of
//! their length, against a plain one.

use testkit::browser::long_texts::{
    Limit, LongText, drafts, fifty, key_ms, layout_ms, live_ms, opening_ms, texts, typed,
};
use testkit::browser::stage::Stage;
use testkit::browser::{Engine, Window};
use testkit::process::people::Person;

/// So many messages a page opens with.
const IN_A_PAGE: usize = 50;

in_every_engine! {
    a_page_that_opens_with_long_texts_lays_each_of_them_out_at_once
    a_long_text_that_comes_does_not_hold_the_page
    a_page_opens_with_fifty_of_one_long_text_nearly_as_soon_as_with_plain_ones
    a_key_in_a_long_draft_does_not_hold_the_page
}

/// Where pages are served as on a LAN they are laid out alike.
mod on_a_lan {
    in_engines!(super::a_page_that_opens_with_long_texts_lays_each_of_them_out_at_once, Lan {
        chromium: Chromium
        firefox: Firefox
        webkit: WebKit
    });
}

/// Somebody to send, and a window to read in.
async fn begin(stage: &Stage) -> (Person, Window) {
    let eve = Person::sign_up(&stage.natter, "Eve").await;
    let window = stage.window().await;
    window.sign_up(&stage.natter, "Ann").await;
    (eve, window)
}

/// Tells all that cost too much at once, with what each may cost.
fn all_within(costs: &[(String, f64)], allowed: f64) {
    let dear: Vec<_> = costs.iter().filter(|(_, ms)| *ms > allowed).collect();
    assert!(dear.is_empty(), "more than {allowed:.0} ms: {dear:.0?}");
}

async fn a_page_that_opens_with_long_texts_lays_each_of_them_out_at_once(stage: Stage) {
    let (natter, (eve, window)) = (&stage.natter, begin(&stage).await);
    let texts = texts();
    for part in texts.chunks(IN_A_PAGE - 1) {
        // Each part beside a plain one, and filled up, so that nothing of the part before is in the page.
        let plain = texts[..1].iter().cycle().take(IN_A_PAGE - part.len());
        let shown: Vec<&LongText> = plain.chain(part).collect();
        for text in &shown {
            eve.post(natter, &text.text).await;
        }
        window.reload().await;
        window.wait_connected().await;
        let costs = layout_ms(&window).await;
        assert_eq!(costs.len(), IN_A_PAGE);
        let allowed = Limit::named("message_ms").beside(costs[0]);
        let named: Vec<_> = shown.iter().map(|text| text.name.clone()).zip(costs).collect();
        println!("{named:.1?}");
        all_within(&named, allowed);
    }
}

async fn a_long_text_that_comes_does_not_hold_the_page(stage: Stage) {
    let (natter, (eve, window)) = (&stage.natter, begin(&stage).await);
    let limit = Limit::named("live_ms");
    let mut costs = Vec::new();
    for LongText { name, text, .. } in texts() {
        costs.push((name, live_ms(&window, natter, &eve, &text, limit.ms()).await));
    }
    println!("{costs:.0?}");
    all_within(&costs, limit.beside(costs[0].1));
}

async fn a_page_opens_with_fifty_of_one_long_text_nearly_as_soon_as_with_plain_ones(stage: Stage) {
    let (natter, (eve, window)) = (&stage.natter, begin(&stage).await);
    // Debian's WebKit draws in software and has fewer fonts to mix scripts by.
    let limit = Limit::named(if window.engine == Engine::WebKit { "fifty_webkit_ms" } else { "fifty_ms" });
    let mut costs: Vec<(String, f64)> = Vec::new();
    // The first one is plain: what it takes at its best is what the others are held against.
    let allowed =
        |costs: &[(String, f64)]| costs.first().map_or(f64::NEG_INFINITY, |(_, plain)| plain + limit.ms());
    for LongText { name, text, .. } in fifty() {
        for _ in 0..IN_A_PAGE {
            eve.post(natter, &text).await;
        }
        let ms = opening_ms(&window, allowed(&costs)).await;
        costs.push((name, ms));
    }
    println!("{costs:.0?}");
    all_within(&costs, allowed(&costs));
}

async fn a_key_in_a_long_draft_does_not_hold_the_page(stage: Stage) {
    let (_, window) = begin(&stage).await;
    for (limit, drafts) in [("key_ms", typed()), ("draft_key_ms", drafts())] {
        let mut costs = Vec::new();
        for LongText { name, text, .. } in drafts {
            costs.push((name, key_ms(&window, &text).await));
        }
        println!("{costs:.0?}");
        all_within(&costs, Limit::named(limit).beside(costs[0].1));
    }
}
