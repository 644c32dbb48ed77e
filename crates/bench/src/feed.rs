//! A simulation of the feed: how many entries and deliveries each node of a large cluster has to carry.
//!
//! People follow rooms, a room's share of the messages is its share of the follows, and each connection is on one node. It
//! counts with the same numbers each time: no clock, no randomness but a fixed sequence.

use std::process::ExitCode;

/// A cluster and what happens in it.
#[derive(Clone, Copy, Debug)]
struct Cluster {
    nodes: usize,
    people: u64,
    /// Rooms that a person follows.
    follows: u64,
    /// Followers of the largest room.
    largest_room: u64,
    messages_per_second: f64,
}

/// How connections are spread over nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Placement {
    /// Anywhere, as a load balancer does it.
    Anywhere,
    /// Followers of a room share as few nodes as carry them.
    ByRoom,
}

/// What the nodes carry, in a second.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Load {
    rooms: usize,
    /// Deliveries of all nodes.
    deliveries: f64,
    /// Entries that reach nodes, if every node gets every entry.
    feed_of_everything: f64,
    /// Entries that reach nodes, if a node gets the entries of rooms that somebody on it follows.
    feed_of_followed: f64,
    /// The same for the node with the most.
    busiest_node: f64,
}

/// The cluster of the text in `crates/bench/README.md`.
const LARGE: Cluster = Cluster {
    nodes: 100,
    people: 10_000_000,
    follows: 5,
    largest_room: 100_000,
    messages_per_second: 100_000.0,
};
const MIN_ROOM: u64 = 2;

/// Prints the table of the text.
pub(crate) fn print() -> ExitCode {
    let Load { rooms, deliveries, .. } = LARGE.load(Placement::Anywhere);
    println!("{rooms} rooms, {:.0} deliveries for a message\n", deliveries / LARGE.messages_per_second);
    println!(
        "| nodes | deliveries/s a node | feed of everything, entries/s a node | feed of followed rooms | \
         the same, people placed by room | busiest node |"
    );
    println!("|---:|---:|---:|---:|---:|---:|");
    for nodes in [10, 30, 100, 300] {
        let cluster = Cluster { nodes, ..LARGE };
        let (anywhere, by_room) = (cluster.load(Placement::Anywhere), cluster.load(Placement::ByRoom));
        let each = |all: f64| all / nodes as f64;
        println!(
            "| {nodes} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} |",
            each(anywhere.deliveries),
            each(anywhere.feed_of_everything),
            each(anywhere.feed_of_followed),
            each(by_room.feed_of_followed),
            anywhere.busiest_node
        );
    }
    ExitCode::SUCCESS
}

impl Cluster {
    fn load(&self, placement: Placement) -> Load {
        let sizes = self.room_sizes();
        let follows: u64 = sizes.iter().sum();
        let per_follow = self.messages_per_second / follows as f64;
        let mut random = Sequence(1);
        let (mut deliveries, mut of_node) = (0.0, vec![0.0; self.nodes]);
        let (mut has_follower, mut next) = (vec![false; self.nodes], 0_u64);
        for &size in &sizes {
            let messages = size as f64 * per_follow;
            deliveries += messages * (size - 1) as f64;
            has_follower.fill(false);
            for _ in 0..size {
                let node = match placement {
                    Placement::Anywhere => random.next() % self.nodes as u64,
                    // Each node takes an equal part of all follows, one room after the other.
                    Placement::ByRoom => next * self.nodes as u64 / follows,
                };
                next += 1;
                has_follower[node as usize] = true;
            }
            let followed = of_node.iter_mut().zip(&has_follower).filter(|(_, has_follower)| **has_follower);
            followed.for_each(|(feed, _)| *feed += messages);
        }
        Load {
            rooms: sizes.len(),
            deliveries,
            feed_of_everything: self.messages_per_second * self.nodes as f64,
            feed_of_followed: of_node.iter().sum(),
            busiest_node: of_node.iter().copied().fold(0.0, f64::max),
        }
    }

    /// Zipf's law: the room of rank `n` has the `n`th part of the largest one's followers, down to two, until all follows are
    /// used.
    fn room_sizes(&self) -> Vec<u64> {
        let mut left = self.people * self.follows;
        let mut sizes = Vec::new();
        while left >= MIN_ROOM {
            let size = (self.largest_room / (sizes.len() as u64 + 1)).clamp(MIN_ROOM, left);
            sizes.push(size);
            left -= size;
        }
        if let Some(last) = sizes.last_mut() {
            *last += left;
        }
        sizes
    }
}

/// Numbers that look random and are the same each time (SplitMix64).
struct Sequence(u64);

impl Sequence {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Cluster =
        Cluster { nodes: 10, people: 10_000, follows: 3, largest_room: 1_000, messages_per_second: 100.0 };

    #[test]
    fn all_follows_are_in_rooms_and_the_largest_comes_first() {
        let sizes = SMALL.room_sizes();
        assert_eq!((sizes.iter().sum::<u64>(), sizes[0], sizes[1]), (30_000, 1_000, 500));
        assert!(sizes.iter().all(|&size| size >= MIN_ROOM));
    }

    #[test]
    fn one_node_gets_everything_whatever_the_design() {
        let load = Cluster { nodes: 1, ..SMALL }.load(Placement::Anywhere);
        assert!((load.feed_of_followed - 100.0).abs() < 1e-6 && load.feed_of_everything == 100.0, "{load:?}");
    }

    #[test]
    fn a_room_that_is_larger_than_the_cluster_reaches_every_node() {
        // One room of everybody.
        let everybody = Cluster { follows: 1, largest_room: 10_000, ..SMALL };
        let load = everybody.load(Placement::Anywhere);
        assert_eq!((load.rooms, load.feed_of_followed), (1, load.feed_of_everything));
        assert!((load.deliveries - 100.0 * 9_999.0).abs() < 1e-3);
    }

    #[test]
    fn pairs_reach_two_nodes_at_most_and_one_if_they_are_placed_by_room() {
        let pairs = Cluster { largest_room: 2, follows: 1, ..SMALL };
        let anywhere = pairs.load(Placement::Anywhere).feed_of_followed;
        // Both of a pair are on the same of ten nodes once in ten times.
        assert!((anywhere - 190.0).abs() < 5.0, "{anywhere}");
        let by_room = pairs.load(Placement::ByRoom).feed_of_followed;
        assert!((by_room - 100.0).abs() < 0.2, "{by_room}");
    }

    #[test]
    fn the_same_cluster_has_the_same_load_each_time() {
        assert_eq!(SMALL.load(Placement::Anywhere), SMALL.load(Placement::Anywhere));
    }
}
