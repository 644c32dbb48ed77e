//! Each tab keeps its user on all pages, even when another tab changes the shared cookie.

use serde_json::json;
use testkit::browser::{Driver, Window};
use testkit::process::{natter::Natter, people::PASSWORD, people::Person};
use testkit::wait::until_equal;

/// The user of the tab's token; only the token is set.
async fn user_of(window: &Window) -> Person {
    Person { id: String::new(), username: String::new(), token: window.token().await }
}

/// Waits until the chat page is connected as this user.
async fn wait_for_chat_of(window: &Window, name: &str) {
    window.wait_connected().await;
    until_equal("whose tab it is", vec![name.to_owned()], async || window.texts("#my-name").await).await;
}

/// Waits until the account page of this user is shown.
async fn wait_for_account_of(window: &Window, username: &str) {
    let shown = async || window.texts("main:not([hidden]) .lead strong").await;
    until_equal("whose account it is", vec![username.to_owned()], shown).await;
    assert!(!window.address().await.contains("token"), "{}", window.address().await);
}

/// A window with a tab of Ann, which is shown, and one of Ben, whose cookie is set. Returns Ben's tab.
pub(super) async fn tabs_of_ann_and_ben(
    driver: &Driver,
    natter: &Natter,
) -> (Window, fantoccini::wd::WindowHandle) {
    let window = driver.window().await;
    window.sign_up(natter, "Ann").await;
    let anns = window.new_tab().await;
    window.sign_up(natter, "Ben").await;
    let bens = window.client.window().await.unwrap();
    window.switch_to(anns).await;
    (window, bens)
}

#[tokio::test]
async fn after_a_log_out_in_one_tab_the_other_tab_keeps_its_user() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let (window, bens) = tabs_of_ann_and_ben(&driver, &natter).await;
    let anns = window.client.window().await.unwrap();
    window.switch_to(bens).await;
    window.click("#logout button").await;
    window.wait_for("form[action='/login']").await;
    window.switch_to(anns).await;
    window.reload().await;
    wait_for_chat_of(&window, "Ann").await;
    window.send_message("still Ann").await;
    window.shows_exactly(&["still Ann"]).await;
}

#[tokio::test]
async fn after_a_log_out_a_new_tab_is_signed_out_although_other_tabs_are_not() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let (window, bens) = tabs_of_ann_and_ben(&driver, &natter).await;
    window.switch_to(bens).await;
    window.click("#logout button").await;
    window.wait_for("form[action='/login']").await;
    window.new_tab().await;
    window.load(&format!("{}/", natter.chat_url)).await;
    window.wait_for("main:not([hidden]) a[href$='/login'].primary").await;
    assert_eq!(window.texts("h1").await, ["You are signed out"]);
}

#[tokio::test]
async fn two_natters_on_one_host_keep_separate_sessions() {
    let (here, there) = (Natter::start().await, Natter::start().await);
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&here, "Ann").await;
    let anns = window.new_tab().await;
    // The cookie is now the other user's, and this page cannot read it.
    window.sign_up(&there, "Bob").await;
    let bobs = window.client.window().await.unwrap();
    window.switch_to(anns).await;
    window.reload().await;
    wait_for_chat_of(&window, "Ann").await;
    window.click("#account-link").await;
    wait_for_account_of(&window, "Ann").await;
    window.switch_to(bobs).await;
    window.reload().await;
    wait_for_chat_of(&window, "Bob").await;
    window.new_tab().await;
    window.load(&format!("{}/", here.chat_url)).await;
    wait_for_chat_of(&window, "Ann").await;
}

#[tokio::test]
async fn with_blocked_cookies_a_tab_still_keeps_its_user() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let window = driver.window_without_cookies().await;
    window.sign_up(&natter, "Ann").await;
    let storage = "(() => { try { return typeof sessionStorage } catch { return 'forbidden' } })()";
    assert_eq!(window.evaluate(storage).await, "forbidden", "the browser blocks storage");
    for _ in 0..2 {
        window.reload().await;
        wait_for_chat_of(&window, "Ann").await;
    }
    window.click("#account-link").await;
    wait_for_account_of(&window, "Ann").await;
    window.reload().await;
    wait_for_account_of(&window, "Ann").await;
    window.click("#to-chat").await;
    wait_for_chat_of(&window, "Ann").await;
}

#[tokio::test]
async fn an_old_link_opens_as_the_users_of_the_browser_and_of_the_tab() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let (window, _) = tabs_of_ann_and_ben(&driver, &natter).await;
    let old = format!("{}/?jwt=old", natter.chat_url);
    window.load(&old).await;
    wait_for_chat_of(&window, "Ann").await;
    window.new_tab().await;
    window.load(&old).await;
    wait_for_chat_of(&window, "Ben").await;
    let stranger = driver.window().await;
    stranger.load(&old).await;
    stranger.wait_for("main:not([hidden]) a[href$='/login'].primary").await;
    assert_eq!(stranger.texts("h1").await, ["You are signed out"]);
}

#[tokio::test]
async fn the_account_page_and_its_forms_belong_to_the_tabs_user() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let (window, bens) = tabs_of_ann_and_ben(&driver, &natter).await;
    let anns = window.client.window().await.unwrap();
    window.click("#account-link").await;
    wait_for_account_of(&window, "Ann").await;
    window.wait_for("button.show:not([hidden])").await;
    window.write("#display_name", "ie").await;
    window.click("form[action='/account'] button[type=submit]").await;
    until_equal("it is saved", vec!["Your name is saved.".to_owned()], async || {
        window.texts(".notice").await
    })
    .await;
    wait_for_account_of(&window, "Ann").await;

    window.write("#current_password", "wrong").await;
    window.write("#new_password", "a better password").await;
    window.click("form[action='/account/password'] button[type=submit]").await;
    window.wait_for("#current_password-error").await;
    wait_for_account_of(&window, "Ann").await;
    window.write("#current_password", PASSWORD).await;
    window.write("#new_password", "a better password").await;
    window.click("form[action='/account/password'] button[type=submit]").await;
    window.wait_for(".notice").await;
    wait_for_account_of(&window, "Ann").await;
    window.reload().await;
    wait_for_account_of(&window, "Ann").await;
    assert_eq!(
        window.console_errors().await.iter().filter(|line| line.contains("Content Security")).count(),
        0
    );

    window.click("#to-chat").await;
    wait_for_chat_of(&window, "Annie").await;
    window.switch_to(bens).await;
    window.click("#account-link").await;
    wait_for_account_of(&window, "Ben").await;
    window.click("form[action='/logout'] button").await;
    window.wait_for("form[action='/login']").await;
    window.switch_to(anns).await;
    window.reload().await;
    wait_for_chat_of(&window, "Annie").await;
}

#[tokio::test]
async fn a_page_that_resumes_after_its_token_expired_continues() {
    let natter = Natter::start_with(&[("TOKEN_LIFETIME_SECS", "3")]).await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    let old = user_of(&window).await;
    // As on a sleeping computer, no timer of the tab runs.
    window.devtools("Page.setWebLifecycleState", json!({"state": "frozen"})).await;
    old.wait_refused(&natter, std::time::Duration::from_secs(20)).await;
    window.devtools("Page.setWebLifecycleState", json!({"state": "active"})).await;
    window.send_message("awake again").await;
    window.shows_exactly(&["awake again"]).await;
    wait_for_chat_of(&window, "Ann").await;
    assert_ne!(window.token().await, old.token);
}

async fn reopen_without_cookie(window: &Window, natter: &Natter) {
    window.devtools("Network.deleteCookies", json!({"name": "natter_token", "url": natter.chat_url})).await;
    window.load(&format!("{}/", natter.chat_url)).await;
}

#[tokio::test]
async fn a_browser_that_returns_days_later_opens_the_chat_and_an_expired_token_does_not() {
    let natter = Natter::start_with(&[("TOKEN_LIFETIME_SECS", "2")]).await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    let old = user_of(&window).await;
    window.load("about:blank").await;
    // The tab was restored with its token, which has expired, and the browser has dropped the cookie.
    old.wait_refused(&natter, std::time::Duration::from_secs(20)).await;
    reopen_without_cookie(&window, &natter).await;
    wait_for_chat_of(&window, "Ann").await;
    window.new_tab().await;
    reopen_without_cookie(&window, &natter).await;
    wait_for_chat_of(&window, "Ann").await;
    let revoked = Person::log_in(&natter, "Ann").await;
    revoked.sign_out_everywhere(&natter).await;
    revoked.wait_refused(&natter, std::time::Duration::from_secs(20)).await;
    reopen_without_cookie(&window, &natter).await;
    window.wait_for("main:not([hidden]) h1").await;
    assert_eq!(window.texts("#banner[data-state=connected]").await, Vec::<String>::new());
}

#[tokio::test]
async fn without_javascript_a_button_reopens_the_chat_days_later() {
    let natter = Natter::start().await;
    Person::sign_up(&natter, "Ann").await;
    let driver = Driver::start().await;
    let window = driver.window_with(&["--blink-settings=scriptEnabled=false"]).await;
    window.load(&format!("{}/login", natter.users_url)).await;
    window.write("#username", "Ann").await;
    window.write("#password", PASSWORD).await;
    window.click("form button[type=submit]").await;
    window.wait_for(".messages").await;
    reopen_without_cookie(&window, &natter).await;
    window.click("form[action='/token'] button").await;
    window.wait_for(".messages").await;
    assert_eq!(window.address().await, format!("{}/", natter.chat_url));
}

#[tokio::test]
async fn a_browser_clock_that_is_hours_late_ends_no_session() {
    let natter = Natter::start_with(&[("TOKEN_LIFETIME_SECS", "10")]).await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.begin_with("const { now } = Date; Date.now = () => now() - 2 * 3600 * 1000;").await;
    window.sign_up(&natter, "Ann").await;
    let old = user_of(&window).await;
    old.wait_refused(&natter, std::time::Duration::from_secs(25)).await;
    assert_ne!(window.token().await, old.token, "the token was renewed");
    window.send_message("still here").await;
    window.shows_exactly(&["still here"]).await;
}
