//! Lists in pages, by signed keyset cursors: no page is ever skipped or shown twice because the list grew.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::api_response::ApiResponse;
use super::problem::{Code, Problem};
use super::signer::Signer;
use super::validation::{FieldError, FieldErrors};

const TAG: usize = 16;

/// A list as clients see it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The rows of this page.
    #[schema(max_items = 100)]
    pub data: Vec<T>,
    /// The cursor of the next page; null on the last.
    #[schema(max_length = 600)]
    pub next: Option<String>,
}

/// Which page of a list that has no filters.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// The page behind this cursor.
    #[param(max_length = 600)]
    pub cursor: Option<String>,
    /// Rows on a page.
    #[param(minimum = 1, maximum = 100, example = 20)]
    pub limit: Option<u32>,
}

/// Which page a caller wants of which list.
#[derive(Debug, Clone)]
pub struct Paging<K> {
    /// Rows on a page, 1 to 100.
    pub limit: usize,
    /// The key of the last row of the page before; none on the first.
    pub after: Option<K>,
    list: String,
}

/// Rows read for a page: one more than its limit, when there is more.
#[derive(Debug, Clone)]
pub struct Slice<T> {
    /// The rows, at most one more than the limit.
    pub rows: Vec<T>,
}

impl<K: Serialize + DeserializeOwned> Paging<K> {
    /// Reads `limit` and `cursor`. `list` names the list and every filter in force: a cursor of another is refused.
    pub fn read(
        signer: &Signer,
        list: impl Into<String>,
        limit: Option<u32>,
        cursor: Option<&str>,
    ) -> Result<Self, Problem> {
        let list = list.into();
        let limit = match limit.unwrap_or(20) {
            limit @ 1..=100 => usize::try_from(limit).unwrap_or(20),
            _ => {
                let errors = FieldErrors::one("/limit", FieldError::OutOfRange(1, 100));
                return Err(Problem::new(Code::QueryInvalid).with_faults(errors));
            }
        };
        let after = cursor.map(|cursor| open(signer, &list, cursor)).transpose()?;
        Ok(Paging { limit, after, list })
    }

    /// How many rows to ask the database for: one more than the page shows, to know whether there is a next.
    pub fn rows_to_read(&self) -> i64 {
        i64::try_from(self.limit.saturating_add(1)).unwrap_or(101)
    }

    /// The page of these rows; `key` gives the keyset of a row, `view` what the client sees of it.
    pub fn page<R, V>(
        &self,
        signer: &Signer,
        mut rows: Vec<R>,
        key: impl Fn(&R) -> K,
        view: impl FnMut(R) -> V,
    ) -> Page<V> {
        let more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let next = rows.last().filter(|_| more).map(|last| seal(signer, &self.list, &key(last)));
        Page { data: rows.into_iter().map(view).collect(), next }
    }
}

impl<K: Serialize + DeserializeOwned + Ord> Paging<K> {
    /// The page of a list that was read whole, in the order of its keys: for lists that are short by their nature.
    pub fn page_of_whole<R, V>(
        &self,
        signer: &Signer,
        mut rows: Vec<R>,
        key: impl Fn(&R) -> K,
        view: impl FnMut(R) -> V,
    ) -> Page<V> {
        rows.sort_by_key(|row| key(row));
        rows.retain(|row| self.after.as_ref().is_none_or(|after| key(row) > *after));
        self.page(signer, rows, key, view)
    }
}

impl<T: Serialize> Page<T> {
    /// The answer, with the `Link` to the next page of the list at this path and query.
    pub fn answer(&self, path: &str, query: &str) -> ApiResponse {
        let answer = ApiResponse::ok(self);
        match &self.next {
            None => answer,
            Some(next) => {
                let kept = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "cursor");
                let query = form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(kept)
                    .append_pair("cursor", next)
                    .finish();
                answer.link(format!("<{path}?{query}>; rel=\"next\""))
            }
        }
    }
}

fn seal<K: Serialize>(signer: &Signer, list: &str, key: &K) -> String {
    let mut bytes = serde_json::to_vec(key).unwrap_or_default();
    let tag = signer.sign(&format!("cursor {list}"), &bytes);
    bytes.extend(tag.iter().take(TAG));
    URL_SAFE_NO_PAD.encode(bytes)
}

fn open<K: DeserializeOwned>(signer: &Signer, list: &str, cursor: &str) -> Result<K, Problem> {
    let invalid = || Problem::new(Code::CursorInvalid);
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| invalid())?;
    let (key, tag) = bytes.split_at_checked(bytes.len().saturating_sub(TAG)).ok_or_else(invalid)?;
    if !signer.verify(&format!("cursor {list}"), key, tag) {
        return Err(invalid());
    }
    serde_json::from_slice(key).map_err(|_| invalid())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn signer() -> Signer {
        Signer::new([7; 32])
    }

    proptest! {
        #[test]
        fn a_cursor_opens_only_unaltered_and_only_for_its_list(name in ".{0,40}", number: i64, flip in 0..60_usize) {
            let sealed = seal(&signer(), "products", &(name.clone(), number));
            prop_assert_eq!(open::<(String, i64)>(&signer(), "products", &sealed).unwrap(), (name, number));
            prop_assert!(open::<(String, i64)>(&signer(), "orders", &sealed).is_err());
            prop_assert!(open::<(String, i64)>(&Signer::new([8; 32]), "products", &sealed).is_err());
            let mut bytes = URL_SAFE_NO_PAD.decode(&sealed).unwrap();
            let place = flip % bytes.len();
            bytes[place] ^= 1;
            prop_assert!(open::<(String, i64)>(&signer(), "products", &URL_SAFE_NO_PAD.encode(bytes)).is_err());
        }

        #[test]
        fn no_text_makes_the_reader_fall_over(text in "\\PC{0,80}") {
            prop_assert!(open::<(String, i64)>(&signer(), "products", &text).is_err());
        }
    }

    #[test]
    fn the_last_page_has_no_next() {
        let paging = Paging::<i32>::read(&signer(), "numbers", Some(2), None).unwrap();
        assert_eq!(paging.rows_to_read(), 3);
        let page = paging.page(&signer(), vec![1, 2, 3], |row| *row, |row| row);
        assert_eq!(page.data, [1, 2]);
        let second = Paging::<i32>::read(&signer(), "numbers", Some(2), page.next.as_deref()).unwrap();
        assert_eq!(second.after, Some(2));
        assert_eq!(second.page(&signer(), vec![3], |row| *row, |row| row).next, None);
        for limit in [0, 101] {
            assert!(Paging::<i32>::read(&signer(), "numbers", Some(limit), None).is_err());
        }
    }
}
