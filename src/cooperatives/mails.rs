//! The mail of this slice: an invitation into a group.

use serde_json::json;

use super::group::{Group, Membership};
use super::invitation::{INVITATION_TTL, InvitationMail};
use super::roles::MemberRole;
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

/// Why a mail was not enqueued.
#[derive(Debug, thiserror::Error)]
pub(super) enum MailError {
    #[error(transparent)]
    Compose(#[from] minijinja::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// The name of a role, for people.
pub(super) const fn role_name(role: MemberRole, language: Language) -> &'static str {
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

/// Enqueues the invitation mail, if there is an address.
pub(super) fn send_invitation(
    tx: &mut Tx<'_>,
    now: Instant,
    group: &Group,
    membership: &Membership,
    token: &str,
    invitation_mail: &InvitationMail,
) -> Result<(), MailError> {
    let Some(email) = &invitation_mail.email else { return Ok(()) };
    let template = match invitation_mail.language {
        Language::Indonesian => INDONESIAN,
        Language::English => ENGLISH,
    };
    let values = json!({
        "name": membership.name,
        "group": group.name,
        "role": role_name(membership.role, invitation_mail.language),
        "link": invitation_url(&invitation_mail.public_url, token),
        "days": INVITATION_TTL.num_days(),
    });
    let (subject, text, html) = mail::compose(&template, values)?;
    let letter = Letter {
        kind: "group-invitation",
        event: None,
        account: None,
        recipient: email.clone(),
        language: invitation_mail.language,
        subject,
        text,
        html,
    };
    Ok(mail::enqueue(tx, now, &letter)?)
}

/// The URL of an invitation.
pub(super) fn invitation_url(public_url: &str, token: &str) -> String {
    format!("{public_url}/v1/invitations/{token}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_inject_headers_or_html() {
        for template in [INDONESIAN, ENGLISH] {
            let values = |group| json!({"name": "<b>x</b>", "group": group, "role": "r", "link": "l", "days": 14});
            assert!(mail::compose(&template, values("A\r\nBcc: b@example.com")).is_err());
            let (_, text, html) = mail::compose(&template, values("Sekar Laras")).unwrap();
            assert!(text.contains("<b>x</b>") && !html.contains("<b>x</b>"));
        }
    }
}
