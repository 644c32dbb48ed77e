//! The whole system, through the built binary, as strangers meet it.
//!
//! One module for each concern. Every test starts a Natter of its own, on the embedded store unless its name says
//! otherwise: what stands on the store runs on both. Nothing here waits for a time to pass, only for things to happen
//! within one.

#![expect(clippy::unwrap_used, reason = "a test that fails tells where")]

/// Makes of each listed function of a store two tests, named `…::embedded` and `…::mongodb`.
macro_rules! on_both_stores {
    ($($test:ident)*) => {
        $(mod $test {
            use e2e::store::Store;

            #[tokio::test]
            async fn embedded() {
                super::$test(Store::Embedded).await;
            }

            #[tokio::test]
            async fn mongodb() {
                super::$test(Store::MongoDb).await;
            }
        })*
    };
}

/// A test of one function of a stage for each of these engines on one network.
macro_rules! in_engines {
    ($test:path, $network:ident { $($name:ident: $engine:ident)* }) => {
        $(#[tokio::test]
        async fn $name() {
            use e2e::browser::Engine;
            use e2e::stage::{Network, Stage};
            $test(Stage::of(Engine::$engine, Network::$network).await).await;
        })*
    };
}

/// Makes of each listed function of a stage a test for each engine, on this machine.
macro_rules! in_every_engine {
    ($($test:ident)*) => {
        $(mod $test {
            in_engines!(super::$test, Loopback {
                chromium: Chromium
                firefox: Firefox
                webkit: WebKit
            });
        })*
    };
}

#[path = "system/account_calls.rs"]
mod account_calls;
#[path = "system/account_page.rs"]
mod account_page;
#[path = "system/attacks.rs"]
mod attacks;
#[path = "system/attention.rs"]
mod attention;
#[path = "system/browsers.rs"]
mod browsers;
#[path = "system/chat_calls.rs"]
mod chat_calls;
#[path = "system/core.rs"]
mod core;
#[path = "system/crashes.rs"]
mod crashes;
#[path = "system/hostile_texts.rs"]
mod hostile_texts;
#[path = "system/identity.rs"]
mod identity;
#[path = "system/inspected_accounts.rs"]
mod inspected_accounts;
#[path = "system/inspected_chat.rs"]
mod inspected_chat;
#[path = "system/keyboard.rs"]
mod keyboard;
#[path = "system/local_network.rs"]
mod local_network;
#[path = "system/long_log.rs"]
mod long_log;
#[path = "system/long_texts.rs"]
mod long_texts;
#[path = "system/mongodb_away.rs"]
mod mongodb_away;
#[path = "system/motion.rs"]
mod motion;
#[path = "system/nodes.rs"]
mod nodes;
#[path = "system/outbox.rs"]
mod outbox;
#[path = "system/overload.rs"]
mod overload;
#[path = "system/pages.rs"]
mod pages;
#[path = "system/pasted.rs"]
mod pasted;
#[path = "system/pictures.rs"]
mod pictures;
#[path = "system/plain_http.rs"]
mod plain_http;
#[path = "system/presence.rs"]
mod presence;
#[path = "system/presence_on_nodes.rs"]
mod presence_on_nodes;
#[path = "system/readme.rs"]
mod readme;
#[path = "system/round_trips.rs"]
mod round_trips;
#[path = "system/screens.rs"]
mod screens;
#[path = "system/seed.rs"]
mod seed;
#[path = "system/sent_twice.rs"]
mod sent_twice;
#[path = "system/sessions.rs"]
mod sessions;
#[path = "system/sockets.rs"]
mod sockets;
#[path = "system/spoken.rs"]
mod spoken;
#[path = "system/stacked_marks.rs"]
mod stacked_marks;
#[path = "system/start.rs"]
mod start;
#[path = "system/tabs.rs"]
mod tabs;
#[path = "system/tokens.rs"]
mod tokens;
#[path = "system/unsent.rs"]
mod unsent;
#[path = "system/user_calls.rs"]
mod user_calls;
#[path = "system/waking.rs"]
mod waking;
#[path = "system/weight.rs"]
mod weight;
#[path = "system/zoomed.rs"]
mod zoomed;
