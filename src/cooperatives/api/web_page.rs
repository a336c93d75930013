//! The HTML page of an invitation, for people who open its link in a browser.

use actix_web::http::StatusCode;
use serde::Serialize;
use serde_json::json;

use crate::cooperatives::group::{Group, Membership};
use crate::cooperatives::invitation::Invitation;
use crate::kernel::{Language, Zone, format};
use crate::web::{ApiResponse, Problem, html};

const PAGE: &str = include_str!("invitation.html");

#[derive(Serialize)]
struct Words {
    lead: &'static str,
    role: &'static str,
    until: &'static str,
    how: &'static str,
    steps: [&'static str; 3],
    secret: &'static str,
}

const INDONESIAN: Words = Words {
    lead: "Anda diundang bergabung dengan kelompok usaha ini:",
    role: "Sebagai",
    until: "Berlaku sampai",
    how: "Cara bergabung",
    steps: [
        "Buka aplikasi Lumbung dari koperasi Anda, lalu masuk. Bila belum punya akun, daftarlah dengan nomor HP.",
        "Buka tautan ini di aplikasi, atau masukkan kode di bawah ini.",
        "Terima undangannya.",
    ],
    secret: "Kode ini hanya untuk Anda dan hanya bisa dipakai satu kali. Bila Anda tidak mengenal kelompok ini, tutup saja halaman ini.",
};
const ENGLISH: Words = Words {
    lead: "You are invited to join this business group:",
    role: "As its",
    until: "Good until",
    how: "How to join",
    steps: [
        "Open the Lumbung app of your cooperative and sign in. Without an account, register with your mobile number.",
        "Open this link in the app, or enter the code below.",
        "Accept the invitation.",
    ],
    secret: "The code is yours alone and works once. If you do not know this group, simply close this page.",
};

/// Renders the page in this language, with times in the zone of the cooperative.
pub(super) fn render(
    invitation: &Invitation,
    group: &Group,
    member: &Membership,
    token: &str,
    zone: Zone,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let (title, words) = match language {
        Language::Indonesian => (format!("Halo {}!", member.name), INDONESIAN),
        Language::English => (format!("Hello {}!", member.name), ENGLISH),
    };
    let values = json!({
        "words": words,
        "group": group.name,
        "role": member.role.display_name(language),
        "until": format::moment(language, zone, invitation.expires_at),
        "token": token,
    });
    html::page(StatusCode::OK, language, &title, PAGE, values)
}
