//! JSON in a script element of the page.

use serde::Serialize;
use web::Refusal;

/// JSON in which nothing can end the element that holds it (HTML standard, "Restrictions for contents of script
/// elements").
pub(super) fn script_json(value: &impl Serialize) -> Result<String, Refusal> {
    serde_json::to_string(value).map(|json| json.replace('<', "\\u003c")).map_err(|_| Refusal::internal())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_can_end_the_script_element() {
        let json = script_json(&"</script><!-- <script>").unwrap();
        assert!(!json.contains('<'));
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), "</script><!-- <script>");
    }
}
