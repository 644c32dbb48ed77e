//! Batches with frames that the socket sent itself: it does not get those, and gets the others with its answers.

use super::*;

/// An output whose socket sent each `own` of these batches.
fn having_sent_own(batches: &[&[&str]]) -> Output {
    let (mut output, mut at) = (following(ROOM), 0);
    for text in batches.iter().copied().flatten() {
        let end = at + frames(&[text]).len() as u64;
        if *text == "own" {
            output.skip(ROOM, at..end);
        }
        at = end;
    }
    output
}

#[test]
fn frames_that_a_socket_sent_itself_are_left_out_wherever_it_blocks() {
    let batches: &[&[&str]] = &[&["one", "own", "two"], &["own"], &["own", "three"], &["own"]];
    let chain = chain(batches);
    for capacity in 0..=60 {
        let (mut output, pipe) = (having_sent_own(batches), Pipe::of(capacity));
        push_all(&mut output, ROOM, &chain, &pipe);
        pipe.open();
        assert_eq!(output.flush(&pipe).unwrap(), Next::Nobody);
        assert_eq!(pipe.frames(), ["one", "two", "three"].map(seen), "capacity {capacity}");
    }
}

#[test]
fn a_batch_waits_for_the_answer_and_goes_out_with_it() {
    let (batch, answer): (&[&str], _) = (&["one", "own", "two"], frames(&["answer"]));
    let chain = chain(&[batch]);
    for capacity in 0..=answer.len() + frames(batch).len() {
        let (mut output, pipe) = (having_sent_own(&[batch]), Pipe::of(capacity));
        assert_eq!(output.push(ROOM, &chain[0], false, &pipe).unwrap(), Pushed::Later);
        assert!(pipe.taken.borrow().is_empty());
        write_library(&mut output, &answer, &pipe);
        pipe.open();
        assert_eq!(output.flush(&pipe).unwrap(), Next::Nobody);
        assert_eq!(pipe.frames(), ["answer", "one", "two"].map(seen), "capacity {capacity}");
    }
    let (mut output, pipe) = (having_sent_own(&[batch]), Pipe::of(usize::MAX));
    output.push(ROOM, &chain[0], false, &pipe).unwrap();
    write_library(&mut output, &answer, &pipe);
    assert_eq!((pipe.frames().len(), pipe.writes.get()), (3, 1));
}

#[test]
fn a_batch_goes_out_without_an_answer_too() {
    let batch: &[&str] = &["own", "one"];
    let (mut output, pipe) = (having_sent_own(&[batch]), Pipe::of(usize::MAX));
    assert_eq!(output.push(ROOM, &chain(&[batch])[0], false, &pipe).unwrap(), Pushed::Later);
    assert_eq!(output.flush(&pipe).unwrap(), Next::Nobody);
    assert_eq!(pipe.frames(), [seen("one")]);
}

#[test]
fn entries_never_follow_a_frame_of_the_library_that_is_not_whole() {
    let (batch, answer): (&[&str], _) = (&["own", "one"], frames(&["answer"]));
    let chain = chain(&[batch]);
    let head = 2;
    for offered in head..answer.len() {
        let (mut output, pipe) = (having_sent_own(&[batch]), Pipe::of(usize::MAX));
        output.push(ROOM, &chain[0], false, &pipe).unwrap();
        assert_eq!(output.write_library(&answer[..offered], &pipe).unwrap(), offered);
        assert_eq!(output.flush(&pipe).unwrap(), Next::Library);
        write_library(&mut output, &answer[offered..], &pipe);
        assert_eq!(pipe.frames(), ["answer", "one"].map(seen), "{offered} bytes offered first");
    }
}
