//! `natter backup` and `natter restore`: the embedded store with its token key as one file, and back.
//!
//! How it is copied is the store's affair; here the key is added and the outcome told. No key is ever shown.

use std::io::{self, Write};
use std::path::Path;

use store::sqlite::{self, Copied};

use crate::secret;
use crate::settings::Secret;

/// Copies what `data_dir` holds into `file`, also while Natter runs on it.
///
/// # Errors
/// What stands in the way, as a sentence.
pub(crate) fn back_up(data_dir: &Path, file: &Path) -> Result<(), String> {
    let key = secret::find_in(data_dir)?;
    let copied = sqlite::backup(data_dir, file, key.as_ref().map(Secret::as_str));
    let copied = copied.map_err(|error| error.to_string())?;
    let shown = file.display();
    tell(&match key {
        Some(_) => {
            format!("Backed up {} into {shown}. Keep it private: the token key is in it.", told(copied))
        }
        None => format!(
            "Backed up {} into {shown}, without a token key, since {} holds none.",
            told(copied),
            data_dir.display()
        ),
    });
    Ok(())
}

/// Makes the store in `data_dir`, which must hold none, of what [`back_up`] wrote into `file`.
///
/// # Errors
/// What stands in the way, as a sentence.
pub(crate) fn restore(file: &Path, data_dir: &Path) -> Result<(), String> {
    let keep = |key: Option<&str>| key.map_or(Ok(()), |key| secret::restore_in(data_dir, key));
    let copied = sqlite::restore(file, data_dir, keep).map_err(|error| error.to_string())?;
    tell(&format!("Restored {} from {} into {}.", told(copied), file.display(), data_dir.display()));
    Ok(())
}

fn told(Copied { accounts, messages }: Copied) -> String {
    let counted = |count: u64, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    format!("{} and {}", counted(accounts, "account"), counted(messages, "message"))
}

/// A closed standard output does not undo what was done.
fn tell(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}
