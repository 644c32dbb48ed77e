//! `natter move`: the embedded store into MongoDB, while no Natter uses either.
//!
//! The store copies and compares; this prints how far it is, and what to do next. It never shows a key or a password.

use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use store::{MoveError, Moved, Progress, mongodb};

use crate::backup::{counted, print_line};
use crate::open_store::UNREADABLE_URI;
use crate::secret;
use crate::settings::Settings;

/// Minimum time between two lines about what is copied.
const LINE_INTERVAL: Duration = Duration::from_secs(2);

/// Moves the store of `DATA_DIR` to the database of `MONGODB_URI`.
///
/// # Errors
/// What failed, as a sentence.
#[tokio::main]
pub(crate) async fn run(settings: &Settings) -> Result<(), String> {
    let uri = settings.mongodb_uri.as_ref().ok_or("MONGODB_URI must be set")?;
    let printer = Printer::default();
    let report = |progress| printer.print(progress);
    let moving = store::move_to_mongodb(&settings.data_dir, uri.as_str(), &report);
    let moved = moving.await.map_err(|error| match error {
        MoveError::Target(mongodb::OpenError::Uri(_)) if uri.may_quote_password() => {
            UNREADABLE_URI.to_owned()
        }
        error => error.to_string(),
    })?;
    let data = settings.data_dir.display();
    print_line(&format!(
        "Moved {} from {data} to MongoDB. Both were compared, and {data} was left as it is.",
        counts(moved)
    ));
    print_line(&next_step(settings, &settings.data_dir)?);
    Ok(())
}

fn next_step(settings: &Settings, data_dir: &Path) -> Result<String, String> {
    let is_kept_there = settings.access_token_secret.is_none() && secret::load(data_dir)?.is_some();
    Ok(if is_kept_there {
        let file = secret::path(data_dir);
        format!(
            "Next: start natter with the same MONGODB_URI, and ACCESS_TOKEN_SECRET set to the text in {}, so that sessions \
             stay valid.",
            file.display()
        )
    } else {
        "Next: start natter with the same MONGODB_URI and the same ACCESS_TOKEN_SECRET.".to_owned()
    })
}

/// Prints how far a move is, not too often.
#[derive(Default)]
struct Printer {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    all: Moved,
    printed_at: Option<Instant>,
}

impl Printer {
    fn print(&self, progress: Progress) {
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match progress {
            Progress::Counting => print_line("Reading the embedded store."),
            Progress::Counted { all, is_resumed } => {
                state.all = all;
                let how = if is_resumed { "Going on with" } else { "Moving" };
                print_line(&format!("{how} {}.", counts(all)));
            }
            Progress::Copied(copied) => {
                if state.printed_at.is_none_or(|at| at.elapsed() >= LINE_INTERVAL) {
                    state.printed_at = Some(Instant::now());
                    print_line(&format!("Copied {} in this run, of {}.", counts(copied), counts(state.all)));
                }
            }
            Progress::Comparing => print_line("Comparing both stores."),
        }
    }
}

fn counts(Moved { users, rooms, entries, .. }: Moved) -> String {
    let with_rooms = if rooms == 0 { String::new() } else { format!(", {}", counted(rooms, "room")) };
    format!("{}{with_rooms} and {}", counted(users, "user"), counted(entries, "message"))
}
