//! The failures that several calls share: they come from the middleware, or from code that handlers share.

use serde_json::{Map, Value, json};

/// The media type of every failure.
pub(super) const PROBLEM: &str = "application/problem+json";

/// A failure that several calls share, as a component of the document.
#[derive(Debug)]
pub struct Failure {
    /// The status code.
    pub status: &'static str,
    /// The component's name.
    pub name: &'static str,
    /// When it happens, with each `code`.
    pub description: &'static str,
    /// Headers that every such response has.
    pub headers: &'static [&'static str],
    /// Whether a call can fail this way.
    pub applies: fn(&Call<'_>) -> bool,
}

/// The parts of a call on which its failures depend.
#[derive(Debug)]
pub struct Call<'a> {
    /// In lower case.
    pub method: &'a str,
    /// With its parameters in braces.
    pub path: &'a str,
    pub(super) operation: &'a Value,
}

impl Call<'_> {
    fn takes_body(&self) -> bool {
        self.operation.get("requestBody").is_some()
    }

    /// A log-out reads a form, which is not described.
    fn reads_body(&self) -> bool {
        self.takes_body() || self.path == "/logout"
    }

    /// It is not counted: a log-out is always possible.
    fn is_about_session(&self) -> bool {
        matches!(self.path, "/token" | "/logout")
    }

    fn takes_token(&self) -> bool {
        self.operation.get("security").is_some()
    }
}

/// Of two with the same status, the first that applies is used.
pub(super) const SHARED: &[Failure] = &[
    Failure {
        status: "400",
        name: "BadRequest",
        description: "The request cannot be parsed: its body is not JSON, a single-valued header is repeated, or `Host` is \
                      missing (`unparsable`); its path is not UTF-8 (`bad_request`)",
        headers: &[],
        applies: |_| true,
    },
    Failure {
        status: "401",
        name: "SignedOut",
        description: "No valid token (`signed_out`)",
        headers: &["WWW-Authenticate"],
        applies: |call| call.takes_token(),
    },
    Failure {
        status: "403",
        name: "CrossSite",
        description: "A request from a page of another site (`cross_site`)",
        headers: &[],
        applies: |_| true,
    },
    Failure {
        status: "408",
        name: "TooSlow",
        description: "The body did not arrive in time (`too_slow`)",
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
        description: "The media type of the body is not accepted (`unsupported_media_type`)",
        headers: &[],
        applies: |call| call.takes_body(),
    },
    Failure {
        status: "421",
        name: "UnknownHost",
        description: "`Host` is not a name of this system (`unknown_host`)",
        headers: &[],
        applies: |_| true,
    },
    Failure {
        status: "429",
        name: "RateLimited",
        description: "The user did this too often in a short time (`rate_limited`)",
        headers: &["Retry-After"],
        applies: |call| call.takes_token() && !call.is_about_session(),
    },
    Failure {
        status: "500",
        name: "Internal",
        description: "An error in the service (`internal`)",
        headers: &[],
        applies: |_| true,
    },
    Failure {
        status: "503",
        name: "Unavailable",
        description: "The store is not available (`unavailable`), or there are too many requests (`overloaded`)",
        headers: &["Retry-After"],
        applies: |_| true,
    },
];

/// The response component of a failure.
pub(super) fn response(failure: &Failure) -> Value {
    json!({
        "description": failure.description,
        "headers": headers(failure),
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    })
}

/// The headers that a response with this failure always has.
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
