//! What every user does with Natter, in every engine, on this machine and on a LAN with plain http.
//!
//! A test is a function over a [`Stage`]. The list below turns it into a test for each engine and network, with names such
//! as `every_engine::sign_up_and_chat::firefox_on_a_lan`. A function that is not listed is dead code and fails the build. Tests
//! that need one engine, such as those of the accessibility tree, are in other files and use Chromium.

mod account;
mod appearance;
mod chat;
mod dialogs;
mod reading;
mod rooms;

use testkit::browser::Window;
use testkit::browser::stage::{Network, Stage};

/// Turns each listed function into a test for each engine on each network.
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
    rooms {
        a_room_is_created_found_joined_and_left
        a_click_on_a_person_leads_to_a_direct_message
    }
    reading {
        names_are_completed_and_what_is_new_is_marked
    }
    appearance {
        pages_fit_every_screen_and_axe_finds_nothing
    }
    dialogs {
        every_dialog_fits_and_axe_finds_nothing
    }
}

/// Firefox's warning on every page over plain http with a password field.
const PLAIN_HTTP_WARNING: &str = "Password fields present on an insecure";

/// Checks that the console shows no warning and no error, where it can be read.
async fn assert_console_is_clean(stage: &Stage, window: &Window) {
    if window.engine.has_readable_console() {
        let mut console_errors = window.console_errors().await;
        if stage.network == Network::Lan {
            console_errors.retain(|line| !line.contains(PLAIN_HTTP_WARNING));
        }
        assert_eq!(console_errors, Vec::<String>::new());
    }
}
