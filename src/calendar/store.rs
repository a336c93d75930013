//! The slice's SQL: the occasions that are written down.

#![allow(clippy::arithmetic_side_effects, reason = "versions are added up by the database, which checks")]

use std::ops::RangeInclusive;

use diesel::prelude::*;

use super::occasion::{Kept, Names, Occasion, OccasionKind, Origin};
use crate::db::schema::occasions::dsl;
use crate::db::{Conn, Result, Tx, on_both};
use crate::kernel::Day;
use crate::kernel::ids::OccasionId;

type Row = (OccasionId, OccasionKind, Day, Option<i32>, String, String, bool, Origin, i64);

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
    ($it:expr, $kept:expr) => {
        (
            dsl::id.eq($kept.id),
            dsl::kind.eq($it.kind),
            dsl::day.eq($it.day),
            dsl::hijri_year.eq($it.hijri_year),
            dsl::name_indonesian.eq(&$it.names.indonesian),
            dsl::name_english.eq(&$it.names.english),
            dsl::day_off.eq($it.day_off),
            dsl::origin.eq($it.origin),
            dsl::version.eq($kept.version),
        )
    };
}

fn occasion((id, kind, day, hijri_year, indonesian, english, day_off, origin, version): Row) -> Occasion {
    let (kept, names) = (Some(Kept { id, version }), Names { indonesian, english });
    Occasion { kept, kind, day, hijri_year, names, day_off, origin }
}

/// The occasion of this id, unless it was removed.
pub fn find(conn: &mut Conn, id: OccasionId) -> Result<Option<Occasion>> {
    let row: Option<Row> =
        dsl::occasions.find(id).filter(dsl::removed.eq(false)).select(columns!()).first(conn).optional()?;
    Ok(row.map(occasion))
}

/// What is written down of these days, and of these Hijri years on whatever day.
pub(super) fn around(conn: &mut Conn, from: Day, to: Day, years: RangeInclusive<i32>) -> Result<Vec<Occasion>> {
    let on_these_days = dsl::day.ge(from).and(dsl::day.le(to));
    let of_these_years = dsl::hijri_year.ge(*years.start()).and(dsl::hijri_year.le(*years.end()));
    let rows: Vec<Row> = dsl::occasions
        .filter(dsl::removed.eq(false))
        .filter(on_these_days.nullable().or(of_these_years))
        .select(columns!())
        .load(conn)?;
    Ok(rows.into_iter().map(occasion).collect())
}

/// How many occasions are written down for a day, but for this one.
pub(super) fn others_on(conn: &mut Conn, day: Day, but: OccasionId) -> Result<i64> {
    let others = dsl::occasions.filter(dsl::day.eq(day)).filter(dsl::removed.eq(false)).filter(dsl::id.ne(but));
    Ok(others.count().get_result(conn)?)
}

/// Writes a new occasion down.
pub(super) fn insert(tx: &mut Tx<'_>, it: &Occasion, kept: Kept) -> Result<()> {
    diesel::insert_into(dsl::occasions).values(values!(it, kept)).execute(&mut **tx)?;
    Ok(())
}

/// Writes the changes of an occasion that was read at the version before; false when it has moved on.
pub(super) fn update(tx: &mut Tx<'_>, it: &Occasion, kept: Kept) -> Result<bool> {
    let before = dsl::occasions
        .find(kept.id)
        .filter(dsl::version.eq(kept.version.saturating_sub(1)))
        .filter(dsl::removed.eq(false));
    let changed = diesel::update(before)
        .set((
            dsl::day.eq(it.day),
            dsl::name_indonesian.eq(&it.names.indonesian),
            dsl::name_english.eq(&it.names.english),
            dsl::day_off.eq(it.day_off),
            dsl::origin.eq(it.origin),
            dsl::version.eq(kept.version),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Takes an occasion away that was read at this version; false when it has moved on.
pub(super) fn remove(tx: &mut Tx<'_>, kept: Kept) -> Result<bool> {
    let before = dsl::occasions.find(kept.id).filter(dsl::version.eq(kept.version)).filter(dsl::removed.eq(false));
    let changed =
        diesel::update(before).set((dsl::removed.eq(true), dsl::version.eq(dsl::version + 1))).execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Writes an official date down, or brings it up to date where nobody has touched it; tells whether it is new.
pub(super) fn keep_official(tx: &mut Tx<'_>, it: &Occasion) -> Result<bool> {
    let Some(kept) = it.kept else { return Ok(false) };
    // Known already by its id, or its year has a date of the administrator's.
    let inserted = on_both!(tx, c =>
        diesel::insert_into(dsl::occasions).values(values!(it, kept)).on_conflict_do_nothing().execute(c))?;
    if inserted == 1 {
        return Ok(true);
    }
    let outdated = dsl::day
        .ne(it.day)
        .or(dsl::name_indonesian.ne(&it.names.indonesian))
        .or(dsl::name_english.ne(&it.names.english));
    let untouched = dsl::occasions
        .find(kept.id)
        .filter(dsl::origin.eq(Origin::Official))
        .filter(dsl::removed.eq(false))
        .filter(outdated);
    diesel::update(untouched)
        .set((
            dsl::day.eq(it.day),
            dsl::name_indonesian.eq(&it.names.indonesian),
            dsl::name_english.eq(&it.names.english),
            dsl::version.eq(dsl::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(false)
}
