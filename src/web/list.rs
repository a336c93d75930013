//! The extractor of lists: filter and page of the request in, a page of rows out.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::api_response::ApiResponse;
use super::app_state::AppState;
use super::cursor::{decode_cursor, encode_cursor};
use super::describe::{DescribeOperation, Description};
use super::problem::Problem;
use super::query::parse;
use super::signer::Signer;
use super::validation::FieldError;
use crate::db::{Conn, Db};
use crate::kernel::Instant;

const DEFAULT_LIMIT: u32 = 20;
const MAX_LIMIT: u32 = 100;

/// A page of a list.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The rows of this page.
    #[schema(max_items = 100)]
    pub data: Vec<T>,
    /// The cursor of the next page; null on the last.
    #[schema(max_length = 600)]
    pub next: Option<String>,
}

/// The query parameters that every list takes.
#[derive(Debug, Clone, Deserialize, IntoParams)]
pub struct PageQuery {
    /// The `next` of the previous page.
    #[param(max_length = 600)]
    pub cursor: Option<String>,
    /// Rows per page; 20 by default.
    #[param(minimum = 1, maximum = 100, example = 20)]
    pub limit: Option<u32>,
}

/// The filter of lists that take none.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct NoFilter {}

/// A request for a page of a list with filter `F`, whose rows are ordered by the key `K`.
///
/// A cursor is good for the path and the filter that it was made for.
#[derive(Debug, Clone)]
pub struct List<K, F = NoFilter> {
    /// The time of the request.
    pub now: Instant,
    /// The filter.
    pub filter: F,
    /// The key of the previous page's last row; `None` for the first page.
    pub after: Option<K>,
    /// The SQL limit: one more than the page shows, to know whether there is a next page.
    pub limit: i64,
    /// Path and filter, without cursor and limit.
    name: String,
    /// Path and query of the next page, but for its cursor.
    link: String,
    signer: Signer,
    db: Db,
}

impl<K, F> List<K, F>
where
    K: Serialize + DeserializeOwned + Send + 'static,
    F: Send + 'static,
{
    /// Reads rows on one snapshot, after [`List::after`] and up to [`List::limit`].
    pub async fn read<R: Send + 'static>(
        self,
        rows: impl FnOnce(&mut Conn, &Self) -> Result<Vec<R>, Problem> + Send + 'static,
    ) -> Result<Rows<K, F, R>, Problem> {
        let db = self.db.clone();
        db.read(move |conn| Ok(Rows { rows: rows(conn, &self)?, list: self })).await
    }

    fn of(request: &HttpRequest) -> Result<Self, Problem>
    where
        F: DeserializeOwned,
    {
        let (mut page, mut filter): (Vec<_>, Vec<_>) = form_urlencoded::parse(request.query_string().as_bytes())
            .partition(|(name, _)| name == "cursor" || name == "limit");
        let link = encode(filter.iter().chain(page.iter().filter(|(name, _)| name == "limit")));
        filter.sort();
        page.sort();
        let filter = encode(&filter);
        let PageQuery { cursor, limit } = parse(&encode(&page))?;
        let limit = limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(Problem::invalid_parameter("/limit", FieldError::OutOfRange(1, i64::from(MAX_LIMIT))));
        }
        let state = AppState::of(request)?;
        let name = format!("{}?{filter}", request.path());
        Ok(List {
            now: state.now(),
            filter: parse(&filter)?,
            after: cursor.map(|cursor| decode_cursor(&state.signer, &name, &cursor)).transpose()?,
            limit: i64::from(limit).saturating_add(1),
            name,
            link: format!("{}?{link}{}", request.path(), if link.is_empty() { "" } else { "&" }),
            signer: state.signer.clone(),
            db: state.db.clone(),
        })
    }
}

/// The rows that were read for a page.
#[derive(Debug, Clone)]
pub struct Rows<K, F, R> {
    list: List<K, F>,
    rows: Vec<R>,
}

impl<K: Serialize, F, R> Rows<K, F, R> {
    /// The response; `key` returns a row's key, `view` its JSON view.
    pub fn answer<V: Serialize>(mut self, key: impl Fn(&R) -> K, view: impl FnMut(R) -> V) -> ApiResponse {
        let List { limit, name, link, signer, .. } = self.list;
        let shown = usize::try_from(limit.saturating_sub(1)).unwrap_or_default();
        let has_more = self.rows.len() > shown;
        self.rows.truncate(shown);
        let next = self.rows.last().filter(|_| has_more).map(|last| encode_cursor(&signer, &name, &key(last)));
        let page = Page { data: self.rows.into_iter().map(view).collect(), next };
        let response = ApiResponse::ok(&page);
        match page.next {
            None => response,
            Some(next) => response.with_link(format!("<{link}cursor={next}>; rel=\"next\"")),
        }
    }

    /// Like [`Rows::answer`], when the whole list was read: for short lists.
    pub fn answer_from_all<V: Serialize>(mut self, key: impl Fn(&R) -> K, view: impl FnMut(R) -> V) -> ApiResponse
    where
        K: Ord,
    {
        self.rows.sort_by_key(&key);
        self.rows.retain(|row| self.list.after.as_ref().is_none_or(|after| key(row) > *after));
        self.answer(key, view)
    }
}

fn encode<'q, C: AsRef<str> + 'q>(pairs: impl IntoIterator<Item = &'q (C, C)>) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

impl<K, F> FromRequest for List<K, F>
where
    K: Serialize + DeserializeOwned + Send + 'static,
    F: DeserializeOwned + Send + 'static,
{
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(List::of(request))
    }
}

impl<K, F: IntoParams> DescribeOperation for List<K, F> {
    fn describe(description: &mut Description) {
        description.add_query::<F>();
        description.add_query::<PageQuery>();
    }
}
