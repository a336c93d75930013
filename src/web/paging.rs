//! Pagination by signed keyset cursors: rows are neither skipped nor repeated when the list grows.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::api_response::ApiResponse;
use super::cursor::{decode_cursor, encode_cursor};
use super::list::Page;
use super::problem::Problem;
use super::signer::Signer;
use super::validation::FieldError;

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
            _ => return Err(Problem::invalid_parameter("/limit", FieldError::OutOfRange(1, 100))),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn signer() -> Signer {
        Signer::new([7; 32])
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
