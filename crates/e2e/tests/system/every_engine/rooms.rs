//! Rooms and direct messages, in two windows.

use testkit::browser::DESK;
use testkit::browser::stage::Stage;
use testkit::wait::until_equal;

use super::assert_console_is_clean;

pub(super) async fn a_room_is_created_found_joined_and_left(stage: Stage) {
    let (ann, ben) = (stage.window().await, stage.window().await);
    ann.sign_up(&stage.natter, "Ann").await;
    ann.create_room("Compilers", "public").await;
    ann.say("Welcome, everybody.").await;
    ann.shown_room_has(&["Welcome, everybody."]).await;
    let address = ann.address().await;
    assert!(address.starts_with(&format!("{}/rooms/", stage.natter.chat_url)), "{address}");
    ben.sign_up(&stage.natter, "Ben").await;
    ben.lists_rooms(&["Lobby"]).await;
    ben.click(".plus.rooms-browse").await;
    ben.press_button("#browse", "Join: Compilers").await;
    ben.shows_room("Compilers").await;
    ben.shown_room_has(&["Welcome, everybody."]).await;
    ben.say("Here I am.").await;
    ann.shown_room_has(&["Welcome, everybody.", "Here I am."]).await;
    assert_eq!(ben.address().await, address);
    ben.reload().await;
    ben.wait_connected().await;
    ben.shows_room("Compilers").await;
    ben.shown_room_has(&["Welcome, everybody.", "Here I am."]).await;
    ben.client.back().await.unwrap();
    ben.wait_connected().await;
    ben.shows_room("Lobby").await;
    ann.say("Still there?").await;
    ben.badge_is("Compilers", "1").await;
    ben.open_room("Compilers").await;
    ben.badge_is("Compilers", "").await;
    ben.click(".room:not([hidden]) .room-settings").await;
    ben.press_button("#settings", "Leave").await;
    ben.press_button("#confirm", "Leave").await;
    ben.shows_room("Lobby").await;
    ben.lists_rooms(&["Lobby"]).await;
    for window in [&ann, &ben] {
        assert_console_is_clean(&stage, window).await;
    }
}

pub(super) async fn a_click_on_a_person_leads_to_a_direct_message(stage: Stage) {
    let (ann, ben) = (stage.window().await, stage.window().await);
    ann.sign_up(&stage.natter, "Ann").await;
    ben.sign_up(&stage.natter, "Ben").await;
    ann.set_size(DESK).await;
    ann.click(".people-here .person:nth-child(2) .person-button").await;
    ann.press_button("#person-card", "Write a direct message").await;
    ann.shows_room("Ben").await;
    ann.say("Psst.").await;
    ann.shown_room_has(&["Psst."]).await;
    ben.lists_rooms(&["Lobby", "Ann"]).await;
    ben.badge_is("Ann", "1").await;
    ben.wait_for(".room-sign[data-here]").await;
    ben.open_room("Ann").await;
    ben.shown_room_has(&["Psst."]).await;
    ben.badge_is("Ann", "").await;
    ben.say("What?").await;
    ann.shown_room_has(&["Psst.", "What?"]).await;
    until_equal("both have one direct message", 1, async || {
        ben.texts("[data-list=direct] .room-item").await.len()
    })
    .await;
    for window in [&ann, &ben] {
        assert_console_is_clean(&stage, window).await;
    }
}
