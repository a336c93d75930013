//! The person who orders, and the recipient.

use serde::{Deserialize, Serialize};

use crate::kernel::Phone;
use crate::web::{FieldError, FieldErrors};

/// The person who ordered, with their contact data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderContact {
    /// Their name.
    #[schema(max_length = 100, example = "Contoh Sari")]
    pub name: String,
    /// Their mobile number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// Their e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 254, example = "sari@contoh.example")]
    pub email: Option<String>,
}

/// The recipient, if it is not the buyer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// Their name.
    #[schema(max_length = 100, example = "Contoh Wati")]
    pub name: String,
    /// Their mobile number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
}

/// Validates the contact. With `must_be_reachable` a phone number or an e-mail address is required.
pub fn check_contact(contact: &OrderContact, must_be_reachable: bool, errors: &mut FieldErrors) {
    errors.check_line("/contact/name", &contact.name, 1..=100);
    if let Some(email) = &contact.email {
        errors.check_line("/contact/email", email, 3..=254);
        let is_valid = email.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && domain.contains('.') && !domain.contains('@') && !email.contains(char::is_whitespace)
        });
        errors.require(is_valid, "/contact/email", FieldError::Malformed);
    }
    if must_be_reachable && contact.phone.is_none() && contact.email.is_none() {
        errors.add("/contact/phone", FieldError::Required);
    }
}

/// Validates the recipient.
pub fn check_recipient(recipient: &Recipient, errors: &mut FieldErrors) {
    errors.check_line("/recipient/name", &recipient.name, 1..=100);
}
