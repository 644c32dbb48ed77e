//! Reads settings one by one and remembers every bad one, so that all are told together.
//!
//! A secret's value is never kept in a problem.

use std::fmt;

use super::catalog::{self, Setting};
use super::parse::Allowed;
use super::sources::Sources;

/// Why Natter does not start: a bad setting, or something else about them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Problem(String);

impl Problem {
    /// A problem in its own words.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The settings' text, and the problems met so far.
pub(crate) struct Reader<'a> {
    sources: &'a Sources,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(sources: &'a Sources) -> Self {
        Self { sources, problems: Vec::new() }
    }

    /// The value of a setting that has a default. After a bad one the default stands in, to read on.
    pub(crate) fn read<T>(&mut self, name: &str, parse: impl Fn(&str) -> Result<T, Allowed>) -> T {
        let given = self.read_set(name, &parse);
        given.unwrap_or_else(|| {
            parse(catalog::find(name).default).unwrap_or_else(|_| panic!("{name} has a good default"))
        })
    }

    /// The value of a setting, if it was set to a good one.
    pub(crate) fn read_set<T>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, Allowed>,
    ) -> Option<T> {
        let found = self.sources.get(name)?;
        let read = found.text.to_str().ok_or_else(|| "UTF-8 text".to_owned()).and_then(&parse);
        read.map_err(|allowed| self.refuse(name, &allowed)).ok()
    }

    /// Notes that the value of `name` is not `allowed`.
    pub(crate) fn refuse(&mut self, name: &str, allowed: &str) {
        self.problems.push(Problem(format!("{}: must be {allowed}", self.shown(catalog::find(name)))));
    }

    /// Notes that `name` is not set and must be: `allowed`. One that was set badly was told already.
    pub(crate) fn require(&mut self, name: &str, allowed: &str) {
        if self.sources.get(name).is_none() {
            self.refuse(name, allowed);
        }
    }

    /// Notes a problem that is not about one value.
    pub(crate) fn note(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// All that is wrong.
    pub(crate) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    fn shown(&self, setting: &Setting) -> String {
        let name = setting.name;
        match self.sources.get(name) {
            Some(found) if setting.secret => format!("{name} (from {}, not shown)", found.origin),
            Some(found) => format!("{name} is {:?} (from {})", found.text.to_string_lossy(), found.origin),
            None => format!("{name} is not set"),
        }
    }
}
