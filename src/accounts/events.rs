//! Events of accounts and sessions.

use crate::events::events;

events! {
    /// What happened to an account.
    AccountEvent {
        "account.registered" => Registered { admin: bool },
        "account.edited" => Edited { email: bool, phone: bool },
        "account.email_verified" => EmailVerified {},
        "account.phone_vouched" => PhoneVouched {},
        "account.password_changed" => PasswordChanged {},
        "account.reset_requested" => ResetRequested {},
        "account.reset_code_issued" => ResetCodeIssued {},
        "account.password_reset" => PasswordReset {},
        "account.suspended" => Suspended {},
        "account.reopened" => Reopened {},
        "account.closed" => Closed {},
        "session.opened" => SessionOpened {},
        "session.token_reused" => TokenReused {},
        "session.ended" => SessionEnded {},
    }
}
