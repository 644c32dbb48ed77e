//! What is wrong with a form, in whole sentences and in the order of its fields.

use web::Problem;

/// The fields of a form, by name and label, in their order.
pub(super) type Labels = &'static [(&'static str, &'static str)];

/// What a form shows beside its fields, and above them.
#[derive(Debug, Default)]
pub(super) struct Errors {
    form: Option<String>,
    fields: Vec<FieldError>,
}

/// What is wrong with one field.
#[derive(Debug)]
pub(super) struct FieldError {
    /// The field's name, which is also its element's id.
    pub(super) name: &'static str,
    /// A sentence.
    pub(super) text: String,
}

impl Errors {
    /// A problem's errors: each message has its field's label for a subject. What no field stands for is said of the
    /// form as a whole.
    pub(super) fn of(problem: &Problem, labels: Labels) -> Self {
        let told = problem.errors();
        let sentence = |&(name, label): &(&'static str, &str)| {
            told.get(name).map(|message| FieldError { name, text: format!("{label} {message}.") })
        };
        let fields: Vec<_> = labels.iter().filter_map(sentence).collect();
        let form = fields.is_empty().then(|| problem.detail().to_owned());
        Self { form, fields }
    }

    /// One field's error, in a sentence of its own.
    pub(super) fn of_field(name: &'static str, text: String) -> Self {
        Self { form: None, fields: vec![FieldError { name, text }] }
    }

    /// What is wrong with the form as a whole.
    pub(super) fn form(&self) -> Option<&str> {
        self.form.as_deref()
    }

    /// What is wrong with a field.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|error| error.name == name).map(|error| error.text.as_str())
    }

    /// Whether a field is the first wrong one, which is where to go on.
    pub(super) fn is_first(&self, name: &str) -> bool {
        self.fields.first().is_some_and(|error| error.name == name)
    }

    /// Whether nothing is wrong.
    pub(super) fn is_empty(&self) -> bool {
        self.form.is_none() && self.fields.is_empty()
    }

    /// What a summary lists: several wrong fields. A single one speaks for itself.
    pub(super) fn several(&self) -> &[FieldError] {
        if self.fields.len() > 1 { &self.fields } else { &[] }
    }
}

#[cfg(test)]
mod tests {
    use web::FieldErrors;

    use super::*;

    const LABELS: Labels = &[("name", "Name"), ("age", "Age")];

    #[test]
    fn sentences_stand_in_the_order_of_the_form() {
        let mut told = FieldErrors::of("age", "is missing");
        told.insert("name", "must be short");
        let errors = Errors::of(&Problem::invalid(told), LABELS);
        let texts: Vec<_> = errors.several().iter().map(|error| error.text.as_str()).collect();
        assert_eq!(texts, ["Name must be short.", "Age is missing."]);
        assert!(errors.is_first("name") && !errors.is_first("age"));
        assert_eq!(errors.form(), None);
    }

    #[test]
    fn what_no_field_stands_for_is_said_of_the_form() {
        let errors = Errors::of(&Problem::invalid_field("other", "is given twice"), LABELS);
        assert!(errors.form().is_some() && !errors.is_empty() && errors.several().is_empty());
        assert!(Errors::of(&Problem::unavailable(), LABELS).form().is_some());
    }
}
