//! Every promise of the store's traits, on every store, in a file for each aggregate.
//!
//! A promise is a plain function over [`fixture::Fixture`]. The list below makes one test of it for each store, named
//! `kept::log::a_resend_is_answered_with_the_first_entry::sqlite`. A function that is not listed is dead code and fails
//! the build. What only one of the stores promises is in `sqlite.rs` and `mongodb.rs`.

#![expect(clippy::unwrap_used, reason = "a failing test shows the line")]

mod accounts;
mod deletion;
mod ends_watch;
mod entries_by_sender;
mod fixture;
#[cfg(feature = "small-disk")]
mod full_disk;
mod log;
mod log_rooms;
mod many_rooms;
mod members;
mod mentions;
#[cfg(feature = "mongod")]
mod mongodb;
mod newest;
#[cfg(feature = "mongod")]
mod nodes;
mod read_marks;
mod retention;
mod room_lists;
mod rooms;
mod rooms_deletion;
mod sqlite;
mod survival;
mod tokens;
mod unread;
mod upgrade;

/// The stores.
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
    accounts {
        a_new_user_is_found_by_id_and_by_name
        a_name_in_other_letter_case_is_taken
        of_two_racing_for_a_name_one_gets_it
        users_are_paged_by_id_without_gap_or_repeat
        a_new_display_name_is_shown_and_the_user_name_stays
        a_new_password_ends_every_session
        a_new_password_needs_the_stored_hash
        only_a_new_password_gives_user_and_token_status_the_same_time
        another_hash_of_the_same_password_ends_no_session
    }
    tokens {
        an_ended_session_is_remembered_and_others_continue
        the_thirty_third_ended_session_ends_all
        a_changed_token_status_is_seen_by_the_poll
        the_poll_sees_nothing_that_changed_long_ago
        each_change_counts_one_more
        the_statuses_of_many_users_are_read_together
    }
    rooms {
        the_maker_of_a_room_is_its_first_member_and_owner
        a_public_name_is_taken_in_any_letter_case_and_a_private_one_tells_nothing
        of_two_racing_for_a_public_name_one_gets_it
        the_same_people_have_one_direct_room
        a_room_changes_as_told_and_counts_each_change
        the_lobby_and_direct_rooms_cannot_be_changed
        a_person_makes_a_bounded_number_of_rooms
        who_is_deleted_makes_and_enters_no_room
    }
    members {
        who_comes_in_begins_at_the_end_of_the_log
        nobody_is_added_to_an_archived_room_and_anybody_leaves_it
        the_last_owner_stays_until_there_is_another_one
        of_two_owners_who_leave_at_once_one_stays
        a_new_owner_who_leaves_at_once_is_none
        a_room_has_a_bounded_number_of_owners
        a_person_is_in_a_bounded_number_of_rooms
    }
    room_lists {
        a_users_rooms_are_the_lobby_and_those_that_the_user_is_in
        nothing_said_in_the_lobby_before_the_first_look_is_unread
        public_rooms_to_join_come_by_name
        members_are_paged_by_id_without_gap_or_repeat
        members_are_found_by_the_beginning_of_either_name
        members_of_a_large_room_are_found_too
        all_rooms_of_a_user_with_many_are_read
    }
    read_marks {
        many_marks_move_at_once_and_also_back
        marks_and_settings_of_others_do_nothing
        a_setting_is_kept_for_each_room
        the_polls_tell_marks_apart_from_other_changes
        the_polls_see_nothing_that_changed_long_ago
    }
    rooms_deletion {
        a_deleted_user_is_in_no_room
        the_member_who_came_first_inherits_a_room
        an_heir_who_leaves_at_once_does_not_take_the_room_along
    }
    log {
        entries_are_numbered_from_one_without_a_gap
        rooms_begin_empty
        a_resend_is_answered_with_the_first_entry
        a_resend_within_the_batch_is_stored_once
        an_id_with_another_text_is_refused
        two_senders_may_use_the_same_id
        an_unknown_sender_is_refused_and_leaves_no_gap
        racing_batches_leave_no_gap_and_keep_their_order
        reading_forward_covers_everything
        reading_backward_ends_at_the_first_entry
        a_page_holds_at_most_a_hundred
        a_renamed_sender_keeps_the_old_name_in_old_entries
        the_longest_text_comes_back_as_it_was
    }
    log_rooms {
        interleaved_rooms_are_numbered_each_from_one_without_a_gap
        the_same_id_in_two_rooms_is_two_entries
        racing_batches_over_the_same_rooms_leave_no_gap
        the_ends_of_many_logs_are_read_together
    }
    ends_watch {
        what_any_process_appends_is_found_by_the_next_question
        a_question_tells_only_of_rooms_that_went_on
    }
    mentions {
        mentions_come_back_with_their_entry_and_no_other
        erasing_an_entry_blanks_its_mentions
        a_deleted_user_vanishes_from_the_mentions_of_others
        a_user_in_many_mentions_is_deleted_piece_by_piece
        who_is_mentioned_during_a_deletion_is_not_in_the_end
    }
    unread {
        messages_of_others_after_the_mark_are_counted_in_each_room
        counts_end_at_a_hundred
        own_messages_hide_no_others_and_cost_a_bounded_look
        what_is_erased_or_dropped_is_not_unread
        mentions_of_a_silent_room_stay_while_others_are_dropped
    }
    newest {
        the_newest_page_is_the_one_before_the_end
        the_newest_page_is_the_same_while_only_others_change
        what_was_appended_is_in_the_next_newest_page
        no_erased_message_is_in_the_next_newest_page
        a_changed_user_is_read_as_changed
    }
    entries_by_sender {
        entries_in_several_rooms_come_room_by_room
        all_entries_of_a_sender_come_in_order_and_no_others
        a_sender_without_entries_gets_no_page
        erased_entries_are_left_out
        entries_appended_during_the_reading_are_left_out
        pages_that_wait_for_a_receiver_hold_nothing_that_others_need
        the_reading_ends_when_the_receiver_is_dropped
    }
    retention {
        entries_are_dropped_up_to_the_first_younger_one
        the_newest_entry_stays_and_numbers_are_not_used_again
        a_write_drops_a_bounded_number
        readers_begin_with_the_first_entry_that_is_left
        no_dropped_message_is_in_the_next_newest_page
        a_reader_gets_everything_that_is_kept_while_the_rest_is_dropped
        an_id_is_unique_among_the_entries_that_are_kept
        every_room_with_entries_is_found_once
        a_dropped_entry_is_in_no_export_and_hinders_no_deletion
    }
    deletion {
        a_deleted_user_is_gone_and_the_name_is_free
        the_entries_of_a_deleted_user_are_erased_and_keep_their_numbers
        a_deletion_erases_the_entries_in_every_room
        nothing_is_accepted_from_a_user_who_is_being_deleted
        an_interrupted_deletion_is_finished_later
        a_resend_of_an_erased_message_stores_nothing
        deleting_twice_is_harmless
        the_poll_sees_a_deletion
        a_deletion_that_stopped_between_two_pieces_goes_on
        of_two_processes_one_works_at_a_deletion
        an_error_with_one_user_stops_no_other_deletion
        a_large_deletion_holds_up_no_other
    }
    survival {
        everything_is_there_after_reopening
        what_was_acknowledged_survives_a_killed_process
    }
}
