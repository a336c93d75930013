//! `lumbung admin create`: creates an account that administers the service.

use clap::{Args, Subcommand};
use std::io::{BufRead, IsTerminal};

use super::Failure;
use crate::accounts::{self, Email, Password, RegisterError, Registration};
use crate::app::Application;
use crate::config::Config;
use crate::kernel::{Clock, Entropy, Language, Phone};
use crate::web::FieldErrors;

/// Accounts that administer the whole service.
#[derive(Debug, Args)]
pub struct AdminCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Create(Create),
}

/// Creates one. The password is read from LUMBUNG_ADMIN_PASSWORD, typed at the terminal, where it is
/// hidden, or read from the first line of standard input.
#[derive(Debug, Args)]
struct Create {
    /// The person's name.
    #[arg(long)]
    name: String,
    /// The person's e-mail address.
    #[arg(long, required_unless_present = "phone")]
    email: Option<String>,
    /// The person's mobile number.
    #[arg(long)]
    phone: Option<String>,
    /// The language of the person's mails: id or en.
    #[arg(long, default_value = "id")]
    language: String,
}

impl AdminCommand {
    pub(super) fn run(self, config: &Config) -> Result<(), Failure> {
        let Action::Create(create) = self.action;
        create.run(config)
    }
}

impl Create {
    fn run(self, config: &Config) -> Result<(), Failure> {
        let email = self.email.as_deref().map(str::parse::<Email>).transpose();
        let email = email.map_err(|_| Failure::usage("--email: this is no e-mail address"))?;
        let phone = self.phone.as_deref().map(str::parse::<Phone>).transpose();
        let phone = phone.map_err(|_| Failure::usage("--phone: this is no Indonesian mobile number"))?;
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
            return Err(Failure::usage("--name: 1 to 100 characters in one line"));
        }
        let password = Password::new(read_password()?);
        let mut errors = FieldErrors::default();
        password.check("/password", &[self.email.as_deref(), self.phone.as_deref()], &mut errors);
        if errors.into_result().is_err() {
            return Err(Failure::usage("the password must have 8 to 128 characters and not be a common one"));
        }
        let application = Application::build(config, Clock::System, Entropy::System)?;
        let registration = Registration {
            name: name.to_owned(),
            email,
            phone,
            language: Language::from_accept_language(&self.language),
            password_hash: application.accounts.hasher.hash_blocking(&password)?,
        };
        let now = application.state.now();
        let account = application.state.db.write_blocking(move |tx| accounts::create_admin(tx, now, &registration));
        let account = account.map_err(|error| match error {
            RegisterError::LoginTaken(field) => Failure::new(format!("another account has this {field} already")),
            error => error.into(),
        })?;
        println!("{} administers this service from now on (account {}).", account.name, account.id);
        Ok(())
    }
}

fn read_password() -> Result<String, Failure> {
    if let Ok(password) = std::env::var("LUMBUNG_ADMIN_PASSWORD") {
        return Ok(password);
    }
    if std::io::stdin().is_terminal() {
        return Ok(rpassword::prompt_password("Password (hidden while you type): ")?);
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
