//! Rooms as a person uses them: creating, finding, opening.
//!
//! As for `chat_page`, actions use visible controls and read visible text.

use serde_json::{Value, json};

use crate::browser::Window;
use crate::wait::{until, until_equal};

const LINK: &str = "[...document.querySelectorAll('.room-link')]
    .find(link => link.querySelector('.room-link-name').textContent === arguments[0])";

impl Window {
    /// The titles of the rooms in the list, in their order.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn room_titles(&self) -> Vec<String> {
        self.texts(".room-link-name").await
    }

    /// Waits until the list has exactly these rooms.
    ///
    /// # Panics
    /// On a timeout.
    pub async fn lists_rooms(&self, titles: &[&str]) {
        let titles: Vec<String> = titles.iter().map(|title| title.to_string()).collect();
        until_equal("the list has these rooms", titles, async || self.room_titles().await).await;
    }

    /// Opens a room of the list by a click, and waits until it is shown.
    ///
    /// # Panics
    /// When there is no such room.
    pub async fn open_room(&self, title: &str) {
        until(&format!("there is the room {title}"), async || {
            let click = format!("const link = {LINK}; link?.click(); return link !== undefined");
            (self.run(&click, vec![json!(title)]).await == true).then_some(())
        })
        .await;
        self.shows_room(title).await;
    }

    /// Waits until this room is shown.
    ///
    /// # Panics
    /// On a timeout.
    pub async fn shows_room(&self, title: &str) {
        until_equal("the room is shown", vec![title.to_owned()], async || {
            self.texts(".room:not([hidden]) .room-name").await
        })
        .await;
    }

    /// Creates a room by the dialog, and waits until it is shown.
    ///
    /// # Panics
    /// When that does not work.
    pub async fn create_room(&self, title: &str, kind: &str) {
        self.click(".plus.rooms-browse").await;
        self.wait_for("#browse[open]").await;
        self.click(".browse-create").await;
        self.wait_for("#create-room[open]").await;
        self.write("#create-room-name", title).await;
        self.click(&format!("#create-room [value={kind}]")).await;
        self.click("#create-room [type=submit]").await;
        self.shows_room(title).await;
    }

    /// Waits until the badge of a room shows this text; empty for none.
    ///
    /// # Panics
    /// On a timeout.
    pub async fn badge_is(&self, title: &str, words: &str) {
        until_equal(&format!("the badge of {title}"), json!(words), async || {
            let badge = format!(
                "const badge = {LINK}?.querySelector('.badge');
                return badge === undefined ? null : badge.hidden ? '' : badge.textContent"
            );
            self.run(&badge, vec![json!(title)]).await
        })
        .await;
    }

    /// The texts of the messages of the room that is shown.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn texts_of_shown_room(&self) -> Vec<String> {
        self.texts(".room:not([hidden]) .message .text").await
    }

    /// Waits until the room that is shown has exactly these messages.
    ///
    /// # Panics
    /// On a timeout.
    pub async fn shown_room_has(&self, texts: &[&str]) {
        let texts: Vec<String> = texts.iter().map(|text| text.to_string()).collect();
        until_equal("the room has these messages", texts, async || self.texts_of_shown_room().await).await;
    }

    /// Writes into the composer of the room that is shown, and sends that.
    ///
    /// # Panics
    /// When one cannot write there.
    pub async fn say(&self, text: &str) {
        self.write(".room:not([hidden]) .message-input", text).await;
        self.click(".room:not([hidden]) .send").await;
    }

    /// Clicks the button with this accessible name or text inside of an element.
    ///
    /// # Panics
    /// When there is none in time.
    pub async fn press_button(&self, within: &str, name: &str) {
        let script = "const isCalled = node => (node.ariaLabel ?? node.textContent).trim() === arguments[1];
            const button = [...document.querySelectorAll(`${arguments[0]} button`)].find(isCalled);
            if (button === undefined || button.disabled || !button.checkVisibility()) return false;
            button.focus();
            button.click();
            return true";
        until(&format!("there is the button {name} in {within}"), async || {
            let pressed = self.run(script, vec![json!(within), json!(name)]).await;
            (pressed == Value::Bool(true)).then_some(())
        })
        .await;
    }
}
