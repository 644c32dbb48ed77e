//! Messages are not lost, doubled or reordered while the connection fails and the page reloads.
//!
//! The network of these tests lets pages load but no Socket.IO session open.

use testkit::browser::{Driver, Window};
use testkit::network::proxy::{NO_SOCKET_IO, Proxy};
use testkit::process::natter::Natter;
use testkit::process::people::Person;
use testkit::wait::until;

/// Prevents Socket.IO sessions; pages are still served.
async fn block_sessions(window: &Window, proxy: &Proxy) {
    proxy.rewrite(&[NO_SOCKET_IO]);
    proxy.cut();
    window.wait_disconnected().await;
    proxy.resume();
}

#[tokio::test]
async fn messages_written_without_a_connection_survive_reloads_and_are_stored_once_in_order() {
    let (natter, proxy) = Natter::start_behind_proxy().await;
    let ben = Person::sign_up(&natter, "Ben").await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    block_sessions(&window, &proxy).await;
    let pending = [("one", "pending"), ("two", "pending"), ("three", "pending"), ("four", "pending")];
    for (text, _) in &pending[..3] {
        window.send_message(text).await;
    }
    window.shows_states(&pending[..3]).await;
    window.reload().await;
    window.wait_disconnected().await;
    window.shows_states(&pending[..3]).await;
    window.send_message("four").await;
    window.reload().await;
    window.shows_states(&pending).await;
    // Another user in the same browser does not see the messages and does not send them.
    let own = window.new_tab().await;
    window.load(&format!("{}/?jwt={}", natter.chat_url, ben.token)).await;
    window.wait_disconnected().await;
    window.shows_states(&[]).await;
    let bens = window.client.window().await.unwrap();
    proxy.rewrite(&[]);
    window.wait_connected().await;
    window.switch_to(own).await;
    window.wait_connected().await;
    let stored = ["one", "two", "three", "four"];
    window.shows_exactly(&stored).await;
    assert!(window.messages().await.iter().all(|message| message.username == "Ann"));
    window.reload().await;
    window.wait_connected().await;
    window.shows_exactly(&stored).await;
    window.switch_to(bens).await;
    window.shows_exactly(&stored).await;
    assert_eq!(ben.texts_of_log(&natter).await, stored);
}

#[tokio::test]
async fn messages_of_a_closed_tab_are_sent_by_the_next_tab_of_the_same_user_only() {
    let (natter, proxy) = Natter::start_behind_proxy().await;
    let ben = Person::sign_up(&natter, "Ben").await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    let token = window.token().await;
    block_sessions(&window, &proxy).await;
    window.send_message("left behind").await;
    window.shows_states(&[("left behind", "pending")]).await;
    let first = window.new_tab().await;
    let second = window.client.window().await.unwrap();
    window.switch_to(first).await;
    window.client.close_window().await.unwrap();
    window.switch_to(second).await;
    window.load(&format!("{}/?jwt={}", natter.chat_url, ben.token)).await;
    window.send_message("I am Ben").await;
    window.shows_states(&[("I am Ben", "pending")]).await;
    window.new_tab().await;
    window.load(&format!("{}/?jwt={token}", natter.chat_url)).await;
    window.shows_states(&[("left behind", "pending")]).await;
    proxy.rewrite(&[]);
    until("both are stored", async || {
        let shown = window.messages().await;
        let is_stored = |who: &str, text: &str| {
            shown.iter().any(|one| (&*one.username, &*one.text, &*one.state) == (who, text, "stored"))
        };
        (is_stored("Ann", "left behind") && is_stored("Ben", "I am Ben")).then_some(())
    })
    .await;
    assert_eq!(ben.texts_of_log(&natter).await.len(), 2, "each once");
}
