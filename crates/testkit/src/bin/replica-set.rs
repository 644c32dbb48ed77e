//! Runs a replica set of one node, with its data in the given folder, until standard input ends. Prints its URI when it
//! accepts writes.

use std::io::Read;
use std::path::Path;

use testkit::process::mongod::Mongod;

#[tokio::main]
async fn main() {
    let folder = std::env::args_os().nth(1).expect("the data folder is given");
    let mut mongod = Mongod::replica_set_in(Path::new(&folder)).await;
    println!("{}", mongod.uri());
    let end = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    // An error means the same as the end: no process holds the other side.
    let _ = end.await;
    mongod.kill().await;
}
