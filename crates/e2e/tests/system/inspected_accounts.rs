//! Every page of an account, in every state, on a phone and a desk, light and dark, zoomed and spaced out.

use testkit::browser::Driver;
use testkit::process::natter::Natter;
use testkit::process::people::{PASSWORD, Person};
use testkit::wait::until;

#[tokio::test]
async fn sign_up_and_log_in_are_fine_in_every_state() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.load(&format!("{}/signup", natter.users_url)).await;
    window.assert_accessible("sign-up-empty").await;
    window.submit("form", &[("username", "x"), ("password", "short")]).await;
    window.wait_for("#password-error").await;
    window.assert_accessible("sign-up-errors").await;
    Person::sign_up(&natter, "Taken").await;
    window.load(&format!("{}/signup", natter.users_url)).await;
    window.submit("form", &[("username", "Taken"), ("password", "somebody else’s words")]).await;
    window.wait_for("#username-error").await;
    window.assert_accessible("sign-up-taken").await;
    window.load(&format!("{}/login", natter.users_url)).await;
    window.assert_accessible("log-in-empty").await;
    window.submit("form", &[("username", "Taken"), ("password", "not the one")]).await;
    window.wait_for("[role=alert]").await;
    window.assert_accessible("log-in-wrong").await;
}

#[tokio::test]
async fn the_api_description_and_the_pages_of_a_problem_are_fine() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    for (name, url) in [
        ("api", format!("{}/docs", natter.users_url)),
        ("chat-signed-out", natter.chat_url.clone()),
        ("account-signed-out", format!("{}/account", natter.users_url)),
        ("not-found", format!("{}/nothing/here", natter.users_url)),
        ("chat-wrong-token", format!("{}/?jwt=wrong", natter.chat_url)),
    ] {
        window.load(&url).await;
        window.wait_for("h1").await;
        window.assert_accessible(name).await;
    }
}

#[tokio::test]
async fn the_account_is_fine_in_every_state() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    window.load(&format!("{}/account", natter.users_url)).await;
    window.assert_accessible("account-plain").await;
    window.submit("form[action='/account']", &[("display_name", " of Green Gables")]).await;
    window.wait_for(".notice").await;
    window.assert_accessible("account-notice").await;
    let wrong = [("current_password", "not the one"), ("new_password", "short")];
    window.submit("form[action='/account/password']", &wrong).await;
    window.wait_for("#new_password-error").await;
    window.assert_accessible("account-errors").await;
    window.submit("form[action='/account/delete']", &[("password", "not the one")]).await;
    window.wait_for("#password-error").await;
    window.assert_accessible("account-delete-error").await;
    window.submit("form[action='/account/delete']", &[("password", PASSWORD)]).await;
    until("the account is gone", async || window.address().await.ends_with("/account/deleted").then_some(()))
        .await;
    window.assert_accessible("account-deleted").await;
}

#[tokio::test]
async fn the_ways_out_lead_to_fine_pages() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    window.load(&format!("{}/account", natter.users_url)).await;
    window.submit("form[action='/account/sign-out-everywhere']", &[]).await;
    window.wait_for(".notice").await;
    window.assert_accessible("log-in-after-sign-out-everywhere").await;
}
