//! E-mail delivery against an SMTP server: no letter is lost or sent twice, and headers cannot be injected.

use std::time::Duration as Wait;

use diesel::prelude::*;
use lumbung::db::schema::{events, outbox};
use lumbung::db::{self, Db};
use lumbung::kernel::ids::{AccountId, MailId};
use lumbung::kernel::{Duration, Entropy, Instant, Language};
use lumbung::mail::{self, Letter, LetterKind, LetterRecipient, Security, Transport};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::world::World;
use crate::world::smtp::{Reaction, SmtpServer};

const KIND: LetterKind = LetterKind {
    name: "test-letter",
    indonesian: "Pesanan {{ name }}\n\nHalo {{ name }}.\n.\nTitik di awal baris.\n",
    english: "",
};

fn compose(recipient: &str, name: &str) -> Option<Letter> {
    let (name, address) = (name.into(), recipient.into());
    let recipient = LetterRecipient { account: None, name, address, language: Language::Indonesian };
    mail::compose(KIND, None, recipient, serde_json::json!({})).ok()
}

fn letter_to(recipient: &str, name: &str) -> Letter {
    compose(recipient, name).unwrap()
}

async fn enqueue(world: &World, letter: Letter) {
    let now = world.clock.now();
    world.app.state.db.write::<_, db::Error, _>(move |tx| mail::enqueue(tx, now, &letter)).await.unwrap();
}

async fn world_with(smtp: &SmtpServer, change: impl FnOnce(&mut mail::Settings)) -> World {
    let port = smtp.address.port();
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

/// The state of the only letter: attempts, sent, dead, error, next attempt.
type LetterState = (i32, bool, bool, Option<String>, Instant);

async fn letter_state(db: &Db) -> LetterState {
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

async fn count_dead(db: &Db) -> i64 {
    db.read::<_, db::Error, _>(|conn| {
        Ok(events::table.filter(events::kind.eq("mail.given_up")).count().get_result(conn)?)
    })
    .await
    .unwrap()
}

#[actix_web::test]
async fn a_letter_arrives_as_text_and_html_with_an_id_made_of_its_own() {
    let smtp = SmtpServer::open().await;
    let world = world_with(&smtp, |_| {}).await;
    enqueue(&world, letter_to("sari@example.org", "Contoh Sari")).await;
    assert!(world.work().await > 0);
    assert_eq!(world.work().await, 0);
    let received = smtp.received();
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
async fn a_permanent_rejection_is_final_and_recorded_in_the_event_log() {
    for plan in [Reaction::Reject("552 too big"), Reaction::RejectRecipient("550 no such person")] {
        let smtp = SmtpServer::open().await;
        let world = world_with(&smtp, |_| {}).await;
        smtp.queue_reactions([plan]);
        enqueue(&world, letter_to("sari@example.org", "Sari")).await;
        world.work().await;
        world.clock.advance(Duration::days(1));
        world.work().await;
        let (attempts, sent, failed, error, _) = letter_state(&world.app.state.db).await;
        assert_eq!((attempts, sent, failed), (1, false, true), "{error:?}");
        assert_eq!(count_dead(&world.app.state.db).await, 1);
        assert!(smtp.received().is_empty());
    }
}

#[actix_web::test]
async fn a_temporary_rejection_is_retried_after_about_one_and_then_two_minutes() {
    let smtp = SmtpServer::open().await;
    let world = world_with(&smtp, |_| {}).await;
    smtp.queue_reactions([Reaction::Reject("451 come back"), Reaction::RejectRecipient("450 greylisted")]);
    enqueue(&world, letter_to("sari@example.org", "Sari")).await;
    for minutes in [1, 2] {
        world.work().await;
        let (_, sent, failed, error, next) = letter_state(&world.app.state.db).await;
        assert!(!sent && !failed && error.is_some());
        let rest = next.since(world.clock.now());
        assert!((Duration::seconds(48 * minutes)..=Duration::seconds(72 * minutes)).contains(&rest), "{rest}");
        world.clock.advance(rest);
    }
    world.work().await;
    let (attempts, sent, ..) = letter_state(&world.app.state.db).await;
    assert_eq!((attempts, sent), (3, true));
    assert_eq!(smtp.received().len(), 1);
}

#[actix_web::test]
async fn a_letter_is_given_up_after_three_days_of_temporary_rejections() {
    let smtp = SmtpServer::open().await;
    let world = world_with(&smtp, |_| {}).await;
    smtp.queue_reactions(vec![Reaction::Reject("451 come back"); 100]);
    enqueue(&world, letter_to("sari@example.org", "Sari")).await;
    let start = world.clock.now();
    let mut longest = Duration::zero();
    loop {
        world.work().await;
        let (_, _, failed, _, next) = letter_state(&world.app.state.db).await;
        if failed {
            break;
        }
        longest = longest.max(next.since(world.clock.now()));
        world.clock.set(next);
    }
    let lived = world.clock.now().since(start);
    assert!((Duration::days(3)..Duration::hours(80)).contains(&lived), "{lived}");
    assert!((Duration::minutes(288)..=Duration::minutes(432)).contains(&longest), "{longest}");
    assert_eq!(count_dead(&world.app.state.db).await, 1);
}

#[actix_web::test]
async fn a_lost_response_causes_one_copy_with_the_same_message_id() {
    let smtp = SmtpServer::open().await;
    let world = world_with(&smtp, |_| {}).await;
    smtp.queue_reactions([Reaction::AcceptAndDrop]);
    enqueue(&world, letter_to("sari@example.org", "Sari")).await;
    world.work().await;
    world.clock.advance(Duration::minutes(2));
    world.work().await;
    world.clock.advance(Duration::days(1));
    world.work().await;
    let received = smtp.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].header("Message-ID"), received[1].header("Message-ID"));
    assert_eq!(received[0].header("Date"), received[1].header("Date"));
}

#[actix_web::test]
async fn while_the_server_is_down_letters_wait_and_are_sent_once_after_its_return() {
    let smtp = SmtpServer::open().await;
    let world = world_with(&smtp, |_| {}).await;
    let away = smtp.shut_down().await;
    for number in 0..100 {
        enqueue(&world, letter_to(&format!("sari{number}@example.org"), "Sari")).await;
    }
    for _ in 0..4 {
        let done = world.try_work().await;
        assert!(done.failures.iter().all(|failure| failure.contains("cannot be reached")), "{done:?}");
        world.clock.advance(Duration::seconds(15));
    }
    let smtp = away.restart().await;
    world.work().await;
    let mut recipients: Vec<String> = smtp.received().into_iter().map(|letter| letter.to).collect();
    recipients.sort();
    recipients.dedup();
    assert_eq!((recipients.len(), smtp.received().len()), (100, 100));
}

#[actix_web::test]
async fn letters_are_given_up_after_three_days_also_while_the_server_is_down() {
    let smtp = SmtpServer::open().await;
    let world = world_with(&smtp, |_| {}).await;
    let _away = smtp.shut_down().await;
    enqueue(&world, letter_to("sari@example.org", "Sari")).await;
    world.try_work().await;
    assert_eq!(count_dead(&world.app.state.db).await, 0);
    world.clock.advance(Duration::days(3));
    world.try_work().await;
    assert_eq!(count_dead(&world.app.state.db).await, 1);
    let (_, sent, failed, ..) = letter_state(&world.app.state.db).await;
    assert!(!sent && failed);
}

#[actix_web::test]
async fn eight_instances_at_once_never_send_the_same_letter_twice() {
    let smtp = SmtpServer::open().await;
    let world = world_with(&smtp, |_| {}).await;
    smtp.queue_reactions(vec![Reaction::AcceptSlowly(Wait::from_millis(30)); 10]);
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
    let mut recipients: Vec<String> = smtp.received().into_iter().map(|letter| letter.to).collect();
    recipients.sort();
    recipients.dedup();
    assert_eq!((recipients.len(), smtp.received().len()), (60, 60));
}

#[actix_web::test]
async fn a_slow_mail_server_delays_no_response() {
    let smtp = SmtpServer::open().await;
    let world = world_with(&smtp, |_| {}).await;
    smtp.queue_reactions([Reaction::AcceptSlowly(Wait::from_millis(1500))]);
    enqueue(&world, letter_to("sari@example.org", "Sari")).await;
    let registry = world.app.registry.clone();
    let worker = lumbung::jobs::Worker::start(&registry, &world.app.state.db, &world.clock).unwrap();
    tokio::time::sleep(Wait::from_millis(100)).await;
    let start = std::time::Instant::now();
    for _ in 0..10 {
        world.guest().get("/v1/nowhere").await.expect_problem(404, "not-found");
        enqueue(&world, letter_to("budi@example.org", "Budi")).await;
    }
    assert!(start.elapsed() < Wait::from_millis(1000), "{:?}", start.elapsed());
    while smtp.received().len() < 11 {
        assert!(start.elapsed() < Wait::from_secs(20), "letters are not sent");
        tokio::time::sleep(Wait::from_millis(20)).await;
    }
    assert!(worker.stop(Wait::from_secs(10)));
}

#[actix_web::test]
async fn starttls_is_used_and_the_configured_ca_is_trusted() {
    let smtp = SmtpServer::with_starttls().await;
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, smtp.certificate.clone().unwrap()).unwrap();
    let world = world_with(&smtp, |mail| {
        mail.host = "localhost".into();
        mail.security = Security::Starttls;
        mail.ca_file = ca_file;
    })
    .await;
    enqueue(&world, letter_to("sari@example.org", "Sari")).await;
    world.work().await;
    assert!(matches!(smtp.received().as_slice(), [letter] if letter.encrypted));
}

#[actix_web::test]
async fn nothing_is_sent_without_starttls_or_to_a_server_with_an_untrusted_certificate() {
    let open = SmtpServer::open().await;
    let world = world_with(&open, |mail| mail.security = Security::Starttls).await;
    enqueue(&world, letter_to("sari@example.org", "Sari")).await;
    assert_eq!(world.try_work().await.failures.len(), 1);
    assert!(open.received().is_empty());
    let (attempts, sent, failed, ..) = letter_state(&world.app.state.db).await;
    assert_eq!((attempts, sent, failed), (0, false, false), "it waits");

    let (smtp, other) = (SmtpServer::with_starttls().await, SmtpServer::with_starttls().await);
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, other.certificate.clone().unwrap()).unwrap();
    let world = world_with(&smtp, |mail| {
        mail.host = "localhost".into();
        mail.security = Security::Starttls;
        mail.ca_file = ca_file;
    })
    .await;
    enqueue(&world, letter_to("sari@example.org", "Sari")).await;
    assert_eq!(world.try_work().await.failures.len(), 1);
    assert!(smtp.received().is_empty());
}

/// A world that sends through this server with TLS and authentication.
async fn world_with_auth(smtp: &SmtpServer, folder: &std::path::Path, security: Security, password: &str) -> World {
    let ca_file = folder.join("ca.pem");
    std::fs::write(&ca_file, smtp.certificate.clone().unwrap()).unwrap();
    let password = password.to_owned();
    world_with(smtp, move |mail| {
        mail.host = "localhost".into();
        mail.security = security;
        mail.ca_file = ca_file;
        mail.username = "lumbung".into();
        mail.password = password.into();
    })
    .await
}

#[actix_web::test]
async fn letters_are_sent_with_implicit_tls_and_starttls_and_both_auth_mechanisms() {
    let folder = tempfile::tempdir().unwrap();
    for security in [Security::Tls, Security::Starttls] {
        for mechanism in ["PLAIN", "LOGIN"] {
            let smtp = if security == Security::Tls {
                SmtpServer::with_tls().await
            } else {
                SmtpServer::with_starttls().await
            };
            smtp.require_auth(mechanism, "lumbung", "canary sandi 88");
            let world = world_with_auth(&smtp, folder.path(), security, "canary sandi 88").await;
            enqueue(&world, letter_to("sari@example.org", "Contoh Sari")).await;
            world.work().await;
            let received = smtp.received();
            assert!(matches!(received.as_slice(), [letter] if letter.encrypted), "{security:?} {mechanism}");
            assert!(!received[0].raw.contains("canary"), "{}", received[0].raw);
        }
    }
}

#[actix_web::test]
async fn a_wrong_password_loses_no_letter_and_is_not_logged() {
    let folder = tempfile::tempdir().unwrap();
    let smtp = SmtpServer::with_tls().await;
    smtp.require_auth("PLAIN", "lumbung", "yang benar");
    let world = world_with_auth(&smtp, folder.path(), Security::Tls, "canary sandi salah").await;
    enqueue(&world, letter_to("sari@example.org", "Sari")).await;
    let done = world.try_work().await;
    assert!(!done.failures.is_empty() && !format!("{:?}", done.failures).contains("canary"), "{:?}", done.failures);
    let (_, sent, failed, error, _) = letter_state(&world.app.state.db).await;
    assert!(!sent && !failed && !error.unwrap_or_default().contains("canary"));
    assert!(smtp.received().is_empty());
    // Once the server accepts the password, the pending letter is sent.
    smtp.require_auth("PLAIN", "lumbung", "canary sandi salah");
    world.clock.advance(Duration::minutes(5));
    world.work().await;
    assert_eq!(smtp.received().len(), 1);
}

#[actix_web::test]
async fn implicit_tls_does_not_work_with_a_starttls_server() {
    let folder = tempfile::tempdir().unwrap();
    let smtp = SmtpServer::with_starttls().await;
    let world = world_with_auth(&smtp, folder.path(), Security::Tls, "canary sandi 88").await;
    enqueue(&world, letter_to("sari@example.org", "Sari")).await;
    assert_eq!(world.try_work().await.failures.len(), 1);
    let (attempts, sent, failed, ..) = letter_state(&world.app.state.db).await;
    assert_eq!((attempts, sent, failed), (0, false, false), "it waits");
    assert!(smtp.received().is_empty());
}

#[actix_web::test]
async fn a_server_that_requires_starttls_loses_no_letter() {
    let smtp = SmtpServer::with_starttls().await;
    let world = world_with(&smtp, |_| {}).await;
    enqueue(&world, letter_to("sari@example.org", "Sari")).await;
    world.try_work().await;
    let (_, sent, failed, error, _) = letter_state(&world.app.state.db).await;
    assert!(!sent && !failed, "{error:?}");
    assert!(smtp.received().is_empty());
}

#[actix_web::test]
async fn the_file_transport_writes_to_the_outbox_directory() {
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
async fn a_letter_to_an_invalid_address_is_dead_from_the_start() {
    let world = World::empty().await;
    enqueue(&world, letter_to("sari@example.org\r\nBcc: everybody@example.org", "Sari")).await;
    world.work().await;
    let (attempts, sent, failed, ..) = letter_state(&world.app.state.db).await;
    assert_eq!((attempts, sent, failed), (0, false, true));
    assert!(world.mails().is_empty());
}

#[actix_web::test]
async fn erasing_a_person_deletes_their_pending_letters() {
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

/// Strings that try to inject headers, bodies or commands.
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
async fn hostile_strings_never_inject_headers() {
    let smtp = SmtpServer::open().await;
    let world = world_with(&smtp, |mail| mail.connections = 16).await;
    let mut runner = TestRunner::deterministic();
    let strings: Vec<String> = (0..1000).map(|_| hostile().new_tree(&mut runner).unwrap().current()).collect();
    let now = world.clock.now();
    world
        .app
        .state
        .db
        .write::<_, db::Error, _>(move |tx| {
            for (number, hostile) in strings.iter().enumerate() {
                // As a template value, as a subject that bypasses the template, and as an address.
                let address = format!("sari{number}@example.org");
                let composed = compose(&address, hostile);
                assert_eq!(composed.is_none(), !mail::is_one_line(hostile), "{hostile:?}");
                let letter = composed.unwrap_or_else(|| {
                    let letter = letter_to(&address, "Sari");
                    Letter { text: hostile.clone(), html: hostile.clone(), ..letter }
                });
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
    let received = smtp.received();
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
    assert_eq!(received.len(), usize::try_from(sent).unwrap(), "no letter is split in two");
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
