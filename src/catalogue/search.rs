//! Searching: the one place that knows that SQLite searches with FTS5 and PostgreSQL with tsvector.
//!
//! Both search the folded text of a product (name, description, category in both languages, group) for every word
//! of the folded query, each as a prefix. Folding leaves letters, digits and blanks only, so that no operator of
//! either search language can pass; words are quoted besides.

use diesel::dsl::{AsExprOf, sql};
use diesel::expression::{SqlLiteral, UncheckedBind};
use diesel::sql_types::{Bool, Text};

use super::{Category, Offering};
use crate::db::Engine;
use crate::kernel::{Language, fold};

/// Words of a query that count.
const MAX_WORDS: usize = 8;
/// Letters of a word that count.
const MAX_LETTERS: usize = 40;

/// The folded text that a product is found by.
pub(super) fn search_text(offering: &Offering, group: &str) -> String {
    let category = |language| Category::name(offering.category, language);
    fold(&format!(
        "{} {} {} {} {group}",
        offering.name,
        offering.description,
        category(Language::Indonesian),
        category(Language::English),
    ))
}

/// What a person typed, as words that can be searched for; none when nothing of it can.
pub(super) fn words(typed: &str) -> Vec<String> {
    let typed: String = typed.chars().take(400).collect();
    fold(&typed).split_whitespace().take(MAX_WORDS).map(|word| word.chars().take(MAX_LETTERS).collect()).collect()
}

/// A condition with one bound text in its middle.
pub(super) type Matches = SqlLiteral<Bool, UncheckedBind<SqlLiteral<Bool>, AsExprOf<String, Text>>>;

/// The condition that a product has all these words.
#[expect(clippy::disallowed_methods, reason = "diesel knows of no full-text search; the words are bound")]
pub(super) fn matches(engine: Engine, words: &[String]) -> Matches {
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
        fn no_query_brings_an_operator_through(typed in "\\PC{0,600}") {
            let words = words(&typed);
            prop_assert!(words.len() <= MAX_WORDS);
            for word in words {
                prop_assert!(!word.is_empty() && word.chars().all(char::is_alphanumeric), "{word:?}");
            }
        }
    }

    #[test]
    fn operators_are_words_like_others() {
        assert_eq!(words("\"Pastel\" OR (NEAR* -gula):"), ["pastel", "or", "near", "gula"]);
        assert_eq!(words("'; DROP TABLE products; --"), ["drop", "table", "products"]);
        assert!(words("*\"'()").is_empty());
    }
}
