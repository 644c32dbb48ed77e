//! What everybody does with Natter, in every engine, on this machine and on a LAN by plain http.
//!
//! A test is a plain function over a [`Stage`]; the list below turns it into one for each engine and network, named
//! `core::sign_up_and_chat::firefox_on_a_lan`. A function that is not listed is dead code and fails the build. What
//! rests on one engine alone, such as its accessibility tree, is tested elsewhere, in Chromium.

mod account;
mod appearance;
mod chat;

use testkit::browser::Window;
use testkit::browser::stage::{Network, Stage};

/// Makes of each listed function a test for each engine on each network.
macro_rules! on_every_network {
    ($($area:ident { $($test:ident)* })*) => {
        $($(mod $test {
            in_engines!(super::$area::$test, Loopback {
                chromium: Chromium
                firefox: Firefox
                webkit: WebKit
            });
            in_engines!(super::$area::$test, Lan {
                chromium_on_a_lan: Chromium
                firefox_on_a_lan: Firefox
                webkit_on_a_lan: WebKit
            });
        })*)*
    };
}

on_every_network! {
    chat {
        sign_up_and_chat
        two_tabs_are_two_people
        what_was_written_while_the_server_was_away_is_sent_once
    }
    account {
        name_and_password_are_changed_and_the_account_deleted
        logging_out_ends_the_session_on_the_chat_page_and_by_the_form
    }
    appearance {
        pages_fit_every_screen_and_axe_finds_nothing
    }
}

/// What Firefox says of every page over plain http that asks for a password, whatever is on it.
const OF_PLAIN_HTTP: &str = "Password fields present on an insecure";

/// The console shows nothing, as far as the engine tells.
async fn has_nothing_to_complain_of(stage: &Stage, window: &Window) {
    if window.engine.has_readable_console() {
        let mut complaints = window.complaints().await;
        if stage.network == Network::Lan {
            complaints.retain(|line| !line.contains(OF_PLAIN_HTTP));
        }
        assert_eq!(complaints, Vec::<String>::new());
    }
}
