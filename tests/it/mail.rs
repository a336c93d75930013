//! Letters against a real mail server: none lost, none twice, and nothing in them that we did not put there.

use std::time::Duration as Wait;

use diesel::prelude::*;
use lumbung::db::schema::{events, outbox};
use lumbung::db::{self, Db};
use lumbung::kernel::ids::{AccountId, MailId};
use lumbung::kernel::{Duration, Entropy, Instant, Language};
use lumbung::mail::{self, Letter, Security, Template, Transport, compose};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::world::World;
use crate::world::smtp::{Peer, Plan};

const TEMPLATE: Template = Template {
    subject: "Pesanan {{ name }}",
    text: "Halo {{ name }}.\n.\nTitik di awal baris.\n",
    html: "<p>Halo {{ name }}.</p>",
};

fn letter_to(recipient: &str, name: &str) -> Letter {
    let values = std::collections::BTreeMap::from([("name", name)]);
    let (subject, text, html) = compose(&TEMPLATE, &values).unwrap();
    Letter {
        kind: "test-letter",
        event: None,
        account: None,
        recipient: recipient.into(),
        language: Language::Indonesian,
        subject,
        text,
        html,
    }
}

async fn enqueue(world: &World, letter: Letter) {
    let now = world.clock.now();
    world.app.state.db.write::<_, db::Error, _>(move |tx| mail::enqueue(tx, now, &letter)).await.unwrap();
}

async fn world_with(peer: &Peer, change: impl FnOnce(&mut mail::Settings)) -> World {
    let port = peer.address.port();
    World::with(move |config| {
        config.mail.transport = Transport::Smtp;
        config.mail.host = "127.0.0.1".into();
        config.mail.port = port;
        config.mail.security = Security::None;
        config.mail.timeout_seconds = 5;
        change(&mut config.mail);
    })
    .await
}

/// How the one letter stands: tries, sent, given up, why, when it is tried again.
type Roles = (i32, bool, bool, Option<String>, Instant);

async fn standing(db: &Db) -> Roles {
    db.read::<_, db::Error, _>(|conn| {
        let (attempts, sent, failed, error, next): (i32, Option<Instant>, Option<Instant>, Option<String>, Instant) =
            outbox::table
                .select((outbox::attempts, outbox::sent_at, outbox::failed_at, outbox::last_error, outbox::next_try_at))
                .first(conn)?;
        Ok((attempts, sent.is_some(), failed.is_some(), error, next))
    })
    .await
    .unwrap()
}

async fn given_up(db: &Db) -> i64 {
    db.read::<_, db::Error, _>(|conn| {
        Ok(events::table.filter(events::kind.eq("mail.given_up")).count().get_result(conn)?)
    })
    .await
    .unwrap()
}

#[actix_web::test]
async fn a_letter_arrives_as_text_and_html_with_an_id_made_of_its_own() {
    let peer = Peer::open().await;
    let world = world_with(&peer, |_| {}).await;
    enqueue(&world, letter_to("sari@example.org", "Contoh Sari")).await;
    assert!(world.work().await > 0);
    assert_eq!(world.work().await, 0);
    let received = peer.received();
    assert_eq!(received.len(), 1);
    let letter = &received[0];
    assert!(letter.from.contains("<lumbung@localhost>"), "{}", letter.from);
    assert!(letter.to.contains("<sari@example.org>"), "{}", letter.to);
    assert_eq!(letter.header("Subject"), "Pesanan Contoh Sari");
    let id: MailId = world
        .app
        .state
        .db
        .read::<_, db::Error, _>(|conn| Ok(outbox::table.select(outbox::id).first(conn)?))
        .await
        .unwrap();
    assert_eq!(letter.header("Message-ID"), format!("<{id}@localhost>"));
    assert_eq!(letter.header("Auto-Submitted"), "auto-generated");
    assert!(letter.header("Content-Type").starts_with("multipart/alternative"));
    assert!(letter.raw.contains("Content-Type: text/plain; charset=utf-8"));
    assert!(letter.raw.contains("Content-Type: text/html; charset=utf-8"));
    assert!(letter.raw.contains("\r\n.\r\nTitik"), "a dot alone survives: {}", letter.raw);
}

#[actix_web::test]
async fn a_permanent_refusal_is_final_after_one_try_and_stands_in_the_log() {
    for plan in [Plan::Refuse("552 too big"), Plan::RefuseRecipient("550 no such person")] {
        let peer = Peer::open().await;
        let world = world_with(&peer, |_| {}).await;
        peer.plan([plan]);
        enqueue(&world, letter_to("sari@example.org", "Sari")).await;
        world.work().await;
        world.clock.advance(Duration::days(1));
        world.work().await;
        let (attempts, sent, failed, error, _) = standing(&world.app.state.db).await;
        assert_eq!((attempts, sent, failed), (1, false, true), "{error:?}");
        assert_eq!(given_up(&world.app.state.db).await, 1);
        assert!(peer.received().is_empty());
    }
}

#[actix_web::test]
async fn a_temporary_refusal_is_tried_again_after_about_a_minute_then_two() {
    let peer = Peer::open().await;
    let world = world_with(&peer, |_| {}).await;
    peer.plan([Plan::Refuse("451 come back"), Plan::RefuseRecipient("450 greylisted")]);
    enqueue(&world, letter_to("sari@example.org", "Sari")).await;
    for minutes in [1, 2] {
        world.work().await;
        let (_, sent, failed, error, next) = standing(&world.app.state.db).await;
        assert!(!sent && !failed && error.is_some());
        let rest = next.since(world.clock.now());
        assert!((Duration::seconds(48 * minutes)..=Duration::seconds(72 * minutes)).contains(&rest), "{rest}");
        world.clock.advance(rest);
    }
    world.work().await;
    let (attempts, sent, ..) = standing(&world.app.state.db).await;
    assert_eq!((attempts, sent), (3, true));
    assert_eq!(peer.received().len(), 1);
}

#[actix_web::test]
async fn a_letter_is_given_up_after_three_days_of_temporary_refusals() {
    let peer = Peer::open().await;
    let world = world_with(&peer, |_| {}).await;
    peer.plan(vec![Plan::Refuse("451 come back"); 100]);
    enqueue(&world, letter_to("sari@example.org", "Sari")).await;
    let begun = world.clock.now();
    let mut longest = Duration::zero();
    loop {
        world.work().await;
        let (_, _, failed, _, next) = standing(&world.app.state.db).await;
        if failed {
            break;
        }
        longest = longest.max(next.since(world.clock.now()));
        world.clock.set(next);
    }
    let lived = world.clock.now().since(begun);
    assert!((Duration::days(3)..Duration::hours(80)).contains(&lived), "{lived}");
    assert!((Duration::minutes(288)..=Duration::minutes(432)).contains(&longest), "{longest}");
    assert_eq!(given_up(&world.app.state.db).await, 1);
}

#[actix_web::test]
async fn an_answer_lost_after_the_message_makes_one_copy_with_the_same_id() {
    let peer = Peer::open().await;
    let world = world_with(&peer, |_| {}).await;
    peer.plan([Plan::TakeAndDrop]);
    enqueue(&world, letter_to("sari@example.org", "Sari")).await;
    world.work().await;
    world.clock.advance(Duration::minutes(2));
    world.work().await;
    world.clock.advance(Duration::days(1));
    world.work().await;
    let received = peer.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].header("Message-ID"), received[1].header("Message-ID"));
    assert_eq!(received[0].header("Date"), received[1].header("Date"));
}

#[actix_web::test]
async fn while_the_server_is_away_letters_wait_and_leave_soon_after_its_return_each_once() {
    let peer = Peer::open().await;
    let world = world_with(&peer, |_| {}).await;
    let away = peer.go_away().await;
    for number in 0..100 {
        enqueue(&world, letter_to(&format!("sari{number}@example.org"), "Sari")).await;
    }
    for _ in 0..4 {
        let done = world.try_to_work().await;
        assert!(done.failures.iter().all(|failure| failure.contains("cannot be reached")), "{done:?}");
        world.clock.advance(Duration::seconds(15));
    }
    let peer = away.come_back().await;
    world.work().await;
    let mut recipients: Vec<String> = peer.received().into_iter().map(|letter| letter.to).collect();
    recipients.sort();
    recipients.dedup();
    assert_eq!((recipients.len(), peer.received().len()), (100, 100));
}

#[actix_web::test]
async fn while_the_server_stays_away_patience_ends_after_three_days() {
    let peer = Peer::open().await;
    let world = world_with(&peer, |_| {}).await;
    let _away = peer.go_away().await;
    enqueue(&world, letter_to("sari@example.org", "Sari")).await;
    world.try_to_work().await;
    assert_eq!(given_up(&world.app.state.db).await, 0);
    world.clock.advance(Duration::days(3));
    world.try_to_work().await;
    assert_eq!(given_up(&world.app.state.db).await, 1);
    let (_, sent, failed, ..) = standing(&world.app.state.db).await;
    assert!(!sent && failed);
}

#[actix_web::test]
async fn eight_instances_at_once_never_send_the_same_letter_twice() {
    let peer = Peer::open().await;
    let world = world_with(&peer, |_| {}).await;
    peer.plan(vec![Plan::TakeSlowly(Wait::from_millis(30)); 10]);
    for number in 0..60 {
        enqueue(&world, letter_to(&format!("sari{number}@example.org"), "Sari")).await;
    }
    let instances = (0..8).map(|_| {
        let (db, now, mailer) = (world.app.state.db.clone(), world.clock.now(), world.app.mailer.clone());
        tokio::task::spawn_blocking(move || while mail::deliver(&db, now, &mailer, |_, _, _| Ok(())).unwrap() > 0 {})
    });
    for instance in futures_util::future::join_all(instances).await {
        instance.unwrap();
    }
    let mut recipients: Vec<String> = peer.received().into_iter().map(|letter| letter.to).collect();
    recipients.sort();
    recipients.dedup();
    assert_eq!((recipients.len(), peer.received().len()), (60, 60));
}

#[actix_web::test]
async fn a_slow_mail_server_delays_no_answer() {
    let peer = Peer::open().await;
    let world = world_with(&peer, |_| {}).await;
    peer.plan([Plan::TakeSlowly(Wait::from_millis(1500))]);
    enqueue(&world, letter_to("sari@example.org", "Sari")).await;
    let registry = world.app.registry.clone();
    let worker = lumbung::jobs::Worker::start(&registry, &world.app.state.db, &world.clock).unwrap();
    tokio::time::sleep(Wait::from_millis(100)).await;
    let begun = std::time::Instant::now();
    for _ in 0..10 {
        world.guest().get("/v1/nowhere").await.problem(404, "not-found");
        enqueue(&world, letter_to("budi@example.org", "Budi")).await;
    }
    assert!(begun.elapsed() < Wait::from_millis(1000), "{:?}", begun.elapsed());
    while peer.received().len() < 11 {
        assert!(begun.elapsed() < Wait::from_secs(20), "letters do not leave");
        tokio::time::sleep(Wait::from_millis(20)).await;
    }
    assert!(worker.stop(Wait::from_secs(10)));
}

#[actix_web::test]
async fn starttls_is_used_and_the_authority_in_the_settings_is_believed() {
    let peer = Peer::with_starttls().await;
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, peer.certificate.clone().unwrap()).unwrap();
    let world = world_with(&peer, |mail| {
        mail.host = "localhost".into();
        mail.security = Security::Starttls;
        mail.ca_file = ca_file;
    })
    .await;
    enqueue(&world, letter_to("sari@example.org", "Sari")).await;
    world.work().await;
    assert!(matches!(peer.received().as_slice(), [letter] if letter.encrypted));
}

#[actix_web::test]
async fn nothing_leaves_without_starttls_or_to_a_server_that_nobody_vouches_for() {
    let open = Peer::open().await;
    let world = world_with(&open, |mail| mail.security = Security::Starttls).await;
    enqueue(&world, letter_to("sari@example.org", "Sari")).await;
    assert_eq!(world.try_to_work().await.failures.len(), 1);
    assert!(open.received().is_empty());
    let (attempts, sent, failed, ..) = standing(&world.app.state.db).await;
    assert_eq!((attempts, sent, failed), (0, false, false), "it waits");

    let (peer, other) = (Peer::with_starttls().await, Peer::with_starttls().await);
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, other.certificate.clone().unwrap()).unwrap();
    let world = world_with(&peer, |mail| {
        mail.host = "localhost".into();
        mail.security = Security::Starttls;
        mail.ca_file = ca_file;
    })
    .await;
    enqueue(&world, letter_to("sari@example.org", "Sari")).await;
    assert_eq!(world.try_to_work().await.failures.len(), 1);
    assert!(peer.received().is_empty());
}

/// A world whose letters leave by this server, which speaks TLS in this way, for this person.
async fn signing_in(peer: &Peer, folder: &std::path::Path, security: Security, password: &str) -> World {
    let ca_file = folder.join("ca.pem");
    std::fs::write(&ca_file, peer.certificate.clone().unwrap()).unwrap();
    let password = password.to_owned();
    world_with(peer, move |mail| {
        mail.host = "localhost".into();
        mail.security = security;
        mail.ca_file = ca_file;
        mail.username = "lumbung".into();
        mail.password = password.into();
    })
    .await
}

#[actix_web::test]
async fn letters_leave_by_tls_from_the_first_byte_or_when_asked_and_by_either_way_of_signing_in() {
    let folder = tempfile::tempdir().unwrap();
    for security in [Security::Tls, Security::Starttls] {
        for mechanism in ["PLAIN", "LOGIN"] {
            let peer = if security == Security::Tls { Peer::with_tls().await } else { Peer::with_starttls().await };
            peer.admits(mechanism, "lumbung", "canary sandi 88");
            let world = signing_in(&peer, folder.path(), security, "canary sandi 88").await;
            enqueue(&world, letter_to("sari@example.org", "Contoh Sari")).await;
            world.work().await;
            let received = peer.received();
            assert!(matches!(received.as_slice(), [letter] if letter.encrypted), "{security:?} {mechanism}");
            assert!(!received[0].raw.contains("canary"), "{}", received[0].raw);
        }
    }
}

#[actix_web::test]
async fn a_wrong_password_costs_no_letter_its_life_and_is_not_told() {
    let folder = tempfile::tempdir().unwrap();
    let peer = Peer::with_tls().await;
    peer.admits("PLAIN", "lumbung", "yang benar");
    let world = signing_in(&peer, folder.path(), Security::Tls, "canary sandi salah").await;
    enqueue(&world, letter_to("sari@example.org", "Sari")).await;
    let done = world.try_to_work().await;
    assert!(!done.failures.is_empty() && !format!("{:?}", done.failures).contains("canary"), "{:?}", done.failures);
    let (_, sent, failed, error, _) = standing(&world.app.state.db).await;
    assert!(!sent && !failed && !error.unwrap_or_default().contains("canary"));
    assert!(peer.received().is_empty());
    // Once the server knows it, the letter that waited leaves.
    peer.admits("PLAIN", "lumbung", "canary sandi salah");
    world.clock.advance(Duration::minutes(5));
    world.work().await;
    assert_eq!(peer.received().len(), 1);
}

#[actix_web::test]
async fn a_server_that_speaks_tls_only_when_asked_gets_nothing_by_tls_from_the_first_byte() {
    let folder = tempfile::tempdir().unwrap();
    let peer = Peer::with_starttls().await;
    let world = signing_in(&peer, folder.path(), Security::Tls, "canary sandi 88").await;
    enqueue(&world, letter_to("sari@example.org", "Sari")).await;
    assert_eq!(world.try_to_work().await.failures.len(), 1);
    let (attempts, sent, failed, ..) = standing(&world.app.state.db).await;
    assert_eq!((attempts, sent, failed), (0, false, false), "it waits");
    assert!(peer.received().is_empty());
}

#[actix_web::test]
async fn a_server_that_wants_tls_first_costs_no_letter_its_life() {
    let peer = Peer::with_starttls().await;
    let world = world_with(&peer, |_| {}).await;
    enqueue(&world, letter_to("sari@example.org", "Sari")).await;
    world.try_to_work().await;
    let (_, sent, failed, error, _) = standing(&world.app.state.db).await;
    assert!(!sent && !failed, "{error:?}");
    assert!(peer.received().is_empty());
}

#[actix_web::test]
async fn letters_to_files_stand_in_the_outbox_folder() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = folder.path().join("outbox");
    let place = outbox.clone();
    let world = World::with(move |config| {
        config.mail.transport = Transport::File;
        config.mail.folder = place;
    })
    .await;
    enqueue(&world, letter_to("sari@example.org", "Contoh Sari")).await;
    world.work().await;
    let files: Vec<_> = std::fs::read_dir(&outbox).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    assert_eq!(files[0].extension().unwrap(), "eml");
    assert!(std::fs::read_to_string(&files[0]).unwrap().contains("Subject: Pesanan Contoh Sari"));
}

#[actix_web::test]
async fn a_letter_to_no_address_is_kept_as_given_up_and_harms_nobody() {
    let world = World::empty().await;
    enqueue(&world, letter_to("sari@example.org\r\nBcc: everybody@example.org", "Sari")).await;
    world.work().await;
    let (attempts, sent, failed, ..) = standing(&world.app.state.db).await;
    assert_eq!((attempts, sent, failed), (0, false, true));
    assert!(world.mails().is_empty());
}

#[actix_web::test]
async fn a_person_who_is_forgotten_gets_no_letter_that_waited() {
    let world = World::empty().await;
    let account: AccountId = Entropy::System.id(world.clock.now());
    let mut letter = letter_to("sari@example.org", "Sari");
    letter.account = Some(account);
    enqueue(&world, letter).await;
    enqueue(&world, letter_to("budi@example.org", "Budi")).await;
    world.app.state.db.write::<_, db::Error, _>(move |tx| mail::forget(tx, account, None)).await.unwrap();
    world.work().await;
    assert_eq!(world.mails().iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["budi@example.org"]);
}

/// Strings that try to become headers, bodies or commands.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\r\n".to_owned()),
        Just("\n".to_owned()),
        Just("\r".to_owned()),
        Just("\0".to_owned()),
        Just("\r\n.\r\n".to_owned()),
        Just("\r\nBcc: everybody@example.org".to_owned()),
        Just("\n\nMAIL FROM:<x@example.org>".to_owned()),
        Just("=?utf-8?q?=0D=0ABcc:_x?=".to_owned()),
        Just("\u{2028}\u{85}\u{b}\u{c}".to_owned()),
        Just("é 😀 ن".to_owned()),
        "[ -~]{0,40}",
        any::<String>(),
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

#[actix_web::test]
async fn a_thousand_hostile_strings_never_become_a_header() {
    let peer = Peer::open().await;
    let world = world_with(&peer, |mail| mail.connections = 16).await;
    let mut runner = TestRunner::deterministic();
    let strings: Vec<String> = (0..1000).map(|_| hostile().new_tree(&mut runner).unwrap().current()).collect();
    let now = world.clock.now();
    world
        .app
        .state
        .db
        .write::<_, db::Error, _>(move |tx| {
            for (number, hostile) in strings.iter().enumerate() {
                // Composed, where it is refused; written past composing; and as an address.
                let values = std::collections::BTreeMap::from([("name", hostile)]);
                let composed = compose(&TEMPLATE, &values).ok();
                assert_eq!(composed.is_none(), !mail::is_one_line(hostile), "{hostile:?}");
                let mut letter = letter_to(&format!("sari{number}@example.org"), "Sari");
                if let Some((subject, text, html)) = composed {
                    (letter.subject, letter.text, letter.html) = (subject, text, html);
                } else {
                    letter.text.clone_from(hostile);
                    letter.html.clone_from(hostile);
                }
                mail::enqueue(tx, now, &letter)?;
                let subject = Letter { subject: hostile.clone(), ..letter.clone() };
                mail::enqueue(tx, now, &subject)?;
                mail::enqueue(tx, now, &Letter { recipient: format!("a{hostile}@example.org"), ..letter })?;
            }
            Ok(())
        })
        .await
        .unwrap();
    world.work().await;
    let received = peer.received();
    let sent: i64 = world
        .app
        .state
        .db
        .read::<_, db::Error, _>(|conn| {
            Ok(outbox::table.filter(outbox::sent_at.is_not_null()).count().get_result(conn)?)
        })
        .await
        .unwrap();
    assert!(sent >= 1000, "{sent}");
    assert_eq!(received.len(), usize::try_from(sent).unwrap(), "no letter is cut in two");
    let ours = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"];
    for letter in &received {
        let mut names = letter.header_names();
        names.sort();
        let mut expected = ours.map(str::to_owned);
        expected.sort();
        assert_eq!(names, expected, "{}", letter.raw);
        assert!(!letter.to.contains("everybody"), "{}", letter.to);
        assert!(!letter.header("To").contains("everybody"), "{}", letter.raw);
    }
}
