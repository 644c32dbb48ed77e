//! The number of round trips until a page is connected. Round trips are counted; time is not measured.

use testkit::browser::Driver;
use testkit::network::slow_network::SlowNetwork;
use testkit::process::natter::Natter;
use testkit::process::people::Person;

/// The server's answer to CONNECT, over either transport.
const CONNECTED: &str = "40{\"sid\"";

/// A new browser: connection, page, more connections, files of the page, handshake, CONNECT.
const COLD: u64 = 6;
/// Page, handshake, CONNECT.
const WARM: u64 = 3;
/// The same without an open connection: one for the page, and one for the poll beside the CONNECT.
const WARM_WITHOUT_CONNECTION: u64 = 5;

async fn natter_on_slow_network() -> (Natter, SlowNetwork) {
    let network = SlowNetwork::start().await;
    let natter = Natter::start_with(&[("CHAT_URL", &network.url())]).await;
    network.forward_to(natter.chat_port);
    (natter, network)
}

#[tokio::test]
async fn a_first_visit_is_connected_in_six_round_trips_and_a_later_one_in_three() {
    let (natter, network) = natter_on_slow_network().await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    let cold = network.count_until(CONNECTED);
    window.load(&format!("{}/?jwt={}", network.url(), ann.token)).await;
    let cold = cold.count().await;
    window.wait_connected().await;
    network.wait_idle().await;

    let again = network.count_until(CONNECTED);
    window.reload().await;
    let again = again.count().await;
    window.wait_connected().await;

    window.load("about:blank").await;
    network.wait_idle().await;
    network.end_connections();
    let later = network.count_until(CONNECTED);
    window.load(&format!("{}/", network.url())).await;
    let later = later.count().await;
    window.wait_connected().await;

    println!("cold {cold}, again {again}, later {later}");
    assert!(cold <= COLD, "{cold} round trips until a new browser was connected");
    assert!(again <= WARM, "{again} round trips until a page was connected that came again");
    assert!(later <= WARM_WITHOUT_CONNECTION, "{later} round trips where every connection had ended");
}
