//! Import of administrative areas from CSV: the bundled file with Banyumas and the provinces, or the full national list.

use std::collections::HashSet;
use std::io::Read;

use serde::Deserialize;

use super::admin_area::{AdminArea, AdminLevel, parent_code};
use super::store;
use crate::db::{self, Tx};

/// Banyumas and all provinces; `places.LICENSE.txt` names the source.
const BUNDLED: &str = include_str!("places.csv");

/// Why an import failed; nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum ImportAdminAreasError {
    /// The CSV is malformed.
    #[error("the table cannot be read: {0}")]
    Unreadable(#[from] csv::Error),
    /// A code is not a Kemendagri code.
    #[error("row {row}: {code:?} is no Kemendagri code such as 33.02.15.2003")]
    Code {
        /// The row number; the first row below the header is 1.
        row: usize,
        /// The malformed code.
        code: String,
    },
    /// A name or postal code is missing, too long or malformed.
    #[error("row {row}: the name or the postal code is malformed")]
    Text {
        /// The row number; the first row below the header is 1.
        row: usize,
    },
    /// The parent of this code is neither in the file nor in the database.
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

/// Imports a CSV file with the columns `code,name,postal_code` (the last may be empty or missing), rows in any order, and
/// returns the number of areas. Existing areas are updated.
pub fn import_admin_areas(tx: &mut Tx<'_>, table: impl Read) -> Result<usize, ImportAdminAreasError> {
    let mut areas = Vec::new();
    for (number, row) in csv::Reader::from_reader(table).into_deserialize().enumerate() {
        areas.push(parse_area(number.saturating_add(1), row?)?);
    }
    // Parents sort before their children.
    areas.sort_by(|left, right| left.code.cmp(&right.code));
    let listed: HashSet<&str> = areas.iter().map(|area| area.code.as_str()).collect();
    for area in &areas {
        if let Some(parent) = area.parent_code.as_deref()
            && !listed.contains(parent)
            && store::find_admin_area(tx, parent)?.is_none()
        {
            return Err(ImportAdminAreasError::Orphan(area.code.clone()));
        }
    }
    for area in &areas {
        store::upsert_admin_area(tx, area)?;
    }
    Ok(areas.len())
}

/// Imports the bundled areas.
pub fn import_bundled_admin_areas(tx: &mut Tx<'_>) -> Result<usize, ImportAdminAreasError> {
    import_admin_areas(tx, BUNDLED.as_bytes())
}

fn parse_area(number: usize, row: Row) -> Result<AdminArea, ImportAdminAreasError> {
    let Some(kind) = AdminLevel::from_code(&row.code) else {
        return Err(ImportAdminAreasError::Code { row: number, code: row.code });
    };
    let name = row.name.trim().to_owned();
    let postal_code = row.postal_code.filter(|code| !code.is_empty());
    let is_postal_code_valid =
        postal_code.as_deref().is_none_or(|code| code.len() == 5 && code.bytes().all(|b| b.is_ascii_digit()));
    if !is_postal_code_valid || !(1..=100).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(ImportAdminAreasError::Text { row: number });
    }
    Ok(AdminArea { parent_code: parent_code(&row.code).map(str::to_owned), code: row.code, kind, name, postal_code })
}
