//! The operations: what a principal may do, independent of the transport.
//!
//! Each reads its request from fields, is admitted in one place ([`admission`]), acts and replies. A new operation is a
//! file here and a row in each transport's table.

pub(crate) mod admission;
pub(crate) mod direct;
pub(crate) mod history;
pub(crate) mod members;
mod operation;
pub(crate) mod read_marks;
mod room_refusals;
pub(crate) mod room_requests;
pub(crate) mod room_view;
pub(crate) mod rooms;
pub(crate) mod send;
pub(crate) mod typing;
pub(crate) mod watch;
