//! What a client sends, read field by field: the one reader for every transport.
//!
//! JSON bodies, forms, queries and the arguments of events all become [`Fields`], and each request type reads itself
//! from them once ([`FromFields`]). In JSON `null` stands for an absent field, as a blank one does in a form. Values are
//! never quoted in a message or a log: one of them may be a password. This module knows no socket protocol.

mod arguments;
mod body;
mod bom;
mod fields;
mod form;
mod json;
pub mod media;
mod members;
mod query;
mod values;

pub use arguments::Arguments;
pub(crate) use body::read as read_body;
pub use bom::without_bom;
pub use fields::{Fields, FromFields};
pub use form::Form;
pub use json::{Json, OptionalJson};
pub use members::{Flaw, Members, NoMembers, value};
pub use query::Query;
pub use values::whole_number;

#[cfg(test)]
mod tests;
