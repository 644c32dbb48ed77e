//! Every promise of the store's traits, on every store.
//!
//! A promise is a plain function over [`Fixture`]; the lists below turn it into one test for each store, named
//! `log::a_resend_is_answered_with_the_first_entry::sqlite`. A function that is not listed is dead code and fails
//! the build.

#![expect(clippy::unwrap_used, reason = "a test that fails tells where")]

mod deletions;
mod fixture;
mod logs;
#[cfg(feature = "mongod")]
mod mongodb;
#[cfg(feature = "mongod")]
mod nodes;
#[cfg(feature = "mongod")]
mod proxy;
mod rooms;
mod sent;
mod survival;
mod users;

/// The stores. Another one joins by a line here.
macro_rules! on_every_store {
    ($promise:path) => {
        #[tokio::test]
        async fn sqlite() {
            $promise($crate::fixture::Fixture::sqlite().await).await;
        }

        #[cfg(feature = "mongod")]
        #[tokio::test]
        async fn mongodb() {
            $promise($crate::fixture::Fixture::mongodb().await).await;
        }
    };
}

macro_rules! promises {
    ($($area:ident { $($promise:ident)* })*) => {
        mod kept {
            $(mod $area { $(mod $promise { on_every_store!(crate::$area::$promise); })* })*
        }
    };
}

promises! {
    users {
        a_new_user_is_found_by_id_and_by_name
        a_name_in_other_letter_case_is_taken
        of_two_racing_for_a_name_one_gets_it
        users_are_paged_by_id_without_gap_or_repeat
        a_new_display_name_is_shown_and_the_user_name_stays
        a_new_password_ends_every_session
        a_new_password_needs_the_present_hash
        only_a_new_password_changes_the_user_and_the_standing_in_one_moment
        another_hash_of_the_same_password_ends_no_session
        an_ended_session_is_remembered_and_others_go_on
        the_thirty_third_ended_session_ends_all
        a_standing_that_changed_is_seen_by_the_poll
        the_poll_sees_nothing_that_changed_long_ago
    }
    logs {
        entries_are_numbered_from_one_without_a_hole
        rooms_begin_empty
        a_resend_is_answered_with_the_first_entry
        a_resend_within_the_batch_is_stored_once
        an_id_with_another_text_is_refused
        two_senders_may_use_the_same_id
        an_unknown_sender_is_refused_and_leaves_no_hole
        racing_batches_leave_no_hole_and_keep_their_order
        reading_forward_covers_everything
        reading_backward_ends_at_the_first_entry
        a_page_holds_at_most_a_hundred
        a_renamed_sender_keeps_the_old_name_in_old_entries
        the_longest_text_comes_back_as_it_was
    }
    rooms {
        interleaved_rooms_are_numbered_each_from_one_without_a_gap
        the_same_id_in_two_rooms_is_two_entries
        racing_batches_over_the_same_rooms_leave_no_gap
        the_ends_of_many_logs_are_read_together
    }
    sent {
        what_somebody_sent_to_several_rooms_comes_room_by_room
        all_that_somebody_sent_comes_in_order_and_nobody_elses
        who_sent_nothing_gets_nothing
        what_was_erased_is_not_among_what_somebody_sent
        what_is_sent_after_the_call_is_left_to_the_next
        pages_that_nobody_takes_yet_hold_nothing_that_others_need
        reading_what_somebody_sent_ends_when_nobody_takes_it
    }
    deletions {
        a_deleted_user_is_gone_and_the_name_is_free
        the_words_of_a_deleted_user_are_blanked_and_the_numbers_stay
        a_deletion_blanks_the_words_in_every_room
        nothing_is_accepted_from_a_user_who_is_being_deleted
        a_deletion_that_stopped_half_way_is_finished_later
        a_resend_of_an_erased_message_stores_nothing
        deleting_twice_is_harmless
        the_poll_sees_a_deletion
    }
    survival {
        everything_is_there_after_reopening
        what_was_acknowledged_survives_a_killed_process
    }
}
