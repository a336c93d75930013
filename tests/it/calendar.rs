//! The calendar: official dates are bundled, the administrator's changes win, and computed dates fill gaps.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use diesel::connection::{Connection, InstrumentationEvent};
use lumbung::calendar::{is_holiday, list_holidays};
use lumbung::kernel::Day;
use lumbung::{db, events};
use serde_json::{Value, json};

use crate::world::{Village, World};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

impl World {
    /// The occasions of these days.
    async fn list_occasions(&self, from: &str, to: &str) -> Vec<Value> {
        let reply = self.guest().get(&format!("/v1/calendar?from={from}&to={to}")).await.expect(200);
        reply.json["data"].as_array().unwrap().clone()
    }

    /// The occasions of these days as `day kind origin`.
    async fn lines(&self, from: &str, to: &str) -> Vec<String> {
        let occasions = self.list_occasions(from, to).await;
        let text = |occasion: &Value, name: &str| occasion[name].as_str().unwrap().to_owned();
        occasions
            .iter()
            .map(|occasion| {
                format!("{} {} {}", text(occasion, "day"), text(occasion, "kind"), text(occasion, "origin"))
            })
            .collect()
    }

    /// Runs the migration again, like every start.
    async fn migrate_again(&self) {
        let settings = self.database.settings();
        tokio::task::spawn_blocking(move || lumbung::app::migrate(&settings).unwrap()).await.unwrap();
    }
}

impl Village {
    /// The calendar events, sorted by kind, because events with the same timestamp have no other order.
    async fn calendar_events(&self) -> Vec<events::RecordedEvent> {
        let db = &self.app.state.db;
        db.write::<_, db::Error, _>(events::assign_seq).await.unwrap();
        let all = db.read::<_, db::Error, _>(|conn| events::list_after(conn, 0, None, 1000)).await.unwrap();
        let mut own: Vec<_> = all.into_iter().filter(|event| event.kind.starts_with("calendar.")).collect();
        own.sort_by(|a, b| a.kind.cmp(&b.kind));
        own
    }
}

#[actix_web::test]
async fn a_year_has_official_dates_and_marks_computed_ones() {
    let world = World::empty().await;
    let all = world.lines("2026-02-01", "2027-03-07").await;
    assert_eq!(
        all,
        [
            "2026-02-19 ramadan official",
            "2026-03-21 idulfitri official",
            "2026-05-27 iduladha official",
            "2026-06-16 hijri_new_year official",
            "2026-08-25 maulid official",
            "2027-02-08 ramadan computed",
        ]
    );
    let occasions = world.list_occasions("2026-03-21", "2027-02-08").await;
    let (first, last) = (&occasions[0], occasions.last().unwrap());
    assert_eq!((&first["hijri_year"], &first["day_off"], &first["version"]), (&json!(1447), &json!(true), &json!(1)));
    assert_eq!((&last["id"], &last["version"], &last["day_off"]), (&Value::Null, &Value::Null, &json!(false)));
    // Nothing is announced two years ahead, so that all occasions are computed.
    let ahead = world.lines("2028-07-01", "2029-07-10").await;
    assert!(ahead.len() >= 5 && ahead.iter().all(|line| line.ends_with(" computed")), "{ahead:?}");
}

#[actix_web::test]
async fn the_calendar_is_localized_and_cacheable_for_a_minute() {
    let world = World::empty().await;
    let path = "/v1/calendar?from=2027-03-01&to=2027-03-31";
    let reply = world.guest().get(path).await.expect(200);
    let names = json!({"id": "Hari Raya Idulfitri 1448 H", "en": "Eid al-Fitr 1448 AH"});
    assert_eq!((reply.json["data"][0]["name"].clone(), &reply.json["data"][0]["names"]), (names["id"].clone(), &names));
    let english = world.guest().in_english().get(path).await.expect(200);
    assert_eq!(english.json["data"][0]["name"], names["en"]);
    assert_ne!(english.header("etag"), reply.header("etag"));
    assert!(reply.header("cache-control").unwrap().starts_with("public, max-age=60"));
    let again = world.guest().with("if-none-match", reply.header("etag").unwrap()).get(path).await;
    assert_eq!((again.status, again.bytes.len()), (304, 0));
    // By default a year from today.
    let whole = world.guest().get("/v1/calendar").await.expect(200);
    assert_eq!((whole.str("from"), whole.str("to")), ("2026-11-23".into(), "2027-11-22".into()));
    assert!(world.guest().get("/v1/calendar?from=2026-01-01&to=2027-02-05").await.status == 200, "400 days");
    for query in ["from=2026-01-01&to=2027-02-06", "from=2026-03-02&to=2026-03-01", "from=2026-02-30", "month=3"] {
        world.guest().get(&format!("/v1/calendar?{query}")).await.expect_problem(400, "query-invalid");
    }
    for far in ["0001-01-01", "9999-12-31", "-0005-01-01"] {
        assert_eq!(world.list_occasions(far, far).await, Vec::<Value>::new());
    }
}

#[actix_web::test]
async fn a_stored_date_replaces_the_computed_one_until_it_is_removed() {
    let village = World::village().await;
    assert_eq!(village.lines("2028-02-01", "2028-03-15").await, ["2028-02-27 idulfitri computed"]);
    let announced = json!({"kind": "idulfitri", "day": "2028-02-26"});
    let added = village.admin.with_new_key().post("/v1/calendar", announced.clone()).await.expect(201);
    assert_eq!(
        (added.str("origin"), added.str("name"), &added.json["hijri_year"], &added.json["day_off"]),
        ("edited".into(), "Hari Raya Idulfitri 1449 H".into(), &json!(1449), &json!(true))
    );
    assert_eq!(village.lines("2028-02-01", "2028-03-15").await, ["2028-02-26 idulfitri edited"]);
    assert_eq!(village.lines("2028-02-27", "2028-02-27").await, [""; 0], "its computed day alone");
    // There is one date per year.
    let other = json!({"kind": "idulfitri", "day": "2028-02-27"});
    village.admin.with_new_key().post("/v1/calendar", other).await.expect_problem(409, "occasion-known");
    let path = format!("/v1/calendar/{}", added.id());
    let moved = village.admin.with_version_of(&added).patch(&path, json!({"day": "2028-02-28"})).await.expect(200);
    assert_eq!(village.lines("2028-02-01", "2028-03-15").await, ["2028-02-28 idulfitri edited"]);
    village.admin.with_version_of(&moved).delete(&path).await.expect(204);
    assert_eq!(village.lines("2028-02-01", "2028-03-15").await, ["2028-02-27 idulfitri computed"]);
    village.admin.with_version_of(&moved).delete(&path).await.expect_problem(404, "not-found");
    village.admin.with_new_key().post("/v1/calendar", announced).await.expect(201);
}

#[actix_web::test]
async fn holidays_have_names_and_every_change_is_recorded() {
    let village = World::village().await;
    let holiday = json!({
        "kind": "holiday", "day": "2027-08-17", "names": {"id": " Hari Kemerdekaan ", "en": "Independence Day"},
    });
    let admin = village.admin.with_new_key();
    let added = admin.post("/v1/calendar", holiday.clone()).await.expect(201);
    assert_eq!((added.str("name"), &added.json["hijri_year"]), ("Hari Kemerdekaan".into(), &Value::Null));
    let replayed = admin.post("/v1/calendar", holiday.clone()).await.expect(201);
    assert_eq!((replayed.header("idempotency-replayed"), &replayed.json), (Some("true"), &added.json));
    village.admin.with_new_key().post("/v1/calendar", holiday).await.expect_problem(409, "occasion-known");
    let path = format!("/v1/calendar/{}", added.id());
    let edit = json!({"names": {"id": "HUT RI ke-82", "en": "Independence Day"}, "day_off": false});
    village.admin.patch(&path, edit.clone()).await.expect_problem(428, "version-required");
    let changed = village.admin.with_version_of(&added).in_english().patch(&path, edit.clone()).await.expect(200);
    assert_eq!(
        (changed.str("name"), &changed.json["day_off"], &changed.json["version"]),
        ("Independence Day".into(), &json!(false), &json!(2))
    );
    let stale = village.admin.with_version_of(&added).patch(&path, edit).await.expect_problem(412, "version-stale");
    assert_eq!(stale.json["current_version"], 2);
    village.admin.with_version_of(&added).delete(&path).await.expect_problem(412, "version-stale");
    village.admin.delete(&path).await.expect_problem(428, "version-required");
    village.admin.with_version_of(&changed).delete(&path).await.expect(204);
    let events = village.calendar_events().await;
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["calendar.added", "calendar.changed", "calendar.removed"]);
    for event in &events {
        assert_eq!(event.actor.map(|actor| actor.to_string()), Some(village.admin.id.clone()));
        assert_eq!((event.subject.to_string(), event.payload["day"].clone()), (added.id(), json!("2027-08-17")));
    }
}

#[actix_web::test]
async fn invalid_occasions_are_rejected() {
    let village = World::village().await;
    let (names, admin) = (json!({"id": "Cuti bersama", "en": "Joint leave"}), &village.admin);
    let post = async |body: Value| admin.with_new_key().post("/v1/calendar", body).await;
    let nameless = post(json!({"kind": "joint_leave", "day": "2027-03-09"})).await;
    nameless.expect_problem(422, "body-invalid").expect_field_error("/names", "required");
    let far = post(json!({"kind": "joint_leave", "day": "1999-12-31", "names": names})).await;
    far.expect_problem(422, "body-invalid").expect_field_error("/day", "day-out-of-reach");
    let july = post(json!({"kind": "idulfitri", "day": "2028-07-01"})).await;
    july.expect_problem(422, "body-invalid").expect_field_error("/day", "no-such-day");
    let blank = json!({"kind": "holiday", "day": "2027-05-01", "names": {"id": " ", "en": "x".repeat(101)}});
    let blank = post(blank).await.expect_problem(422, "body-invalid").expect_field_error("/names/id", "required");
    blank.expect_field_error("/names/en", "too-long");
    post(json!({"kind": "pasar", "day": "2027-05-01"})).await.expect_problem(400, "body-unreadable");
    let idulfitri = village.list_occasions("2027-03-10", "2027-03-10").await[0].clone();
    let path = format!("/v1/calendar/{}", idulfitri["id"].as_str().unwrap());
    let editing = admin.with("if-match", "\"1\"");
    let next_year = editing.patch(&path, json!({"day": "2028-02-27"})).await;
    next_year.expect_problem(422, "body-invalid").expect_field_error("/day", "no-such-day");
    editing
        .patch(&path, json!({"day": null}))
        .await
        .expect_problem(400, "body-unreadable")
        .expect_field_error("/day", "required");
    let mut full = vec![];
    for number in 1..=6 {
        let names = json!({"id": format!("Hari ke-{number}"), "en": format!("Day {number}")});
        full.push(post(json!({"kind": "holiday", "day": "2027-06-01", "names": names})).await);
    }
    full.pop().unwrap().expect_problem(409, "calendar-day-full");
    assert!(full.iter().all(|added| added.status == 201));
    let moved = json!({"kind": "holiday", "day": "2027-06-02", "names": names});
    let moved = post(moved).await.expect(201);
    let path = format!("/v1/calendar/{}", moved.id());
    admin
        .with_version_of(&moved)
        .patch(&path, json!({"day": "2027-06-01"}))
        .await
        .expect_problem(409, "calendar-day-full");
    // An existing occasion can be changed although its day is full.
    let path = format!("/v1/calendar/{}", full[0].id());
    admin.with_version_of(&full[0]).patch(&path, json!({"day_off": false})).await.expect(200);
}

#[actix_web::test]
async fn a_client_made_id_is_created_once() {
    let village = World::village().await;
    let id = "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c77";
    let body = json!({"id": id, "kind": "maulid", "day": "2028-08-03"});
    assert_eq!(village.admin.post("/v1/calendar", body.clone()).await.expect(201).id(), id);
    assert_eq!(village.admin.post("/v1/calendar", body).await.expect(200).id(), id);
    let other = json!({"id": id, "kind": "maulid", "day": "2028-08-04"});
    village.admin.post("/v1/calendar", other).await.expect_problem(409, "id-taken");
}

#[actix_web::test]
async fn importing_official_dates_again_keeps_the_administrators_changes() {
    let village = World::village().await;
    let before = village.dump_rows();
    village.migrate_again().await;
    assert_eq!(crate::world::diff_rows(&before, &village.dump_rows()), Vec::<String>::new());
    let of = async |day: &str| village.list_occasions(day, day).await.first().cloned().unwrap_or_default();
    let path = |occasion: &Value| format!("/v1/calendar/{}", occasion["id"].as_str().unwrap());
    let first = village.admin.with("if-match", "\"1\"");
    // Moved, removed, and entered by an administrator before the import.
    first.patch(&path(&of("2027-03-10").await), json!({"day": "2027-03-11"})).await.expect(200);
    first.delete(&path(&of("2027-05-17").await)).await.expect(204);
    village.database.run("DELETE FROM occasions WHERE kind = 'maulid' AND hijri_year = 1449");
    let known = json!({"kind": "maulid", "day": "2027-08-16"});
    village.admin.with_new_key().post("/v1/calendar", known).await.expect(201);
    // And two that the import must correct or add.
    village.database.run("UPDATE occasions SET day = '2027-06-07' WHERE kind = 'hijri_new_year' AND hijri_year = 1449");
    village.database.run("DELETE FROM occasions WHERE kind = 'ramadan' AND hijri_year = 1447");
    village.migrate_again().await;
    assert_eq!(
        village.lines("2027-03-01", "2027-12-31").await,
        [
            "2027-03-11 idulfitri edited",
            "2027-05-17 iduladha computed",
            "2027-06-06 hijri_new_year official",
            "2027-08-16 maulid edited",
        ]
    );
    assert_eq!(
        (of("2027-06-06").await["version"].clone(), of("2026-02-19").await["origin"].clone()),
        (json!(2), json!("official"))
    );
}

#[actix_web::test]
async fn days_off_of_a_period_take_one_query() {
    let village = World::village().await;
    let leave =
        json!({"kind": "joint_leave", "day": "2027-03-11", "names": {"id": "Cuti bersama", "en": "Joint leave"}});
    village.admin.with_new_key().post("/v1/calendar", leave).await.expect(201);
    let queries = Arc::new(Mutex::new(0));
    let counter = Arc::clone(&queries);
    let read = village.app.state.db.read::<_, db::Error, _>(move |conn| {
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { .. } = event {
                *counter.lock().unwrap() += 1;
            }
        });
        let days_off = list_holidays(conn, day("2027-02-01"), day("2027-06-30"));
        conn.set_instrumentation(|_: InstrumentationEvent<'_>| {});
        Ok((days_off?, is_holiday(conn, day("2027-03-11"))?, is_holiday(conn, day("2027-02-08"))?))
    });
    let (days_off, leave, fasting) = read.await.unwrap();
    assert_eq!(
        days_off,
        ["2027-03-10", "2027-03-11", "2027-05-17", "2027-06-06"].map(day).into_iter().collect::<BTreeSet<_>>()
    );
    assert_eq!((leave, fasting, *queries.lock().unwrap()), (true, false, 1));
}
