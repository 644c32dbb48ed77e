//! Runs a replica set of one node until standard input ends, whose data lies in the folder that is named: prints how to
//! reach it as soon as it takes writes.

use std::io::Read;
use std::path::Path;

use testkit::process::mongod::Mongod;

#[tokio::main]
async fn main() {
    let folder = std::env::args_os().nth(1).expect("the folder for the data is named");
    let mut mongod = Mongod::replica_set_in(Path::new(&folder)).await;
    println!("{}", mongod.uri());
    let end = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    // However reading ends, nobody holds the other end any more.
    let _ = end.await;
    mongod.kill().await;
}
