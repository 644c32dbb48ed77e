//! The pages as a person uses them: sign up, read, write.
//!
//! It presses what is seen and reads what is shown; it never calls the page's own scripts.

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::browser::Window;
use crate::process::natter::Natter;
use crate::process::people::PASSWORD;
use crate::wait::{until, until_equal};

/// One message as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its number in the log; 0 while it has none.
    pub seq: u64,
    /// The sender's user name.
    pub username: String,
    /// What stands above it: "You" or a display name.
    pub who: String,
    /// The words.
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
    /// When the chat does not come up.
    pub async fn sign_up(&self, natter: &Natter, username: &str) {
        self.load(&format!("{}/signup", natter.users_url)).await;
        self.write("#username", username).await;
        self.write("#password", PASSWORD).await;
        self.click("form button[type=submit]").await;
        self.is_connected().await;
    }

    /// Fills in a form by the names of its fields and sends it.
    ///
    /// # Panics
    /// When there is no such form.
    pub async fn submit(&self, form: &str, fields: &[(&str, &str)]) {
        for (name, text) in fields {
            self.write(&format!("{form} [name={name}]"), text).await;
        }
        self.click(&format!("{form} button[type=submit]")).await;
    }

    /// Waits until the chat page says that it is connected.
    ///
    /// # Panics
    /// When it does not in time.
    pub async fn is_connected(&self) {
        self.sees("#banner[data-state=connected]").await;
    }

    /// Waits until the chat page says that the connection is lost.
    ///
    /// # Panics
    /// When it does not in time.
    pub async fn has_lost_connection(&self) {
        self.sees("#banner[data-state=lost]").await;
    }

    /// Waits until the chat page says that nobody is signed in here.
    ///
    /// # Panics
    /// When it does not in time.
    pub async fn is_signed_out(&self) {
        self.sees("#banner[data-state=signed-out]").await;
    }

    /// Writes a message and presses Enter.
    ///
    /// # Panics
    /// When there is no field to write into.
    pub async fn say(&self, text: &str) {
        self.write(".message-input", &format!("{text}{}", char::from(Key::Enter))).await;
    }

    /// Everything that the page shows, in its order.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn shown(&self) -> Vec<Shown> {
        let list = self.run(READ, vec![]).await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let one = |node: &Value| Shown {
            seq: node["seq"].as_u64().unwrap_or_default(),
            username: text(&node["username"]),
            who: text(&node["who"]),
            text: text(&node["text"]),
            state: text(&node["state"]),
        };
        list.as_array().expect("the script gives a list").iter().map(one).collect()
    }

    /// The words of everything that the page shows, in its order.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn words(&self) -> Vec<String> {
        self.shown().await.into_iter().map(|message| message.text).collect()
    }

    /// The words and the state of everything that the page shows, in its order.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn states(&self) -> Vec<(String, String)> {
        self.shown().await.into_iter().map(|message| (message.text, message.state)).collect()
    }

    /// Waits until the page shows exactly these words in these states.
    ///
    /// # Panics
    /// When it does not in time.
    pub async fn shows_states(&self, expected: &[(&str, &str)]) {
        let expected = expected.iter().map(|(text, state)| (text.to_string(), state.to_string())).collect();
        until_equal("the page shows these messages in these states", expected, async || self.states().await)
            .await;
    }

    /// Waits until the page shows exactly these words, all of them stored, numbered without a hole.
    ///
    /// # Panics
    /// When it does not in time.
    pub async fn shows_exactly(&self, words: &[&str]) {
        let words: Vec<String> = words.iter().map(|each| each.to_string()).collect();
        until_equal("the page shows these messages", words, async || self.words().await).await;
        let shown = until("all messages are stored", async || {
            let shown = self.shown().await;
            shown.iter().all(|message| message.state == "stored" && message.seq > 0).then_some(shown)
        })
        .await;
        let first = shown.first().map_or(1, |message| message.seq);
        for (at, message) in (first..).zip(&shown) {
            assert_eq!(message.seq, at, "the page shows the log without a hole: {shown:?}");
        }
    }

    /// What the page's own script keeps of its person: the token.
    ///
    /// # Panics
    /// When nobody is signed in.
    pub async fn token(&self) -> String {
        let kept = self.run("return sessionStorage.getItem('natter.tab')", vec![]).await;
        let kept: Value = serde_json::from_str(kept.as_str().unwrap_or("null")).expect("JSON");
        assert_ne!(kept, json!(null), "nobody is signed in");
        kept["token"].as_str().expect("it has the token").to_owned()
    }
}
