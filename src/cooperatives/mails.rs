//! The letter this slice sends: an invitation into a group.

use serde_json::json;

use super::access::MemberRole;
use super::group::{Group, Membership};
use super::invitation::Letterhead;
use crate::db::{self, Tx};
use crate::kernel::{Instant, Language};
use crate::mail::{self, Letter, Template};

const INDONESIAN: Template = Template {
    subject: "Undangan bergabung dengan kelompok {{ group }}",
    text: include_str!("mails/invitation.id.txt"),
    html: include_str!("mails/invitation.id.html"),
};

const ENGLISH: Template = Template {
    subject: "You are invited to join the group {{ group }}",
    text: include_str!("mails/invitation.en.txt"),
    html: include_str!("mails/invitation.en.html"),
};

/// Why a letter could not be sent on its way.
#[derive(Debug, thiserror::Error)]
pub(super) enum LetterError {
    #[error(transparent)]
    Compose(#[from] minijinja::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// What a role is called.
pub(super) const fn called(role: MemberRole, language: Language) -> &'static str {
    match (role, language) {
        (MemberRole::Chair, Language::Indonesian) => "ketua",
        (MemberRole::Secretary, Language::Indonesian) => "sekretaris",
        (MemberRole::Treasurer, Language::Indonesian) => "bendahara",
        (MemberRole::Member, Language::Indonesian) => "anggota",
        (MemberRole::Chair, Language::English) => "chair",
        (MemberRole::Secretary, Language::English) => "secretary",
        (MemberRole::Treasurer, Language::English) => "treasurer",
        (MemberRole::Member, Language::English) => "member",
    }
}

/// Writes to the invited person, when there is an address.
pub(super) fn send_invitation(
    tx: &mut Tx<'_>,
    now: Instant,
    group: &Group,
    membership: &Membership,
    token: &str,
    letterhead: &Letterhead,
) -> Result<(), LetterError> {
    let Some(email) = &letterhead.email else { return Ok(()) };
    let template = match letterhead.language {
        Language::Indonesian => INDONESIAN,
        Language::English => ENGLISH,
    };
    let values = json!({
        "name": membership.name,
        "group": group.name,
        "role": called(membership.role, letterhead.language),
        "link": link(&letterhead.public_url, token),
        "days": super::invitation::STANDS.num_days(),
    });
    let (subject, text, html) = mail::compose(&template, values)?;
    let letter = Letter {
        kind: "group-invitation",
        event: None,
        account: None,
        recipient: email.clone(),
        language: letterhead.language,
        subject,
        text,
        html,
    };
    Ok(mail::enqueue(tx, now, &letter)?)
}

/// Where an invitation is read and accepted.
pub(super) fn link(public_url: &str, token: &str) -> String {
    format!("{public_url}/v1/invitations/{token}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_break_out_of_a_letter() {
        for template in [INDONESIAN, ENGLISH] {
            let values = |group| json!({"name": "<b>x</b>", "group": group, "role": "r", "link": "l", "days": 14});
            assert!(mail::compose(&template, values("A\r\nBcc: b@example.com")).is_err());
            let (_, text, html) = mail::compose(&template, values("Sekar Laras")).unwrap();
            assert!(text.contains("<b>x</b>") && !html.contains("<b>x</b>"));
        }
    }
}
