//! Members with and without phones and accounts, invitations, and leaving.

use diesel::prelude::*;
use lumbung::db::{self, schema::outbox};
use lumbung::kernel::Duration;
use serde_json::{Value, json};

use crate::world::{Person, Reply, Village, World};

fn members(world: &Village) -> String {
    format!("/v1/groups/{}/members", world.sekar_laras)
}

async fn invite(world: &Village, by: &Person, body: Value) -> Reply {
    by.post(&format!("/v1/groups/{}/invitations", world.sekar_laras), body).await
}

fn acceptance(invited: &Reply) -> String {
    format!("/v1/invitations/{}/acceptance", invited.str("token"))
}

#[actix_web::test]
async fn a_member_needs_neither_phone_nor_account_and_officers_alone_see_phones() {
    let world = World::village().await;
    let new = json!({"name": "Mbah Sumi Contoh", "role": "member", "phone": "0812 0000 0077"});
    let added = world.sari.post(&members(&world), new).await.expect(201);
    assert_eq!((added.str("phone"), added.json["has_account"].clone()), ("+6281200000077".into(), json!(false)));
    let list = world.wati.get(&members(&world)).await.expect(200);
    let row = list.json["data"].as_array().unwrap().iter().find(|row| row["id"] == added.json["id"]).unwrap().clone();
    assert!(row["phone"].is_null() && row["account"].is_null());
    let member = format!("{}/{}", members(&world), added.id());
    assert!(world.wati.get(&member).await.expect(200).json["phone"].is_null());
    assert_eq!(world.companion.get(&member).await.expect(200).str("phone"), "+6281200000077");
    let public = world.guest().get(&format!("/v1/groups/{}", world.sekar_laras)).await.expect(200);
    assert!(!public.text().contains("77") || !public.text().contains("Sumi"));
    assert_eq!(public.json["members"], 4);
    world
        .sari
        .get(&format!("/v1/groups/{}/members/{}", world.singkong_wareg, added.id()))
        .await
        .expect_problem(404, "not-found");
}

#[actix_web::test]
async fn only_officers_and_the_board_add_and_change_members() {
    let world = World::village().await;
    let member = format!("{}/{}", members(&world), world.mbah_contoh);
    let seen = world.sari.get(&member).await.expect(200);
    let change = json!({"name": "Mbah Contoh Sepuh", "phone": "0812-0000-0078"});
    world.wati.with_version_of(&seen).patch(&member, change.clone()).await.expect_problem(403, "forbidden");
    world.darsih.with_version_of(&seen).patch(&member, change.clone()).await.expect_problem(404, "not-found");
    world.sari.patch(&member, change.clone()).await.expect_problem(428, "version-required");
    let changed = world.sari.with_version_of(&seen).patch(&member, change.clone()).await.expect(200);
    assert_eq!(changed.str("name"), "Mbah Contoh Sepuh");
    world.board.with_version_of(&seen).patch(&member, change).await.expect_problem(412, "version-stale");
    let cleared = world.board.with_version_of(&changed).patch(&member, json!({"phone": null})).await.expect(200);
    assert!(cleared.json["phone"].is_null());
    let no_role = world.sari.with_version_of(&cleared).patch(&member, json!({"role": null})).await;
    no_role.expect_problem(400, "body-unreadable").expect_field_error("/role", "required");
    world.sari.post(&members(&world), json!({"name": "", "role": "member"})).await.expect_problem(422, "body-invalid");
    world
        .sari
        .post(&members(&world), json!({"name": "A", "role": "boss"}))
        .await
        .expect_problem(400, "body-unreadable");
}

#[actix_web::test]
async fn a_role_takes_effect_on_the_next_request_and_the_chair_is_appointed_by_chair_or_board() {
    let world = World::village().await;
    let wati = format!("{}/{}", members(&world), world.wati_membership);
    let sari = format!("{}/{}", members(&world), world.sari_membership);
    let new = json!({"name": "Contoh Baru", "role": "member"});
    world.wati.post(&members(&world), new.clone()).await.expect_problem(403, "forbidden");
    let seen = world.sari.get(&wati).await.expect(200);
    let secretary = world.sari.with_version_of(&seen).patch(&wati, json!({"role": "secretary"})).await.expect(200);
    world.wati.post(&members(&world), new.clone()).await.expect(201);
    // An officer who is not the chair cannot appoint or dismiss the chair.
    world
        .wati
        .with_version_of(&secretary)
        .patch(&wati, json!({"role": "chair"}))
        .await
        .expect_problem(403, "forbidden");
    world.wati.post(&members(&world), json!({"name": "X", "role": "chair"})).await.expect_problem(403, "forbidden");
    let chair = world.sari.get(&sari).await.expect(200);
    world.wati.with_version_of(&chair).patch(&sari, json!({"role": "member"})).await.expect_problem(403, "forbidden");
    world.wati.with_version_of(&chair).delete(&sari).await.expect_problem(403, "forbidden");
    world.sari.with_version_of(&chair).patch(&sari, json!({"role": "member"})).await.expect_problem(409, "last-chair");
    world.sari.with_version_of(&chair).delete(&sari).await.expect_problem(409, "last-chair");
    world.board.with_version_of(&secretary).patch(&wati, json!({"role": "chair"})).await.expect(200);
    world.sari.with_version_of(&chair).patch(&sari, json!({"role": "member"})).await.expect(200);
    world.sari.post(&members(&world), new).await.expect_problem(403, "forbidden");
}

#[actix_web::test]
async fn of_two_chairs_who_leave_concurrently_one_stays() {
    let world = World::village().await;
    let wati = format!("{}/{}", members(&world), world.wati_membership);
    let sari = format!("{}/{}", members(&world), world.sari_membership);
    let seen = world.sari.get(&wati).await.expect(200);
    let wati_chair = world.sari.with_version_of(&seen).patch(&wati, json!({"role": "chair"})).await.expect(200);
    let sari_chair = world.sari.get(&sari).await.expect(200);
    let (sari_client, wati_client) = (world.sari.with_version_of(&sari_chair), world.wati.with_version_of(&wati_chair));
    let (first, second) = futures_util::future::join(sari_client.delete(&sari), wati_client.delete(&wati)).await;
    let mut statuses = [first.status, second.status];
    statuses.sort();
    assert_eq!(statuses, [204, 409], "{} {}", first.text(), second.text());
}

#[actix_web::test]
async fn a_member_leaves_by_themselves_and_sees_nothing_more() {
    let world = World::village().await;
    let wati = format!("{}/{}", members(&world), world.wati_membership);
    let mbah = format!("{}/{}", members(&world), world.mbah_contoh);
    let seen = world.wati.get(&mbah).await.expect(200);
    world.wati.with_version_of(&seen).delete(&mbah).await.expect_problem(403, "forbidden");
    let own = world.wati.get(&wati).await.expect(200);
    world.wati.delete(&wati).await.expect_problem(428, "version-required");
    world.wati.with_version_of(&own).delete(&wati).await.expect(204);
    world.wati.get(&members(&world)).await.expect_problem(404, "not-found");
    world.sari.get(&wati).await.expect_problem(404, "not-found");
    world.sari.with_version_of(&seen).delete(&mbah).await.expect(204);
    // After leaving, she can be invited again.
    let invited = invite(&world, &world.sari, json!({"name": "Contoh Wati", "role": "member"})).await.expect(201);
    world.wati.post(&acceptance(&invited), json!({})).await.expect(200);
    world.wati.get(&members(&world)).await.expect(200);
}

#[actix_web::test]
async fn an_invitation_links_an_account_to_a_membership_once() {
    let world = World::village().await;
    let body = json!({"membership": world.mbah_contoh, "email": "mbah@example.org"});
    world
        .wati
        .post(&format!("/v1/groups/{}/invitations", world.sekar_laras), body.clone())
        .await
        .expect_problem(403, "forbidden");
    invite(&world, &world.darsih, body.clone()).await.expect_problem(404, "not-found");
    let invited = invite(&world, &world.sari, body).await.expect(201);
    assert_eq!(invited.header("cache-control"), Some("no-store"));
    assert!(invited.str("link").ends_with(&invited.str("token")));
    let shown = world.guest().get(&format!("/v1/invitations/{}", invited.str("token"))).await.expect(200);
    assert_eq!((&shown.json["group"]["name"], shown.str("name")), (&json!("Sekar Laras"), "Mbah Contoh".into()));
    world.guest().post(&acceptance(&invited), json!({})).await.expect_problem(401, "unauthenticated");
    let accepted = world.buyer.post(&acceptance(&invited), json!({})).await.expect(200);
    assert_eq!(accepted.id(), world.mbah_contoh.to_string());
    assert_eq!(world.buyer.post(&acceptance(&invited), json!({})).await.expect(200).id(), accepted.id());
    world.other_buyer.post(&acceptance(&invited), json!({})).await.expect_problem(410, "invitation-spent");
    world
        .guest()
        .get(&format!("/v1/invitations/{}", invited.str("token")))
        .await
        .expect_problem(410, "invitation-spent");
    world.buyer.get(&members(&world)).await.expect(200);
    let again = json!({"membership": world.mbah_contoh});
    invite(&world, &world.sari, again).await.expect_problem(409, "member-linked");
    world.buyer.post("/v1/invitations/nonsense/acceptance", json!({})).await.expect_problem(404, "not-found");
}

#[actix_web::test]
async fn of_32_concurrent_acceptances_one_person_succeeds() {
    let world = World::village().await;
    let invited = invite(&world, &world.sari, json!({"name": "Contoh Siapa", "role": "secretary"})).await.expect(201);
    let path = acceptance(&invited);
    let people = [&world.buyer, &world.other_buyer, &world.darsih, &world.companion];
    let tries = (0..32).map(|index| people[index % 4].post(&path, json!({})));
    let replies = futures_util::future::join_all(tries).await;
    let winners: std::collections::HashSet<_> =
        (0..32).filter(|index| replies[*index].status == 200).map(|index| index % 4).collect();
    assert_eq!(winners.len(), 1, "{replies:?}");
    assert!(replies.iter().all(|reply| reply.status == 200 || reply.status == 410), "{replies:?}");
    let count = world.sari.get(&members(&world)).await.expect(200).json["data"].as_array().unwrap().len();
    assert_eq!(count, 4);
}

#[actix_web::test]
async fn an_invitation_ends_when_it_expires_is_superseded_or_revoked() {
    let world = World::village().await;
    let target = json!({"membership": world.mbah_contoh});
    let first = invite(&world, &world.sari, target.clone()).await.expect(201);
    let second = invite(&world, &world.sari, target.clone()).await.expect(201);
    world.buyer.post(&acceptance(&first), json!({})).await.expect_problem(410, "invitation-spent");
    let open = format!("/v1/groups/{}/invitations", world.sekar_laras);
    let list = world.sari.get(&open).await.expect(200);
    assert_eq!(list.json["data"].as_array().unwrap().len(), 1);
    assert!(!list.text().contains(&second.str("token")));
    world.wati.get(&open).await.expect_problem(403, "forbidden");
    world.sari.delete(&format!("{open}/{}", second.id())).await.expect(204);
    world.buyer.post(&acceptance(&second), json!({})).await.expect_problem(410, "invitation-spent");
    let third = invite(&world, &world.sari, target).await.expect(201);
    let wati = json!({"name": "Contoh Wati Lagi", "role": "member"});
    let twice = invite(&world, &world.sari, wati).await.expect(201);
    world.wati.post(&acceptance(&twice), json!({})).await.expect_problem(409, "already-member");
    world.clock.advance(Duration::days(14));
    let late = world.register("Contoh Telat").await;
    late.post(&acceptance(&third), json!({})).await.expect_problem(410, "invitation-spent");
}

#[actix_web::test]
async fn an_invitation_is_mailed_in_the_requested_language() {
    let world = World::village().await;
    for locale in ["id", "en"] {
        let email = format!("undangan.{locale}@example.org");
        let body = json!({"name": "Contoh <b>Tebal</b>", "role": "treasurer", "email": email, "locale": locale});
        let invited = invite(&world, &world.sari, body).await.expect(201);
        world.work().await;
        let letter = world.mails().into_iter().find(|letter| letter.to == email).unwrap();
        let (subject, text, html) = (letter.subject, letter.text, letter.html);
        assert!(subject.contains("Sekar Laras"));
        assert!(text.contains(&invited.str("link")));
        assert!(text.contains(if locale == "id" { "bendahara" } else { "treasurer" }));
        assert!(!html.contains("<b>Tebal"));
    }
    world
        .app
        .state
        .db
        .write::<_, db::Error, _>(|tx| Ok(diesel::delete(outbox::table).execute(&mut **tx)?))
        .await
        .unwrap();
    let both = json!({"membership": world.mbah_contoh, "name": "X", "role": "member"});
    invite(&world, &world.sari, both)
        .await
        .expect_problem(422, "body-invalid")
        .expect_field_error("/membership", "membership-or-name");
    invite(&world, &world.sari, json!({"name": "X"})).await.expect_problem(422, "body-invalid");
    let crooked = json!({"name": "X", "role": "member", "email": "a@example.org\r\nBcc: b@example.org"});
    invite(&world, &world.sari, crooked).await.expect_problem(400, "body-unreadable");
}

#[actix_web::test]
async fn a_group_has_at_most_two_hundred_members() {
    let world = World::village().await;
    let (group, sari) = (world.sekar_laras, world.sari.id.parse().unwrap());
    let now = world.clock.now();
    world
        .app
        .state
        .db
        .write::<_, lumbung::web::Problem, _>(move |tx| {
            let chair = lumbung::cooperatives::Roles::load(tx, sari)?;
            for number in 3..200 {
                let new = lumbung::cooperatives::NewMember {
                    name: format!("Contoh {number}"),
                    phone: None,
                    role: lumbung::cooperatives::MemberRole::Member,
                };
                lumbung::cooperatives::add_member(tx, now, &chair, group, tx.id(now), &new)?;
            }
            Ok(())
        })
        .await
        .unwrap();
    let new = json!({"name": "Contoh Terlambat", "role": "member"});
    world.sari.post(&members(&world), new).await.expect_problem(409, "group-full");
    let first = world.sari.get(&format!("{}?limit=100", members(&world))).await.expect(200);
    let path = format!("{}?limit=100&cursor={}", members(&world), first.str("next"));
    let second = world.sari.get(&path).await.expect(200);
    assert_eq!(second.json["data"].as_array().unwrap().len(), 100);
    assert!(second.json["next"].is_null());
}

/// A member of Sekar Laras who signs in by phone and has no mail, and the path of their membership.
async fn member_without_mail(world: &Village) -> (Person, String) {
    let mut person = world.register("Contoh Tanpa Surel").await;
    let id: lumbung::kernel::ids::AccountId = person.id.parse().unwrap();
    world
        .app
        .state
        .db
        .write::<_, db::Error, _>(move |tx| {
            use lumbung::db::schema::accounts;
            diesel::update(accounts::table.find(id)).set(accounts::email.eq(None::<String>)).execute(&mut **tx)?;
            Ok(())
        })
        .await
        .unwrap();
    let invited = invite(world, &world.sari, json!({"name": person.name, "role": "member"})).await.expect(201);
    person.post(&acceptance(&invited), json!({})).await.expect(200);
    person.email = String::new();
    (person, format!("{}/{}", members(world), invited.str("membership")))
}

#[actix_web::test]
async fn an_officer_issues_a_reset_code_for_a_member_without_mail() {
    let world = World::village().await;
    let (person, membership) = member_without_mail(&world).await;
    let path = format!("{membership}/reset_code");
    for insider in [&world.wati, &world.companion, &world.treasurer, &world.admin] {
        insider.post(&path, json!({})).await.expect_problem(403, "forbidden");
    }
    for stranger in [&world.darsih, &world.buyer, &world.foreign_board] {
        stranger.post(&path, json!({})).await.expect_problem(404, "not-found");
    }
    person.post(&path, json!({})).await.expect_problem(403, "forbidden");
    let issued = world.sari.post(&path, json!({})).await.expect(201);
    assert_eq!(issued.header("cache-control"), Some("no-store"));
    let reset = format!("/v1/password_resets/{}", issued.str("code"));
    let new = json!({"password": "gula semut jahe wangi"});
    assert!(world.guest().put(&reset, new.clone()).await.status < 300);
    world.guest().put(&reset, new).await.expect(410);
    world.try_sign_in(&person.phone, "gula semut jahe wangi").await.expect(201);
    person.get("/v1/groups").await.expect(200);
}

#[actix_web::test]
async fn reset_codes_are_refused_for_accounts_with_mail_or_an_office_and_for_the_chair() {
    let world = World::village().await;
    let wati = format!("{}/{}/reset_code", members(&world), world.wati_membership);
    world.sari.post(&wati, json!({})).await.expect_problem(409, "reset-code-refused");
    let mbah = format!("{}/{}/reset_code", members(&world), world.mbah_contoh);
    world.sari.post(&mbah, json!({})).await.expect_problem(409, "member-unlinked");
    let sari = format!("{}/{}/reset_code", members(&world), world.sari_membership);
    world.sari.post(&sari, json!({})).await.expect_problem(403, "forbidden");
    let (person, membership) = member_without_mail(&world).await;
    let offices = format!("/v1/cooperatives/{}/assignments", world.cooperative);
    world.board.post(&offices, json!({"account": person.id, "role": "treasurer"})).await.expect(201);
    world.sari.post(&format!("{membership}/reset_code"), json!({})).await.expect_problem(409, "reset-code-refused");
    // Anyone can create a group, so only approved ones issue codes.
    let body = json!({"action": "suspend", "reason": "Diperiksa"});
    world.board.post(&format!("/v1/groups/{}/transitions", world.sekar_laras), body).await.expect(200);
    world.sari.post(&format!("{membership}/reset_code"), json!({})).await.expect_problem(403, "forbidden");
}

#[actix_web::test]
async fn officers_and_companions_vouch_for_a_number_once() {
    let world = World::village().await;
    let path = format!("{}/{}/phone_vouch", members(&world), world.wati_membership);
    world.wati.post(&path, json!({})).await.expect_problem(403, "forbidden");
    world.board.post(&path, json!({})).await.expect_problem(403, "forbidden");
    world.darsih.post(&path, json!({})).await.expect_problem(404, "not-found");
    world.companion.post(&path, json!({})).await.expect(204);
    world.sari.post(&path, json!({})).await.expect(204);
    let id: lumbung::kernel::ids::AccountId = world.wati.id.parse().unwrap();
    let account =
        world.app.state.db.read(move |conn| lumbung::accounts::find_account(conn, id)).await.unwrap().unwrap();
    assert!(account.phone_vouched_at.is_some());
    let mbah = format!("{}/{}/phone_vouch", members(&world), world.mbah_contoh);
    world.sari.post(&mbah, json!({})).await.expect_problem(409, "member-unlinked");
}
