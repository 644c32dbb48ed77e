//! The text of a message as the page shows it: names that it mentions are marked, and what nobody could read is not laid
//! out. The page's script marks the same names in later messages (`static/js/log/mentions.js`).

use std::collections::HashMap;
use std::ops::Range;

use store::{Mention, UserId, Username};

use super::text_layout::{Part, is_tangled, split_excess};
use crate::mentions::places;

/// A text in pieces. Together they are the whole text.
pub(super) struct ShownText {
    pub(super) pieces: Vec<Piece>,
    /// Whether its lines may break anywhere.
    pub(super) is_tangled: bool,
}

/// A piece of a text: a name with its `@`, or what is between two names.
pub(super) struct Piece {
    pub(super) named: Option<Named>,
    pub(super) parts: Vec<Part>,
}

/// A user whom a piece of a text names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) id: UserId,
    pub(super) username: String,
    pub(super) is_reader: bool,
}

impl ShownText {
    /// A text for a reader. Only users in `mentions` are marked.
    pub(super) fn new(text: &str, mentions: &[Mention], reader: UserId) -> Self {
        let piece = |text, named| Piece { named, parts: split_excess(text) };
        let (mut pieces, mut from) = (Vec::new(), 0);
        for (Range { start, end }, Mention { id, username }) in names(text, mentions) {
            let named = Named { id: *id, username: username.clone(), is_reader: *id == reader };
            pieces.extend([piece(&text[from..start], None), piece(&text[start..end], Some(named))]);
            from = end;
        }
        pieces.push(piece(&text[from..], None));
        pieces.retain(|piece| !piece.parts.is_empty());
        Self { pieces, is_tangled: is_tangled(text) }
    }
}

/// The byte ranges of the names in a text, with the users whom they mean.
fn names<'a>(text: &'a str, mentions: &'a [Mention]) -> Vec<(Range<usize>, &'a Mention)> {
    if mentions.is_empty() {
        return Vec::new();
    }
    let folded = |name: &str| Username::parse(name).ok().map(|name| name.folded().to_owned());
    let by_name: HashMap<String, &Mention> =
        mentions.iter().filter_map(|mention| Some((folded(&mention.username)?, mention))).collect();
    places(text).filter_map(|place| place.find(|name| by_name.get(name).copied())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mentions::tests::{Case, cases};

    fn words(piece: &Piece) -> String {
        piece.parts.iter().map(|part| part.text.as_str()).collect()
    }

    #[test]
    fn mentioned_names_are_pieces_of_their_own_and_nothing_is_lost() {
        for Case { text, names, marked } in cases() {
            let mention = |username| Mention { id: UserId::new(), username };
            let mentions: Vec<Mention> = names.into_iter().map(mention).collect();
            let shown = ShownText::new(&text, &mentions, UserId::new());
            let found: Vec<String> =
                shown.pieces.iter().filter(|piece| piece.named.is_some()).map(words).collect();
            assert_eq!(found, marked, "{text}");
            assert_eq!(shown.pieces.iter().map(words).collect::<String>(), text);
        }
    }

    #[test]
    fn the_reader_is_distinguished_and_others_are_plain_text() {
        let (ada, grace) = (UserId::new(), UserId::new());
        let mentions =
            [(ada, "ada"), (grace, "grace")].map(|(id, name)| Mention { id, username: name.into() });
        let shown = ShownText::new("@Ada @grace @ken", &mentions, ada);
        let named: Vec<_> = shown.pieces.iter().map(|piece| (words(piece), piece.named.as_ref())).collect();
        let of = |id, name: &str, is_reader| Named { id, username: name.into(), is_reader };
        let expected = [
            ("@Ada".to_owned(), Some(&of(ada, "ada", true))),
            (" ".to_owned(), None),
            ("@grace".to_owned(), Some(&of(grace, "grace", false))),
            (" @ken".to_owned(), None),
        ];
        assert_eq!(named, expected);
    }
}
