//! Reading places from a table: the bundled one of Banyumas and the provinces, or the full national list.

use std::collections::HashSet;
use std::io::Read;

use serde::Deserialize;

use super::admin_area::{AdminArea, AdminLevel, parent_of};
use super::store;
use crate::db::{self, Tx};

/// Banyumas and all provinces; where it comes from stands in `places.LICENSE.txt`.
const BUNDLED: &str = include_str!("places.csv");

/// Why a table of places was refused; nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub enum ImportPlacesError {
    /// The table cannot be read.
    #[error("the table cannot be read: {0}")]
    Unreadable(#[from] csv::Error),
    /// A code is no Kemendagri code.
    #[error("row {row}: {code:?} is no Kemendagri code such as 33.02.15.2003")]
    Code {
        /// The row, the first below the header being 1.
        row: usize,
        /// What stands there.
        code: String,
    },
    /// A name or postal code is missing, too long or malformed.
    #[error("row {row}: the name or the postal code is malformed")]
    Text {
        /// The row, the first below the header being 1.
        row: usize,
    },
    /// A place lies in one that is neither in the table nor known.
    #[error("{0} lies in a place that is neither in the table nor known")]
    Orphan(String),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

#[derive(Debug, Deserialize)]
struct Row {
    code: String,
    name: String,
    #[serde(default)]
    postal_code: Option<String>,
}

/// Reads a table with the columns `code,name,postal_code` (the last may be empty or missing), in any order of
/// rows, and tells how many places it has. What is known already is brought up to date.
pub fn import_places(tx: &mut Tx<'_>, table: impl Read) -> Result<usize, ImportPlacesError> {
    let mut places = Vec::new();
    for (number, row) in csv::Reader::from_reader(table).into_deserialize().enumerate() {
        places.push(place(number.saturating_add(1), row?)?);
    }
    // A code sorts behind the code of the place it lies in.
    places.sort_by(|one, other| one.code.cmp(&other.code));
    let listed: HashSet<&str> = places.iter().map(|place| place.code.as_str()).collect();
    for place in &places {
        if let Some(parent) = place.parent_code.as_deref()
            && !listed.contains(parent)
            && store::place(tx, parent)?.is_none()
        {
            return Err(ImportPlacesError::Orphan(place.code.clone()));
        }
    }
    for place in &places {
        store::keep_place(tx, place)?;
    }
    Ok(places.len())
}

/// Makes sure that the bundled places are there.
pub fn import_bundled_places(tx: &mut Tx<'_>) -> Result<usize, ImportPlacesError> {
    import_places(tx, BUNDLED.as_bytes())
}

fn place(number: usize, row: Row) -> Result<AdminArea, ImportPlacesError> {
    let Some(kind) = AdminLevel::of(&row.code) else {
        return Err(ImportPlacesError::Code { row: number, code: row.code });
    };
    let name = row.name.trim().to_owned();
    let postal_code = row.postal_code.filter(|code| !code.is_empty());
    let sound = postal_code.as_deref().is_none_or(|code| code.len() == 5 && code.bytes().all(|b| b.is_ascii_digit()));
    if !sound || !(1..=100).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(ImportPlacesError::Text { row: number });
    }
    Ok(AdminArea { parent_code: parent_of(&row.code).map(str::to_owned), code: row.code, kind, name, postal_code })
}
