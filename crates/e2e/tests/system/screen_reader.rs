//! The accessibility tree of the chat page, and a check that axe-core finds faults.

use testkit::browser::accessibility::AccessibleNode;
use testkit::browser::{Driver, Window};
use testkit::process::natter::Natter;
use testkit::process::people::Person;

/// A log with messages of two users, in the window of one of them.
async fn talk(natter: &Natter, driver: &Driver) -> Window {
    let ben = Person::sign_up(natter, "Ben").await;
    ben.post(natter, "Good morning.").await;
    let window = driver.window().await;
    window.sign_up(natter, "Ann").await;
    ben.post(natter, "Is anybody there?").await;
    window.send_message("I am.").await;
    window.shows_exactly(&["Good morning.", "Is anybody there?", "I am."]).await;
    // Older messages are added silently; a moment later the log is a live region again.
    window.wait_for(".log[aria-live=polite]").await;
    window
}

/// How each message of the log is read, with `TIME` for times.
fn items(log: &AccessibleNode) -> Vec<String> {
    let times = log.all("time").into_iter().map(AccessibleNode::text).collect::<Vec<_>>();
    let [list] = log.all("list")[..] else { panic!("one list in the log:\n{}", log.to_lines()) };
    let words =
        list.children.iter().inspect(|item| assert_eq!(item.role, "listitem")).map(AccessibleNode::text);
    let no_time =
        |words: String| times.iter().fold(words, |words, time| words.replace(time.as_str(), "TIME"));
    words.map(no_time).collect()
}

#[tokio::test]
async fn the_log_is_one_list_of_who_said_what_and_when() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let page = talk(&natter, &driver).await.accessibility_tree().await;
    let [log] = page.all("log")[..] else { panic!("one log in\n{}", page.to_lines()) };
    assert_eq!((log.name.as_str(), log.live.as_str()), ("Messages", "polite"));
    let expected =
        ["Today", "Ben Good morning. TIME", "Ben Is anybody there? TIME", "You I am. TIME Stored ✓"];
    assert_eq!(items(log), expected, "{}", log.to_lines());
    for time in log.all("time") {
        assert!(time.text().contains("20"), "the date has its year: {}", time.text());
    }
}

#[tokio::test]
async fn the_log_alone_is_read_out_as_it_grows_and_every_status_stands_apart() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let page = talk(&natter, &driver).await.accessibility_tree().await;
    let [log] = page.all("log")[..] else { panic!("one log in\n{}", page.to_lines()) };
    assert_eq!(log.live_regions(), [log], "nothing in the log is read out by itself");
    for region in page.live_regions() {
        let expected = match region.role.as_str() {
            "log" | "status" => "polite",
            "alert" => "assertive",
            role => panic!("{role} is read out as it changes:\n{}", page.to_lines()),
        };
        assert_eq!(region.live, expected, "{}", region.to_lines());
        assert!(
            region.role == "log" || region.text().is_empty(),
            "the region is empty now: {}",
            region.to_lines()
        );
    }
}

#[tokio::test]
async fn the_page_has_its_landmarks_and_each_control_its_name() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let page = talk(&natter, &driver).await.accessibility_tree().await;
    for landmark in ["main", "complementary"] {
        assert_eq!(page.all(landmark).len(), 1, "{landmark} in\n{}", page.to_lines());
    }
    for role in ["button", "link", "textbox", "list", "region"] {
        let nameless = page.all(role).into_iter().filter(|one| one.name.is_empty() && role != "list");
        assert_eq!(nameless.count(), 0, "each {role} has a name:\n{}", page.to_lines());
    }
    let people =
        page.all("listitem").into_iter().map(AccessibleNode::text).filter(|words| words.contains("(you)"));
    assert_eq!(people.collect::<Vec<_>>(), ["Ann (you) here"]);
}

#[tokio::test]
async fn axe_core_finds_faults() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.load(&format!("{}/signup", natter.users_url)).await;
    assert_eq!(window.violations().await, Vec::<String>::new());
    let faults = "const add = (tag, set) => document.querySelector('.card').append(Object.assign(document.createElement(tag), set));
        add('img', { src: '/favicon.ico' });
        add('input', { type: 'text' });
        add('p', { textContent: 'pale' });
        document.querySelector('.card').lastElementChild.style.color = '#ccc';
        for (const textContent of ['a', 'b']) add('button', { type: 'button', textContent });
        document.querySelectorAll('.card > button').forEach(({ style }) => style.cssText =
            'display: block; height: 8px; width: 8px; padding: 0; font-size: 4px; min-height: 0');";
    window.run(faults, vec![]).await;
    let found = window.violations().await.join("\n");
    for rule in ["image-alt", "label", "color-contrast", "target-size"] {
        assert!(found.contains(&format!("{rule} (")), "{rule} is not among\n{found}");
    }
}
