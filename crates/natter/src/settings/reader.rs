//! Reads settings one by one and collects every error, so that all are reported together.
//!
//! An error never contains a secret's value.

use std::fmt;

use super::catalog::{self, Setting};
use super::parse::Allowed;
use super::sources::Sources;

/// Why Natter does not start: an invalid setting, or settings that do not fit together.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SettingError(String);

impl SettingError {
    /// An error with a text of its own.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The texts of the settings, and the errors found in them.
pub(crate) struct Reader<'a> {
    sources: &'a Sources,
    errors: Vec<SettingError>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(sources: &'a Sources) -> Self {
        Self { sources, errors: Vec::new() }
    }

    /// The value of a setting that has a default. An invalid value is replaced by the default, so that reading continues.
    pub(crate) fn read<T>(&mut self, name: &str, parse: impl Fn(&str) -> Result<T, Allowed>) -> T {
        let given = self.read_set(name, &parse);
        given.unwrap_or_else(|| {
            parse(catalog::find(name).default).unwrap_or_else(|_| panic!("{name} has a valid default"))
        })
    }

    /// The value of a setting, if it is set and valid.
    pub(crate) fn read_set<T>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, Allowed>,
    ) -> Option<T> {
        let found = self.sources.get(name)?;
        let read = found.text.to_str().ok_or_else(|| "UTF-8 text".to_owned()).and_then(&parse);
        read.map_err(|allowed| self.refuse(name, &allowed)).ok()
    }

    /// Adds the error that the value of `name` is not `allowed`.
    pub(crate) fn refuse(&mut self, name: &str, allowed: &str) {
        self.errors.push(SettingError(format!("{}: must be {allowed}", self.shown(catalog::find(name)))));
    }

    /// Adds the error that `name` must be set, unless it is; `allowed` is the end of the sentence.
    pub(crate) fn require(&mut self, name: &str, allowed: &str) {
        if self.sources.get(name).is_none() {
            self.refuse(name, allowed);
        }
    }

    /// Adds an error that is not about one value.
    pub(crate) fn add(&mut self, error: SettingError) {
        self.errors.push(error);
    }

    /// All errors.
    pub(crate) fn into_errors(self) -> Vec<SettingError> {
        self.errors
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
