//! A double click submits a form twice: the browser shows the result of the first request.

use std::time::Duration;

use fantoccini::Locator;
use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use testkit::browser::{Driver, Window};
use testkit::process::natter::Natter;
use testkit::process::people::{PASSWORD, Person};

/// Delays between two clicks of a person.
const CLICK_DELAYS: [Duration; 3] =
    [Duration::from_millis(60), Duration::from_millis(120), Duration::from_millis(250)];
const NEW_PASSWORD: &str = "a better password";

/// Clicks twice at the position of a button, even if another element is there at the second click.
async fn double_click(window: &Window, css: &str, gap: Duration) {
    let element = window.client.find(Locator::Css(css)).await.unwrap();
    let to_button = PointerAction::MoveToElement { element, duration: None, x: 0.0, y: 0.0 };
    let (down, up) =
        (PointerAction::Down { button: MOUSE_BUTTON_LEFT }, PointerAction::Up { button: MOUSE_BUTTON_LEFT });
    let twice = MouseActions::new("mouse".to_owned())
        .then(to_button)
        .then(down.clone())
        .then(up.clone())
        .then(PointerAction::Pause { duration: gap })
        .then(down)
        .then(up);
    window.client.perform_actions(twice).await.unwrap();
}

/// Submits every form whose second request would fail after the first one succeeded.
async fn submit_all_forms(natter: &Natter, window: &Window, name: &str, gap: Duration) {
    window.load(&format!("{}/signup", natter.users_url)).await;
    window.write("#username", name).await;
    window.write("#password", PASSWORD).await;
    double_click(window, "form button[type=submit]", gap).await;
    window.wait_for(".messages").await;
    assert_eq!(window.texts("#my-name").await, [name]);

    window.load(&format!("{}/account", natter.users_url)).await;
    window.write("#current_password", PASSWORD).await;
    window.write("#new_password", NEW_PASSWORD).await;
    double_click(window, "form[action='/account/password'] button[type=submit]", gap).await;
    window.wait_for(".notice").await;
    let notices = window.texts(".notice").await;
    assert!(notices[0].starts_with("Your password is changed."), "{notices:?}");

    window.load(&format!("{}/account", natter.users_url)).await;
    double_click(window, "form[action='/account/sign-out-everywhere'] button", gap).await;
    window.wait_for("form[action='/login'] .notice").await;
    assert_eq!(window.texts(".notice").await, ["You are signed out everywhere."]);

    window.write("#username", name).await;
    window.write("#password", NEW_PASSWORD).await;
    double_click(window, "form button[type=submit]", gap).await;
    window.wait_for(".messages").await;
    window.load(&format!("{}/account", natter.users_url)).await;
    window.write("form[action='/account/delete'] [name=password]", NEW_PASSWORD).await;
    double_click(window, "form[action='/account/delete'] button[type=submit]", gap).await;
    window.wait_for("h1 + .lead[role=status]").await;
    assert_eq!(window.texts("h1").await, ["Your account is deleted"]);
}

#[tokio::test]
async fn a_double_click_shows_the_result_of_the_first_one_without_javascript() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    for (number, gap) in CLICK_DELAYS.into_iter().enumerate() {
        let window = driver.window_with(&["--blink-settings=scriptEnabled=false"]).await;
        submit_all_forms(&natter, &window, &format!("eve{number}"), gap).await;
    }
}

#[tokio::test]
async fn a_double_click_shows_the_result_of_the_first_one_with_javascript() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    for (number, gap) in CLICK_DELAYS.into_iter().enumerate() {
        let window = driver.window().await;
        submit_all_forms(&natter, &window, &format!("eve{number}"), gap).await;
    }
}

#[tokio::test]
async fn a_double_click_on_log_out_logs_out_once() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let (with, without) =
        (driver.window().await, driver.window_with(&["--blink-settings=scriptEnabled=false"]).await);
    for (number, window) in [with, without].into_iter().enumerate() {
        Person::sign_up(&natter, &format!("eve{number}")).await;
        window.load(&format!("{}/login", natter.users_url)).await;
        window.write("#username", &format!("eve{number}")).await;
        window.write("#password", PASSWORD).await;
        window.click("form button[type=submit]").await;
        window.wait_for(".messages").await;
        double_click(&window, "#logout button", CLICK_DELAYS[0]).await;
        window.wait_for("form[action='/login'] .notice").await;
        assert_eq!(window.texts(".notice").await, ["You are logged out."]);
    }
}
