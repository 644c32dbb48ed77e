//! The start on MongoDB, as far as it needs no MongoDB.

use tempfile::TempDir;

use crate::natter::{Natter, run};

const SECRET: (&str, &str) = ("ACCESS_TOKEN_SECRET", "0123456789abcdef0123456789abcdef");

/// The address of a MongoDB that is not available.
fn closed_port() -> String {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    format!("mongodb://me:hidden@{free}/natter")
}

#[tokio::test]
async fn the_start_waits_for_a_mongodb_that_is_away_until_a_signal() {
    let (uri, folder) = (closed_port(), TempDir::new().unwrap());
    let data = folder.path().join("data");
    let settings = [("MONGODB_URI", &uri[..]), ("DATA_DIR", data.to_str().unwrap()), SECRET];
    let mut natter = Natter::start(&[], &settings);
    let said = natter.wait_for_line("MongoDB is not available; waiting for it").await;
    let (status, rest) = natter.end().await;
    assert_eq!(status, Some(0), "{rest}");
    assert!(!rest.contains("MongoDB is not available") && !rest.contains("listening"), "{rest}");
    assert!(!said.contains("hidden") && !said.contains(SECRET.1), "{said}");
    assert!(!data.exists(), "nothing of the embedded store is made");
}

#[tokio::test]
async fn an_address_that_mongodb_does_not_know_stops_the_start_without_being_shown() {
    for bad in [
        "mongodb://me:hidden@",
        "mongodb://me:hid@den@db/",
        "mongodb://me:hid/den@db",
        "mongodb://me:hid?den@db",
        "mongodb://me:12?hidden@db",
        "mongodb://me:hidden@db/?replicaSet",
    ] {
        let (status, output) = run(&[], &[("MONGODB_URI", bad), SECRET]).await;
        assert_eq!(status, Some(1), "{bad}: {output}");
        assert!(output.contains("MONGODB_URI cannot be used"), "{bad}: {output}");
        assert!(!output.contains("hid"), "{bad}: {output}");
    }
}

#[tokio::test]
async fn services_alone_and_nodes_without_a_common_key_stop_by_the_settings_name() {
    for service in ["users", "chat"] {
        let (status, output) = run(&[service], &[SECRET]).await;
        assert!(status == Some(2) && output.contains("MONGODB_URI is not set: must be set"), "{output}");
    }
    let (status, output) = run(&[], &[("MONGODB_URI", &closed_port())]).await;
    assert!(status == Some(2) && output.contains("ACCESS_TOKEN_SECRET is not set"), "{output}");
    assert!(!output.contains("hidden"), "{output}");
}
