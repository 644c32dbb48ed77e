//! The books, and what presence learns from them.

use std::net::IpAddr;

use auth::Lifetimes;

use super::super::engine_sessions::EngineSessions;
use super::*;

/// Somebody's socket that is not in the books yet.
fn member(members: &Arc<Members>, name: &str) -> Arc<Member> {
    let (id, at) = (UserId::new(), Timestamp::now());
    let user = User { id, username: name.into(), display_name: name.into(), created_at: at, updated_at: at };
    let hour = Duration::from_secs(3_600);
    let claims =
        auth::Claims::issue(id.0, name, 1, web::now_secs(), Lifetimes { token: hour, session: hour });
    let session = EngineSessions::new(10, 10).open(IpAddr::from([127, 0, 0, 1])).ok().unwrap();
    let seat = members.seat(id).unwrap();
    Arc::new(Member::new(
        Sid::new(),
        web::Principal::of_session(&claims),
        session,
        ClientCapabilities::default(),
        user,
        seat,
    ))
}

#[test]
fn what_a_client_says_of_itself_before_it_is_in_the_books_counts() {
    let presence = Arc::new(Presence::default());
    let members = Members::new(20, Arc::clone(&presence));
    let ada = member(&members, "ada");
    presence.attend(&ada, true);
    assert_eq!(presence.ask().count, 0);
    members.join(Arc::clone(&ada));
    assert!(presence.ask().people[0].away);
    presence.attend(&ada, false);
    assert!(!presence.ask().people[0].away);
}

#[test]
fn who_left_before_being_in_the_books_is_nobody() {
    let presence = Arc::new(Presence::default());
    let members = Members::new(20, Arc::clone(&presence));
    let ada = member(&members, "ada");
    members.leave(ada.sid);
    presence.type_on(&ada);
    presence.sent(Some(ada.sid), ada.user());
    assert_eq!((presence.ask().count, presence.ask().typing), (0, vec![]));
}
