//! `natter backup` and `natter restore`: the embedded store with its token key as one file, and back.
//!
//! The store makes the copy; this adds the key and prints the result. It never shows a key.

use std::io::{self, Write};
use std::path::Path;

use store::sqlite::{self, Copied};

use crate::secret;
use crate::settings::Secret;

/// Copies the store of `data_dir` into `file`, also while Natter runs on it.
///
/// # Errors
/// What failed, as a sentence.
pub(crate) fn back_up(data_dir: &Path, file: &Path) -> Result<(), String> {
    let key = secret::load(data_dir)?;
    let copied = sqlite::backup(data_dir, file, key.as_ref().map(Secret::as_str));
    let copied = copied.map_err(|error| error.to_string())?;
    let shown = file.display();
    print_line(&match key {
        Some(_) => {
            format!("Backed up {} into {shown}. Keep it private: the token key is in it.", counts(copied))
        }
        None => format!(
            "Backed up {} into {shown}, without a token key, since {} holds none.",
            counts(copied),
            data_dir.display()
        ),
    });
    Ok(())
}

/// Creates the store in `data_dir`, which must hold none, from a file that [`back_up`] wrote.
///
/// # Errors
/// What failed, as a sentence.
pub(crate) fn restore(file: &Path, data_dir: &Path) -> Result<(), String> {
    let keep = |key: Option<&str>| key.map_or(Ok(()), |key| secret::restore(data_dir, key));
    let copied = sqlite::restore(file, data_dir, keep).map_err(|error| error.to_string())?;
    print_line(&format!("Restored {} from {} into {}.", counts(copied), file.display(), data_dir.display()));
    Ok(())
}

fn counts(Copied { accounts, messages }: Copied) -> String {
    format!("{} and {}", counted(accounts, "account"), counted(messages, "message"))
}

/// A number of things, in words.
pub(crate) fn counted(count: u64, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

/// A closed standard output is no error: the work is done.
pub(crate) fn print_line(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}
