//! People of a world, registered and signed in by the API, with generated logins.

use std::ops::Deref;
use std::sync::atomic::{AtomicU32, Ordering};

use lumbung::accounts::{Password, Registration, create_admin};
use lumbung::kernel::Language;
use serde_json::{Value, json};

use super::{Client, Reply, World};

static NUMBER: AtomicU32 = AtomicU32::new(1);

/// Everyone's password.
pub const PASSWORD: &str = "sepeda kumbang merah";

/// A signed-in person. It dereferences to their [`Client`].
#[derive(Clone)]
pub struct Person {
    pub client: Client,
    /// The account id.
    pub id: String,
    pub name: String,
    /// The login: the phone number.
    pub login: String,
    pub phone: String,
    pub email: String,
    pub password: String,
    pub session: String,
    pub access_token: String,
    pub refresh_token: String,
}

impl Deref for Person {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

/// An unused phone number and e-mail address.
pub fn logins(name: &str) -> (String, String) {
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name: String = name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    (format!("+628120{number:07}"), format!("{name}.{number}@example.org"))
}

/// The body of a registration.
pub fn registration(name: &str, phone: &str, email: &str) -> Value {
    json!({"name": name, "phone": phone, "email": email, "password": PASSWORD})
}

impl World {
    /// Registers a person and signs them in.
    pub async fn register(&self, name: &str) -> Person {
        let (phone, email) = logins(name);
        self.guest().with_new_key().post("/v1/accounts", registration(name, &phone, &email)).await.expect(201);
        self.sign_in(name, &phone, &email, PASSWORD).await
    }

    /// Creates an administrator and signs them in.
    pub async fn admin(&self) -> Person {
        let (phone, email) = logins("Contoh Admin");
        let now = self.clock.now();
        let who = Registration {
            name: "Contoh Admin".into(),
            email: Some(email.parse().unwrap()),
            phone: Some(phone.parse().unwrap()),
            language: Language::Indonesian,
            password_hash: self.app.accounts.hasher.hash_blocking(&Password::new(PASSWORD)).unwrap(),
        };
        self.app.state.db.write(move |tx| create_admin(tx, now, &who)).await.unwrap();
        self.sign_in("Contoh Admin", &phone, &email, PASSWORD).await
    }

    /// Tries to sign in with this login.
    pub async fn try_sign_in(&self, login: &str, password: &str) -> Reply {
        self.guest().post("/v1/sessions", json!({"login": login, "password": password, "device": "HP"})).await
    }

    /// Signs a person in.
    pub async fn sign_in(&self, name: &str, phone: &str, email: &str, password: &str) -> Person {
        let reply = self.try_sign_in(phone, password).await.expect(201);
        Person {
            client: self.guest().with_token(&reply.str("access_token")),
            id: reply.str("account"),
            name: name.to_owned(),
            login: phone.to_owned(),
            phone: phone.to_owned(),
            email: email.to_owned(),
            password: password.to_owned(),
            session: reply.str("session"),
            access_token: reply.str("access_token"),
            refresh_token: reply.str("refresh_token"),
        }
    }
}
