//! How many times a browser must wait for a server that is far away. It is the number that is asserted, and no time.

use testkit::browser::Driver;
use testkit::network::distance::Distance;
use testkit::process::natter::Natter;
use testkit::process::people::Person;

/// What the server says when a socket is connected, over either transport.
const CONNECTED: &str = "40{\"sid\"";

/// A new browser opens a connection, asks for the page, opens further ones and asks for what the page names, and is
/// connected by a handshake and a CONNECT.
const COLD: u64 = 6;
/// The page, the handshake and the CONNECT.
const WARM: u64 = 3;
/// The same where no connection is left: one is opened for the page, and one for the poll beside the CONNECT.
const WARM_WITHOUT_CONNECTION: u64 = 5;

async fn far_away() -> (Natter, Distance) {
    let distance = Distance::start().await;
    let natter = Natter::start_with(&[("CHAT_URL", &distance.url())]).await;
    distance.forward_to(natter.chat_port);
    (natter, distance)
}

#[tokio::test]
async fn a_page_far_away_is_connected_in_six_round_trips_and_in_three_when_it_comes_again() {
    let (natter, distance) = far_away().await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    let cold = distance.count_until(CONNECTED);
    window.load(&format!("{}/?jwt={}", distance.url(), ann.token)).await;
    let cold = cold.count().await;
    window.wait_connected().await;
    distance.wait_idle().await;

    let again = distance.count_until(CONNECTED);
    window.reload().await;
    let again = again.count().await;
    window.wait_connected().await;

    window.load("about:blank").await;
    distance.wait_idle().await;
    distance.end_connections();
    let later = distance.count_until(CONNECTED);
    window.load(&format!("{}/", distance.url())).await;
    let later = later.count().await;
    window.wait_connected().await;

    println!("cold {cold}, again {again}, later {later}");
    assert!(cold <= COLD, "{cold} round trips until a new browser was connected");
    assert!(again <= WARM, "{again} round trips until a page was connected that came again");
    assert!(later <= WARM_WITHOUT_CONNECTION, "{later} round trips where every connection had ended");
}
