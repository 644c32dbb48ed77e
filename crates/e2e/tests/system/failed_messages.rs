//! Drafts, and messages that the server refused: they are sent again, edited or discarded.
//!
//! The network of these tests puts a control character into some texts, which the server rejects.

use testkit::browser::Driver;
use testkit::network::proxy::{NO_WEBSOCKET, REFUSED};
use testkit::process::natter::Natter;
use testkit::process::people::Person;
use testkit::wait::{until, until_equal};

const DRAFT: &str = "return document.querySelector('.message-input').value";

#[tokio::test]
async fn a_draft_survives_a_reload_and_belongs_to_its_user() {
    let natter = Natter::start().await;
    let ben = Person::sign_up(&natter, "Ben").await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    window.write(".message-input", "half a thou").await;
    window.reload().await;
    window.wait_connected().await;
    until_equal("the draft is back", "half a thou".into(), async || window.run(DRAFT, vec![]).await).await;
    let anns = window.new_tab().await;
    window.load(&format!("{}/?jwt={}", natter.chat_url, ben.token)).await;
    window.wait_connected().await;
    assert_eq!(window.run(DRAFT, vec![]).await, "");
    window.switch_to(anns).await;
    window.send_message("ght").await;
    window.shows_exactly(&["half a thought"]).await;
    window.reload().await;
    window.wait_connected().await;
    assert_eq!(window.run(DRAFT, vec![]).await, "");
}

#[tokio::test]
async fn a_refused_message_shows_the_reason_and_is_sent_again_edited_or_discarded() {
    let (natter, proxy) = Natter::start_behind_proxy().await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    proxy.rewrite(&[NO_WEBSOCKET, REFUSED]);
    window.sign_up(&natter, "Ann").await;
    for text in ["REFUSE and discard", "REFUSE and edit", "REFUSE and repeat", "no trouble"] {
        window.send_message(text).await;
    }
    let failed =
        [("REFUSE and discard", "failed"), ("REFUSE and edit", "failed"), ("REFUSE and repeat", "failed")];
    until("the last one goes out", async || {
        window.states().await.contains(&("no trouble".into(), "stored".into())).then_some(())
    })
    .await;
    let mut shown = window.states().await;
    shown.retain(|(_, state)| state == "failed");
    assert_eq!(shown, failed.map(|(text, state)| (text.to_owned(), state.to_owned())));
    let why = window.texts(".message[data-state=failed] .state-text").await;
    assert!(why.iter().all(|why| why.contains("cannot be sent")), "the reason is shown: {why:?}");
    window.reload().await;
    window.wait_connected().await;
    until_equal("they are still there", 3, async || window.texts(".message[data-state=failed]").await.len())
        .await;
    window.click(".message[data-state=failed] .discard").await;
    until_equal("two have failed", 2, async || window.texts(".message[data-state=failed]").await.len()).await;
    window.click(".message[data-state=failed] .edit").await;
    until_equal("it is in the field again", "REFUSE and edit".into(), async || {
        window.run(DRAFT, vec![]).await
    })
    .await;
    until_equal("one has failed", 1, async || window.texts(".message[data-state=failed]").await.len()).await;
    window.send_message(", now better").await;
    window.click(".message[data-state=failed] .resend").await;
    until_equal("both fail again", 2, async || window.texts(".message[data-state=failed]").await.len()).await;
    proxy.rewrite(&[NO_WEBSOCKET]);
    window.click(".message[data-state=failed] .resend").await;
    until_equal("one has failed", 1, async || window.texts(".message[data-state=failed]").await.len()).await;
    window.click(".message[data-state=failed] .resend").await;
    until_equal("none has failed", 0, async || window.texts(".message[data-state=failed]").await.len()).await;
    let mut texts = Person::sign_up(&natter, "Reader").await.texts_of_log(&natter).await;
    until("all are stored", async || {
        window.messages().await.iter().all(|message| message.state == "stored").then_some(())
    })
    .await;
    assert_eq!(texts.remove(0), "no trouble");
    texts.sort();
    assert_eq!(texts, ["REFUSE and edit, now better", "REFUSE and repeat"]);
}
