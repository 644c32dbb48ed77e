//! Sign-up, chat, two users in two tabs, and messages written while the server is unavailable.

use testkit::browser::Window;
use testkit::browser::stage::Stage;
use testkit::network::proxy::NO_SOCKET_IO;
use testkit::process::people::Person;
use testkit::wait::until_equal;

use super::assert_console_is_clean;

pub(super) async fn sign_up_and_chat(stage: Stage) {
    let (ann, ben) = (stage.window().await, stage.window().await);
    ann.sign_up(&stage.natter, "Ann").await;
    stage.assert_secure_context(&ann).await;
    ben.sign_up(&stage.natter, "Ben").await;
    ann.send_message("Hello, is anybody here?").await;
    ben.shows_exactly(&["Hello, is anybody here?"]).await;
    ben.send_message("I am.").await;
    let both = ["Hello, is anybody here?", "I am."];
    ann.shows_exactly(&both).await;
    let who: Vec<_> = ann.messages().await.into_iter().map(|message| message.who).collect();
    assert_eq!(who, ["You", "Ben"]);
    until_equal("both are listed", vec!["Ann".to_owned(), "Ben".to_owned()], async || people(&ann).await)
        .await;
    let chat = format!("{}/", stage.natter.chat_url);
    until_equal("the token is gone from the address bar", chat, async || ann.address().await).await;
    ann.reload().await;
    ann.wait_connected().await;
    ann.shows_exactly(&both).await;
    assert_eq!(ann.texts("#my-name").await, ["Ann"]);
    for window in [&ann, &ben] {
        assert_console_is_clean(&stage, window).await;
    }
}

async fn people(window: &Window) -> Vec<String> {
    let mut names = window.texts(".people-here .person-name").await;
    names.sort();
    names
}

pub(super) async fn two_tabs_are_two_people(stage: Stage) {
    let window = stage.window().await;
    window.sign_up(&stage.natter, "Ann").await;
    let anns = window.new_tab().await;
    window.sign_up(&stage.natter, "Ben").await;
    let bens = window.client.window().await.unwrap();
    window.send_message("Ben here").await;
    window.shows_exactly(&["Ben here"]).await;
    // The shared cookie is Ben's. Ann's tab keeps its user.
    window.switch_to(anns).await;
    window.reload().await;
    is_person(&window, "Ann").await;
    window.send_message("Ann here").await;
    window.shows_exactly(&["Ben here", "Ann here"]).await;
    window.switch_to(bens).await;
    window.reload().await;
    is_person(&window, "Ben").await;
    window.send_message("still Ben").await;
    window.shows_exactly(&["Ben here", "Ann here", "still Ben"]).await;
    let senders: Vec<_> = window.messages().await.into_iter().map(|message| message.username).collect();
    assert_eq!(senders, ["Ben", "Ann", "Ben"]);
    assert_console_is_clean(&stage, &window).await;
}

async fn is_person(window: &Window, name: &str) {
    window.wait_connected().await;
    until_equal("the tab is whose it was", vec![name.to_owned()], async || window.texts("#my-name").await)
        .await;
}

pub(super) async fn what_was_written_while_the_server_was_away_is_sent_once(stage: Stage) {
    let ben = Person::sign_up(&stage.natter, "Ben").await;
    let window = stage.window().await;
    window.sign_up(&stage.natter, "Ann").await;
    window.send_message("before").await;
    window.shows_exactly(&["before"]).await;
    stage.natter.kill();
    window.wait_disconnected().await;
    window.send_message("one").await;
    window.send_message("two").await;
    let states = [("before", "stored"), ("one", "pending"), ("two", "pending")];
    window.shows_states(&states).await;
    // First only pages are served, so that the page reloads before anything can be sent.
    stage.chat.rewrite(&[NO_SOCKET_IO]);
    let stage = stage.restart().await;
    window.reload().await;
    window.wait_disconnected().await;
    window.shows_states(&states).await;
    stage.chat.rewrite(&[]);
    window.shows_exactly(&["before", "one", "two"]).await;
    window.reload().await;
    window.wait_connected().await;
    window.shows_exactly(&["before", "one", "two"]).await;
    assert_eq!(ben.texts_of_log(&stage.natter).await, ["before", "one", "two"]);
}
