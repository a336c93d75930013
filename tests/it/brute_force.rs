//! Brute-force protection: guesses are delayed, stopped and counted everywhere, and never lock the owner out.

use lumbung::accounts::{
    CallerAddress, Login, Password, PasswordError, SignIn, SignInError, SignedIn, confirm_password, sign_in,
};
use lumbung::kernel::Duration;
use serde_json::json;

use crate::tokens::letters;
use crate::world::{PASSWORD, Person, World};

#[actix_web::test]
async fn guessing_is_slowed_down_and_then_stopped_for_a_while() {
    let world = World::empty().await;
    let sari = world.register("Contoh Sari").await;
    for _ in 0..5 {
        world.try_sign_in(&sari.login, "tebakan saja").await.expect_problem(401, "sign-in-failed");
    }
    let reply = world.try_sign_in(&sari.login, PASSWORD).await.expect_problem(429, "too-many-requests");
    assert_eq!(reply.header("retry-after"), Some("2"));
    assert_eq!(reply.json["retry_after"], 2);
    for seconds in [1, 2, 4, 8, 16] {
        world.clock.advance(Duration::seconds(seconds));
        world.try_sign_in(&sari.login, "tebakan saja").await.expect_problem(401, "sign-in-failed");
        world.try_sign_in(&sari.login, "tebakan saja").await.expect_problem(429, "too-many-requests");
    }
    // Ten attempts within 15 minutes: now only waiting helps.
    world.clock.advance(Duration::minutes(5));
    world.try_sign_in(&sari.login, PASSWORD).await.expect_problem(429, "too-many-requests");
    world.clock.advance(Duration::minutes(10));
    world.try_sign_in(&sari.login, PASSWORD).await.expect(201);
    // A success clears the earlier failures.
    for _ in 0..5 {
        world.try_sign_in(&sari.login, "tebakan saja").await.expect_problem(401, "sign-in-failed");
    }
}

#[actix_web::test]
async fn parallel_guesses_are_all_counted() {
    let world = World::empty().await;
    let sari = world.register("Contoh Sari").await;
    let all = futures_util::future::join_all((0..30).map(|_| world.try_sign_in(&sari.login, "tebakan saja"))).await;
    assert_eq!(all.iter().filter(|reply| reply.status == 401).count(), 5);
    assert_eq!(all.iter().filter(|reply| reply.status == 429).count(), 25);
}

/// Signs in with this login from this address.
async fn sign_in_from(world: &World, address: &str, login: &str, password: &str) -> Result<(), SignInError> {
    let request = SignIn {
        login: Login::parse(login),
        password: Password::new(password),
        device: String::new(),
        address: CallerAddress::new(address.parse().unwrap()),
    };
    sign_in(&world.app.state.db, &world.app.accounts, world.clock.now(), request).await.map(drop)
}

/// A hundred wrong guesses, each from another address, alternating between both logins of the person.
async fn guess_a_hundred_times(world: &World, person: &Person) {
    for number in 0..100 {
        let login = if number % 2 == 0 { &person.phone } else { &person.email };
        let refused = sign_in_from(world, &format!("198.51.{number}.1"), login, "tebakan saja").await;
        assert!(matches!(refused, Err(SignInError::Refused)), "{refused:?}");
    }
}

fn is_throttled(outcome: &Result<(), SignInError>) -> bool {
    matches!(outcome, Err(SignInError::Throttled(_)))
}

#[actix_web::test]
async fn strangers_cannot_lock_a_person_out_of_the_place_they_sign_in_from() {
    let world = World::empty().await;
    let sari = world.register("Contoh Sari").await;
    guess_a_hundred_times(&world, &sari).await;
    for login in [&sari.phone, &sari.email] {
        assert!(is_throttled(&sign_in_from(&world, "203.0.113.1", login, PASSWORD).await));
    }
    // From a known address she can sign in, which clears the failures for other addresses.
    world.try_sign_in(&sari.login, PASSWORD).await.expect(201);
    sign_in_from(&world, "203.0.113.1", &sari.email, PASSWORD).await.unwrap();
}

#[actix_web::test]
async fn a_hundred_consecutive_failures_do_not_expire() {
    let world = World::empty().await;
    let sari = world.register("Contoh Sari").await;
    guess_a_hundred_times(&world, &sari).await;
    for _ in 0..3 {
        world.clock.advance(Duration::days(20));
        world.work().await;
        assert!(is_throttled(&sign_in_from(&world, "203.0.113.1", &sari.phone, PASSWORD).await));
    }
    // Counters of unknown logins are purged: strangers could invent any number of them.
    assert!(matches!(sign_in_from(&world, "203.0.113.1", "0812-9999-9999", PASSWORD).await, Err(SignInError::Refused)));
    let counters = async || world.count_rows().await.into_iter().find(|(table, _)| *table == "throttles").unwrap().1;
    let before = counters().await;
    world.clock.advance(Duration::days(20));
    world.work().await;
    assert!(counters().await < before, "counters are never purged");
    // A success in between resets the counter.
    let budi = world.register("Contoh Budi").await;
    for _ in 0..2 {
        guess_a_hundred_times(&world, &budi).await;
        world.clock.advance(Duration::hours(1));
        world.try_sign_in(&budi.login, PASSWORD).await.expect(201);
        world.clock.advance(Duration::hours(1));
    }
}

#[actix_web::test]
async fn after_a_hundred_wrong_guesses_the_owner_gets_in_by_a_link() {
    let world = World::empty().await;
    let sari = world.register("Contoh Sari").await;
    guess_a_hundred_times(&world, &sari).await;
    assert!(is_throttled(&sign_in_from(&world, "203.0.113.1", &sari.phone, PASSWORD).await));
    world.guest().post("/v1/password_resets", json!({"login": sari.phone})).await.expect(202);
    let (_, letter) = letters(&world, "reset-password").pop().unwrap();
    let link = letter.split_whitespace().find(|word| word.starts_with("http")).unwrap();
    let reset = format!("/v1/password_resets/{}", link.rsplit('/').next().unwrap());
    world.guest().put(&reset, json!({"password": "gerobak biru laut"})).await.expect(204);
    for login in [&sari.phone, &sari.email] {
        sign_in_from(&world, "203.0.113.1", login, "gerobak biru laut").await.unwrap();
    }
}

/// Otherwise each login would have its own number of guesses.
#[actix_web::test]
async fn phone_address_and_password_confirmation_share_one_counter() {
    let world = World::empty().await;
    let sari = world.register("Contoh Sari").await;
    let confirm = async |password: &str| {
        let body = json!({"current_password": password, "password": "gerobak biru laut"});
        sari.put("/v1/me/password", body).await
    };
    for login in [&sari.phone, &sari.email] {
        for _ in 0..2 {
            world.try_sign_in(login, "tebakan saja").await.expect_problem(401, "sign-in-failed");
        }
    }
    confirm("tebakan saja").await.expect_problem(403, "password-wrong");
    confirm(PASSWORD).await.expect_problem(429, "too-many-requests");
    for login in [&sari.phone, &sari.email] {
        world.try_sign_in(login, PASSWORD).await.expect_problem(429, "too-many-requests");
    }
}

/// A stolen token must not bypass the limit.
#[actix_web::test]
async fn guesses_with_a_stolen_token_are_throttled_like_sign_ins() {
    let world = World::empty().await;
    let sari = world.register("Contoh Sari").await;
    guess_a_hundred_times(&world, &sari).await;
    let (account, session) = (sari.id.parse().unwrap(), sari.session.parse().unwrap());
    let person = SignedIn { account, session, admin: false };
    let confirm = async |address: &str| {
        let address = CallerAddress::new(address.parse().unwrap());
        let (db, now, password) = (&world.app.state.db, world.clock.now(), Password::new(PASSWORD));
        confirm_password(db, &world.app.accounts, now, &person, &address, &password).await
    };
    let refused = confirm("203.0.113.1").await;
    assert!(matches!(refused, Err(PasswordError::Throttled(_))), "{refused:?}");
    confirm("127.0.0.1").await.unwrap();
}

#[actix_web::test]
async fn guesses_are_counted_over_every_server_and_restart() {
    let world = World::empty().await;
    let sari = world.register("Contoh Sari").await;
    let guess = json!({"login": sari.phone, "password": "tebakan saja", "device": "HP"});
    for _ in 0..3 {
        world.guest().post("/v1/sessions", guess.clone()).await.expect_problem(401, "sign-in-failed");
    }
    let second = world.another_instance();
    for _ in 0..2 {
        second.guest().post("/v1/sessions", guess.clone()).await.expect_problem(401, "sign-in-failed");
    }
    drop(second);
    let started_again = world.another_instance();
    for server in [&world.guest(), &started_again.guest()] {
        server.post("/v1/sessions", guess.clone()).await.expect_problem(429, "too-many-requests");
    }
}

#[actix_web::test]
async fn registrations_and_attempts_are_limited_per_address_and_hour() {
    // The defaults.
    let defaults = lumbung::accounts::Settings::default();
    assert_eq!((defaults.registrations_an_hour, defaults.sign_ins_an_hour), (60, 200));
    let world = World::with(|config| {
        config.accounts.registrations_an_hour = defaults.registrations_an_hour;
        config.accounts.sign_ins_an_hour = defaults.sign_ins_an_hour;
    })
    .await;
    let body = |number: u32| json!({"name": "Contoh", "phone": format!("0812-0000-{number:04}"), "password": PASSWORD});
    for number in 1..=60 {
        world.guest().post("/v1/accounts", body(number)).await.expect(201);
    }
    world.guest().post("/v1/accounts", body(61)).await.expect_problem(429, "too-many-requests");
    for number in 1..=200 {
        let wrong = world.try_sign_in(&format!("0812-7777-{number:04}"), "tebakan saja").await;
        wrong.expect_problem(401, "sign-in-failed");
    }
    world.try_sign_in("0812-0000-0001", PASSWORD).await.expect_problem(429, "too-many-requests");
    world.clock.advance(Duration::hours(1));
    world.try_sign_in("0812-0000-0001", PASSWORD).await.expect(201);
    world.guest().post("/v1/accounts", body(61)).await.expect(201);
}
