//! Searching administrative areas.

use serde::{Deserialize, Serialize};

use crate::cooperatives::admin_area::{AdminArea, AdminLevel, code_path, search_text};
use crate::cooperatives::store::{self, AdminAreaFilter};
use crate::db::{self, Conn};
use crate::web::{ApiResponse, FieldError, List, Page, Problem, Routes, routes};

pub(super) fn routes() -> Routes {
    routes!["places": search_places]
}

/// Filter of areas.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
struct SearchPlaces {
    /// Prefix of the name, regardless of case, accents and words such as Kabupaten.
    #[param(max_length = 100, example = "gumelar")]
    q: Option<String>,
    /// Only areas of this level.
    kind: Option<AdminLevel>,
    /// Only areas directly in the area of this code.
    #[param(max_length = 13, example = "33.02.15")]
    parent: Option<String>,
}

/// An administrative area.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(super) struct AdminAreaView {
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
    pub(super) fn has_code(&self, code: &str) -> bool {
        self.code == code
    }

    /// Converts areas, with the names of the areas that contain them.
    pub(super) fn load_all(conn: &mut Conn, areas: &[AdminArea]) -> db::Result<Vec<AdminAreaView>> {
        let codes: Vec<&str> = areas.iter().flat_map(|area| code_path(&area.code)).collect();
        let containing = store::list_admin_areas(conn, &codes)?;
        let name = |code: &str| containing.iter().find(|area| area.code == code).map(|area| area.name.as_str());
        let views = areas.iter().map(|area| AdminAreaView {
            code: area.code.clone(),
            kind: area.kind,
            name: area.name.clone(),
            postal_code: area.postal_code.clone(),
            within: code_path(&area.code).into_iter().rev().skip(1).filter_map(name).collect::<Vec<_>>().join(", "),
        });
        Ok(views.collect())
    }
}

/// Search places
///
/// Provinces, regencies, districts and villages by a prefix of their name, or all that are directly in another.
#[utoipa::path(get, path = "/v1/places", responses((status = 200, body = Page<AdminAreaView>)))]
async fn search_places(list: List<(String, String), SearchPlaces>) -> Result<ApiResponse, Problem> {
    if list.filter.q.as_deref().is_some_and(|q| q.chars().count() > 100) {
        return Err(Problem::invalid_parameter("/q", FieldError::TooLong(100)));
    }
    let rows = list.read(|conn, list| {
        let SearchPlaces { q, kind, parent } = list.filter.clone();
        let filter = AdminAreaFilter { prefix: q.as_deref().map(search_text), kind, parent };
        let rows = store::search_admin_areas(conn, &filter, list.after.clone(), list.limit)?;
        let (areas, names): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        Ok(names.into_iter().zip(AdminAreaView::load_all(conn, &areas)?).collect())
    });
    let key = |(name, view): &(String, AdminAreaView)| (name.clone(), view.code.clone());
    Ok(rows.await?.answer(key, |(_, view)| view).with_etag().public())
}
