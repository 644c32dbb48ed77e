//! Many rooms: messages spread over them, what they cost while little or nothing is said there, and the page of a member of
//! many.

mod people;

use std::time::{Duration, Instant};

use super::pages::load_as;
use super::{Context, Figure, Scenario, WARM_UP, mark};
use crate::Result;
use crate::load::http_loop;
use crate::load::sparse_loop::{self, Room};
use crate::load::{Ignore, Numbers, Swarm, closed_loop};
use crate::machine::{Measured, Usage, undisturbed};
use crate::net::request::get;
use crate::servers::Contender;
use people::People;

const SENDERS: usize = 10;
/// Messages in flight of each sender.
const WINDOW: u32 = 32;
/// People in each room where little is said.
const MEMBERS: usize = 10;
/// Messages a second in all of them together.
const CALM_RATE: f64 = 20.0;
/// Time without messages, in a full run and in a quick one.
const IDLE_TIMES: [Duration; 2] = [Duration::from_secs(20), Duration::from_secs(8)];
/// Time until new rooms are no news any more: the polls repeat each change for ten seconds.
const SETTLE_TIME: Duration = Duration::from_secs(12);
/// Rooms that one person may make.
const ROOMS_OF_MAKER: usize = 100;
/// Messages in each of a page's rooms: as many as are counted.
const UNREAD: usize = 100;

/// Messages that are spread over rooms, and then the same in one of them. Everybody is in all rooms.
pub(super) fn spread(scenario: &Scenario, context: &Context, contender: &Contender) -> Result<Vec<Figure>> {
    let people = People::sign_up(context.start(contender, scenario.store)?, SENDERS + 1)?;
    let everybody: Vec<usize> = (0..=SENDERS).collect();
    let mut rooms = Vec::new();
    for number in 0..scenario.size(context) as usize {
        rooms.push(people.make_room(number, number % SENDERS, &everybody)?.id);
    }
    let (mut swarm, mut numbers) = (people.connect()?, Numbers::default());
    rest(&mut swarm, SETTLE_TIME)?;
    let mut rate = |rooms: &[String]| -> Result<Measured<closed_loop::Findings>> {
        let (senders, answers) = (SENDERS as u32, people.server.answers);
        let time = context.time();
        let plan = closed_loop::Plan { senders, rooms, window: WINDOW, warm_up: WARM_UP, time, answers };
        let found = undisturbed(&context.own(&people.server), || {
            closed_loop::run(&mut swarm, people.server.id(), &plan, &mut numbers)
        })?;
        found.value.faults.or_else_fail()?;
        Ok(found)
    };
    let (many, one) = (rate(&rooms)?, rate(&rooms[..1])?);
    let (spread, in_one) = (many.value.answered_per_second, one.value.answered_per_second);
    println!("    {spread:.0}/s, {in_one:.0}/s in one room, {}", many.value.usage.shares());
    let mark = mark(many.is_disturbed || one.is_disturbed, &many.value.usage);
    Ok(vec![
        Figure::more("acknowledged/s", spread).marked(mark),
        Figure::more("÷ in one room", spread / in_one).marked(mark),
    ])
}

/// Few messages, in rooms of ten people in turn, and then in one of them. The same people are connected.
pub(super) fn calm(scenario: &Scenario, context: &Context, contender: &Contender) -> Result<Vec<Figure>> {
    let size = scenario.size(context) as usize;
    let count = size / MEMBERS;
    let people = People::sign_up(context.start(contender, scenario.store)?, count)?;
    let mut rooms = Vec::new();
    for number in 0..size {
        let members: Vec<usize> =
            (0..MEMBERS).map(|turn| (number + turn * count / MEMBERS) % count).collect();
        rooms.push(people.make_room(number, number % count, &members)?);
    }
    let (mut swarm, mut next) = (people.connect()?, 0);
    rest(&mut swarm, SETTLE_TIME)?;
    let mut cost = |rooms: &[Room]| {
        let plan = sparse_loop::Plan { rooms, rate: CALM_RATE, time: context.time() * 2 };
        undisturbed(&context.own(&people.server), || {
            sparse_loop::run(&mut swarm, people.server.id(), &plan, &mut next)
        })
    };
    let (many, one) = (cost(&rooms)?, cost(&rooms[..1])?);
    let (spread, in_one) = (many.value.cpu_seconds_per_million, one.value.cpu_seconds_per_million);
    println!("    {spread:.1} CPU s per million, {in_one:.1} in one room");
    let mark = mark(many.is_disturbed || one.is_disturbed, &many.value.usage);
    Ok(vec![
        Figure::less("CPU s per million deliveries", spread).marked(mark),
        Figure::less("÷ in one room", spread / in_one).marked(mark),
    ])
}

/// Rooms where nothing happens, whose members are connected.
pub(super) fn idle(scenario: &Scenario, context: &Context, contender: &Contender) -> Result<Vec<Figure>> {
    let size = scenario.size(context) as usize;
    let people = People::sign_up(context.start(contender, scenario.store)?, size / ROOMS_OF_MAKER)?;
    let mut swarm = people.connect()?;
    rest(&mut swarm, SETTLE_TIME)?;
    let share = |swarm: &mut Swarm| {
        let time = context.choose(IDLE_TIMES);
        undisturbed(&context.own(&people.server), || Usage::of(people.server.id(), || rest(swarm, time)))
    };
    let before = share(&mut swarm)?;
    for number in 0..size {
        people.make_room(number, number / ROOMS_OF_MAKER, &[])?;
        swarm.turn(Duration::ZERO, &mut Ignore)?;
    }
    rest(&mut swarm, SETTLE_TIME)?;
    let after = share(&mut swarm)?;
    let per_cent = |usage: &Usage| usage.server_cpu_for(usage.seconds) * 100.0;
    let (without, with) = (per_cent(&before.value), per_cent(&after.value));
    println!("    {with:.2} % of a core, {without:.2} % without the rooms");
    let mark = mark(before.is_disturbed || after.is_disturbed, &after.value);
    Ok(vec![
        Figure::less("% of a core", with).marked(mark),
        Figure::less("% more than without them", with - without).marked(mark),
    ])
}

/// The page of a member of many rooms, each with [`UNREAD`] messages that are not read. One request at a time.
pub(super) fn page(scenario: &Scenario, context: &Context, contender: &Contender) -> Result<Vec<Figure>> {
    let size = scenario.size(context) as usize;
    let makers = size / ROOMS_OF_MAKER;
    let people = People::sign_up(context.start(contender, scenario.store)?, makers + 1)?;
    make_unread_rooms(&people, makers)?;
    let path = format!("/?jwt={}", people.token(makers));
    let requests = [get(people.server.chat, &path, "Accept: text/html\r\n")];
    let plan = http_loop::Plan {
        server: people.server.chat,
        requests: &requests,
        status: 200,
        connections: 1,
        warm_up: WARM_UP,
        time: context.time(),
    };
    let figures = load_as(&plan, context, &people.server, &mut || Ok(()))?;
    let [per_second, cpu] = &figures[..] else { return Err("two figures are measured".into()) };
    let time = Figure::less("ms a page", 1_000.0 / per_second.value).marked(per_second.mark);
    Ok(vec![time, cpu.clone()])
}

/// Makes rooms with messages, each maker its own, and all with the person after the last maker, who reads nothing.
fn make_unread_rooms(people: &People, makers: usize) -> Result<()> {
    std::thread::scope(|scope| {
        let make = |maker| {
            scope.spawn(move || make_rooms_of(people, maker, makers).map_err(|error| error.to_string()))
        };
        let making: Vec<_> = (0..makers).map(make).collect();
        making
            .into_iter()
            .try_for_each(|made| made.join().map_err(|_| "a maker panicked")?.map_err(Into::into))
    })
}

fn make_rooms_of(people: &People, maker: usize, reader: usize) -> Result<()> {
    for number in 0..ROOMS_OF_MAKER {
        let room = people.make_room(maker * ROOMS_OF_MAKER + number, maker, &[reader])?;
        for _ in 0..UNREAD {
            people.post(maker, &room, "a message that nobody has read")?;
        }
    }
    Ok(())
}

/// Lets time pass, and answers pings.
fn rest(swarm: &mut Swarm, time: Duration) -> Result<()> {
    let start = Instant::now();
    while start.elapsed() < time {
        swarm.turn(Duration::from_millis(10), &mut Ignore)?;
    }
    if swarm.closed() > 0 {
        return Err("the server ends connections".into());
    }
    Ok(())
}
