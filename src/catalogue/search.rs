//! Full-text search: FTS5 on SQLite, tsvector on PostgreSQL. Only this module knows the difference.
//!
//! Both search the folded text of a product (name, description, category in both languages, group) for every word
//! of the folded query, each as a prefix. Folding leaves only letters, digits and spaces, so that no operator of
//! either query language can be injected; words are quoted as well.

use diesel::dsl::{AsExprOf, sql};
use diesel::expression::{SqlLiteral, UncheckedBind};
use diesel::sql_types::{Bool, Text};

use super::{Category, Offering};
use crate::db::Engine;
use crate::kernel::{Language, normalize_for_search};

/// Further words of a query are ignored.
const MAX_WORDS: usize = 8;
/// Further letters of a word are ignored.
const MAX_LETTERS: usize = 40;
/// Further characters of a query are ignored.
const MAX_LENGTH: usize = 400;

/// The folded text that search matches against.
pub(super) fn search_text(offering: &Offering, group: &str) -> String {
    let category = |language| Category::name(offering.category, language);
    normalize_for_search(&format!(
        "{} {} {} {} {group}",
        offering.name,
        offering.description,
        category(Language::Indonesian),
        category(Language::English),
    ))
}

/// Splits a search text into folded words; empty when it has no searchable word.
pub(super) fn parse_words(text: &str) -> Vec<String> {
    let text: String = text.chars().take(MAX_LENGTH).collect();
    normalize_for_search(&text)
        .split_whitespace()
        .take(MAX_WORDS)
        .map(|word| word.chars().take(MAX_LETTERS).collect())
        .collect()
}

/// An SQL condition around one bound text.
pub(super) type Matches = SqlLiteral<Bool, UncheckedBind<SqlLiteral<Bool>, AsExprOf<String, Text>>>;

/// The condition that a product matches all these words.
#[expect(clippy::disallowed_methods, reason = "diesel has no full-text search; the words are bound")]
pub(super) fn matches_words(engine: Engine, words: &[String]) -> Matches {
    match engine {
        Engine::Sqlite => {
            let query = words.iter().map(|word| format!("\"{word}\"*")).collect::<Vec<_>>().join(" ");
            sql::<Bool>("products.row_id IN (SELECT rowid FROM products_search WHERE products_search MATCH ")
                .bind::<Text, _>(query)
                .sql(")")
        }
        Engine::Postgres => {
            let query = words.iter().map(|word| format!("'{word}':*")).collect::<Vec<_>>().join(" & ");
            sql::<Bool>("products.search_vector @@ to_tsquery('simple', ").bind::<Text, _>(query).sql(")")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_query_can_inject_an_operator(text in "\\PC{0,600}") {
            let words = parse_words(&text);
            prop_assert!(words.len() <= MAX_WORDS);
            for word in words {
                prop_assert!(!word.is_empty() && word.chars().all(char::is_alphanumeric), "{word:?}");
            }
        }
    }

    #[test]
    fn operators_are_treated_as_words() {
        assert_eq!(parse_words("\"Pastel\" OR (NEAR* -gula):"), ["pastel", "or", "near", "gula"]);
        assert_eq!(parse_words("'; DROP TABLE products; --"), ["drop", "table", "products"]);
        assert!(parse_words("*\"'()").is_empty());
    }
}
