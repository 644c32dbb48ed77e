//! Which rooms are followed: those with subscriptions here. What nobody subscribes to any more is noted by the hub, so that
//! rooms cost nothing while nothing happens in them.

use std::collections::HashMap;

use store::RoomId;

use super::super::follower::FollowRequest;
use super::FanOut;

/// Rooms after which one question has no more requests to follow some. One request has as many as a person may be in.
const MAX_ROOMS_TO_FOLLOW: usize = 1_000;

impl FanOut {
    /// Follows the rooms of waiting requests. Those that are not followed yet are, each from the end of its log, once that is
    /// read. If that fails, none of them is.
    pub(super) fn follow(&mut self, first: FollowRequest) {
        let mut requests = vec![first];
        let mut count = requests[0].rooms.len();
        while count < MAX_ROOMS_TO_FOLLOW
            && let Ok(request) = self.requests.try_recv()
        {
            count += request.rooms.len();
            requests.push(request);
        }
        // A client that has gone away waits no more.
        requests.retain(FollowRequest::is_waiting);
        let mut new: Vec<RoomId> =
            requests.iter().flat_map(|request| request.rooms.iter().copied()).collect();
        new.retain(|room| self.rooms.delivered(*room).is_none());
        new.sort_unstable();
        new.dedup();
        if new.is_empty() {
            return self.answer_followed(requests);
        }
        self.questions.ask_ends_to_follow(new, requests);
    }

    /// Follows rooms from the ends of their logs.
    pub(super) fn begin_to_follow(&mut self, ends: HashMap<RoomId, u64>) {
        for (room, end) in ends {
            // Its subscriber may have gone in the meantime.
            if self.hub.set_followed(room, end) {
                self.rooms.follow(room, end);
            }
        }
    }

    /// Answers requests whose rooms are followed.
    pub(super) fn answer_followed(&self, requests: Vec<FollowRequest>) {
        for request in requests {
            for room in &request.rooms {
                if let Some(delivered) = self.rooms.delivered(*room) {
                    self.hub.set_followed(*room, delivered);
                }
            }
            request.answer();
        }
    }

    /// Forgets rooms whose last subscription has ended.
    pub(super) fn forget_abandoned(&mut self) {
        let abandoned = self.hub.take_abandoned();
        self.in_flight.forget_rooms(&abandoned);
        for room in abandoned {
            self.rooms.forget(room);
            drop(self.lagging.remove(room));
        }
    }
}
