//! The chat service from outside, through its one door, on the embedded store.

mod app;
mod ends;
mod faults;
#[path = "../../../web/tests/http/faulty.rs"]
mod faulty;
mod joining;
mod logs;
mod over_http;
mod page;
mod reading;
mod sending;
