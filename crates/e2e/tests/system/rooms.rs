//! Two rooms in one page: they share a connection and nothing else, and a closed one leaves nothing behind.

use serde_json::{Value, json};
use testkit::browser::{Driver, Window};
use testkit::process::natter::Natter;
use testkit::wait::until_equal;

/// Makes the rooms, on a connection that the script plays.
const ROOMS: &str = include_str!("rooms.js");

/// Everything that a closed room could react to.
const EVENTS: &str = "for (const event of ['resize', 'focus', 'storage', 'online']) dispatchEvent(new Event(event));
    for (const event of ['visibilitychange', 'pointerdown', 'wheel']) document.dispatchEvent(new Event(event));
    document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Shift' }));";

struct Rooms {
    _natter: Natter,
    _driver: Driver,
    window: Window,
}

impl Rooms {
    async fn open() -> Self {
        let natter = Natter::start().await;
        let driver = Driver::start().await;
        let window = driver.window().await;
        window.sign_up(&natter, "Ann").await;
        window.run(&format!("return (async () => {{ {ROOMS} }})()"), vec![]).await;
        Self { _natter: natter, _driver: driver, window }
    }

    async fn open_both(&self) {
        self.play("open('one')").await;
        self.play("open('two')").await;
        self.play("connect()").await;
    }

    /// Calls a function of the script.
    async fn play(&self, call: &str) -> Value {
        self.window.run(&format!("return play.{call}"), vec![]).await
    }

    async fn shows(&self, room: &str, part: &str, expected: Value) {
        until_equal(&format!("{part} of room {room}"), expected, async || {
            self.play(&format!("shown('{room}').{part}")).await
        })
        .await;
    }

    /// The number of listeners of the window, of the document, and of the rooms' elements.
    async fn listeners(&self) -> Vec<usize> {
        let mut counts = Vec::new();
        for expression in ["window", "document", "play.elements()[0]", "play.elements()[2]"] {
            let found = self.window.devtools("Runtime.evaluate", json!({"expression": expression})).await;
            let id = &found["result"]["objectId"];
            let depth = if expression.starts_with("play") { -1 } else { 1 };
            let listeners = self
                .window
                .devtools("DOMDebugger.getEventListeners", json!({"objectId": id, "depth": depth}))
                .await;
            counts.push(listeners["listeners"].as_array().unwrap().len());
        }
        counts
    }
}

#[tokio::test]
async fn two_rooms_in_one_page_have_their_own_messages_people_and_drafts() {
    let rooms = Rooms::open().await;
    rooms.open_both().await;
    rooms.play("arrive('hello')").await;
    for room in ["one", "two"] {
        rooms.shows(room, "texts", json!([format!("hello in {room}")])).await;
        rooms.shows(room, "people", json!(["Ada", format!("Grace in {room}")])).await;
    }
    rooms.play("write('two', 'to two')").await;
    rooms.play("write('one', 'draft of one')").await;
    assert_eq!(
        rooms.play("drafts()").await,
        json!(["natter.draft.u-ada.one.tab", "natter.draft.u-ada.two.tab"])
    );
    rooms.play("send('two')").await;
    rooms.shows("two", "texts", json!(["hello in two", "to two"])).await;
    rooms.shows("two", "states", json!(["Stored ✓"])).await;
    assert_eq!(
        rooms.play("confirmed").await,
        json!([]),
        "an acknowledged message does not return to the outbox"
    );
    rooms.play("notify('one')").await;
    rooms.shows("one", "typing", json!("Grace is typing…")).await;
    rooms.shows("two", "typing", json!("")).await;
    rooms.shows("one", "texts", json!(["hello in one"])).await;
    assert_eq!(rooms.play("alerts").await, json!(["one: hello in one", "two: hello in two"]));
    let requests = rooms.play("requests").await;
    let sent =
        requests.as_array().unwrap().iter().filter(|request| request.as_str().unwrap().starts_with("chat"));
    assert_eq!(sent.collect::<Vec<_>>(), [&json!("chat message two")]);
}

#[tokio::test]
async fn a_closed_room_leaves_no_listener_and_no_timer_and_the_other_goes_on() {
    let rooms = Rooms::open().await;
    let before = rooms.listeners().await;
    rooms.open_both().await;
    rooms.play("arrive('first')").await;
    rooms.shows("two", "texts", json!(["first in two"])).await;
    let open = rooms.listeners().await;
    assert!(open.iter().zip(&before).all(|(open, before)| open > before), "{before:?} {open:?}");

    rooms.play("close('two')").await;
    let (markup, requests) = (rooms.play("markup('two')").await, rooms.play("requests.length").await);
    rooms.play("arrive('second')").await;
    rooms.play("notify('two')").await;
    rooms.play("write('two', 'nobody sends this')").await;
    rooms.window.run(EVENTS, vec![]).await;
    rooms.shows("one", "texts", json!(["first in one", "second in one"])).await;
    assert_eq!(rooms.play("markup('two')").await, markup);
    assert_eq!(rooms.play("requests.length").await, requests, "the closed room asks for nothing");
    assert_eq!(rooms.play("alerts.length").await, json!(3), "and reports nothing");
    rooms.play("reconnect()").await;
    rooms.shows("one", "people", json!(["Ada", "Grace in one"])).await;
    let asked = rooms.play(&format!("requests.slice({requests})")).await;
    assert!(
        asked.as_array().unwrap().iter().all(|request| request.as_str().unwrap().ends_with(" one")),
        "{asked}"
    );

    rooms.play("close('one')").await;
    assert_eq!(rooms.listeners().await, before);
    assert_eq!(rooms.play("timers()").await, json!(0));
}

#[tokio::test]
async fn a_room_that_was_closed_can_be_opened_again_and_reads_what_it_missed() {
    let rooms = Rooms::open().await;
    rooms.open_both().await;
    rooms.play("arrive('first')").await;
    rooms.shows("two", "texts", json!(["first in two"])).await;
    rooms.play("close('two')").await;
    rooms.play("arrive('missed')").await;
    rooms.shows("one", "texts", json!(["first in one", "missed in one"])).await;
    rooms.play("open('two', 1)").await;
    rooms.shows("two", "texts", json!(["first in two", "missed in two"])).await;
    rooms.play("write('two', 'back again')").await;
    rooms.play("send('two')").await;
    rooms.shows("two", "texts", json!(["first in two", "missed in two", "back again"])).await;
    rooms.shows("two", "states", json!(["Stored ✓"])).await;
}
