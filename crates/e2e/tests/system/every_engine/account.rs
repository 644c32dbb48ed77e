//! The account page: changing and deleting the account, and logging out.

use std::time::Duration;

use testkit::browser::Window;
use testkit::browser::stage::Stage;
use testkit::process::people::{PASSWORD, Person};
use testkit::wait::until_equal;

use super::assert_console_is_clean;

const NEW_PASSWORD: &str = "a better horse battery";

async fn opens_account(stage: &Stage, window: &Window) {
    window.load(&format!("{}/account", stage.natter.users_url)).await;
    window.wait_for("form[action='/account/delete']").await;
}

async fn logs_in(stage: &Stage, window: &Window, password: &str) {
    window.load(&format!("{}/login", stage.natter.users_url)).await;
    window.submit("form[action='/login']", &[("username", "Ann"), ("password", password)]).await;
    window.wait_connected().await;
}

pub(super) async fn name_and_password_are_changed_and_the_account_deleted(stage: Stage) {
    let ben = Person::sign_up(&stage.natter, "Ben").await;
    let window = stage.window().await;
    window.sign_up(&stage.natter, "Ann").await;
    window.send_message("words of Ann").await;
    window.shows_exactly(&["words of Ann"]).await;
    opens_account(&stage, &window).await;
    window.clear("#display_name").await;
    window.submit("form[action='/account']", &[("display_name", "Ann of Green Gables")]).await;
    window.wait_for(".notice").await;
    let passwords = [("current_password", PASSWORD), ("new_password", NEW_PASSWORD)];
    window.submit("form[action='/account/password']", &passwords).await;
    until_equal("nothing is wrong", 0, async || window.texts("[role=alert]:not([hidden])").await.len()).await;
    window.wait_for(".notice").await;
    logs_in(&stage, &window, NEW_PASSWORD).await;
    assert_eq!(window.texts("#my-name").await, ["Ann of Green Gables"]);
    assert_console_is_clean(&stage, &window).await;
    opens_account(&stage, &window).await;
    window.submit("form[action='/account/delete']", &[("password", NEW_PASSWORD)]).await;
    window.wait_for("a[href='/signup']").await;
    assert!(window.address().await.ends_with("/account/deleted"));
    assert_eq!(ben.whole_log(&stage.natter).await[0]["erased"], true);
}

pub(super) async fn logging_out_ends_the_session_on_the_chat_page_and_by_the_form(stage: Stage) {
    let window = stage.window().await;
    window.sign_up(&stage.natter, "Ann").await;
    let first = window.token().await;
    window.click("#logout button").await;
    window.wait_for("form[action='/login']").await;
    is_over(&stage, first).await;
    logs_in(&stage, &window, PASSWORD).await;
    let second = window.token().await;
    opens_account(&stage, &window).await;
    window.submit("form[action='/logout']", &[]).await;
    window.wait_for("form[action='/login']").await;
    is_over(&stage, second).await;
    window.load(&format!("{}/account", stage.natter.users_url)).await;
    window.wait_for("form[action='/login']").await;
}

async fn is_over(stage: &Stage, token: String) {
    let ann = Person { id: String::new(), username: "Ann".into(), token };
    ann.wait_refused(&stage.natter, Duration::from_secs(1)).await;
}
