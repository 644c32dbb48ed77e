//! Each tab stays who it is, on all pages, whatever becomes of the cookie that all tabs share.

use serde_json::json;
use testkit::browser::{Driver, Window};
use testkit::process::natter::Natter;
use testkit::process::people::{PASSWORD, Person};
use testkit::wait::until_equal;

/// Whoever bears the token that the tab keeps now.
async fn bearer(window: &Window) -> Person {
    Person { id: String::new(), username: String::new(), token: window.token().await }
}

/// Waits until the chat page is up as this person.
async fn is_in_the_chat_as(window: &Window, name: &str) {
    window.wait_connected().await;
    until_equal("whose tab it is", vec![name.to_owned()], async || window.texts("#my-name").await).await;
}

/// Waits until the account page of this person is shown.
async fn is_at_the_account_of(window: &Window, username: &str) {
    let shown = async || window.texts("main:not([hidden]) .lead strong").await;
    until_equal("whose account it is", vec![username.to_owned()], shown).await;
    assert!(!window.address().await.contains("token"), "{}", window.address().await);
}

/// Ann's tab beside Ben's, to whom the cookie belongs; the window shows Ann's.
async fn anns_tab_beside_bens(driver: &Driver, natter: &Natter) -> (Window, fantoccini::wd::WindowHandle) {
    let window = driver.window().await;
    window.sign_up(natter, "Ann").await;
    let anns = window.new_tab().await;
    window.sign_up(natter, "Ben").await;
    let bens = window.client.window().await.unwrap();
    window.switch_to(anns).await;
    (window, bens)
}

#[tokio::test]
async fn one_logs_out_and_the_other_tab_stays_who_it_is() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let (window, bens) = anns_tab_beside_bens(&driver, &natter).await;
    let anns = window.client.window().await.unwrap();
    window.switch_to(bens).await;
    window.click("#logout button").await;
    window.wait_for("form[action='/login']").await;
    window.switch_to(anns).await;
    window.reload().await;
    is_in_the_chat_as(&window, "Ann").await;
    window.send_message("still Ann").await;
    window.shows_exactly(&["still Ann"]).await;
}

#[tokio::test]
async fn after_a_log_out_a_new_tab_is_nobody_although_others_are_signed_in() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let (window, bens) = anns_tab_beside_bens(&driver, &natter).await;
    window.switch_to(bens).await;
    window.click("#logout button").await;
    window.wait_for("form[action='/login']").await;
    window.new_tab().await;
    window.load(&format!("{}/", natter.chat_url)).await;
    window.wait_for("main:not([hidden]) a[href$='/login'].primary").await;
    assert_eq!(window.texts("h1").await, ["You are signed out"]);
}

#[tokio::test]
async fn two_natters_on_one_host_take_no_person_from_each_other() {
    let (here, there) = (Natter::start().await, Natter::start().await);
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&here, "Ann").await;
    let anns = window.new_tab().await;
    // The cookie is the other one's now, and cannot be read here.
    window.sign_up(&there, "Bob").await;
    let bobs = window.client.window().await.unwrap();
    window.switch_to(anns).await;
    window.reload().await;
    is_in_the_chat_as(&window, "Ann").await;
    window.click("#account-link").await;
    is_at_the_account_of(&window, "Ann").await;
    window.switch_to(bobs).await;
    window.reload().await;
    is_in_the_chat_as(&window, "Bob").await;
    window.new_tab().await;
    window.load(&format!("{}/", here.chat_url)).await;
    is_in_the_chat_as(&window, "Ann").await;
}

#[tokio::test]
async fn where_cookies_are_blocked_a_tab_is_somebody_all_the_same() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let window = driver.window_without_cookies().await;
    window.sign_up(&natter, "Ann").await;
    let storage = "(() => { try { return typeof sessionStorage } catch { return 'forbidden' } })()";
    assert_eq!(window.evaluate(storage).await, "forbidden", "the browser blocks what it is told to");
    for _ in 0..2 {
        window.reload().await;
        is_in_the_chat_as(&window, "Ann").await;
    }
    window.click("#account-link").await;
    is_at_the_account_of(&window, "Ann").await;
    window.reload().await;
    is_at_the_account_of(&window, "Ann").await;
    window.click("#to-chat").await;
    is_in_the_chat_as(&window, "Ann").await;
}

#[tokio::test]
async fn an_old_link_leads_to_whom_the_browser_is_and_an_own_tab_to_its_person() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let (window, _) = anns_tab_beside_bens(&driver, &natter).await;
    let old = format!("{}/?jwt=old", natter.chat_url);
    window.load(&old).await;
    is_in_the_chat_as(&window, "Ann").await;
    window.new_tab().await;
    window.load(&old).await;
    is_in_the_chat_as(&window, "Ben").await;
    let stranger = driver.window().await;
    stranger.load(&old).await;
    stranger.wait_for("main:not([hidden]) a[href$='/login'].primary").await;
    assert_eq!(stranger.texts("h1").await, ["You are signed out"]);
}

#[tokio::test]
async fn the_account_page_is_that_of_the_tabs_person_and_so_are_its_forms() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let (window, bens) = anns_tab_beside_bens(&driver, &natter).await;
    let anns = window.client.window().await.unwrap();
    window.click("#account-link").await;
    is_at_the_account_of(&window, "Ann").await;
    window.wait_for("button.show:not([hidden])").await;
    window.write("#display_name", "ie").await;
    window.click("form[action='/account'] button[type=submit]").await;
    until_equal("it is saved", vec!["Your name is saved.".to_owned()], async || {
        window.texts(".notice").await
    })
    .await;
    is_at_the_account_of(&window, "Ann").await;

    window.write("#current_password", "wrong").await;
    window.write("#new_password", "a better password").await;
    window.click("form[action='/account/password'] button[type=submit]").await;
    window.wait_for("#current_password-error").await;
    is_at_the_account_of(&window, "Ann").await;
    window.write("#current_password", PASSWORD).await;
    window.write("#new_password", "a better password").await;
    window.click("form[action='/account/password'] button[type=submit]").await;
    window.wait_for(".notice").await;
    is_at_the_account_of(&window, "Ann").await;
    window.reload().await;
    is_at_the_account_of(&window, "Ann").await;
    assert_eq!(window.complaints().await.iter().filter(|line| line.contains("Content Security")).count(), 0);

    window.click("#to-chat").await;
    is_in_the_chat_as(&window, "Annie").await;
    window.switch_to(bens).await;
    window.click("#account-link").await;
    is_at_the_account_of(&window, "Ben").await;
    window.click("form[action='/logout'] button").await;
    window.wait_for("form[action='/login']").await;
    window.switch_to(anns).await;
    window.reload().await;
    is_in_the_chat_as(&window, "Annie").await;
}

#[tokio::test]
async fn a_page_that_comes_back_after_its_token_has_expired_goes_on() {
    let natter = Natter::start_with(&[("TOKEN_LIFETIME_SECS", "3")]).await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    let old = bearer(&window).await;
    // It is put away like a tab of a computer that sleeps: none of its timers runs.
    window.devtools("Page.setWebLifecycleState", json!({"state": "frozen"})).await;
    old.wait_refused(&natter, std::time::Duration::from_secs(20)).await;
    window.devtools("Page.setWebLifecycleState", json!({"state": "active"})).await;
    window.send_message("awake again").await;
    window.shows_exactly(&["awake again"]).await;
    is_in_the_chat_as(&window, "Ann").await;
    assert_ne!(window.token().await, old.token);
}

#[tokio::test]
async fn whoever_comes_back_days_later_opens_the_chat_and_an_expired_token_does_not() {
    let natter = Natter::start_with(&[("TOKEN_LIFETIME_SECS", "2")]).await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    let old = bearer(&window).await;
    window.load("about:blank").await;
    old.wait_refused(&natter, std::time::Duration::from_secs(20)).await;
    // The tab was restored with its token, which has expired, and the browser has dropped the cookie.
    window.devtools("Network.deleteCookies", json!({"name": "natter_token", "url": natter.chat_url})).await;
    window.load(&format!("{}/", natter.chat_url)).await;
    is_in_the_chat_as(&window, "Ann").await;
    window.new_tab().await;
    window.devtools("Network.deleteCookies", json!({"name": "natter_token", "url": natter.chat_url})).await;
    window.load(&format!("{}/", natter.chat_url)).await;
    is_in_the_chat_as(&window, "Ann").await;
    let revoked = Person::log_in(&natter, "Ann").await;
    revoked.sign_out_everywhere(&natter).await;
    window.devtools("Network.deleteCookies", json!({"name": "natter_token", "url": natter.chat_url})).await;
    window.load(&format!("{}/", natter.chat_url)).await;
    window.wait_for("main:not([hidden]) h1").await;
    assert_eq!(window.texts("#banner[data-state=connected]").await, Vec::<String>::new());
}

#[tokio::test]
async fn without_javascript_a_button_brings_back_whoever_comes_days_later() {
    let natter = Natter::start().await;
    Person::sign_up(&natter, "Ann").await;
    let driver = Driver::start().await;
    let window = driver.window_with(&["--blink-settings=scriptEnabled=false"]).await;
    window.load(&format!("{}/login", natter.users_url)).await;
    window.write("#username", "Ann").await;
    window.write("#password", PASSWORD).await;
    window.click("form button[type=submit]").await;
    window.wait_for(".messages").await;
    window.devtools("Network.deleteCookies", json!({"name": "natter_token", "url": natter.chat_url})).await;
    window.load(&format!("{}/", natter.chat_url)).await;
    window.click("form[action='/token'] button").await;
    window.wait_for(".messages").await;
    assert_eq!(window.address().await, format!("{}/", natter.chat_url));
}

#[tokio::test]
async fn a_browsers_clock_that_is_hours_behind_ends_no_session() {
    let natter = Natter::start_with(&[("TOKEN_LIFETIME_SECS", "10")]).await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.begin_with("const { now } = Date; Date.now = () => now() - 2 * 3600 * 1000;").await;
    window.sign_up(&natter, "Ann").await;
    let old = bearer(&window).await;
    old.wait_refused(&natter, std::time::Duration::from_secs(25)).await;
    assert_ne!(window.token().await, old.token, "it was renewed meanwhile");
    window.send_message("still here").await;
    window.shows_exactly(&["still here"]).await;
}
