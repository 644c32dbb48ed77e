//! The results: a table in Markdown, which also reads well in a terminal, and charts.

mod chart;

use std::path::Path;

use crate::Result;
use crate::rounds::{Results, Summary};
use crate::scenarios::with_separators;

/// A table with a row for each figure and a column for each server that took part anywhere.
pub(crate) fn table(all: &[Results]) -> String {
    let servers = columns(all);
    let mut rows = vec![row("what", servers.iter().map(|name| (*name).to_owned()))];
    for results in all {
        for (what, summaries) in results.summaries() {
            let of = |name: &&str| {
                let place = results.servers.iter().position(|server| server == name)?;
                summaries[place].as_ref().map(cell)
            };
            let cells = servers.iter().map(|name| of(name).unwrap_or_else(|| "-".to_owned()));
            rows.push(row(&format!("{}: {what}", results.about), cells));
        }
    }
    aligned(&rows)
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

fn row(first: &str, others: impl Iterator<Item = String>) -> Vec<String> {
    [first.to_owned()].into_iter().chain(others).collect()
}

/// The first column begins at the left, the others end at the right. The first row is the head.
fn aligned(rows: &[Vec<String>]) -> String {
    let width =
        |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default().max(4);
    let widths: Vec<usize> = (0..rows[0].len()).map(width).collect();
    let cell = |(column, text): (usize, &String)| match column {
        0 => format!(" {text:<0$} |", widths[column]),
        _ => format!(" {text:>0$} |", widths[column]),
    };
    let line = |row: &Vec<String>| format!("|{}\n", row.iter().enumerate().map(cell).collect::<String>());
    let rule = |column: usize| match column {
        0 => "-".repeat(widths[column]),
        _ => "-".repeat(widths[column] - 1) + ":",
    };
    let rules = line(&(0..widths.len()).map(rule).collect());
    line(&rows[0]) + &rules + &rows[1..].iter().map(line).collect::<String>()
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
    let text = format!("{:.0}", (value.abs() / unit).round() * unit);
    let sign = if value < 0.0 { "-" } else { "" };
    sign.to_owned() + &with_separators(&text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenarios::Figure;

    /// Natter with 200, another with 50, and one that failed.
    fn results(less_is_better: bool) -> Results {
        let figure = |value, mark| Figure { what: "things/s", value, less_is_better, mark };
        let figures =
            vec![Some(vec![figure(200.0, None)]), Some(vec![figure(50.0, Some("disturbed"))]), None];
        let servers = ["natter", "a<b", "c"].map(str::to_owned).into();
        Results { name: "n", about: "much".to_owned(), servers, rounds: vec![figures] }
    }

    #[test]
    fn the_table_has_a_row_for_each_figure_and_a_column_for_each_server() {
        let expected = [
            "| what           | natter |                       a<b |    c |",
            "| -------------- | -----: | ------------------------: | ---: |",
            "| much: things/s |    200 | 50.0 (4.00 ×) [disturbed] |    - |",
        ];
        assert_eq!(table(&[results(false)]).lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn the_longest_bar_is_the_highest_value() {
        let svg = chart::chart(&results(false)).unwrap();
        assert!(
            svg.contains(r#"width="300" height="20""#) && svg.contains(r#"width="75" height="20""#),
            "{svg}"
        );
        assert!(svg.contains("a&#60;b") && !svg.contains(">c<"), "{svg}");
        assert!(svg.contains(">50.0 (disturbed)<") && !svg.contains("less is better"), "{svg}");
        assert!(chart::chart(&results(true)).unwrap().contains("things/s (less is better)<"));
    }

    #[test]
    fn one_server_alone_has_no_chart() {
        let mut results = results(false);
        results.rounds[0][1] = None;
        assert!(chart::chart(&results).is_none());
    }

    #[test]
    fn numbers_have_three_digits() {
        let written =
            [0.0123, 0.145, 1.0, 17.62, 98.25, 987.6, 1_234.0, 41_900.0, 10_234_000.0, -1_234.0].map(number);
        let expected =
            ["0.0123", "0.145", "1.00", "17.6", "98.2", "988", "1,230", "41,900", "10,200,000", "-1,230"];
        assert_eq!(written, expected);
    }
}
