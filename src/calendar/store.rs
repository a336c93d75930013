//! SQL of stored occasions.

#![allow(clippy::arithmetic_side_effects, reason = "versions are added up by the database, which checks")]

use std::ops::RangeInclusive;

use diesel::prelude::*;

use super::occasion::{LocalizedName, Occasion, OccasionKind, OccasionOrigin, StoredVersion};
use crate::db::schema::occasions::dsl;
use crate::db::{Conn, Result, Tx, on_both};
use crate::kernel::Day;
use crate::kernel::ids::OccasionId;

type Row = (OccasionId, OccasionKind, Day, Option<i32>, String, String, bool, OccasionOrigin, i64);

macro_rules! columns {
    () => {
        (
            dsl::id,
            dsl::kind,
            dsl::day,
            dsl::hijri_year,
            dsl::name_indonesian,
            dsl::name_english,
            dsl::day_off,
            dsl::origin,
            dsl::version,
        )
    };
}

macro_rules! values {
    ($occasion:expr, $stored:expr) => {
        (
            dsl::id.eq($stored.id),
            dsl::kind.eq($occasion.kind),
            dsl::day.eq($occasion.day),
            dsl::hijri_year.eq($occasion.hijri_year),
            dsl::name_indonesian.eq(&$occasion.names.indonesian),
            dsl::name_english.eq(&$occasion.names.english),
            dsl::day_off.eq($occasion.day_off),
            dsl::origin.eq($occasion.origin),
            dsl::version.eq($stored.version),
        )
    };
}

fn from_row((id, kind, day, hijri_year, indonesian, english, day_off, origin, version): Row) -> Occasion {
    let (stored, names) = (Some(StoredVersion { id, version }), LocalizedName { indonesian, english });
    Occasion { stored, kind, day, hijri_year, names, day_off, origin }
}

/// The occasion with this id; `None` when it does not exist or was removed.
pub fn find(conn: &mut Conn, id: OccasionId) -> Result<Option<Occasion>> {
    let row: Option<Row> =
        dsl::occasions.find(id).filter(dsl::removed.eq(false)).select(columns!()).get_result(conn).optional()?;
    Ok(row.map(from_row))
}

/// Lists the stored occasions of these days, and those of these Hijri years on any day.
pub(super) fn list_around(conn: &mut Conn, from: Day, to: Day, years: RangeInclusive<i32>) -> Result<Vec<Occasion>> {
    let in_days = dsl::day.ge(from).and(dsl::day.le(to));
    let in_years = dsl::hijri_year.ge(*years.start()).and(dsl::hijri_year.le(*years.end()));
    let rows: Vec<Row> = dsl::occasions
        .filter(dsl::removed.eq(false))
        .filter(in_days.nullable().or(in_years))
        .select(columns!())
        .load(conn)?;
    Ok(rows.into_iter().map(from_row).collect())
}

/// Counts the stored occasions of a day except this one.
pub(super) fn count_others_on(conn: &mut Conn, day: Day, except: OccasionId) -> Result<i64> {
    let others = dsl::occasions.filter(dsl::day.eq(day)).filter(dsl::removed.eq(false)).filter(dsl::id.ne(except));
    Ok(others.count().get_result(conn)?)
}

pub(super) fn insert(tx: &mut Tx<'_>, occasion: &Occasion, stored: StoredVersion) -> Result<()> {
    diesel::insert_into(dsl::occasions).values(values!(occasion, stored)).execute(&mut **tx)?;
    Ok(())
}

/// Updates an occasion that was read at the previous version; `false` when it has changed since.
pub(super) fn update(tx: &mut Tx<'_>, occasion: &Occasion, stored: StoredVersion) -> Result<bool> {
    let before = dsl::occasions
        .find(stored.id)
        .filter(dsl::version.eq(stored.version.saturating_sub(1)))
        .filter(dsl::removed.eq(false));
    let changed = diesel::update(before)
        .set((
            dsl::day.eq(occasion.day),
            dsl::name_indonesian.eq(&occasion.names.indonesian),
            dsl::name_english.eq(&occasion.names.english),
            dsl::day_off.eq(occasion.day_off),
            dsl::origin.eq(occasion.origin),
            dsl::version.eq(stored.version),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Removes an occasion at this version; `false` when it has changed since.
pub(super) fn remove(tx: &mut Tx<'_>, stored: StoredVersion) -> Result<bool> {
    let before = dsl::occasions.find(stored.id).filter(dsl::version.eq(stored.version)).filter(dsl::removed.eq(false));
    let changed =
        diesel::update(before).set((dsl::removed.eq(true), dsl::version.eq(dsl::version + 1))).execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Inserts an official date, or updates it unless it was edited; returns whether it is new.
pub(super) fn upsert_official(tx: &mut Tx<'_>, occasion: &Occasion) -> Result<bool> {
    let Some(stored) = occasion.stored else { return Ok(false) };
    // A conflict means that the id exists, or that an administrator has entered a date for the year.
    let inserted = on_both!(tx, c =>
        diesel::insert_into(dsl::occasions).values(values!(occasion, stored)).on_conflict_do_nothing().execute(c))?;
    if inserted == 1 {
        return Ok(true);
    }
    let outdated = dsl::day
        .ne(occasion.day)
        .or(dsl::name_indonesian.ne(&occasion.names.indonesian))
        .or(dsl::name_english.ne(&occasion.names.english));
    let untouched = dsl::occasions
        .find(stored.id)
        .filter(dsl::origin.eq(OccasionOrigin::Official))
        .filter(dsl::removed.eq(false))
        .filter(outdated);
    diesel::update(untouched)
        .set((
            dsl::day.eq(occasion.day),
            dsl::name_indonesian.eq(&occasion.names.indonesian),
            dsl::name_english.eq(&occasion.names.english),
            dsl::version.eq(dsl::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(false)
}
