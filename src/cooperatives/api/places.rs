//! Finding places.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use crate::cooperatives::admin_area::{AdminArea, AdminLevel, chain_of, search_text};
use crate::cooperatives::store::{self, PlaceFilter};
use crate::db::{self, Conn};
use crate::web::{ApiResponse, AppState, Code, FieldError, FieldErrors, Page, Paging, Problem, Query, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![find_places]
}

/// Which places are asked for.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FindPlaces {
    /// How the name begins; case, accents and words such as Kabupaten do not matter.
    #[param(max_length = 100, example = "gumelar")]
    q: Option<String>,
    /// Only places of this kind.
    kind: Option<AdminLevel>,
    /// Only places in this one, by its code.
    #[param(max_length = 13, example = "33.02.15")]
    parent: Option<String>,
    /// The page behind this cursor.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// How many rows.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
}

/// A place.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(in crate::cooperatives) struct PlaceView {
    /// Its Kemendagri code.
    #[schema(max_length = 13, example = "33.02.15.2003")]
    code: String,
    /// How large it is.
    kind: AdminLevel,
    /// Its name.
    #[schema(max_length = 100, example = "Cihonje")]
    name: String,
    /// Its postal code; villages only.
    #[schema(max_length = 5, example = "53165")]
    postal_code: Option<String>,
    /// What it lies in, the nearest first.
    #[schema(max_length = 310, example = "Gumelar, Kabupaten Banyumas, Jawa Tengah")]
    within: String,
}

impl PlaceView {
    /// Whether this is the place of that code.
    pub(in crate::cooperatives) fn has_code(&self, code: &str) -> bool {
        self.code == code
    }

    /// These places with the names of what they lie in.
    pub(in crate::cooperatives) fn of(conn: &mut Conn, places: Vec<AdminArea>) -> db::Result<Vec<PlaceView>> {
        let codes: Vec<&str> = places.iter().flat_map(|place| chain_of(&place.code)).collect();
        let around = store::places_of(conn, &codes)?;
        let name = |code: &str| around.iter().find(|place| place.code == code).map(|place| place.name.as_str());
        Ok(places
            .iter()
            .map(|place| {
                let mut chain = chain_of(&place.code);
                chain.pop();
                let within: Vec<&str> = chain.into_iter().rev().filter_map(name).collect();
                PlaceView {
                    code: place.code.clone(),
                    kind: place.kind,
                    name: place.name.clone(),
                    postal_code: place.postal_code.clone(),
                    within: within.join(", "),
                }
            })
            .collect())
    }
}

/// Find places
///
/// Provinces, regencies, districts and villages by the beginning of their name, or all that lie in another.
#[utoipa::path(
    get,
    path = "/v1/places",
    tag = "places",
    operation_id = "find_places",
    params(FindPlaces),
    responses(
        (status = 200, description = "Places by name", body = Page<PlaceView>),
    ),
)]
async fn find_places(
    state: Data<AppState>,
    request: HttpRequest,
    query: Query<FindPlaces>,
) -> Result<ApiResponse, Problem> {
    let asked = query.0;
    if asked.q.as_deref().is_some_and(|q| q.chars().count() > 100) {
        let errors = FieldErrors::one("/q", FieldError::TooLong(100));
        return Err(Problem::new(Code::QueryInvalid).with_faults(errors));
    }
    let prefix = asked.q.as_deref().map(search_text);
    let list = format!("places {prefix:?} {:?} {:?}", asked.kind, asked.parent);
    let paging: Paging<(String, String)> = Paging::read(&state.signer, list, asked.limit, asked.cursor.as_deref())?;
    let filter = PlaceFilter { prefix, kind: asked.kind, parent: asked.parent };
    let (after, rows) = (paging.after.clone(), paging.rows_to_read());
    let (found, views) = state
        .db
        .read::<_, db::Error, _>(move |conn| {
            let found = store::find_places(conn, &filter, after, rows)?;
            let views = PlaceView::of(conn, found.iter().map(|(place, _)| place.clone()).collect())?;
            Ok((found, views))
        })
        .await?;
    let rows = found.into_iter().zip(views).collect();
    let page =
        paging.page(&state.signer, rows, |((place, text), _)| (text.clone(), place.code.clone()), |(_, view)| view);
    Ok(page.answer(request.path(), request.query_string()).tagged().public())
}
