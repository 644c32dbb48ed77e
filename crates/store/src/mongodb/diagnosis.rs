//! Finds out why MongoDB cannot be used, and what to change. Where the driver only reports that no server suits,
//! it asks the servers directly, without a user, for their roles.

use std::time::Duration;

use mongodb::Client;
use mongodb::bson::{Document, doc};
use mongodb::error::{Error, ErrorKind, WriteFailure};
use mongodb::options::{ClientOptions, Credential, ServerAddress};
use tokio::time::timeout;

use super::errors::{self, OpenError};

/// Timeout for a server's answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// The server's code for an operation that the user's roles do not allow.
const UNAUTHORIZED: i32 = 13;

/// The server's codes for what passes by itself, such as a fail-over or a majority that lags
/// (<https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml>).
const PASSING: [i32; 18] = [
    6,      // HostUnreachable
    7,      // HostNotFound
    24,     // LockTimeout
    50,     // MaxTimeMSExpired
    64,     // WriteConcernFailed
    89,     // NetworkTimeout
    91,     // ShutdownInProgress
    112,    // WriteConflict
    117,    // ConflictingOperationInProgress
    134,    // ReadConcernMajorityNotAvailableYet
    189,    // PrimarySteppedDown
    262,    // ExceededTimeLimit
    276,    // IndexBuildAborted
    10_107, // NotWritablePrimary
    11_600, // InterruptedAtShutdown
    11_602, // InterruptedDueToReplStateChange
    13_435, // NotPrimaryNoSecondaryOk
    13_436, // NotPrimaryOrSecondary
];

/// The kind of a server, as far as it matters for a URI.
#[derive(Debug, PartialEq, Eq)]
enum Server {
    /// A member of the replica set with this name.
    Member(String),
    /// Started for a replica set that is not initiated yet.
    Uninitiated,
    /// A router of a sharded cluster.
    Router,
    /// None of these.
    Standalone,
}

/// The meaning of the first error of a store that is opened with these options.
pub(super) async fn of(error: &Error, options: &ClientOptions, database: &str) -> OpenError {
    match error.kind.as_ref() {
        ErrorKind::Authentication { .. } => of_refused_user(options.credential.as_ref()),
        ErrorKind::Command(command) if command.code == UNAUTHORIZED => OpenError::Indexes(format!(
            "its user may not do so; it needs the role readWrite in the database {database:?}"
        )),
        ErrorKind::Command(command) if !PASSING.contains(&command.code) => {
            OpenError::Indexes(errors::describe(error))
        }
        ErrorKind::Write(WriteFailure::WriteError(_)) => OpenError::Indexes(errors::describe(error)),
        ErrorKind::Command(_) | ErrorKind::Write(_) => OpenError::Away(errors::describe(error)),
        _ => of_set(options).await.unwrap_or_else(|| OpenError::Away(errors::describe(error))),
    }
}

/// The mistake in the name of the replica set, according to the servers of the URI. `None` if one of them is a member of
/// that set, or none answers.
async fn of_set(options: &ClientOptions) -> Option<OpenError> {
    let wanted = options.repl_set_name.as_deref()?;
    let mut wrong = None;
    for host in &options.hosts {
        match ask(options, host).await {
            Some(Server::Member(name)) if name == wanted => return None,
            Some(server) => wrong = wrong.or_else(|| Some(mismatch(host, &server, wanted))),
            None => {}
        }
    }
    wrong
}

fn mismatch(host: &ServerAddress, server: &Server, wanted: &str) -> OpenError {
    let is = match server {
        Server::Member(name) => format!("is of the replica set {name:?}: say replicaSet={name}"),
        Server::Router => "is a router of a sharded cluster: leave replicaSet out".to_owned(),
        Server::Standalone => {
            "is of no replica set: leave replicaSet out, or start it with --replSet".to_owned()
        }
        Server::Uninitiated => {
            return OpenError::Away(format!(
                "the server at {host} waits for rs.initiate() of the set {wanted:?}"
            ));
        }
    };
    OpenError::Uri(format!("it says replicaSet={wanted}, but the server at {host} {is}"))
}

async fn ask(options: &ClientOptions, host: &ServerAddress) -> Option<Server> {
    let mut direct = options.clone();
    (direct.hosts, direct.direct_connection) = (vec![host.clone()], Some(true));
    (direct.repl_set_name, direct.credential) = (None, None);
    let admin = Client::with_options(direct).ok()?.database("admin");
    let asked = timeout(ANSWER_TIMEOUT, admin.run_command(doc! {"hello": 1}).into_future()).await;
    asked.ok()?.ok().map(|hello| read(&hello))
}

fn read(hello: &Document) -> Server {
    if let Ok(name) = hello.get_str("setName") {
        Server::Member(name.to_owned())
    } else if hello.get_bool("isreplicaset").unwrap_or(false) {
        Server::Uninitiated
    } else if hello.get_str("msg").is_ok_and(|msg| msg == "isdbgrid") {
        Server::Router
    } else {
        Server::Standalone
    }
}

/// What to check when a user is refused: a user is identified by its name and by the database in which it was created.
fn of_refused_user(credential: Option<&Credential>) -> OpenError {
    let source = credential.and_then(|credential| credential.source.as_deref()).unwrap_or("admin");
    let other = if source == "admin" { "NAME" } else { "admin" };
    OpenError::Uri(format!(
        "MongoDB refuses its user or password. The user was looked for in the database {source:?}; if it was made in \
         another one, name that: authSource={other}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused_with(code: i32, name: &str) -> Error {
        let command = doc! {"code": code, "codeName": name, "errmsg": ""};
        ErrorKind::Command(mongodb::bson::deserialize_from_document(command).unwrap()).into()
    }

    #[tokio::test]
    async fn only_what_does_not_pass_by_itself_ends_the_start() {
        let options = ClientOptions::default();
        for (code, name) in [
            (10_107, "NotWritablePrimary"),
            (189, "PrimarySteppedDown"),
            (11_602, "InterruptedDueToReplStateChange"),
            (91, "ShutdownInProgress"),
            (64, "WriteConcernFailed"),
            (50, "MaxTimeMSExpired"),
        ] {
            let meaning = of(&refused_with(code, name), &options, "natter").await;
            assert!(matches!(meaning, OpenError::Away(_)), "{meaning}");
            assert!(meaning.to_string().contains(name), "{meaning}");
        }
        for (code, name) in [(85, "IndexOptionsConflict"), (11_000, "DuplicateKey"), (13, "Unauthorized")] {
            let meaning = of(&refused_with(code, name), &options, "natter").await;
            assert!(matches!(meaning, OpenError::Indexes(_)), "{meaning}");
        }
    }

    #[test]
    fn each_kind_of_server_is_recognized() {
        assert_eq!(read(&doc! {"setName": "rs0", "isWritablePrimary": true}), Server::Member("rs0".into()));
        assert_eq!(read(&doc! {"isreplicaset": true}), Server::Uninitiated);
        assert_eq!(read(&doc! {"msg": "isdbgrid"}), Server::Router);
        assert_eq!(read(&doc! {"isWritablePrimary": true}), Server::Standalone);
    }

    #[test]
    fn a_user_not_found_in_admin_is_not_looked_for_there_again() {
        let looked_in = |source: &str| Credential::builder().source(source.to_owned()).build();
        assert!(of_refused_user(Some(&looked_in("admin"))).to_string().ends_with("authSource=NAME"));
        assert!(of_refused_user(Some(&looked_in("natter"))).to_string().ends_with("authSource=admin"));
    }

    #[test]
    fn the_error_names_both_sets_and_what_to_change() {
        let host = ServerAddress::parse("db:27017").unwrap();
        let error = |server| mismatch(&host, &server, "rs1").to_string();
        assert_eq!(
            error(Server::Member("rs0".into())),
            "MONGODB_URI cannot be used: it says replicaSet=rs1, but the server at db:27017 is of the replica set \
             \"rs0\": say replicaSet=rs0"
        );
        assert!(error(Server::Standalone).contains("leave replicaSet out"));
        assert!(error(Server::Router).contains("leave replicaSet out"));
        assert!(matches!(mismatch(&host, &Server::Uninitiated, "rs1"), OpenError::Away(_)), "it may come");
    }
}
