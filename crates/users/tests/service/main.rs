//! The users service from outside, through [`users::serve()`], on the embedded store.

#![expect(clippy::unwrap_used, reason = "what a test does not expect may panic")]

mod support {
    pub(crate) mod app;
    pub(crate) mod browser;
    pub(crate) mod calls;
    pub(crate) mod cookie_jar;
    pub(crate) mod export_client;
}

mod api {
    mod change;
    mod delete;
    mod described_answers;
    mod described_bodies;
    mod export;
    mod export_cut_off;
    mod log_in;
    mod openapi;
    mod read;
    mod renewal;
    mod renewal_end;
    mod sessions;
    mod sign_up;
    mod tokens;
}

mod pages {
    mod account_changes;
    mod account_deletion;
    mod account_page;
    mod duplicates;
    mod sign_up;
    mod two_users;
    mod visitors;
}

mod faults;
mod guards;
mod rates;
mod secrets;
