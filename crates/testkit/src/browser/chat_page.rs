//! The pages as a person uses them: sign up, read, write.
//!
//! Actions use visible controls and read visible text. They never call the page's own scripts.

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::browser::Window;
use crate::process::natter::Natter;
use crate::process::people::PASSWORD;
use crate::wait::{until, until_equal};

/// A message as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownMessage {
    /// The `seq` in the log; 0 while the message has none.
    pub seq: u64,
    /// The sender's user name.
    pub username: String,
    /// The name above the text: "You" or a display name.
    pub who: String,
    /// The text.
    pub text: String,
    /// `stored`, `pending` or `failed`.
    pub state: String,
}

const READ: &str = "return [...document.querySelectorAll('.messages .message')].map(node => ({
    seq: Number(node.dataset.seq), username: node.dataset.username, state: node.dataset.state,
    who: node.querySelector('.who').textContent, text: node.querySelector('.text').textContent }))";

impl Window {
    /// Signs up through the form and waits for the chat page.
    ///
    /// # Panics
    /// When the chat page does not connect in time.
    pub async fn sign_up(&self, natter: &Natter, username: &str) {
        self.load(&format!("{}/signup", natter.users_url)).await;
        self.write("#username", username).await;
        self.write("#password", PASSWORD).await;
        self.click("form button[type=submit]").await;
        self.wait_connected().await;
    }

    /// Fills in a form by the names of its fields and submits it.
    ///
    /// # Panics
    /// When there is no such form.
    pub async fn submit(&self, form: &str, fields: &[(&str, &str)]) {
        for (name, text) in fields {
            self.write(&format!("{form} [name={name}]"), text).await;
        }
        self.click(&format!("{form} button[type=submit]")).await;
    }

    /// Waits until the chat page shows that it is connected.
    ///
    /// # Panics
    /// On a timeout.
    pub async fn wait_connected(&self) {
        self.wait_for("#banner[data-state=connected]").await;
    }

    /// Waits until the chat page shows that the connection is lost.
    ///
    /// # Panics
    /// On a timeout.
    pub async fn wait_disconnected(&self) {
        self.wait_for("#banner[data-state=lost]").await;
    }

    /// Waits until the chat page shows that nobody is signed in.
    ///
    /// # Panics
    /// On a timeout.
    pub async fn wait_signed_out(&self) {
        self.wait_for("#banner[data-state=signed-out]").await;
    }

    /// Types a message and presses Enter.
    ///
    /// # Panics
    /// When there is no field for it.
    pub async fn send_message(&self, text: &str) {
        self.write(".message-input", &format!("{text}{}", char::from(Key::Enter))).await;
    }

    /// Every message that the page shows, in document order.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn messages(&self) -> Vec<ShownMessage> {
        let list = self.run(READ, vec![]).await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let one = |node: &Value| ShownMessage {
            seq: node["seq"].as_u64().unwrap_or_default(),
            username: text(&node["username"]),
            who: text(&node["who"]),
            text: text(&node["text"]),
            state: text(&node["state"]),
        };
        list.as_array().expect("the script returns a list").iter().map(one).collect()
    }

    /// The text of every message that the page shows, in document order.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn message_texts(&self) -> Vec<String> {
        self.messages().await.into_iter().map(|message| message.text).collect()
    }

    /// The text and the state of every message that the page shows, in document order.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn states(&self) -> Vec<(String, String)> {
        self.messages().await.into_iter().map(|message| (message.text, message.state)).collect()
    }

    /// Waits until the page shows exactly these messages in these states.
    ///
    /// # Panics
    /// On a timeout.
    pub async fn shows_states(&self, expected: &[(&str, &str)]) {
        let expected = expected.iter().map(|(text, state)| (text.to_string(), state.to_string())).collect();
        until_equal("the page shows these messages in these states", expected, async || self.states().await)
            .await;
    }

    /// Waits until the page shows exactly these messages, all stored, with consecutive `seq`.
    ///
    /// # Panics
    /// On a timeout, or when a `seq` is missing.
    pub async fn shows_exactly(&self, texts: &[&str]) {
        let texts: Vec<String> = texts.iter().map(|each| each.to_string()).collect();
        until_equal("the page shows these messages", texts, async || self.message_texts().await).await;
        let shown = until("all messages are stored", async || {
            let shown = self.messages().await;
            shown.iter().all(|message| message.state == "stored" && message.seq > 0).then_some(shown)
        })
        .await;
        let first = shown.first().map_or(1, |message| message.seq);
        for (at, message) in (first..).zip(&shown) {
            assert_eq!(message.seq, at, "the page shows the log without a gap: {shown:?}");
        }
    }

    /// The token that the page's script keeps for this tab.
    ///
    /// # Panics
    /// When nobody is signed in.
    pub async fn token(&self) -> String {
        let kept = self.run("return sessionStorage.getItem('natter.tab')", vec![]).await;
        let kept: Value = serde_json::from_str(kept.as_str().unwrap_or("null")).expect("JSON");
        assert_ne!(kept, json!(null), "nobody is signed in");
        kept["token"].as_str().expect("the tab has a token").to_owned()
    }
}
