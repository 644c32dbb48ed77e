//! Rounds: in each, every server is measured once, in alternating order. Ratios are made within a round.

use crate::median::median;
use crate::scenarios::{Context, Figure, Scenario};
use crate::servers::Contender;

/// The results of a scenario.
pub(crate) struct Results {
    pub(crate) name: &'static str,
    pub(crate) about: String,
    /// Names of the servers that took part, Natter first.
    pub(crate) servers: Vec<String>,
    /// For each round and server its figures; `None` where it failed.
    pub(crate) rounds: Vec<Vec<Option<Vec<Figure>>>>,
}

/// Measures a scenario.
pub(crate) fn run(scenario: &Scenario, context: &Context, contenders: &[Contender], rounds: u32) -> Results {
    let taking: Vec<&Contender> = contenders.iter().filter(|contender| (scenario.takes)(contender)).collect();
    let mut results = Results {
        name: scenario.name,
        about: scenario.about(context.is_quick),
        servers: taking.iter().map(|contender| contender.name.clone()).collect(),
        rounds: Vec::new(),
    };
    for round in 0..rounds {
        let mut figures: Vec<Option<Vec<Figure>>> = vec![None; taking.len()];
        for place in order(taking.len(), round) {
            println!("  round {}, {}", round + 1, taking[place].name);
            match scenario.measure(context, taking[place]) {
                Ok(found) => figures[place] = Some(found),
                Err(error) => println!("    failed: {error}"),
            }
        }
        results.rounds.push(figures);
    }
    results
}

/// Every second round goes the other way, so that nobody is always first.
fn order(count: usize, round: u32) -> Vec<usize> {
    let forward = 0..count;
    if round.is_multiple_of(2) { forward.collect() } else { forward.rev().collect() }
}

/// A figure of one server over all rounds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Summary {
    pub(crate) median: f64,
    /// Median of the first server's value divided by this one's, each in the same round, or the other way round where less
    /// is better: above 1 the first server is ahead.
    pub(crate) ahead: Option<f64>,
    pub(crate) mark: Option<&'static str>,
}

impl Results {
    /// The figures in order, each with a summary for every server, `None` where it never finished.
    pub(crate) fn summaries(&self) -> Vec<(&'static str, Vec<Option<Summary>>)> {
        let named = self.rounds.iter().flatten().flatten().next();
        let whats: Vec<&'static str> =
            named.iter().flat_map(|figures| figures.iter()).map(|figure| figure.what).collect();
        let row = |what| (0..self.servers.len()).map(|server| self.summary(what, server)).collect();
        whats.into_iter().map(|what| (what, row(what))).collect()
    }

    /// Whether less is better of the figure with this name.
    pub(crate) fn is_less_better(&self, what: &str) -> bool {
        let mut figures = self.rounds.iter().flatten().flatten().flatten();
        figures.any(|figure| figure.what == what && figure.less_is_better)
    }

    fn summary(&self, what: &str, server: usize) -> Option<Summary> {
        let figure = |round: &'_ [Option<Vec<Figure>>], server: usize| {
            round[server].as_ref()?.iter().find(|figure| figure.what == what).cloned()
        };
        let own: Vec<Figure> = self.rounds.iter().filter_map(|round| figure(round, server)).collect();
        let pairs = self.rounds.iter().filter_map(|round| Some((figure(round, 0)?, figure(round, server)?)));
        let ratios = pairs.filter_map(|(first, own)| ratio(&first, &own)).collect();
        Some(Summary {
            median: median(own.iter().map(|figure| figure.value).collect())?,
            ahead: median(ratios).filter(|_| server > 0),
            mark: own.iter().find_map(|figure| figure.mark),
        })
    }
}

/// `None` where one of them is not above zero, such as memory that shrank.
fn ratio(first: &Figure, other: &Figure) -> Option<f64> {
    let (first_value, other_value) = (first.value, other.value);
    let ratio = if first.less_is_better { other_value / first_value } else { first_value / other_value };
    (first_value > 0.0 && other_value > 0.0).then_some(ratio)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(value: f64, less_is_better: bool) -> Option<Vec<Figure>> {
        Some(vec![Figure { what: "x", value, less_is_better, mark: None }])
    }

    fn results(less_is_better: bool, rounds: &[[Option<f64>; 2]]) -> Vec<Option<Summary>> {
        let figures = |value: &Option<f64>| value.and_then(|value| figure(value, less_is_better));
        let rounds = rounds.iter().map(|round| round.iter().map(figures).collect()).collect();
        let servers = vec!["natter".to_owned(), "other".to_owned()];
        let results = Results { name: "n", about: "a".to_owned(), servers, rounds };
        results.summaries().remove(0).1
    }

    #[test]
    fn ratios_are_made_within_a_round() {
        // In each round Natter has twice the other's value; the medians alone would say something else.
        let summaries =
            results(false, &[[Some(10.0), Some(5.0)], [Some(100.0), Some(50.0)], [None, Some(1.0)]]);
        let other = summaries[1].as_ref().unwrap();
        assert_eq!((other.median, other.ahead), (5.0, Some(2.0)));
        assert_eq!(summaries[0].as_ref().unwrap().median, 55.0);
        assert_eq!(summaries[0].as_ref().unwrap().ahead, None);
    }

    #[test]
    fn above_one_natter_is_ahead_where_less_is_better_too() {
        let summaries = results(true, &[[Some(2.0), Some(6.0)]]);
        assert_eq!(summaries[1].as_ref().unwrap().ahead, Some(3.0));
    }

    #[test]
    fn what_is_not_above_zero_has_no_ratio() {
        let summaries = results(true, &[[Some(-2.0), Some(6.0)]]);
        assert_eq!(summaries[1].as_ref().unwrap().ahead, None);
    }

    #[test]
    fn a_server_that_never_finished_has_no_summary() {
        assert_eq!(results(false, &[[Some(2.0), None]])[1], None);
    }

    #[test]
    fn nobody_is_always_first() {
        assert_eq!((order(3, 0), order(3, 1)), (vec![0, 1, 2], vec![2, 1, 0]));
    }
}
