//! Searching administrative areas.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use crate::cooperatives::admin_area::{AdminArea, AdminLevel, code_path, search_text};
use crate::cooperatives::store::{self, AdminAreaFilter};
use crate::db::{self, Conn};
use crate::web::{ApiResponse, AppState, FieldError, Page, Paging, Problem, Query, Routes, routes};

pub(super) fn routes() -> Routes {
    routes!["places": search_places]
}

/// Filter and paging of areas.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SearchPlaces {
    /// Prefix of the name, regardless of case, accents and words such as Kabupaten.
    #[param(max_length = 100, example = "gumelar")]
    q: Option<String>,
    /// Only areas of this level.
    kind: Option<AdminLevel>,
    /// Only areas directly in the area of this code.
    #[param(max_length = 13, example = "33.02.15")]
    parent: Option<String>,
    /// The `next` of the previous page.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// Rows per page.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
}

/// An administrative area.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(in crate::cooperatives) struct AdminAreaView {
    /// Its Kemendagri code.
    #[schema(max_length = 13, example = "33.02.15.2003")]
    code: String,
    /// Its level.
    kind: AdminLevel,
    /// Its name.
    #[schema(max_length = 100, example = "Cihonje")]
    name: String,
    /// Its postal code; villages only.
    #[schema(max_length = 5, example = "53165")]
    postal_code: Option<String>,
    /// The names of the areas that contain it, smallest first.
    #[schema(max_length = 310, example = "Gumelar, Kabupaten Banyumas, Jawa Tengah")]
    within: String,
}

impl AdminAreaView {
    /// Whether it has this code.
    pub(in crate::cooperatives) fn has_code(&self, code: &str) -> bool {
        self.code == code
    }

    /// Converts areas, with the names of the areas that contain them.
    pub(in crate::cooperatives) fn load_all(conn: &mut Conn, areas: Vec<AdminArea>) -> db::Result<Vec<AdminAreaView>> {
        let codes: Vec<&str> = areas.iter().flat_map(|area| code_path(&area.code)).collect();
        let containing = store::list_admin_areas(conn, &codes)?;
        let name = |code: &str| containing.iter().find(|area| area.code == code).map(|area| area.name.as_str());
        Ok(areas
            .iter()
            .map(|area| {
                let mut parents = code_path(&area.code);
                parents.pop();
                let within: Vec<&str> = parents.into_iter().rev().filter_map(name).collect();
                AdminAreaView {
                    code: area.code.clone(),
                    kind: area.kind,
                    name: area.name.clone(),
                    postal_code: area.postal_code.clone(),
                    within: within.join(", "),
                }
            })
            .collect())
    }
}

/// Search places
///
/// Provinces, regencies, districts and villages by a prefix of their name, or all that are directly in another.
#[utoipa::path(get, path = "/v1/places", responses((status = 200, body = Page<AdminAreaView>)))]
async fn search_places(
    state: Data<AppState>,
    request: HttpRequest,
    query: Query<SearchPlaces>,
) -> Result<ApiResponse, Problem> {
    let query = query.0;
    if query.q.as_deref().is_some_and(|q| q.chars().count() > 100) {
        return Err(Problem::invalid_parameter("/q", FieldError::TooLong(100)));
    }
    let prefix = query.q.as_deref().map(search_text);
    let list = format!("places {prefix:?} {:?} {:?}", query.kind, query.parent);
    let paging: Paging<(String, String)> = Paging::read(&state.signer, list, query.limit, query.cursor.as_deref())?;
    let filter = AdminAreaFilter { prefix, kind: query.kind, parent: query.parent };
    let (after, rows) = (paging.after.clone(), paging.fetch_limit());
    let (areas, views) = state
        .db
        .read::<_, db::Error, _>(move |conn| {
            let areas = store::search_admin_areas(conn, &filter, after, rows)?;
            let views = AdminAreaView::load_all(conn, areas.iter().map(|(area, _)| area.clone()).collect())?;
            Ok((areas, views))
        })
        .await?;
    let rows = areas.into_iter().zip(views).collect();
    let page =
        paging.page(&state.signer, rows, |((area, text), _)| (text.clone(), area.code.clone()), |(_, view)| view);
    Ok(page.to_response(request.path(), request.query_string()).with_etag().public())
}
