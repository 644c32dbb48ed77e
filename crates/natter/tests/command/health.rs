//! `natter health URL…`.

use tempfile::TempDir;

use crate::natter::{Natter, run};

#[tokio::test]
async fn a_running_service_is_well_and_one_that_is_not_there_is_not() {
    let folder = TempDir::new().unwrap();
    let mut natter = Natter::start(&[], &[("DATA_DIR", folder.path().to_str().unwrap())]);
    let line = natter.says("listening").await;
    let url = line.split_once(" users_url=").unwrap().1.split(' ').next().unwrap();
    let ready = format!("{url}/health/ready");
    // Settings that would stop a start are not its concern.
    let (status, told) = run(&["health", &ready], &[("LOG_FORMAT", "xml")]).await;
    assert_eq!((status, told.as_str()), (Some(0), ""));
    let (status, told) = run(&["health", &ready, &format!("{url}/nowhere")], &[]).await;
    assert!(status == Some(1) && told.contains("answers 404"), "{told}");
    natter.end().await;
    let (status, told) = run(&["health", &ready], &[]).await;
    assert!(status == Some(1) && told.contains("does not answer"), "{told}");
}
