//! Networks between a client and a port of this machine: one that fails, one that is slow, one with names of its own.

pub mod lan;
pub mod proxy;
pub mod slow_network;
