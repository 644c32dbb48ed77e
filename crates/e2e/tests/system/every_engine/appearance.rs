//! Every page on a phone, a tablet and a desk: it fits, one can read and write, and axe-core finds nothing.

use testkit::browser::stage::Stage;
use testkit::browser::{Appearance, Window};
use testkit::process::people::Person;

/// Minimum height of a line of text in CSS pixels.
const LINE: f64 = 20.0;

/// Text of twice its size, as set in the browser (WCAG 1.4.4), and of its normal size.
const LARGE: &str = "document.documentElement.style.fontSize = '200%'; dispatchEvent(new Event('resize'))";
const USUAL: &str = "document.documentElement.style.fontSize = ''; dispatchEvent(new Event('resize'))";

const SCREENS: [Appearance; 3] =
    [screen("phone", 360, 740), screen("tablet", 768, 1024), screen("desk", 1440, 900)];

const fn screen(name: &'static str, width: u32, height: u32) -> Appearance {
    Appearance { name, width, height, is_dark: false }
}

/// Checks a page, or what is open in it, on each screen. `seen` has elements with at least one visible line, each within
/// another element.
pub(super) async fn is_fine(window: &Window, page: &str, seen: &[(&str, &str)]) {
    let mut faults = Vec::new();
    for screen in SCREENS {
        window.set_size(screen).await;
        window.save_screenshot(&format!("{page}-{:?}-{}", window.engine, screen.width)).await;
        let found = [window.violations().await, window.too_wide().await].concat();
        faults.extend(found.into_iter().map(|fault| format!("{} {}: {fault}", screen.name, screen.width)));
        for (css, within) in seen {
            let pixels = window.visible_height(css, within).await;
            if pixels < LINE {
                faults.push(format!("{} {}: {pixels} px of {css} are seen", screen.name, screen.width));
            }
        }
    }
    window.set_size(SCREENS[0]).await;
    window.run(LARGE, vec![]).await;
    faults.extend(window.too_wide().await.into_iter().map(|fault| format!("in large letters: {fault}")));
    window.run(USUAL, vec![]).await;
    assert!(faults.is_empty(), "{page}:\n{}", faults.join("\n"));
}

pub(super) async fn pages_fit_every_screen_and_axe_finds_nothing(stage: Stage) {
    let (natter, users_url) = (&stage.natter, &stage.natter.users_url);
    let ben = Person::sign_up(natter, "Ben").await;
    for number in 1..=30 {
        ben.post(natter, &format!("message {number}, see https://example.org/{number}")).await;
    }
    ben.post(natter, &"averyveryverylongwordwithoutanyspace".repeat(8)).await;
    ben.post(natter, "שלום לכולם").await;
    let window = stage.window().await;
    let button = [("form button[type=submit]", "body")];
    window.load(&format!("{users_url}/signup")).await;
    is_fine(&window, "sign-up", &button).await;
    window.submit("form", &[("username", "x"), ("password", "short")]).await;
    window.wait_for("#password-error").await;
    is_fine(&window, "sign-up-errors", &[]).await;
    window.load(&format!("{users_url}/login")).await;
    is_fine(&window, "log-in", &button).await;
    window.sign_up(natter, "Ann").await;
    is_fine(&window, "chat", &[(".message .content", ".log"), (".message-input", "body"), (".send", "body")])
        .await;
    window.load(&format!("{users_url}/account")).await;
    window.wait_for("form[action='/account/delete']").await;
    is_fine(&window, "account", &[]).await;
}
