//! Security mails. They are sent by the use cases themselves, regardless of notification preferences.

use serde_json::json;

use super::account::Account;
use super::email::Email;
use crate::db::{self, Tx};
use crate::kernel::ids::EventId;
use crate::kernel::{Instant, Language};
use crate::mail::{self, Letter, Template};

/// A mail in one language: its subject, its paragraphs, and an optional paragraph below the link.
macro_rules! template {
    ($subject:literal: $($paragraph:literal)+ $(; link $link:literal)?) => {
        Template {
            subject: $subject,
            text: concat!($($paragraph, "\n\n",)+ $("{{ link }}\n\n", $link, "\n\n",)? "Lumbung\n"),
            html: concat!(
                "<!doctype html><html><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">",
                "</head><body style=\"font:16px/1.5 sans-serif;color:#222;max-width:34em;margin:1em auto;padding:0 1em;overflow-wrap:anywhere\">",
                $("<p>", $paragraph, "</p>",)+
                $("<p><a href=\"{{ link }}\">{{ link }}</a></p><p>", $link, "</p>",)?
                "<p>Lumbung</p></body></html>"
            ),
        }
    };
}

struct Texts {
    kind: &'static str,
    indonesian: Template,
    english: Template,
}

const VERIFY_EMAIL: Texts = Texts {
    kind: "verify-email",
    indonesian: template!("Pastikan alamat surel Anda":
        "Halo {{ name }},"
        "Alamat ini dipakai untuk akun Lumbung. Buka tautan ini untuk memastikan bahwa alamat ini milik Anda:";
        link "Tautan berlaku tiga hari. Bila Anda tidak mendaftar, abaikan surat ini."),
    english: template!("Confirm your e-mail address":
        "Hello {{ name }},"
        "This address was given for an account at Lumbung. Open this link to confirm that it is yours:";
        link "The link is good for three days. If you did not register, ignore this letter."),
};

const RESET_PASSWORD: Texts = Texts {
    kind: "reset-password",
    indonesian: template!("Atur ulang kata sandi":
        "Halo {{ name }},"
        "Ada permintaan untuk mengatur ulang kata sandi akun Anda. Buka tautan ini untuk memilih kata sandi baru:";
        link "Tautan berlaku 30 menit dan hanya sekali. Bila bukan Anda yang meminta, abaikan surat ini: kata sandi Anda tidak berubah."),
    english: template!("Reset your password":
        "Hello {{ name }},"
        "Someone asked to reset the password of your account. Open this link to choose a new one:";
        link "The link is good for 30 minutes, and once. If it was not you, ignore this letter: your password has not changed."),
};

const RESET_CODE_ISSUED: Texts = Texts {
    kind: "reset-code-issued",
    indonesian: template!("Kode atur ulang kata sandi telah dibuat":
        "Halo {{ name }},"
        "Seorang pengurus kelompok Anda membuat kode sekali pakai untuk mengatur ulang kata sandi akun Anda."
        "Bila Anda tidak memintanya, segera hubungi koperasi."),
    english: template!("A code to reset your password was issued":
        "Hello {{ name }},"
        "An officer of your group issued a one-time code to reset the password of your account."
        "If you did not ask for it, tell the cooperative at once."),
};

const PASSWORD_CHANGED: Texts = Texts {
    kind: "password-changed",
    indonesian: template!("Kata sandi Anda telah diganti":
        "Halo {{ name }},"
        "Kata sandi akun Anda baru saja diganti, dan perangkat lain telah dikeluarkan."
        "Bila bukan Anda yang menggantinya, segera atur ulang kata sandi dan hubungi koperasi."),
    english: template!("Your password was changed":
        "Hello {{ name }},"
        "The password of your account has just been changed, and other devices were signed out."
        "If it was not you, reset the password at once and tell the cooperative."),
};

const TOKEN_REUSED: Texts = Texts {
    kind: "token-reused",
    indonesian: template!("Sebuah perangkat telah dikeluarkan demi keamanan":
        "Halo {{ name }},"
        "Kunci masuk salah satu perangkat Anda dipakai dua kali. Mungkin ada orang lain yang menyalinnya, jadi perangkat itu telah dikeluarkan."
        "Silakan masuk lagi. Bila Anda tidak yakin, ganti kata sandi Anda."),
    english: template!("A device was signed out for safety":
        "Hello {{ name }},"
        "The key of one of your devices was used twice. Someone else may have copied it, so the device was signed out."
        "Please sign in again. If you are in doubt, change your password."),
};

const EMAIL_CHANGED: Texts = Texts {
    kind: "email-changed",
    indonesian: template!("Alamat surel akun Anda telah diganti":
        "Halo {{ name }},"
        "Alamat surel akun Lumbung Anda baru saja diganti. Surat berikutnya tidak lagi dikirim ke sini."
        "Bila bukan Anda yang menggantinya, segera hubungi koperasi."),
    english: template!("The e-mail address of your account was changed":
        "Hello {{ name }},"
        "The e-mail address of your account at Lumbung has just been changed. Further letters no longer come here."
        "If it was not you, tell the cooperative at once."),
};

const ACCOUNT_CLOSED: Texts = Texts {
    kind: "account-closed",
    indonesian: template!("Akun Anda telah ditutup":
        "Halo {{ name }},"
        "Akun Lumbung Anda telah ditutup dan data diri Anda dihapus. Pesanan Anda tetap tercatat tanpa nama."
        "Bila bukan Anda yang menutupnya, segera hubungi koperasi."),
    english: template!("Your account was closed":
        "Hello {{ name }},"
        "Your account at Lumbung was closed, and your personal data deleted. Your orders stay on record without a name."
        "If it was not you, tell the cooperative at once."),
};

fn send(
    tx: &mut Tx<'_>,
    now: Instant,
    texts: &Texts,
    event: Option<EventId>,
    account: &Account,
    email: &Email,
    link: &str,
) -> db::Result<()> {
    let template = match account.language {
        Language::Indonesian => &texts.indonesian,
        Language::English => &texts.english,
    };
    let (subject, text, html) = match mail::compose(template, json!({ "name": account.name, "link": link })) {
        Ok(composed) => composed,
        // A test composes every template; a broken mail must not block signing in.
        Err(error) => {
            tracing::error!(%error, kind = texts.kind, "a letter could not be composed");
            return Ok(());
        }
    };
    let letter = Letter {
        kind: texts.kind,
        event,
        account: (texts.kind != ACCOUNT_CLOSED.kind).then_some(account.id),
        recipient: email.as_str().to_owned(),
        language: account.language,
        subject,
        text,
        html,
    };
    mail::enqueue(tx, now, &letter)
}

fn send_notice(tx: &mut Tx<'_>, now: Instant, texts: &Texts, event: EventId, account: &Account) -> db::Result<()> {
    match &account.email {
        Some(email) => send(tx, now, texts, Some(event), account, email, ""),
        None => Ok(()),
    }
}

pub(super) fn send_verify_email(
    tx: &mut Tx<'_>,
    now: Instant,
    public_url: &str,
    account: &Account,
    email: &Email,
    secret: &str,
) -> db::Result<()> {
    send(tx, now, &VERIFY_EMAIL, None, account, email, &format!("{public_url}/verify-email/{secret}"))
}

pub(super) fn send_reset_password(
    tx: &mut Tx<'_>,
    now: Instant,
    public_url: &str,
    account: &Account,
    email: &Email,
    secret: &str,
) -> db::Result<()> {
    send(tx, now, &RESET_PASSWORD, None, account, email, &format!("{public_url}/reset-password/{secret}"))
}

pub(super) fn send_reset_code_issued(
    tx: &mut Tx<'_>,
    now: Instant,
    event: EventId,
    account: &Account,
) -> db::Result<()> {
    send_notice(tx, now, &RESET_CODE_ISSUED, event, account)
}

pub(super) fn send_password_changed(
    tx: &mut Tx<'_>,
    now: Instant,
    event: EventId,
    account: &Account,
) -> db::Result<()> {
    send_notice(tx, now, &PASSWORD_CHANGED, event, account)
}

pub(super) fn send_token_reused(tx: &mut Tx<'_>, now: Instant, event: EventId, account: &Account) -> db::Result<()> {
    send_notice(tx, now, &TOKEN_REUSED, event, account)
}

/// The last mail. It has no account id, so that it survives the deletion of the account's mails.
pub(super) fn send_account_closed(tx: &mut Tx<'_>, now: Instant, event: EventId, before: &Account) -> db::Result<()> {
    send_notice(tx, now, &ACCOUNT_CLOSED, event, before)
}

pub(super) fn send_email_changed(tx: &mut Tx<'_>, now: Instant, event: EventId, before: &Account) -> db::Result<()> {
    send_notice(tx, now, &EMAIL_CHANGED, event, before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mail_can_be_composed_and_escapes_names() {
        for texts in [
            VERIFY_EMAIL,
            RESET_PASSWORD,
            RESET_CODE_ISSUED,
            PASSWORD_CHANGED,
            TOKEN_REUSED,
            EMAIL_CHANGED,
            ACCOUNT_CLOSED,
        ] {
            for template in [texts.indonesian, texts.english] {
                let values = json!({ "name": "<b>Contoh</b>", "link": "https://lumbung.example/x#y" });
                let (subject, text, html) = mail::compose(&template, values).unwrap();
                assert!(!subject.is_empty());
                assert!(text.contains("<b>Contoh</b>"));
                assert!(!html.contains("<b>Contoh</b>") && html.contains("Contoh"));
            }
        }
    }
}
