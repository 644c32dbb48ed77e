//! The messages that are sent: each has a number, which every receiver can read back in a few nanoseconds.

/// Length of a message's text.
pub(crate) const TEXT_BYTES: usize = 120;

const MARK: u8 = b'#';
const DIGITS: usize = 8;
/// The mark is near the beginning: after the event's name and the user name.
const MAX_MARK_PLACE: usize = 160;

/// The text with this number.
pub(crate) fn text(number: u32) -> String {
    format!("#{number:0DIGITS$}{:x<1$}", "", TEXT_BYTES - 1 - DIGITS)
}

/// The number in a payload. `place` is where the mark was in the payload before, because it is mostly there again.
#[inline]
pub(crate) fn number_in(payload: &[u8], place: &mut usize) -> Option<u32> {
    if payload.get(*place) != Some(&MARK) {
        *place = payload.iter().take(MAX_MARK_PLACE).position(|&byte| byte == MARK)?;
    }
    parse_digits(*payload.get(*place + 1..)?.first_chunk()?)
}

/// Eight decimal digits at once: pairs, then fours, then all.
#[inline]
fn parse_digits(digits: [u8; DIGITS]) -> Option<u32> {
    let bytes = u64::from_le_bytes(digits);
    let values = bytes ^ 0x3030_3030_3030_3030;
    let are_digits = (values | values.wrapping_add(0x0606_0606_0606_0606)) & 0xf0f0_f0f0_f0f0_f0f0 == 0;
    let pairs = (values.wrapping_mul(10).wrapping_add(values >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul(100).wrapping_add(pairs >> 16)) & 0x0000_ffff_0000_ffff;
    let all = (fours.wrapping_mul(10_000).wrapping_add(fours >> 32)) & 0xffff_ffff;
    are_digits.then_some(all as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_read_back() {
        for number in [0, 1, 9, 10, 12_345_678, 87_654_321, 99_999_999] {
            let payload = format!(r#"42["chat message","ada : {}",{{"#, text(number));
            assert_eq!(number_in(payload.as_bytes(), &mut 0), Some(number));
        }
        assert_eq!(text(7).len(), TEXT_BYTES);
    }

    #[test]
    fn the_place_is_kept_and_found_again() {
        let mut place = 0;
        assert_eq!(number_in(format!("42ada : {}", text(5)).as_bytes(), &mut place), Some(5));
        assert_eq!(place, 8);
        assert_eq!(number_in(format!("42augusta : {}", text(6)).as_bytes(), &mut place), Some(6));
        assert_eq!(place, 12);
    }

    #[test]
    fn what_has_no_number_is_not_a_message() {
        for other in [r#"42["presence",{}]"#, "42#1234567", "42#1234567x", "42#12345:78", "42#123/5678"] {
            assert_eq!(number_in(other.as_bytes(), &mut 0), None, "{other}");
        }
    }
}
