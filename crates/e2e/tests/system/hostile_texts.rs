//! Attacks as texts and as names stay text: fifty of them, in another user's page and in the attacker's own. None runs, and
//! none is blocked by the content security policy, because none becomes markup.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::browser::{Driver, Window};
use testkit::http::call;
use testkit::process::natter::Natter;
use testkit::process::people::{PASSWORD, Person};
use testkit::socket_io::Client;
use testkit::wait::{until, until_equal};

const ATTACKS: &str = include_str!("hostile_texts.json");

/// Number of hostile names that are tested in the list of people and the typing line.
const TESTED_NAMES: usize = 3;

/// Maximum length of a display name.
const MAX_NAME_CHARS: usize = 64;

/// Records what only an attack can cause. Each attack sets `ran`.
const RECORD_ATTACKS: &str = "globalThis.caught = [];
    Object.defineProperty(globalThis, 'ran', { set(which) { caught.push(`attack ${which} ran`) } });
    for (const dialog of ['alert', 'confirm', 'prompt', 'print']) globalThis[dialog] = () => caught.push(dialog);
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
        caught.push(`${violatedDirective} ${blockedURI}`))";

/// Markup that only an attack can create, and links that are not plain web links. The list of rooms has one `details`.
const FOREIGN_MARKUP: &str = "const names = 'img, iframe, object, embed, video, math, base, details:not(.archive), meta[http-equiv], input[autofocus]';
    const markup = [...document.querySelectorAll(`:is(.app, .card) :is(${names}), :is(.app, .card) :is(style, script)`)];
    const isPlain = ({ href, rel, target }) => /^https?:/.test(href)
        && (target !== '_blank' || (rel.includes('noopener') && rel.includes('noreferrer')));
    const links = [...document.querySelectorAll('a')].filter(link => !isPlain(link) ||
        (link.closest('.text') && (link.rel !== 'noopener noreferrer' || link.target !== '_blank')));
    const handlers = [...document.querySelectorAll('body *')].filter(node =>
        [...node.attributes].some(({ name }) => name.startsWith('on') || name === 'style' && node.closest('.messages')));
    return [...markup, ...links, ...handlers].map(node => node.outerHTML)";

fn attacks() -> Vec<String> {
    serde_json::from_str(ATTACKS).unwrap()
}

/// The texts as stored: every kind of line break is a newline.
fn as_stored(attacks: &[String]) -> Vec<String> {
    attacks.iter().map(|attack| attack.replace(['\u{2028}', '\u{2029}'], "\n")).collect()
}

/// The attacks that are valid display names.
fn as_names(attacks: &[String]) -> Vec<&String> {
    attacks.iter().filter(|attack| attack.chars().count() <= MAX_NAME_CHARS).collect()
}

async fn rename(natter: &Natter, eve: &Person, name: &str) -> String {
    let url = format!("{}/users/me", natter.users_url);
    let renamed = call(Method::PATCH, &url, &eve.token, &json!({"display_name": name})).await;
    assert_eq!(renamed.status, 200, "{name}: {}", renamed.text);
    renamed.json()["display_name"].as_str().unwrap().to_owned()
}

/// Sends each text under one of the hostile names.
async fn attack(natter: &Natter, eve: &Person, attacks: &[String]) -> Vec<String> {
    let names = as_names(attacks);
    let mut used = Vec::new();
    for (text, name) in attacks.iter().zip(names.iter().cycle()) {
        used.push(rename(natter, eve, name).await);
        eve.post(natter, text).await;
    }
    used
}

async fn nothing_ran(window: &Window, when: &str) {
    assert_eq!(window.run("return caught", vec![]).await, json!([]), "{when}");
    assert_eq!(window.run(FOREIGN_MARKUP, vec![]).await, json!([]), "{when}");
    assert_eq!(window.console_errors().await, Vec::<String>::new(), "{when}");
}

async fn shows_all(window: &Window, texts: &[String], names: &[String]) {
    until_equal("all texts are shown", as_stored(texts), async || window.message_texts().await).await;
    let who: Vec<String> = window.messages().await.into_iter().map(|message| message.who).collect();
    assert_eq!(who, names);
}

#[tokio::test]
async fn fifty_attacks_as_texts_and_names_stay_words_in_another_persons_page() {
    let natter = Natter::start().await;
    let (attacks, eve) = (attacks(), Person::sign_up(&natter, "Eve").await);
    assert_eq!(attacks.len(), 50);
    let driver = Driver::start().await;
    let ben = driver.window().await;
    ben.begin_with(RECORD_ATTACKS).await;
    ben.sign_up(&natter, "Ben").await;
    let names = attack(&natter, &eve, &attacks).await;
    shows_all(&ben, &attacks, &names).await;
    nothing_ran(&ben, "as they came").await;
    ben.reload().await;
    ben.wait_connected().await;
    shows_all(&ben, &attacks, &names).await;
    nothing_ran(&ben, "as the server had them in the page").await;
    // The pointer moves over each of them, for attacks that wait for it.
    let hover = "document.querySelectorAll('.message, .message *').forEach(node =>
        ['mouseover', 'mouseenter', 'focus'].forEach(type => node.dispatchEvent(new MouseEvent(type, { bubbles: true }))))";
    ben.run(hover, vec![]).await;
    nothing_ran(&ben, "under the mouse").await;
}

#[tokio::test]
async fn a_name_that_is_an_attack_stays_a_name_where_people_are_listed_and_type() {
    let natter = Natter::start().await;
    let (attacks, eve) = (attacks(), Person::sign_up(&natter, "Eve").await);
    let mut socket = Client::connect(&natter.chat_url, &eve.token).await;
    socket.emit_with_ack("watch", &[json!({"away": false})]).await;
    let driver = Driver::start().await;
    let ben = driver.window().await;
    ben.begin_with(RECORD_ATTACKS).await;
    ben.sign_up(&natter, "Ben").await;
    let names = as_names(&attacks);
    for name in names.iter().step_by(names.len() / TESTED_NAMES) {
        let name = rename(&natter, &eve, name).await;
        until(&format!("{name} is here"), async || {
            ben.texts(".people-here .person-name").await.contains(&name).then_some(())
        })
        .await;
        socket.emit_with_ack("typing", &[json!({})]).await;
        let line = format!("{name} is typing…");
        until_equal("the line says who types", vec![line], async || ben.texts(".typing").await).await;
        nothing_ran(&ben, &name).await;
        eve.post(&natter, "done typing").await;
        until_equal("the line is empty", vec![String::new()], async || ben.texts(".typing").await).await;
    }
}

#[tokio::test]
async fn an_attack_as_ones_own_name_and_words_stays_words_in_ones_own_pages() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.begin_with(RECORD_ATTACKS).await;
    for (number, name) in
        ["</script><script>ran=1</script>", "\" autofocus onfocus=\"ran=2", "<img src=x onerror=ran=3>"]
            .into_iter()
            .enumerate()
    {
        window.load(&format!("{}/signup", natter.users_url)).await;
        window.write("#username", &format!("Eve{number}")).await;
        window.write("#display_name", name).await;
        window.write("#password", PASSWORD).await;
        window.click("form button[type=submit]").await;
        window.wait_connected().await;
        until_equal("the name stands there", vec![name.to_owned()], async || window.texts("#my-name").await)
            .await;
        window.send_message(name).await;
        until_equal("it is stored", Some((name.to_owned(), "stored".to_owned())), async || {
            window.messages().await.pop().map(|message| (message.text, message.state))
        })
        .await;
        nothing_ran(&window, name).await;
        window.load(&format!("{}/account", natter.users_url)).await;
        let value = "return document.querySelector('#display_name').value";
        assert_eq!(window.run(value, vec![]).await, Value::from(name));
        nothing_ran(&window, name).await;
    }
}
