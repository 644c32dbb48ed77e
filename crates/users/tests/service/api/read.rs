//! `GET /users` and `GET /users/{id}`.

use serde_json::json;
use uuid::Uuid;

use crate::support::app::App;

#[tokio::test]
async fn a_user_is_found_by_id_by_name_and_as_me() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("Ada").await, app.sign_up("grace").await);
    for name in [ada.id.as_str(), "Ada", "aDa"] {
        let answer = app.get_as(&grace, &format!("/users/{name}")).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["username"]), (200, &json!("Ada")), "{name}");
    }
    assert_eq!(app.get_as(&grace, "/users/me").await.json()["username"], "grace");
}

#[tokio::test]
async fn an_unknown_user_is_not_found() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    for name in ["nobody", "x", "a%20b", "%F0%9F%99%82", &Uuid::now_v7().to_string()] {
        app.get_as(&ada, &format!("/users/{name}")).await.problem(404, "not_found");
    }
}

#[tokio::test]
async fn reading_requires_a_token() {
    let app = App::start().await;
    for path in ["/users", "/users/me", "/users/ada"] {
        let answer = app.get(path).await;
        answer.problem(401, "signed_out");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
}

#[tokio::test]
async fn the_list_is_ordered_by_id_and_its_links_lead_through_all_pages() {
    let app = App::start().await;
    let mut people = Vec::new();
    for name in ["ada", "grace", "alan", "edsger", "barbara"] {
        people.push(app.sign_up(name).await);
    }
    let (mut path, mut seen, mut pages) = ("/users?limit=2".to_owned(), Vec::new(), 0);
    loop {
        let answer = app.get_as(&people[0], &path).await;
        assert_eq!(answer.status, 200);
        seen.extend(
            answer.json().as_array().unwrap().iter().map(|user| user["id"].as_str().unwrap().to_owned()),
        );
        pages += 1;
        let link = answer.header("link");
        let Some(next) = link.strip_prefix('<').and_then(|rest| rest.strip_suffix(">; rel=\"next\"")) else {
            assert_eq!(link, "", "no other format of the link");
            break;
        };
        path = next.to_owned();
    }
    let ids: Vec<_> = people.iter().map(|person| person.id.clone()).collect();
    assert_eq!((seen, pages), (ids, 3), "UUIDv7 ids sort by the time of the sign-up");
}

#[tokio::test]
async fn a_full_last_page_has_no_next() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    app.sign_up("grace").await;
    let answer = app.get_as(&ada, "/users?limit=2").await;
    assert_eq!((answer.json().as_array().unwrap().len(), answer.header("link")), (2, ""));
}

#[tokio::test]
async fn the_list_is_narrowed_to_a_name() {
    let app = App::start().await;
    let ada = app.sign_up("Ada").await;
    app.sign_up("grace").await;
    let found = app.get_as(&ada, "/users?username=ada").await.json();
    assert_eq!((found.as_array().unwrap().len(), &found[0]["username"]), (1, &json!("Ada")));
    assert_eq!(app.get_as(&ada, "/users?username=nobody").await.json(), json!([]));
    assert_eq!(app.get_as(&ada, &format!("/users?username=ada&after={}", ada.id)).await.json(), json!([]));
}

#[tokio::test]
async fn wrong_parameters_are_named() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    for (query, fields) in [
        ("limit=0", vec!["limit"]),
        ("limit=101", vec!["limit"]),
        ("limit=ten", vec!["limit"]),
        ("limit=", vec!["limit"]),
        ("after=ada", vec!["after"]),
        ("username=_", vec!["username"]),
        ("limit=1&limit=2", vec!["limit"]),
        ("sort=asc&limit=-1", vec!["limit", "sort"]),
    ] {
        app.get_as(&ada, &format!("/users?{query}")).await.invalid(&fields);
    }
    assert_eq!(app.get_as(&ada, "/users?limit=100").await.status, 200);
}
