//! A chart of one figure: a bar for each server. Its colours follow the reader's scheme, light or dark.

use askama::Template;

use super::number;
use crate::rounds::{Results, Summary};

/// Length of the longest bar. Its value and mark need the rest of the width.
const MAX_WIDTH: f64 = 300.0;
const FIRST_BAR: usize = 36;
const BAR_DISTANCE: usize = 28;

#[derive(Template)]
#[template(path = "chart.svg", escape = "html")]
struct Chart {
    title: String,
    height: usize,
    bars: Vec<Bar>,
}

struct Bar {
    name: String,
    is_natter: bool,
    y: usize,
    width: usize,
    value: String,
}

/// The chart of a scenario's first figure; `None` where there is nobody to compare with.
pub(super) fn chart(results: &Results) -> Option<String> {
    let (what, summaries) = results.summaries().into_iter().next()?;
    let better = if results.is_less_better(what) { " (less is better)" } else { "" };
    let title = format!("{}: {what}{better}", results.about);
    let finished: Vec<(&String, &Summary)> = results
        .servers
        .iter()
        .zip(&summaries)
        .filter_map(|(name, summary)| Some((name, summary.as_ref()?)))
        .collect();
    if finished.len() < 2 {
        return None;
    }
    let most = finished.iter().map(|(_, summary)| summary.median).fold(f64::MIN_POSITIVE, f64::max);
    let bar = |(place, (name, summary)): (usize, &(&String, &Summary))| Bar {
        name: (*name).clone(),
        is_natter: place == 0,
        y: FIRST_BAR + place * BAR_DISTANCE,
        width: (summary.median / most * MAX_WIDTH).round() as usize,
        value: value(summary),
    };
    let bars: Vec<Bar> = finished.iter().enumerate().map(bar).collect();
    let height = FIRST_BAR + bars.len() * BAR_DISTANCE;
    Chart { title, height, bars }.render().ok()
}

fn value(summary: &Summary) -> String {
    let mark = summary.mark.map_or_else(String::new, |mark| format!(" ({mark})"));
    number(summary.median) + &mark
}
