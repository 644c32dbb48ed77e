//! Load on a real server: the plain relay, in a thread of the test.

use std::net::SocketAddr;
use std::time::Duration;

use super::book::Answers;
use super::faults::Faults;
use super::{Numbers, Swarm, closed_loop, http_loop, open_loop};
use crate::relays::relay_in_background;

const CLIENTS: usize = 20;
const SENDERS: u32 = 3;
const AN_HOUR: Duration = Duration::from_secs(3_600);

fn swarm(server: SocketAddr) -> Swarm {
    let mut swarm = Swarm::new(server).unwrap();
    swarm.connect(&[""; CLIENTS], 7).unwrap();
    swarm
}

fn closed_plan(answers: Answers) -> closed_loop::Plan<'static> {
    let time = Duration::from_millis(50);
    closed_loop::Plan { senders: SENDERS, rooms: &[], window: 4, warm_up: time, time, answers }
}

#[test]
fn an_open_loop_delivers_at_its_rate_and_finds_no_faults() {
    let mut swarm = swarm(relay_in_background());
    let mut numbers = Numbers::default();
    let time = Duration::from_millis(100);
    let plan =
        open_loop::Plan { senders: SENDERS, rate: 1_000.0, warm_up: time, time, answers: Answers::Ack };
    for _ in 0..2 {
        let found = open_loop::run(&mut swarm, std::process::id(), &plan, &mut numbers).unwrap();
        assert_eq!(found.faults, Faults::default());
        assert!(found.deliveries_per_second > 0.0 && found.p99_ms > 0.0, "{found:?}");
    }
}

#[test]
fn a_closed_loop_counts_answers_of_both_kinds() {
    for answers in [Answers::Ack, Answers::Delivery] {
        let mut swarm = swarm(relay_in_background());
        let mut numbers = Numbers::default();
        let plan = closed_plan(answers);
        let found = closed_loop::run(&mut swarm, std::process::id(), &plan, &mut numbers).unwrap();
        assert!(found.answered_per_second > 0.0 && found.faults.count() == 0, "{answers:?}: {found:?}");
        closed_loop::send_all(&mut swarm, &plan, 100, AN_HOUR, &mut numbers).unwrap();
    }
}

#[test]
fn requests_are_answered_on_connections_that_stay() {
    let server = relay_in_background();
    let requests = [crate::net::request::get(server, "/health/live", "")];
    let time = Duration::from_millis(20);
    let plan =
        |status| http_loop::Plan { server, requests: &requests, status, connections: 2, warm_up: time, time };
    let found = http_loop::run(&plan(204), std::process::id(), || Ok(())).unwrap();
    assert!(found.requests_per_second > 0.0, "{found:?}");
    let error = http_loop::run(&plan(200), std::process::id(), || Ok(())).unwrap_err().to_string();
    assert!(error.contains("the answer is not 200"), "{error}");
}

#[test]
fn a_writer_sends_beside_another_load() {
    let server = relay_in_background();
    let mut swarm = Swarm::new(server).unwrap();
    swarm.connect(&[""; 2], 2).unwrap();
    let mut writer = super::Writer::new(swarm, 1_000.0, Answers::Ack);
    let requests = [crate::net::request::get(server, "/health/live", "")];
    let (warm_up, time) = (Duration::ZERO, Duration::from_millis(20));
    let plan = http_loop::Plan { server, requests: &requests, status: 204, connections: 2, warm_up, time };
    http_loop::run(&plan, std::process::id(), || writer.turn()).unwrap();
    writer.finish().unwrap();
}
