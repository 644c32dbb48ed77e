//! A socket in many rooms: each has its order, none keeps another one waiting, and what waits is bounded for all together.

use super::*;

/// Rooms of a socket, in the order in which it joins them.
fn rooms(count: u64) -> Vec<BroadcastId> {
    (0..count).map(|number| BroadcastId((number * 7) % count)).collect()
}

#[test]
fn the_rooms_of_a_slow_socket_take_turns() {
    const BATCHES: u64 = 3;
    let (rooms, pipe) = (rooms(100), Pipe::of(1));
    let mut output = Output::default();
    rooms.iter().for_each(|room| output.follow(*room, 0));
    for BroadcastId(room) in rooms.iter().copied() {
        let texts: Vec<String> = (0..BATCHES).map(|batch| format!("{batch} {room}")).collect();
        let batches: Vec<Vec<&str>> = texts.iter().map(|text| vec![text.as_str()]).collect();
        let batches: Vec<&[&str]> = batches.iter().map(Vec::as_slice).collect();
        push_all(&mut output, BroadcastId(room), &chain(&batches), &pipe);
    }
    pipe.open();
    assert_eq!(output.flush(&pipe).unwrap(), Next::Nobody);
    assert_eq!(output.behind_bytes(), 0);
    let mut expected: Vec<String> = rooms
        .iter()
        .flat_map(|BroadcastId(room)| (0..BATCHES).map(move |batch| seen(&format!("{batch} {room}"))))
        .collect();
    let mut arrived = pipe.frames();
    let of_one_room: Vec<_> =
        arrived.iter().filter(|frame| frame.ends_with(" 99\",null]")).cloned().collect();
    assert_eq!(of_one_room, ["0 99", "1 99", "2 99"].map(seen));
    expected.sort();
    arrived.sort();
    assert_eq!(arrived, expected, "each once");
}

#[test]
fn a_long_backlog_in_one_room_keeps_no_other_one_waiting() {
    let pipe = Pipe::of(1);
    let mut output = following(ROOM);
    output.follow(OTHER, 0);
    let texts: Vec<String> = (0..200).map(|number| number.to_string()).collect();
    let batches: Vec<[&str; 1]> = texts.iter().map(|text| [text.as_str()]).collect();
    let batches: Vec<&[&str]> = batches.iter().map(<[_; 1]>::as_slice).collect();
    push_all(&mut output, ROOM, &chain(&batches), &pipe);
    push_all(&mut output, OTHER, &chain(&[&["other"]]), &pipe);
    pipe.open();
    assert_eq!(output.flush(&pipe).unwrap(), Next::Nobody);
    let arrived = pipe.frames();
    let place = arrived.iter().position(|frame| *frame == seen("other")).unwrap();
    assert!((1..=20).contains(&place) && arrived.len() == 201, "{place}");
}

#[test]
fn what_goes_out_together_is_one_write() {
    let (rooms, pipe) = (rooms(30), Pipe::of(0));
    let mut output = Output::default();
    rooms.iter().for_each(|room| output.follow(*room, 0));
    pipe.open();
    for BroadcastId(room) in rooms.iter().copied() {
        let batch = chain(&[&[&format!("{room}")]]).remove(0);
        assert_eq!(output.push(BroadcastId(room), &batch, true, &pipe).unwrap(), Pushed::Later);
    }
    assert_eq!(pipe.writes.get(), 0, "more is on its way");
    assert_eq!(output.flush(&pipe).unwrap(), Next::Nobody);
    let expected: Vec<String> = rooms.iter().map(|BroadcastId(room)| seen(&room.to_string())).collect();
    assert_eq!((pipe.writes.get(), pipe.frames(), output.behind_bytes()), (1, expected, 0));
}

#[test]
fn what_waits_in_all_rooms_together_is_bounded() {
    let (rooms, pipe) = (rooms(100), Pipe::of(1));
    let mut output = Output::default();
    rooms.iter().for_each(|room| output.follow(*room, 0));
    let text = "x".repeat(usize::try_from(MAX_BEHIND_BYTES).unwrap() / 10);
    let batches: Vec<_> = rooms.iter().map(|_| chain(&[&[&text]]).remove(0)).collect();
    let pushed =
        rooms.iter().zip(&batches).map(|(room, batch)| output.push(*room, batch, false, &pipe).unwrap());
    let pushed: Vec<_> = pushed.take(11).collect();
    assert!(pushed[..9].iter().all(|pushed| *pushed == Pushed::Done));
    assert_eq!(pushed[10], Pushed::TooFarBehind, "each room alone has a tenth of it");
    for room in &rooms[1..10] {
        output.unfollow(*room);
    }
    assert!(output.behind_bytes() < MAX_BEHIND_BYTES / 4, "what was left waits no more");
    pipe.open();
    assert_eq!(output.flush(&pipe).unwrap(), Next::Nobody);
    assert_eq!(pipe.frames().len(), 2, "nothing of the rooms that it left goes out");
}

#[test]
fn own_frames_do_not_count_as_waiting() {
    let (mut output, pipe) = (following(ROOM), Pipe::of(1));
    let text = "x".repeat(usize::try_from(MAX_BEHIND_BYTES).unwrap());
    let batches = chain(&[&["first"], &[&text], &["last"]]);
    output.skip(ROOM, batches[1].start..batches[1].end());
    for batch in &batches {
        assert_eq!(output.push(ROOM, batch, false, &pipe).unwrap(), Pushed::Done);
    }
    pipe.open();
    assert_eq!(output.flush(&pipe).unwrap(), Next::Nobody);
    assert_eq!((pipe.frames(), output.behind_bytes()), (["first", "last"].map(seen).to_vec(), 0));
}
