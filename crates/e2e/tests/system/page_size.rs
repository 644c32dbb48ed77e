//! The size of the chat page: what it loads, from which origin, what is cached, and that it is readable before any script
//! has loaded.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};
use testkit::browser::{Driver, Window};
use testkit::http::client;
use testkit::process::natter::Natter;
use testkit::process::people::Person;
use testkit::wait::until;

/// Maximum compressed size, in bytes, of the page with everything that it loads.
const MAX_BYTES: usize = 110_000;

/// Everything that the page loaded or references, except for Socket.IO requests.
const LOADED: &str = "const loaded = performance.getEntriesByType('resource').map(({ name }) => name);
    const named = [...document.querySelectorAll('link[href], script[src]')].map(node => node.href || node.src);
    return [location.href, ...loaded, ...named].filter(url => !url.includes('/socket.io/?'))";

async fn loaded(window: &Window) -> BTreeSet<String> {
    serde_json::from_value(window.run(LOADED, vec![]).await).unwrap()
}

/// A typical page: fifty messages of one or two lines.
async fn filled_page(natter: &Natter) -> (Driver, Window, Person) {
    let ben = Person::sign_up(natter, "Ben").await;
    for number in 1..=50 {
        ben.post(natter, &format!("This is message {number}; it has some words, as messages have.")).await;
    }
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(natter, "Ann").await;
    (driver, window, ben)
}

/// The size of a response as sent to a browser, and whether it is compressed.
async fn transfer_size(url: &str, token: &str) -> (usize, bool) {
    let request = client().get(url).header("accept-encoding", "gzip, deflate, br, zstd").bearer_auth(token);
    let answer = request.header("accept", "text/html,*/*").send().await.unwrap();
    assert_eq!(answer.status(), 200, "{url}");
    let is_compressed = answer.headers().contains_key("content-encoding");
    (answer.bytes().await.unwrap().len(), is_compressed)
}

#[tokio::test]
async fn the_chat_page_and_all_that_it_loads_are_under_110_kb_and_come_from_one_origin() {
    let natter = Natter::start().await;
    let (_driver, window, ben) = filled_page(&natter).await;
    let mut total = 0;
    for url in loaded(&window).await {
        // The page with the token is never compressed: the compressed length would reveal the token (BREACH).
        let is_page = url == format!("{}/", natter.chat_url);
        assert!(url.starts_with(&format!("{}/", natter.chat_url)), "{url} is from elsewhere");
        let (bytes, is_compressed) = transfer_size(&url, &ben.token).await;
        println!("{bytes:>7} {}{url}", if is_compressed { "" } else { "not compressed: " });
        assert!(is_page || is_compressed || bytes < 1_000, "{url} is sent as it is: {bytes} bytes");
        total += bytes;
    }
    println!("{total:>7} bytes compressed, the page with 50 messages and all that it loads");
    assert!(total < MAX_BYTES, "{total} bytes");
}

#[tokio::test]
async fn the_page_loads_five_files_and_all_but_the_page_are_cached() {
    let natter = Natter::start().await;
    let (_driver, window, _) = filled_page(&natter).await;
    let mut kept = Vec::new();
    for url in loaded(&window).await.into_iter().filter(|url| *url != format!("{}/", natter.chat_url)) {
        let answer = client().get(&url).send().await.unwrap();
        assert_eq!(answer.headers()["cache-control"], "public, max-age=31536000, immutable", "{url}");
        kept.push(url.split('?').next().unwrap().rsplit('/').next().unwrap().to_owned());
    }
    kept.sort();
    assert_eq!(kept, ["chat.css", "chat.js", "favicon.svg", "socket.io.js"]);
}

#[tokio::test]
async fn bundled_files_contain_readable_source() {
    let natter = Natter::start().await;
    let (_driver, window, _) = filled_page(&natter).await;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../static");
    for bundle in
        loaded(&window).await.into_iter().filter(|url| url.contains("/static/") && !url.ends_with(".svg"))
    {
        let map: Value = client().get(format!("{bundle}.map")).send().await.unwrap().json().await.unwrap();
        let path = bundle.split("/static/").nth(1).unwrap().split_once('/').unwrap().1;
        let folder = root.join(path).parent().unwrap().to_owned();
        let (sources, contents) =
            (map["sources"].as_array().unwrap(), map["sourcesContent"].as_array().unwrap());
        assert!(sources.len() > 10 && sources.len() == contents.len(), "{bundle} is made of {sources:?}");
        for (source, content) in sources.iter().zip(contents) {
            let stands = std::fs::read_to_string(folder.join(source.as_str().unwrap())).unwrap();
            assert_eq!(content.as_str().unwrap(), stands, "{source} in {bundle}");
        }
    }
}

#[tokio::test]
async fn messages_are_painted_before_any_script_has_loaded() {
    let natter = Natter::start().await;
    let ben = Person::sign_up(&natter, "Ben").await;
    ben.post(&natter, "Shown before any script.").await;
    let driver = Driver::start().await;
    let window = driver.impatient_window().await;
    // The scripts are held back for the whole test.
    window
        .devtools("Fetch.enable", json!({"patterns": [{"urlPattern": "*.js"}, {"urlPattern": "*.js?*"}]}))
        .await;
    window.load(&format!("{}/?jwt={}", natter.chat_url, ben.token)).await;
    until("the message is painted", async || {
        let painted = "performance.getEntriesByName('first-contentful-paint').length === 1 &&
            document.querySelector('.message .text')?.textContent";
        (window.evaluate(painted).await == "Shown before any script.").then_some(())
    })
    .await;
    let scripts = window.evaluate("typeof io + document.querySelector('#banner').dataset.state").await;
    assert_eq!(scripts, Value::from("undefinedstarting"), "no script has run");
}
