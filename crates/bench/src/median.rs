//! The median, which a few disturbed values do not move.

/// The middle value, or the mean of the two in the middle; `None` without values.
pub(crate) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    Some(if values.len().is_multiple_of(2) { (values[middle - 1] + upper) / 2.0 } else { upper })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_far_away_does_not_move_it() {
        assert_eq!(median(vec![3.0, 1_000.0, 1.0]), Some(3.0));
        assert_eq!(median(vec![3.0, 1_000.0, 1.0, 5.0]), Some(4.0));
        assert_eq!(median(Vec::new()), None);
    }
}
