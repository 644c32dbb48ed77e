//! Opens the store that the settings name, and finds the key that signs tokens.
//!
//! A MongoDB that is away is waited for; whatever else stands in the way ends the start.

use std::time::{Duration, Instant};

use auth::TokenKey;
use store::Stores;
use store::mongodb::OpenError;
use tokio_util::sync::CancellationToken;

use crate::secret;
use crate::settings::{MongoDbUri, Settings};

/// A MongoDB that is away is tried again so often.
const AGAIN: Duration = Duration::from_secs(1);

/// While it is away, the log says so again after so long.
const REMINDER_INTERVAL: Duration = Duration::from_secs(60);

/// In place of the driver's words, which would quote a piece of the password.
const TORN: &str =
    "MONGODB_URI cannot be used: its user name and password must be percent-encoded, its host be named";

/// The store; `None` when the shutdown came before it could be opened.
///
/// # Errors
/// What stands in the way, as a sentence.
pub(crate) async fn stores(
    settings: &Settings,
    shutdown: &CancellationToken,
) -> Result<Option<Stores>, String> {
    match &settings.mongodb_uri {
        Some(uri) => shutdown.run_until_cancelled(mongodb(uri)).await.transpose(),
        None => store::sqlite::open(&settings.data_dir).map(Some).map_err(|error| error.to_string()),
    }
}

/// The key. The embedded store's lock keeps a second process away from the one beside it.
///
/// # Errors
/// What is wrong with it, as a sentence that does not show it.
pub(crate) fn token_key(settings: &Settings) -> Result<TokenKey, String> {
    let secret = match &settings.access_token_secret {
        Some(secret) => secret.clone(),
        None => secret::kept_in(&settings.data_dir)?,
    };
    TokenKey::new(secret.as_bytes()).map_err(|error| error.to_string())
}

async fn mongodb(uri: &MongoDbUri) -> Result<Stores, String> {
    let mut said: Option<Instant> = None;
    loop {
        match store::mongodb::open(uri.as_str()).await {
            Ok(stores) => {
                if said.is_some() {
                    tracing::info!("MongoDB answers; going on");
                }
                return Ok(stores);
            }
            Err(OpenError::Away(cause)) => {
                if said.is_none_or(|said| said.elapsed() >= REMINDER_INTERVAL) {
                    tracing::warn!(cause, "MongoDB is away; waiting for it, nothing listens yet");
                    said = Some(Instant::now());
                }
            }
            Err(OpenError::Uri(_)) if uri.may_be_torn() => return Err(TORN.to_owned()),
            Err(error) => return Err(error.to_string()),
        }
        tokio::time::sleep(AGAIN).await;
    }
}
