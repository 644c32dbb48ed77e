//! Opens the store that the settings name, and the key that signs tokens.
//!
//! It waits for a MongoDB that is not available. Every other failure ends the start.

use std::time::Duration;

use auth::TokenKey;
use store::mongodb::OpenError;
use store::{Outage, Stores};
use tokio_util::sync::CancellationToken;

use crate::secret;
use crate::settings::{MongoDbUri, Settings};

/// Delay before a MongoDB that is not available is tried again.
const RETRY_DELAY: Duration = Duration::from_secs(1);

/// How often the log repeats that MongoDB is not available.
const REMINDER_INTERVAL: Duration = Duration::from_secs(60);

/// Replaces the driver's message, which would quote a part of the password.
pub(crate) const UNREADABLE_URI: &str =
    "MONGODB_URI cannot be used: it must name a host, and its user name and password must be percent-encoded";

/// Opens the store; `None` when the shutdown came first.
///
/// # Errors
/// What failed, as a sentence.
pub(crate) async fn open(
    settings: &Settings,
    shutdown: &CancellationToken,
) -> Result<Option<Stores>, String> {
    match &settings.mongodb_uri {
        Some(uri) => shutdown.run_until_cancelled(mongodb(uri)).await.transpose(),
        None => store::sqlite::open(&settings.data_dir).map(Some).map_err(|error| error.to_string()),
    }
}

/// The token key. The embedded store's lock keeps a second process away from the file that holds it.
///
/// # Errors
/// What is wrong with the key, as a sentence that does not show it.
pub(crate) fn token_key(settings: &Settings) -> Result<TokenKey, String> {
    let secret = match &settings.access_token_secret {
        Some(secret) => secret.clone(),
        None => secret::load_or_create(&settings.data_dir)?,
    };
    TokenKey::new(secret.as_bytes()).map_err(|error| error.to_string())
}

async fn mongodb(uri: &MongoDbUri) -> Result<Stores, String> {
    let mut outage = Outage::with_reminder(REMINDER_INTERVAL);
    loop {
        match store::mongodb::open(uri.as_str()).await {
            Ok(stores) => {
                if outage.note_success() {
                    tracing::info!("MongoDB answers; the start continues");
                }
                return Ok(stores);
            }
            Err(OpenError::Away(cause)) => {
                if outage.note_failure() {
                    tracing::warn!(cause, "MongoDB is not available; waiting for it, no port is open yet");
                }
            }
            Err(OpenError::Uri(_)) if uri.may_quote_password() => return Err(UNREADABLE_URI.to_owned()),
            Err(error) => return Err(error.to_string()),
        }
        tokio::time::sleep(RETRY_DELAY).await;
    }
}
