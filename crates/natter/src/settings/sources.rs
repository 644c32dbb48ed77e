//! The sources of settings: the flags, then the environment, then `./.env`.
//!
//! It never checks a value. An empty value counts as unset, so that `.env.example` can name every setting.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io;
use std::path::Path;

use clap::ArgMatches;

use super::catalog::CATALOG;

/// A setting's text and its source.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) text: OsString,
    pub(crate) origin: &'static str,
}

/// Every setting that is set, by its name. Unknown names are ignored.
#[derive(Debug, Default)]
pub(crate) struct Sources(HashMap<&'static str, Found>);

impl Sources {
    /// Reads all three sources; the first one that has a setting decides.
    pub(crate) fn gather(
        flags: &ArgMatches,
        environment: impl Fn(&str) -> Option<OsString>,
        dotenv: &HashMap<String, String>,
    ) -> Self {
        let found = CATALOG.iter().filter_map(|setting| {
            let flag = flags.get_one::<String>(setting.name).map(OsString::from);
            let line = || dotenv.get(setting.name).map(OsString::from);
            let found = unless_empty(flag, "the command line")
                .or_else(|| unless_empty(environment(setting.name), "the environment"))
                .or_else(|| unless_empty(line(), ".env"))?;
            Some((setting.name, found))
        });
        Self(found.collect())
    }

    /// The text of the setting `name`.
    pub(crate) fn get(&self, name: &str) -> Option<&Found> {
        self.0.get(name)
    }
}

fn unless_empty(text: Option<OsString>, origin: &'static str) -> Option<Found> {
    text.filter(|text| !text.is_empty()).map(|text| Found { text, origin })
}

/// The lines of the file at `path`, which may begin with a byte order mark; none if there is no such file.
///
/// # Errors
/// What is wrong with the file, without a line's value, which may be a secret.
pub(crate) fn read_dotenv(path: &Path) -> Result<HashMap<String, String>, String> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(HashMap::new()),
        Err(error) => return Err(describe(path, &dotenvy::Error::Io(error))),
    };
    let lines = dotenvy::from_read_iter(web::without_bom(&text).as_bytes());
    lines.collect::<Result<_, _>>().map_err(|error| describe(path, &error))
}

fn describe(path: &Path, error: &dotenvy::Error) -> String {
    let path = path.display();
    match error {
        dotenvy::Error::LineParse(line, _) => {
            let name: String = line.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            format!(
                "{path} cannot be read at the line that begins with {name:?}: \
                 must be NAME=VALUE, the value in single quotes if it holds spaces, quotes, # or $"
            )
        }
        dotenvy::Error::Io(error) => format!("{path} cannot be read: {error}"),
        _ => format!("{path} cannot be read"),
    }
}
