//! The HTML pages behind links in mails: verifying an address and choosing a new password. Opening a page does not redeem
//! the token, because mail scanners open links too; only the button does.

use actix_web::http::StatusCode;
use actix_web::web::{Form, ServiceConfig, post, resource};
use serde::{Deserialize, Serialize};

use super::one_time::{Limited, limit_requests, redeem_reset_token};
use crate::accounts::one_time::{Purpose, is_redeemable};
use crate::accounts::password::Password;
use crate::accounts::{LinkError, RESET_PURPOSES, verify_email};
use crate::kernel::Language;
use crate::web::html::page;
use crate::web::{ApiResponse, Code, FieldErrors, PathIds, Problem, get_or_head, method_not_allowed};

const PAGE: &str = include_str!("page.html");

const ALLOWED_METHODS: &str = "GET, HEAD, POST";

/// Registers the pages.
pub fn pages(config: &mut ServiceConfig) {
    config
        .service(
            resource("/verify-email/{token}")
                .route(get_or_head().to(show_verify_page))
                .route(post().to(submit_verification))
                .default_service(method_not_allowed(ALLOWED_METHODS)),
        )
        .service(
            resource("/reset-password/{token}")
                .route(get_or_head().to(show_password_page))
                .route(post().to(submit_password))
                .default_service(method_not_allowed(ALLOWED_METHODS)),
        );
}

/// One state of a page, in one language.
#[derive(Serialize)]
struct Words {
    title: &'static str,
    lead: &'static str,
    field: Option<&'static str>,
    button: Option<&'static str>,
}

/// A page in both languages.
struct Texts {
    status: StatusCode,
    indonesian: Words,
    english: Words,
}

const fn message(title: &'static str, lead: &'static str) -> Words {
    Words { title, lead, field: None, button: None }
}

const VERIFY: Texts = Texts {
    status: StatusCode::OK,
    indonesian: Words {
        button: Some("Ya, ini alamat saya"),
        ..message(
            "Pastikan alamat surel Anda",
            "Tekan tombol ini bila Anda mendaftar di Lumbung dengan alamat surel ini.",
        )
    },
    english: Words {
        button: Some("Yes, this address is mine"),
        ..message(
            "Confirm your e-mail address",
            "Press this button if you registered at Lumbung with this e-mail address.",
        )
    },
};

const VERIFIED: Texts = Texts {
    status: StatusCode::OK,
    indonesian: message("Alamat surel Anda sudah dipastikan", "Terima kasih. Halaman ini boleh ditutup."),
    english: message("Your e-mail address is confirmed", "Thank you. You can close this page."),
};

const NEW_PASSWORD: Texts = Texts {
    status: StatusCode::OK,
    indonesian: Words {
        field: Some("Kata sandi baru"),
        button: Some("Simpan kata sandi"),
        ..message(
            "Pilih kata sandi baru",
            "Paling sedikit 8 huruf atau angka. Beberapa kata yang tidak berhubungan mudah diingat dan sulit ditebak.",
        )
    },
    english: Words {
        field: Some("New password"),
        button: Some("Save the password"),
        ..message(
            "Choose a new password",
            "At least 8 letters or digits. A few words that have nothing to do with each other are easy to keep in mind and hard to guess.",
        )
    },
};

const PASSWORD_SET: Texts = Texts {
    status: StatusCode::OK,
    indonesian: message(
        "Kata sandi baru sudah disimpan",
        "Masuklah dengan kata sandi baru. Semua perangkat yang tadinya masuk sudah dikeluarkan.",
    ),
    english: message(
        "The new password is saved",
        "Sign in with it. Every device that was signed in has been signed out.",
    ),
};

/// Also shown when the button is pressed twice.
const GONE: Texts = Texts {
    status: StatusCode::GONE,
    indonesian: message(
        "Tautan ini sudah dipakai atau terlalu lama",
        "Bila tadi tombolnya sudah Anda tekan, semuanya beres: silakan masuk. Bila belum, mintalah tautan baru di aplikasi, atau minta kode kepada pengurus kelompok Anda.",
    ),
    english: message(
        "This link was used, or is too old",
        "If you have pressed the button before, all is well: please sign in. If not, ask for a new link in the app, or ask an officer of your group for a code.",
    ),
};

fn render(texts: Texts, language: Language, errors: &[String]) -> Result<ApiResponse, Problem> {
    let words = match language {
        Language::Indonesian => texts.indonesian,
        Language::English => texts.english,
    };
    page(texts.status, language, words.title, PAGE, serde_json::json!({ "words": words, "faults": errors }))
}

/// A request for the page of a link: its token and the reader's language.
type LinkRequest = (Limited, PathIds<String>, Language);

/// The page of a redeemable link, or the page that it is gone.
async fn show_page(
    (limited, token, language): LinkRequest,
    purposes: &'static [Purpose],
    texts: Texts,
) -> Result<ApiResponse, Problem> {
    limit_requests(&limited).await?;
    let (state, ..) = limited;
    let now = state.now();
    let read = state.db.read(move |conn| is_redeemable(conn, now, &token.0, purposes));
    render(if read.await? { texts } else { GONE }, language, &[])
}

async fn show_verify_page(request: LinkRequest) -> Result<ApiResponse, Problem> {
    show_page(request, &[Purpose::VerifyEmail], VERIFY).await
}

async fn submit_verification((limited, token, language): LinkRequest) -> Result<ApiResponse, Problem> {
    limit_requests(&limited).await?;
    let (state, ..) = limited;
    let now = state.now();
    match state.db.write(move |tx| verify_email(tx, now, &token.0)).await {
        Ok(()) => render(VERIFIED, language, &[]),
        Err(LinkError::Invalid) => render(GONE, language, &[]),
        Err(LinkError::Db(error)) => Err(error.into()),
    }
}

async fn show_password_page(request: LinkRequest) -> Result<ApiResponse, Problem> {
    show_page(request, &RESET_PURPOSES, NEW_PASSWORD).await
}

#[derive(Deserialize)]
struct PasswordForm {
    password: Password,
}

async fn submit_password(
    (limited, token, language): LinkRequest,
    form: Form<PasswordForm>,
) -> Result<ApiResponse, Problem> {
    let mut errors = FieldErrors::default();
    form.password.check("/password", &[], &mut errors);
    if !errors.is_empty() {
        let retry = Texts { status: StatusCode::UNPROCESSABLE_ENTITY, ..NEW_PASSWORD };
        return render(retry, language, &errors.sentences(language));
    }
    match redeem_reset_token(&limited, token.0, &form.password).await {
        Ok(()) => render(PASSWORD_SET, language, &[]),
        Err(problem) if problem.code() == Code::LinkInvalid => render(GONE, language, &[]),
        Err(problem) => Err(problem),
    }
}
