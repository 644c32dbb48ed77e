//! At 400 % zoom a line of the log and the message field are visible together, also while a notice is shown.

use serde_json::json;
use testkit::browser::{Driver, Window, ZOOMED};
use testkit::process::natter::Natter;
use testkit::process::people::Person;
use testkit::wait::until;

/// Minimum height of a line of text in CSS pixels.
const LINE: f64 = 20.0;

async fn are_seen(window: &Window, state: &str, elements: &[(&str, &str)]) {
    window.save_screenshot(&format!("zoomed-{state}")).await;
    for (css, within) in elements {
        let pixels = window.visible_height(css, within).await;
        assert!(pixels >= LINE, "{state}: {pixels} px of {css} are seen");
    }
}

const MESSAGE: (&str, &str) = (".message .content", ".log");
const FIELD: (&str, &str) = (".message-input", "body");
const BUTTON: (&str, &str) = (".send", "body");

#[tokio::test]
async fn at_400_percent_a_message_and_the_field_are_seen_together() {
    let (natter, proxy) = Natter::start_behind_proxy().await;
    let ben = Person::sign_up(&natter, "Ben").await;
    for number in 1..=30 {
        ben.post_at(natter.chat_port, &format!("message {number}")).await;
    }
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.set_appearance(ZOOMED).await;
    window.sign_up(&natter, "Ann").await;
    are_seen(&window, "connected", &[MESSAGE, FIELD, BUTTON]).await;
    window.send_message("Can I write?").await;
    until("it is stored", async || (window.messages().await.last()?.state == "stored").then_some(())).await;
    are_seen(&window, "stored", &[MESSAGE, FIELD, BUTTON]).await;
    proxy.cut();
    window.wait_disconnected().await;
    // With the notice, not everything fits. The page scrolls, and typing scrolls to the field.
    are_seen(&window, "lost", &[MESSAGE]).await;
    window.write(".message-input", "one\u{e008}\u{e007}\u{e008}two\u{e008}\u{e007}\u{e008}three").await;
    are_seen(&window, "lost-writing", &[MESSAGE, FIELD]).await;
    let is_wide = "return document.documentElement.scrollWidth > innerWidth";
    assert_eq!(window.run(is_wide, vec![]).await, json!(false));
}
