//! What the store promises of a room's log.

use store::{AppendOutcome, DisplayName, MAX_PAGE, NewEntry, UserId};

use testkit::builders::{new_entry, stored};

use crate::fixture::{Fixture, LOBBY, seqs};

async fn with_messages(fixture: &Fixture, count: usize) {
    let ada = fixture.user("ada").await;
    let batch: Vec<_> = (1..=count).map(|number| new_entry(&ada, &format!("m{number}"), "hello")).collect();
    fixture.append(&batch).await;
}

pub(crate) async fn entries_are_numbered_from_one_without_a_gap(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let first = fixture.append(&[new_entry(&ada, "a", "one"), new_entry(&ada, "b", "two")]).await;
    let second = fixture.append(&[new_entry(&ada, "c", "three")]).await;
    let entries: Vec<_> = first.into_iter().chain(second).map(stored).collect();
    assert_eq!(seqs(&entries), [1, 2, 3]);
    assert_eq!(fixture.whole_log().await, entries);
    assert_eq!(entries[0].sender.as_ref().unwrap().username, "ada");
    assert_eq!((entries[0].id.as_str(), entries[0].text.as_deref()), ("a", Some("one")));
}

pub(crate) async fn rooms_begin_empty(fixture: Fixture) {
    let forward = fixture.stores.log.page_after(LOBBY, 0, 50).await.unwrap();
    assert_eq!((forward.messages.len(), forward.covered_to, forward.last_seq), (0, 0, 0));
    let backward = fixture.stores.log.page_before(LOBBY, None, 50).await.unwrap();
    assert_eq!((backward.messages.len(), backward.covered_to, backward.last_seq), (0, 1, 0));
}

pub(crate) async fn a_resend_is_answered_with_the_first_entry(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let first = fixture.say(&ada, "a", "one").await;
    let again = fixture
        .append(&[new_entry(&ada, "b", "two"), new_entry(&ada, "a", "one"), new_entry(&ada, "c", "3")])
        .await;
    assert_eq!(again[1], AppendOutcome::Resent(first));
    assert_eq!(seqs(&fixture.whole_log().await), [1, 2, 3]);
}

pub(crate) async fn a_resend_within_the_batch_is_stored_once(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let batch = [new_entry(&ada, "a", "one"), new_entry(&ada, "a", "one"), new_entry(&ada, "b", "two")];
    let outcomes = fixture.append(&batch).await;
    let first = stored(outcomes[0].clone());
    assert_eq!(outcomes[1], AppendOutcome::Resent(first));
    assert_eq!(stored(outcomes[2].clone()).seq, 2);
    assert_eq!(fixture.whole_log().await.len(), 2);
}

pub(crate) async fn an_id_with_another_text_is_refused(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    fixture.say(&ada, "a", "one").await;
    let batch = [new_entry(&ada, "a", "other"), new_entry(&ada, "b", "two"), new_entry(&ada, "b", "other")];
    let outcomes = fixture.append(&batch).await;
    assert_eq!((&outcomes[0], &outcomes[2]), (&AppendOutcome::IdReused, &AppendOutcome::IdReused));
    let texts: Vec<_> = fixture.whole_log().await.into_iter().filter_map(|entry| entry.text).collect();
    assert_eq!(texts, ["one", "two"]);
}

pub(crate) async fn two_senders_may_use_the_same_id(fixture: Fixture) {
    let (ada, grace) = (fixture.user("ada").await, fixture.user("grace").await);
    fixture.say(&ada, "a", "one").await;
    assert_eq!(fixture.say(&grace, "a", "two").await.seq, 2);
}

pub(crate) async fn an_unknown_sender_is_refused_and_leaves_no_gap(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let mut stranger = ada.clone();
    stranger.id = UserId::new();
    let batch = [new_entry(&ada, "a", "one"), new_entry(&stranger, "b", "boo"), new_entry(&ada, "c", "two")];
    let outcomes = fixture.append(&batch).await;
    assert_eq!(outcomes[1], AppendOutcome::SenderGone);
    assert_eq!(seqs(&fixture.whole_log().await), [1, 2]);
}

pub(crate) async fn racing_batches_leave_no_gap_and_keep_their_order(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let batches: Vec<Vec<NewEntry>> = (0..20)
        .map(|batch| (0..10).map(|number| new_entry(&ada, &format!("{batch}-{number}"), "hello")).collect())
        .collect();
    let appends = batches.iter().map(|batch| fixture.append(batch));
    for outcomes in futures_util::future::join_all(appends).await {
        let numbers: Vec<_> = outcomes.into_iter().map(|outcome| stored(outcome).seq).collect();
        assert!(numbers.is_sorted(), "a batch is stored in its order: {numbers:?}");
    }
    assert_eq!(seqs(&fixture.whole_log().await), (1..=200).collect::<Vec<_>>());
}

pub(crate) async fn reading_forward_covers_everything(fixture: Fixture) {
    with_messages(&fixture, 5).await;
    let log = &fixture.stores.log;
    let edges = [
        (0, 2, vec![1, 2], 2),
        (2, 2, vec![3, 4], 4),
        (4, 2, vec![5], 5),
        (3, 2, vec![4, 5], 5),
        (9, 2, vec![], 5),
    ];
    for (after, limit, expected, covered_to) in edges {
        let page = log.page_after(LOBBY, after, limit).await.unwrap();
        assert_eq!(
            (seqs(&page.messages), page.covered_to, page.last_seq),
            (expected, covered_to, 5),
            "after {after}"
        );
    }
    assert_eq!(log.page_after(LOBBY, u64::MAX, 2).await.unwrap().messages.len(), 0);
}

pub(crate) async fn reading_backward_ends_at_the_first_entry(fixture: Fixture) {
    with_messages(&fixture, 5).await;
    let log = &fixture.stores.log;
    let edges = [
        (None, 2, vec![4, 5], 4),
        (Some(4), 2, vec![2, 3], 2),
        (Some(2), 2, vec![1], 1),
        (Some(3), 2, vec![1, 2], 1),
        (Some(1), 2, vec![], 1),
        (Some(0), 2, vec![], 1),
        (Some(u64::MAX), 2, vec![4, 5], 4),
    ];
    for (before, limit, expected, covered_to) in edges {
        let page = log.page_before(LOBBY, before, limit).await.unwrap();
        assert_eq!((seqs(&page.messages), page.covered_to), (expected, covered_to), "before {before:?}");
    }
}

pub(crate) async fn a_page_holds_at_most_a_hundred(fixture: Fixture) {
    with_messages(&fixture, 120).await;
    let log = &fixture.stores.log;
    assert_eq!(log.page_after(LOBBY, 0, 1_000).await.unwrap().messages.len(), MAX_PAGE as usize);
    assert_eq!(log.page_before(LOBBY, None, 1_000).await.unwrap().messages.len(), MAX_PAGE as usize);
    assert_eq!(log.page_after(LOBBY, 0, 0).await.unwrap().messages.len(), 1, "and at least one");
}

pub(crate) async fn a_renamed_sender_keeps_the_old_name_in_old_entries(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    fixture.say(&ada, "a", "one").await;
    let ada = fixture
        .stores
        .accounts
        .rename(ada.id, &DisplayName::parse("Countess").unwrap())
        .await
        .unwrap()
        .unwrap();
    fixture.say(&ada, "b", "two").await;
    let names: Vec<_> =
        fixture.whole_log().await.into_iter().filter_map(|entry| Some(entry.sender?.display_name)).collect();
    assert_eq!(names, ["ada", "Countess"]);
}

pub(crate) async fn the_longest_text_comes_back_as_it_was(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let text = "🙂".repeat(3_999) + "\n'";
    let text = text.chars().take(4_000).collect::<String>();
    fixture.say(&ada, "a", &text.clone()).await;
    assert_eq!(fixture.whole_log().await[0].text.as_deref(), Some(text.trim_end()));
}
