//! Ten thousand messages: the page stays small, nothing jumps in the view, nothing is missing.

use serde_json::json;
use testkit::browser::long_log::{ScrollReport, fill, text_of};
use testkit::browser::{Driver, Window};
use testkit::process::natter::{NO_RATES, Natter};
use testkit::process::people::Person;
use testkit::socket_io::Client;
use testkit::wait::{until, until_equal};

/// Maximum number of messages in the page at the same time.
const MAX_NODES: u64 = 400;
/// Maximum distance, in pixels, that a message may move by itself.
const MAX_JUMP: f64 = 2.0;
/// Half a screen in each frame, which is faster than anybody reads.
const STEP: i32 = 400;
/// Two screens in each frame, for long distances.
const STRIDE: i32 = 1_500;

const AT_END: &str = "const log = document.querySelector('.log').getBoundingClientRect();
    const last = [...document.querySelectorAll('.messages .message')].at(-1);
    return last.getBoundingClientRect().bottom <= log.bottom + 2";

/// The message in the middle of the view and its position.
const IN_VIEW: &str = "const log = document.querySelector('.log').getBoundingClientRect();
    const node = [...document.querySelectorAll('.messages .message')]
        .find(node => node.getBoundingClientRect().bottom > log.top + log.height / 2);
    return [node.dataset.seq, Math.round(node.getBoundingClientRect().top)]";

fn is_smooth(report: &ScrollReport, way: &str) {
    println!(
        "{way}: {} frames, {:.1} ms half of them, {:.1} ms 95 of 100, {:.1} ms at most; {} messages in the page at \
         most; a jump of {:.1} px at most",
        report.frames_ms.len(),
        report.frame_ms(0.5),
        report.frame_ms(0.95),
        report.frame_ms(1.0),
        report.max_nodes,
        report.max_jump
    );
    assert_eq!(report.disorder, Vec::<String>::new(), "{way}: the order has no hole and no double");
    assert!(report.max_jump <= MAX_JUMP, "{way}: something jumped by {} px", report.max_jump);
    assert!(report.max_nodes <= MAX_NODES, "{way}: {} messages in the page at once", report.max_nodes);
}

async fn is_at_end(window: &Window) {
    until("the view is at the end", async || (window.run(AT_END, vec![]).await == true).then_some(())).await;
}

#[tokio::test]
async fn ten_thousand_messages_are_scrolled_through_and_back() {
    const COUNT: u64 = 10_000;
    let natter = Natter::start_with(&NO_RATES).await;
    let ben = Person::sign_up(&natter, "Ben").await;
    fill(&mut Client::connect(&natter.chat_url, &ben.token).await, 0, COUNT).await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    is_at_end(&window).await;
    let up = window.scroll_to(-STRIDE, 1, false).await;
    is_smooth(&up, "up");
    assert_eq!(up.seen, (1..=COUNT).collect::<Vec<_>>(), "every message was there");
    let shown = window.messages().await;
    assert_eq!((shown[0].seq, shown[0].text.as_str()), (1, text_of(1).as_str()));
    let down = window.scroll_to(STRIDE, COUNT, false).await;
    is_smooth(&down, "down");
    assert_eq!(down.seen, (1..=COUNT).collect::<Vec<_>>(), "every message was there again");
    is_at_end(&window).await;
    let mut ben = Client::connect(&natter.chat_url, &ben.token).await;
    fill(&mut ben, COUNT, COUNT + 1).await;
    until_equal("the next one comes", Some(COUNT + 1), async || {
        window.messages().await.last().map(|message| message.seq)
    })
    .await;
    is_at_end(&window).await;
}

#[tokio::test]
async fn new_messages_do_not_move_a_view_that_is_not_at_the_end_and_are_counted() {
    let natter = Natter::start_with(&NO_RATES).await;
    let person = Person::sign_up(&natter, "Ben").await;
    let mut ben = Client::connect(&natter.chat_url, &person.token).await;
    fill(&mut ben, 0, 200).await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    is_at_end(&window).await;
    window.scroll_to(-STEP, 120, false).await;
    let before = window.run(IN_VIEW, vec![]).await;
    for (from, to, count) in [(200, 203, "3"), (203, 500, "300")] {
        fill(&mut ben, from, to).await;
        until(&format!("the pill counts {count}"), async || {
            window
                .texts(".jump-to-latest:not([hidden])")
                .await
                .first()
                .filter(|words| words.contains(count))
                .map(drop)
        })
        .await;
        assert_eq!(window.run(IN_VIEW, vec![]).await, before, "what is read stays where it is");
    }
    let covers = "const pill = document.querySelector('.jump-to-latest').getBoundingClientRect();
        const log = document.querySelector('.log').getBoundingClientRect();
        return pill.top < log.bottom && pill.bottom > log.top";
    assert_eq!(window.run(covers, vec![]).await, false, "the pill covers no message");
    window.click(".jump-to-latest").await;
    is_at_end(&window).await;
    until_equal("the last one is there", Some(500), async || {
        window.messages().await.last().map(|last| last.seq)
    })
    .await;
    until_equal("the pill is gone", 0, async || window.texts(".jump-to-latest:not([hidden])").await.len())
        .await;
    fill(&mut ben, 500, 501).await;
    until_equal("the next one comes", Some(501), async || {
        window.messages().await.last().map(|last| last.seq)
    })
    .await;
    is_at_end(&window).await;
}

/// Clicks into a message that is completely visible, with Shift if requested, which extends a selection.
async fn click_on(window: &Window, seq: u64, with_shift: bool) {
    let place = "const text = document.querySelector(`.message[data-seq='${arguments[0]}'] .text`);
        const { left, top } = text.getBoundingClientRect(); return [left + 3, top + 12]";
    let at = window.run(place, vec![json!(seq)]).await;
    for kind in ["mousePressed", "mouseReleased"] {
        let modifiers = if with_shift { 8 } else { 0 };
        let event = json!({"type": kind, "x": at[0], "y": at[1], "button": "left", "clickCount": 1, "modifiers": modifiers});
        window.devtools("Input.dispatchMouseEvent", event).await;
    }
}

/// The `seq` of each message whose beginning is selected, ascending.
async fn selected(window: &Window) -> Vec<u64> {
    let numbers =
        "return [...getSelection().toString().matchAll(/message (\\d+)/g)].map(found => Number(found[1]))";
    serde_json::from_value(window.run(numbers, vec![]).await).unwrap()
}

#[tokio::test]
async fn a_selection_over_more_messages_than_stand_in_the_page_loses_none() {
    let natter = Natter::start_with(&NO_RATES).await;
    let person = Person::sign_up(&natter, "Ben").await;
    fill(&mut Client::connect(&natter.chat_url, &person.token).await, 0, 900).await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    is_at_end(&window).await;
    click_on(&window, 900, false).await;
    window.scroll_to(-STRIDE, 1, false).await;
    assert!(
        window.messages().await.last().unwrap().seq < 900,
        "where it was begun is not in the page any more"
    );
    let before = window.run(IN_VIEW, vec![]).await;
    click_on(&window, 2, true).await;
    assert_eq!(window.run(IN_VIEW, vec![]).await, before, "nothing moves");
    assert_eq!(selected(&window).await, (2..=899).collect::<Vec<_>>(), "by Shift and a click");
    window.run("getSelection().removeAllRanges()", vec![]).await;
    window.scroll_to(STRIDE, 900, false).await;
    assert!(window.messages().await.len() as u64 <= MAX_NODES, "what is not selected any more may go");
    let mark = "const text = seq => document.querySelector(`.message[data-seq='${seq}'] .text`).firstChild;
        getSelection().setBaseAndExtent(text(900), 0, text(899), 0)";
    window.run(mark, vec![]).await;
    window.scroll_to(-STEP, 700, false).await;
    let extend =
        "getSelection().extend(document.querySelector(`.message[data-seq='700'] .text`).firstChild, 0)";
    window.run(extend, vec![]).await;
    window.scroll_to(-STRIDE, 1, false).await;
    assert_eq!(selected(&window).await, (700..=899).collect::<Vec<_>>(), "as one drags, and scrolls on");
}

#[tokio::test]
async fn after_seven_hundred_missed_messages_the_view_is_at_the_end_and_scrolling_finds_them() {
    let (natter, proxy) = Natter::start_behind_proxy_with(&NO_RATES).await;
    let person = Person::sign_up(&natter, "Ben").await;
    let straight = format!("http://localhost:{}", natter.chat_port);
    let mut ben = Client::connect(&straight, &person.token).await;
    fill(&mut ben, 0, 60).await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    is_at_end(&window).await;
    proxy.cut();
    window.wait_disconnected().await;
    fill(&mut ben, 60, 760).await;
    proxy.resume();
    until_equal("the last one is there", Some(760), async || {
        window.messages().await.last().map(|last| last.seq)
    })
    .await;
    is_at_end(&window).await;
    let shown = window.messages().await;
    assert!(shown.len() < 500, "not all of them were fetched at once, but {}", shown.len());
    let up = window.scroll_to(-STEP, 1, true).await;
    println!("up over the gap: {} messages at most, a jump of {:.1} px", up.max_nodes, up.max_jump);
    assert_eq!(up.seen, (1..=760).collect::<Vec<_>>(), "the gap is filled on the way");
    assert_eq!(up.disorder, Vec::<String>::new());
    assert!(up.max_jump <= MAX_JUMP, "something jumped by {} px", up.max_jump);
    is_smooth(&window.scroll_to(STEP, 760, false).await, "down again");
}
