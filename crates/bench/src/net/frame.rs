//! Websocket frames, as much of RFC 6455 as a load generator needs: whole frames are found in a buffer without copying.
//!
//! No fragments are joined: neither the servers compared here nor the generator's clients send any.

/// Opcode of a text frame.
pub(crate) const TEXT: u8 = 1;
/// Opcode of a close frame.
pub(crate) const CLOSE: u8 = 8;

/// First byte of a text frame that is not a fragment.
const WHOLE_TEXT: u8 = 0x80 | TEXT;
/// Marks a payload as masked. The mask itself is zero, so the payload is sent as it is.
const MASKED: u8 = 0x80;
const MASK: [u8; 4] = [0; 4];

/// A frame at the beginning of a buffer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Frame<'a> {
    pub(crate) opcode: u8,
    pub(crate) payload: &'a [u8],
    /// Length of head and payload.
    pub(crate) length: usize,
}

/// The frame of a server at the beginning of `bytes`, if it is there whole.
#[inline]
pub(crate) fn first(bytes: &[u8]) -> Option<Frame<'_>> {
    let (head, payload) = lengths(bytes)?;
    let length = head.checked_add(payload)?;
    Some(Frame { opcode: bytes[0] & 0x0f, payload: bytes.get(head..length)?, length })
}

/// The length and the unmasked payload of a client's frame at the beginning of `bytes`, if it is there whole.
pub(crate) fn first_of_client(bytes: &[u8]) -> Option<(usize, Vec<u8>)> {
    let (head, payload) = lengths(bytes)?;
    let mask: [u8; 4] = *bytes.get(head..)?.first_chunk()?;
    let head = head + mask.len();
    let length = head.checked_add(payload)?;
    let masked = bytes.get(head..length)?;
    Some((length, masked.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect()))
}

/// The lengths of the head, without a mask, and of the payload.
#[inline]
fn lengths(bytes: &[u8]) -> Option<(usize, usize)> {
    let (&[_, short], rest) = bytes.split_first_chunk()?;
    match short & !MASKED {
        127 => Some((10, usize::try_from(u64::from_be_bytes(*rest.first_chunk()?)).ok()?)),
        126 => Some((4, usize::from(u16::from_be_bytes(*rest.first_chunk()?)))),
        short => Some((2, usize::from(short))),
    }
}

/// Appends a server's text frame to `out`.
pub(crate) fn push(out: &mut Vec<u8>, payload: &[u8]) {
    push_head(out, payload.len(), 0);
    out.extend(payload);
}

/// Appends a client's text frame to `out`.
pub(crate) fn push_masked(out: &mut Vec<u8>, payload: &[u8]) {
    push_head(out, payload.len(), MASKED);
    out.extend(MASK);
    out.extend(payload);
}

fn push_head(out: &mut Vec<u8>, length: usize, masked: u8) {
    out.push(WHOLE_TEXT);
    match length {
        0..126 => out.push(masked | length as u8),
        126..=0xffff => {
            out.push(masked | 126);
            out.extend((length as u16).to_be_bytes());
        }
        _ => {
            out.push(masked | 127);
            out.extend((length as u64).to_be_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_every_length_are_found() {
        for length in [0, 1, 125, 126, 127, 65_535, 65_536] {
            let payload = vec![b'x'; length];
            let mut bytes = Vec::new();
            push(&mut bytes, &payload);
            let whole = bytes.len();
            push_masked(&mut bytes, &payload);
            let expected = Frame { opcode: TEXT, payload: &payload, length: whole };
            assert_eq!(first(&bytes), Some(expected), "{length}");
            assert_eq!(first_of_client(&bytes[whole..]), Some((whole + 4, payload.clone())), "{length}");
        }
    }

    #[test]
    fn a_frame_that_is_not_there_whole_is_not_found() {
        let (mut bytes, mut masked) = (Vec::new(), Vec::new());
        push(&mut bytes, &[b'x'; 300]);
        push_masked(&mut masked, &[b'x'; 300]);
        for cut in 0..bytes.len() {
            assert_eq!(first(&bytes[..cut]), None, "{cut}");
            assert_eq!(first_of_client(&masked[..cut]), None, "{cut}");
        }
    }

    #[test]
    fn a_mask_is_taken_off() {
        let masked = [0x81, 0x83, 1, 2, 3, 4, b'a' ^ 1, b'b' ^ 2, b'c' ^ 3];
        assert_eq!(first_of_client(&masked), Some((9, b"abc".to_vec())));
    }

    #[test]
    fn a_length_beyond_all_memory_is_not_found() {
        assert_eq!(first(&[0x81, 127, 255, 255, 255, 255, 255, 255, 255, 255]), None);
    }
}
