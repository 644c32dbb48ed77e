//! `natter move`, as far as it needs no MongoDB.

use std::net::TcpListener;

use tempfile::TempDir;

use crate::natter::{System, run};

#[tokio::test]
async fn each_reason_why_nothing_is_moved_is_a_sentence_without_a_password() {
    let folder = TempDir::new().unwrap();
    let [data, nothing] = ["data", "nothing"].map(|name| folder.path().join(name).display().to_string());
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let away = format!("mongodb://me:hidden@{free}/natter");
    let system = System::start(data.as_ref()).await;
    let moving =
        async |data: &str, uri: &str| run(&["move"], &[("DATA_DIR", data), ("MONGODB_URI", uri)]).await;
    for (data, uri, status, reason) in [
        (&data, &away[..], 1, "another Natter process is using the data directory"),
        (&nothing, &away, 1, "there is no embedded store in"),
        (&data, "", 2, "MONGODB_URI is not set: must be set to the database to move to"),
        (
            &data,
            "postgres://me:hidden@db",
            2,
            "MONGODB_URI (from the environment, not shown): must be mongodb://",
        ),
    ] {
        let (ended, output) = moving(data, uri).await;
        assert!(ended == Some(status) && output.contains(reason), "{uri}: {output}");
        assert!(!output.contains("hidden"), "{output}");
    }
    assert!(!folder.path().join("nothing").exists(), "nothing is made");
    system.natter.end().await;
    for (uri, reason) in
        [(&away[..], "MongoDB is not available"), ("mongodb://me:hid@den@db/", "MONGODB_URI cannot be used")]
    {
        let (ended, output) = moving(&data, uri).await;
        assert!(ended == Some(1) && output.contains(reason), "{uri}: {output}");
        assert!(!output.contains("hid"), "{output}");
    }
    let system = System::start(data.as_ref()).await;
    system.sign_up("Ann").await;
}
