//! Pagination by signed keyset cursors: rows are neither skipped nor repeated when the list grows.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::api_response::ApiResponse;
use super::problem::{Code, Problem};
use super::signer::Signer;
use super::validation::{FieldError, FieldErrors};

/// Bytes of a cursor's signature.
const SIGNATURE_LENGTH: usize = 16;

/// A page of a list.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The rows of this page.
    #[schema(max_items = 100)]
    pub data: Vec<T>,
    /// The cursor of the next page; null on the last.
    #[schema(max_length = 600)]
    pub next: Option<String>,
}

/// The query of lists without filters.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// The `next` of the previous page.
    #[param(max_length = 600)]
    pub cursor: Option<String>,
    /// Rows per page; 20 by default.
    #[param(minimum = 1, maximum = 100, example = 20)]
    pub limit: Option<u32>,
}

/// The requested page of a list.
#[derive(Debug, Clone)]
pub struct Paging<K> {
    /// Rows per page, 1 to 100.
    pub limit: usize,
    /// The key of the previous page's last row; `None` for the first page.
    pub after: Option<K>,
    list: String,
}

impl<K: Serialize + DeserializeOwned> Paging<K> {
    /// Parses `limit` and `cursor`. `list` names the list and its filters; a cursor of another list is rejected.
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
                let errors = FieldErrors::single("/limit", FieldError::OutOfRange(1, 100));
                return Err(Problem::new(Code::QueryInvalid).with_field_errors(errors));
            }
        };
        let after = cursor.map(|cursor| decode_cursor(signer, &list, cursor)).transpose()?;
        Ok(Paging { limit, after, list })
    }

    /// The SQL limit: one more than the page shows, to know whether there is a next page.
    pub fn fetch_limit(&self) -> i64 {
        i64::try_from(self.limit.saturating_add(1)).unwrap_or(101)
    }

    /// The page of these rows; `key` returns a row's keyset, `view` its JSON view.
    pub fn page<R, V>(
        &self,
        signer: &Signer,
        mut rows: Vec<R>,
        key: impl Fn(&R) -> K,
        view: impl FnMut(R) -> V,
    ) -> Page<V> {
        let has_more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let next = rows.last().filter(|_| has_more).map(|last| encode_cursor(signer, &self.list, &key(last)));
        Page { data: rows.into_iter().map(view).collect(), next }
    }
}

impl<K: Serialize + DeserializeOwned + Ord> Paging<K> {
    /// The page of a completely loaded list, in the order of its keys: for short lists.
    pub fn page_from_all<R, V>(
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
    /// The response, with a `Link` to the next page of the list at this path and query.
    pub fn to_response(&self, path: &str, query: &str) -> ApiResponse {
        let response = ApiResponse::ok(self);
        match &self.next {
            None => response,
            Some(next) => {
                let parameters = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "cursor");
                let query = form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(parameters)
                    .append_pair("cursor", next)
                    .finish();
                response.with_link(format!("<{path}?{query}>; rel=\"next\""))
            }
        }
    }
}

fn encode_cursor<K: Serialize>(signer: &Signer, list: &str, key: &K) -> String {
    let mut bytes = serde_json::to_vec(key).unwrap_or_default();
    let signature = signer.sign(&format!("cursor {list}"), &bytes);
    bytes.extend(signature.iter().take(SIGNATURE_LENGTH));
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode_cursor<K: DeserializeOwned>(signer: &Signer, list: &str, cursor: &str) -> Result<K, Problem> {
    let invalid = || Problem::new(Code::CursorInvalid);
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| invalid())?;
    let key_length = bytes.len().saturating_sub(SIGNATURE_LENGTH);
    let (key, signature) = bytes.split_at_checked(key_length).ok_or_else(invalid)?;
    if !signer.verify(&format!("cursor {list}"), key, signature) {
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
        fn a_cursor_is_valid_only_unaltered_and_only_for_its_list(name in ".{0,40}", number: i64, flip in 0..60_usize) {
           let cursor = encode_cursor(&signer(), "products", &(name.clone(), number));
           prop_assert_eq!(decode_cursor::<(String, i64)>(&signer(), "products", &cursor).unwrap(), (name, number));
           prop_assert!(decode_cursor::<(String, i64)>(&signer(), "orders", &cursor).is_err());
           prop_assert!(decode_cursor::<(String, i64)>(&Signer::new([8; 32]), "products", &cursor).is_err());
           let mut bytes = URL_SAFE_NO_PAD.decode(&cursor).unwrap();
           let index = flip % bytes.len();
           bytes[index] ^= 1;
           let altered = URL_SAFE_NO_PAD.encode(bytes);
           prop_assert!(decode_cursor::<(String, i64)>(&signer(), "products", &altered).is_err());
        }

        #[test]
        fn decoding_never_panics(text in "\\PC{0,80}") {
           prop_assert!(decode_cursor::<(String, i64)>(&signer(), "products", &text).is_err());
        }
    }

    #[test]
    fn the_last_page_has_no_next() {
        let paging = Paging::<i32>::read(&signer(), "numbers", Some(2), None).unwrap();
        assert_eq!(paging.fetch_limit(), 3);
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
