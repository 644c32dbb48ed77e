//! With reduced motion nothing moves by itself. Without it a little does, which shows that the test would detect it.

use serde_json::{Value, json};
use testkit::browser::{DESK, Driver, PHONE, Window};
use testkit::process::natter::Natter;
use testkit::process::people::Person;

/// Records each animation and transition that begins, with its name and element.
const RECORD_MOTION: &str = "globalThis.moved = [];
    const note = ({ type, animationName, propertyName, target }) =>
        moved.push(`${type} ${animationName ?? propertyName} at ${target.localName}.${target.className}`);
    for (const type of ['animationstart', 'transitionstart']) addEventListener(type, note, true);";

/// Adds and removes messages, opens and closes the list of people, focuses buttons.
async fn use_everything(natter: &Natter, window: &Window, name: &str) {
    window.sign_up(natter, name).await;
    let ben = Person::sign_up(natter, &format!("{name}s.friend")).await;
    ben.post(natter, "Here comes something.").await;
    window.send_message("And goes something.").await;
    window.wait_for(".message:nth-last-child(1)[data-state=stored]").await;
    window.set_size(PHONE).await;
    window.click(".people-button").await;
    window.wait_for("#members:popover-open").await;
    window.click(".members-close").await;
    window.tab_through().await;
    // Animations begin within one frame.
    window.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))").await;
}

#[tokio::test]
async fn nothing_moves_where_motion_is_reduced() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let calm = driver.window().await;
    calm.begin_with(RECORD_MOTION).await;
    calm.set_appearance(DESK).await;
    use_everything(&natter, &calm, "Calm").await;
    assert_eq!(calm.run("return moved", vec![]).await, json!([]));
    let scrolls = "return [...document.querySelectorAll('*')].every(node => getComputedStyle(node).scrollBehavior === 'auto')";
    assert_eq!(calm.run(scrolls, vec![]).await, Value::Bool(true));

    let lively = driver.window().await;
    lively.begin_with(RECORD_MOTION).await;
    use_everything(&natter, &lively, "Lively").await;
    assert_ne!(lively.run("return moved", vec![]).await, json!([]));
}
