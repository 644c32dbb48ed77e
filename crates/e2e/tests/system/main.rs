//! Tests of the whole system from outside, through the built binary.
//!
//! One module for each concern. Every test starts its own Natter. Tests of what depends on the store run on both stores; the
//! others run on the embedded one. No test waits for time to pass: each waits for an event, with a timeout.

#![expect(clippy::unwrap_used, reason = "a failing test shows the line")]

/// Turns each listed function of a backend into two tests, named `…::embedded` and `…::mongodb`.
macro_rules! on_both_stores {
    ($($test:ident)*) => {
        $(mod $test {
            use testkit::process::backend::Backend;

            #[tokio::test]
            async fn embedded() {
                super::$test(Backend::Embedded).await;
            }

            #[tokio::test]
            async fn mongodb() {
                super::$test(Backend::MongoDb).await;
            }
        })*
    };
}

/// Turns one function of a stage into a test for each of these engines on one network.
macro_rules! in_engines {
    ($test:path, $network:ident { $($name:ident: $engine:ident)* }) => {
        $(#[tokio::test]
        async fn $name() {
            use testkit::browser::Engine;
            use testkit::browser::stage::{Network, Stage};
            $test(Stage::of(Engine::$engine, Network::$network).await).await;
        })*
    };
}

/// Turns each listed function of a stage into a test for each engine, on this machine.
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

mod account_calls;
mod account_page;
mod attacks;
mod attention;
mod browsers;
mod chat_calls;
mod crashes;
mod every_engine;
mod failed_messages;
mod hostile_texts;
mod identity;
mod inspected_accounts;
mod inspected_chat;
mod keyboard;
mod local_network;
mod long_log;
mod long_texts;
mod many_rooms;
mod mention_marks;
mod mongodb_away;
mod motion;
mod move_store;
mod nodes;
mod outbox;
mod overload;
mod page_size;
mod pages;
mod paste;
mod pictures;
mod plain_http;
mod presence;
mod presence_on_nodes;
mod readme;
mod resume;
mod retention;
mod room_access;
mod room_header;
mod room_pages;
mod room_state;
mod room_switcher;
mod rooms;
mod round_trips;
mod screen_reader;
mod screens;
mod seed;
mod sent_twice;
mod sessions;
mod sockets;
mod stacked_marks;
mod start;
mod tabs;
mod tokens;
mod unread_marks;
mod user_calls;
mod user_calls_without_a_token;
mod zoomed;
