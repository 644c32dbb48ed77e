//! The errors of a form, as sentences in the order of its fields.

use web::Problem;

/// The names and labels of a form's fields, in the order of the form.
pub(super) type Labels = &'static [(&'static str, &'static str)];

/// The errors that a page shows beside the fields and above the form.
#[derive(Debug, Default)]
pub(super) struct FormErrors {
    form: Option<String>,
    fields: Vec<FieldError>,
}

/// The error of one field.
#[derive(Debug)]
pub(super) struct FieldError {
    /// The field's name, which is also its element's id.
    pub(super) name: &'static str,
    /// A sentence.
    pub(super) text: String,
}

impl FormErrors {
    /// The errors of a problem: each message becomes a sentence with the field's label as its subject. If no field of the
    /// form is wrong, the problem's detail is the error of the form as a whole.
    pub(super) fn of(problem: &Problem, labels: Labels) -> Self {
        let messages = problem.errors();
        let sentence = |&(name, label): &(&'static str, &str)| {
            messages.get(name).map(|message| FieldError { name, text: format!("{label} {message}.") })
        };
        let fields: Vec<_> = labels.iter().filter_map(sentence).collect();
        let form = fields.is_empty().then(|| problem.detail().to_owned());
        Self { form, fields }
    }

    /// The error of one field, as a given sentence.
    pub(super) fn of_field(name: &'static str, text: String) -> Self {
        Self { form: None, fields: vec![FieldError { name, text }] }
    }

    /// The error of the form as a whole.
    pub(super) fn form(&self) -> Option<&str> {
        self.form.as_deref()
    }

    /// The error of a field.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|error| error.name == name).map(|error| error.text.as_str())
    }

    /// Whether a field is the first wrong one, which gets the focus.
    pub(super) fn is_first(&self, name: &str) -> bool {
        self.fields.first().is_some_and(|error| error.name == name)
    }

    /// Whether there is no error.
    pub(super) fn is_empty(&self) -> bool {
        self.form.is_none() && self.fields.is_empty()
    }

    /// The errors for the summary: those of several fields. A single one needs no summary.
    pub(super) fn several(&self) -> &[FieldError] {
        if self.fields.len() > 1 { &self.fields } else { &[] }
    }
}

#[cfg(test)]
mod tests {
    use web::{FieldErrors, Refusal};

    use super::*;

    const LABELS: Labels = &[("name", "Name"), ("age", "Age")];

    #[test]
    fn sentences_stand_in_the_order_of_the_form() {
        let mut errors = FieldErrors::of("age", "is missing");
        errors.insert("name", "must be short");
        let errors = FormErrors::of(&Refusal::invalid(errors).into(), LABELS);
        let texts: Vec<_> = errors.several().iter().map(|error| error.text.as_str()).collect();
        assert_eq!(texts, ["Name must be short.", "Age is missing."]);
        assert!(errors.is_first("name") && !errors.is_first("age"));
        assert_eq!(errors.form(), None);
    }

    #[test]
    fn an_error_without_a_field_of_the_form_is_an_error_of_the_form() {
        let errors = FormErrors::of(&Refusal::invalid_field("other", "is given twice").into(), LABELS);
        assert!(errors.form().is_some() && !errors.is_empty() && errors.several().is_empty());
        assert!(FormErrors::of(&Refusal::unavailable().into(), LABELS).form().is_some());
    }
}
