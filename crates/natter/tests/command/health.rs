//! `natter health URL…`.

use tempfile::TempDir;

use crate::natter::{Natter, run};

#[tokio::test]
async fn a_running_service_is_healthy_and_a_stopped_one_is_not() {
    let folder = TempDir::new().unwrap();
    let mut natter = Natter::start(&[], &[("DATA_DIR", folder.path().to_str().unwrap())]);
    let line = natter.wait_for_line("listening").await;
    let url = line.split_once(" users_url=").unwrap().1.split(' ').next().unwrap();
    let ready = format!("{url}/health/ready");
    // It ignores settings with which a start would fail.
    let (status, output) = run(&["health", &ready], &[("LOG_FORMAT", "xml")]).await;
    assert_eq!((status, output.as_str()), (Some(0), ""));
    let (status, output) = run(&["health", &ready, &format!("{url}/nowhere")], &[]).await;
    assert!(status == Some(1) && output.contains("answers 404"), "{output}");
    natter.end().await;
    let (status, output) = run(&["health", &ready], &[]).await;
    assert!(status == Some(1) && output.contains("does not answer"), "{output}");
}
