//! Processes: Natter itself, the databases it runs on, and programs that use the official client.
//!
//! Each process leads a group of its own, which is killed when its handle is dropped.

pub mod backend;
pub mod cluster;
mod group;
pub mod mongod;
pub mod natter;
pub mod node;
pub mod people;
mod printed_lines;
pub mod send_stream;

pub(crate) use group::ProcessGroup;
pub(crate) use printed_lines::PrintedLines;
