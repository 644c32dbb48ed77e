//! The failures that calls share, since they come before a handler is reached or from what handlers share.

use serde_json::{Map, Value, json};

/// The media type of every failure.
pub(super) const PROBLEM: &str = "application/problem+json";

/// A failure that calls share: its status, its name among the components, what it says, and its headers.
pub(super) struct Failure {
    pub(super) status: &'static str,
    pub(super) name: &'static str,
    description: &'static str,
    pub(super) headers: &'static [&'static str],
    pub(super) applies: fn(&Call<'_>) -> bool,
}

/// A call, as far as its failures depend on it.
pub(super) struct Call<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) operation: &'a Value,
}

impl Call<'_> {
    fn takes_body(&self) -> bool {
        self.operation.get("requestBody").is_some()
    }

    /// A log-out reads a form where one is sent.
    fn reads_body(&self) -> bool {
        self.takes_body() || self.path == "/logout"
    }

    fn takes_token(&self) -> bool {
        self.operation.get("security").is_some()
    }
}

/// The more special one of two with the same status comes first.
pub(super) const FAILURES: &[Failure] = &[
    Failure {
        status: "400",
        name: "BadRequest",
        description: "The request cannot be read: its body is not JSON, a header that counts once stands twice, or there is \
                      no `Host` (`unparsable`); its path is not UTF-8 (`bad_request`)",
        headers: &[],
        applies: |_| true,
    },
    Failure {
        status: "401",
        name: "SignedOut",
        description: "No good token (`signed_out`)",
        headers: &["WWW-Authenticate"],
        applies: |call| call.takes_token(),
    },
    Failure {
        status: "403",
        name: "Forbidden",
        description: "Somebody else's account (`forbidden`), or sent by a page of another site (`cross_site`)",
        headers: &[],
        applies: |call| call.path.contains("{id}") && call.method != "get",
    },
    Failure {
        status: "403",
        name: "CrossSite",
        description: "Sent by a page of another site (`cross_site`)",
        headers: &[],
        applies: |_| true,
    },
    Failure {
        status: "404",
        name: "NotFound",
        description: "There is no such user (`not_found`)",
        headers: &[],
        applies: |call| call.path.contains("{id}"),
    },
    Failure {
        status: "408",
        name: "TooSlow",
        description: "The body did not come in time (`too_slow`)",
        headers: &["Connection"],
        applies: |call| call.reads_body(),
    },
    Failure {
        status: "413",
        name: "TooLarge",
        description: "The body is larger than 64 KiB (`too_large`)",
        headers: &[],
        applies: |call| call.reads_body(),
    },
    Failure {
        status: "415",
        name: "UnsupportedMediaType",
        description: "The body is of a media type that is not taken here (`unsupported_media_type`)",
        headers: &[],
        applies: |call| call.takes_body(),
    },
    Failure {
        status: "421",
        name: "UnknownHost",
        description: "`Host` is no name of this system (`unknown_host`)",
        headers: &[],
        applies: |_| true,
    },
    Failure {
        status: "500",
        name: "Internal",
        description: "A fault of the service (`internal`)",
        headers: &[],
        applies: |_| true,
    },
    Failure {
        status: "503",
        name: "Unavailable",
        description: "The store is away (`unavailable`), or too many ask at once (`overloaded`)",
        headers: &["Retry-After"],
        applies: |_| true,
    },
];

/// What a call answers that fails so.
pub(super) fn response(failure: &Failure) -> Value {
    json!({
        "description": failure.description,
        "headers": headers(failure),
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    })
}

/// The headers that such an answer always bears.
pub(super) fn headers(failure: &Failure) -> Value {
    let header = |name: &&str| {
        let schema = match *name {
            "Retry-After" => json!({"type": "integer", "minimum": 1}),
            _ => json!({"type": "string"}),
        };
        ((*name).to_owned(), json!({"required": true, "schema": schema}))
    };
    failure.headers.iter().map(header).collect::<Map<_, _>>().into()
}
