//! The results: a table in Markdown, which also reads well in a terminal, and charts.

mod chart;

use std::path::Path;

use crate::Result;
use crate::rounds::{Results, Summary};

/// A table with a row for each figure and a column for each server that took part anywhere.
pub(crate) fn table(all: &[Results]) -> String {
    let servers = columns(all);
    let mut lines = vec![cells("what", servers.iter().map(|name| (*name).to_owned()))];
    lines.push(cells("---", servers.iter().map(|_| "---:".to_owned())));
    for results in all {
        for (what, summaries) in results.summaries() {
            let of = |name: &&str| {
                let place = results.servers.iter().position(|server| server == name)?;
                summaries[place].as_ref().map(cell)
            };
            let row = servers.iter().map(|name| of(name).unwrap_or_else(|| "-".to_owned()));
            lines.push(cells(&format!("{}: {what}", results.about), row));
        }
    }
    lines.join("\n") + "\n"
}

/// Writes the table and a chart for each scenario into `folder`.
///
/// # Errors
/// When the folder cannot be written.
pub(crate) fn write(folder: &Path, all: &[Results]) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join("table.md"), table(all))?;
    for results in all {
        if let Some(chart) = chart::chart(results) {
            std::fs::write(folder.join(format!("{}.svg", results.name)), chart)?;
        }
    }
    println!("The table and the charts are in {}", folder.display());
    Ok(())
}

fn columns(all: &[Results]) -> Vec<&str> {
    let mut servers: Vec<&str> = Vec::new();
    for name in all.iter().flat_map(|results| &results.servers) {
        if !servers.contains(&name.as_str()) {
            servers.push(name);
        }
    }
    servers
}

fn cells(first: &str, others: impl Iterator<Item = String>) -> String {
    let mut line = format!("| {first} |");
    others.for_each(|cell| line.push_str(&format!(" {cell} |")));
    line
}

fn cell(summary: &Summary) -> String {
    let mut text = number(summary.median);
    if let Some(ahead) = summary.ahead {
        text.push_str(&format!(" ({ahead:.2} ×)"));
    }
    if let Some(mark) = summary.mark {
        text.push_str(&format!(" [{mark}]"));
    }
    text
}

/// Three significant digits, with separators of thousands.
fn number(value: f64) -> String {
    if !value.is_finite() || value == 0.0 {
        return value.to_string();
    }
    let digits = 2 - value.abs().log10().floor() as i32;
    if digits > 0 {
        return format!("{value:.*}", digits.min(4) as usize);
    }
    let unit = 10_f64.powi(-digits);
    let mut text = format!("{:.0}", (value / unit).round() * unit);
    for place in (1..text.len()).rev().filter(|place| (text.len() - place) % 3 == 0).collect::<Vec<_>>() {
        if text.as_bytes()[place - 1].is_ascii_digit() {
            text.insert(place, ',');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenarios::Figure;

    /// Natter with 200, another with 50, and one that failed.
    fn results() -> Results {
        let figure = |value| Figure { what: "things/s", value, less_is_better: false, mark: None };
        let figures = vec![Some(vec![figure(200.0)]), Some(vec![figure(50.0)]), None];
        let servers = ["natter", "a<b", "c"].map(str::to_owned).into();
        Results { name: "n", about: "much", servers, rounds: vec![figures] }
    }

    #[test]
    fn the_table_has_a_row_for_each_figure_and_a_column_for_each_server() {
        let expected = "| what | natter | a<b | c |\n| --- | ---: | ---: | ---: |\n\
            | much: things/s | 200 | 50.0 (4.00 ×) | - |\n";
        assert_eq!(table(&[results()]), expected);
    }

    #[test]
    fn the_longest_bar_is_the_highest_value() {
        let svg = chart::chart(&results()).unwrap();
        assert!(
            svg.contains(r#"width="400" height="20""#) && svg.contains(r#"width="100" height="20""#),
            "{svg}"
        );
        assert!(svg.contains("a&#60;b") && !svg.contains(">c<"), "{svg}");
    }

    #[test]
    fn numbers_have_three_digits() {
        let written = [0.0123, 0.145, 1.0, 17.62, 98.25, 987.6, 1_234.0, 41_900.0, 10_234_000.0].map(number);
        let expected = ["0.0123", "0.145", "1.00", "17.6", "98.2", "988", "1,230", "41,900", "10,200,000"];
        assert_eq!(written, expected);
    }
}
