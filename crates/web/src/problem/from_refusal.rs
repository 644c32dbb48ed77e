//! The HTTP form of a refusal.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Problem;
use crate::{Code, Refusal};

/// Wrong fields are 422 `invalid` with `errors`; every other code has its own status.
impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let (code, delay) = (refusal.code(), refusal.delay());
        if !refusal.errors().is_empty() {
            return Self::of_errors(refusal.errors().clone());
        }
        let status = match code {
            Code::SignedOut => return Self::without_token(),
            Code::Invalid | Code::TooLong | Code::IdReused => {
                return Self::new(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid.as_str(), refusal.detail());
            }
            Code::BadCredentials => StatusCode::UNAUTHORIZED,
            Code::Forbidden => StatusCode::FORBIDDEN,
            Code::NotFound | Code::UnknownRoom => StatusCode::NOT_FOUND,
            Code::Archived | Code::UsernameTaken | Code::ChangedConcurrently => StatusCode::CONFLICT,
            Code::TooManyExports | Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Code::Overloaded | Code::Unavailable | Code::UnknownOutcome => StatusCode::SERVICE_UNAVAILABLE,
            Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let problem = Self::new(status, code.as_str(), refusal.detail());
        match delay {
            Some(delay) => problem.retry_after(whole_secs(delay)),
            None => problem,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}

/// `Retry-After` has whole seconds; an earlier retry would be too early.
fn whole_secs(delay: Duration) -> u64 {
    delay.as_secs() + u64::from(delay.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{FieldError, FieldErrors};

    fn forms(refusal: &Refusal) -> (Value, Value, u16) {
        let problem = Problem::from(refusal.clone());
        let status = problem.status().as_u16();
        (serde_json::to_value(refusal.ack()).unwrap(), serde_json::to_value(problem).unwrap(), status)
    }

    #[test]
    fn an_ack_names_the_first_wrong_field_and_a_problem_all_of_them() {
        let mut errors = FieldErrors::of("text", FieldError::new(Code::TooLong, "must be shorter"));
        errors.insert("id", "must be a string");
        errors.insert("text", "is given twice");
        let (ack, problem, status) = forms(&Refusal::invalid(errors));
        assert_eq!(ack, json!({"ok": false, "code": "too_long", "detail": "text: must be shorter"}));
        assert_eq!((status, &problem["code"]), (422, &json!("invalid")));
        assert_eq!(problem["errors"], json!({"id": "must be a string", "text": "must be shorter"}));
        assert!(problem["detail"].as_str().unwrap().contains("`errors`"), "{problem}");
    }

    #[test]
    fn a_fault_of_the_server_may_be_tried_again() {
        let (ack, _, status) = forms(&Refusal::internal());
        assert_eq!(
            (&ack["code"], &ack["retry_after_ms"], status),
            (&json!("unavailable"), &json!(2_000), 500)
        );
    }

    #[test]
    fn the_delay_is_in_milliseconds_for_an_ack_and_in_whole_seconds_for_http() {
        let refusal =
            Refusal::new(Code::UnknownOutcome, "It is not known.").retry_after(Duration::from_millis(1_500));
        let (ack, _, status) = forms(&refusal);
        assert_eq!((&ack["retry_after_ms"], status), (&json!(1_500), 503));
        assert_eq!(Problem::from(refusal).retry_after_secs(), Some(2));
    }

    #[test]
    fn a_signed_out_client_of_the_seed_finds_its_message() {
        let (ack, problem, status) = forms(&Refusal::signed_out());
        assert_eq!(ack, json!({"ok": false, "code": "signed_out", "detail": "You are signed out."}));
        assert_eq!((status, &problem["message"]), (401, &json!("Token didn't match")));
    }

    #[test]
    fn what_a_path_names_is_not_found_and_a_field_is_wrong() {
        let refusal =
            Refusal::invalid_field("room", FieldError::new(Code::UnknownRoom, "there is no such room"));
        let (ack, problem, status) = forms(&refusal);
        assert_eq!(
            (&ack["code"], &problem["code"], status),
            (&json!("unknown_room"), &json!("invalid"), 422)
        );
        let (_, problem, status) = forms(&refusal.without_field());
        assert_eq!(
            (&problem["code"], &problem["detail"], status),
            (&json!("unknown_room"), &json!("There is no such room."), 404)
        );
        assert_eq!(Refusal::overloaded().without_field(), Refusal::overloaded(), "it names no field");
    }

    #[test]
    fn an_unknown_fields_name_is_cut() {
        let refusal = Refusal::invalid_field(&"x".repeat(1_000), "is not known here");
        assert_eq!(refusal.detail(), format!("{}: is not known here", "x".repeat(32)));
    }
}
