//! Food label data (BPOM 31/2018), and warnings about it.

use serde::{Deserialize, Serialize};

use super::Category;
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Language, Quantity};

text_enum! {
    /// The unit of a net content.
    ContentUnit {
        /// Grams.
        Gram = "g",
        /// Kilograms.
        Kilogram = "kg",
        /// Millilitres.
        Millilitre = "ml",
        /// Litres.
        Litre = "l",
        /// Pieces.
        Pieces = "pcs",
    }
}

text_enum! {
    /// A food allergen that must be declared.
    Allergen {
        /// Wheat and other gluten.
        Gluten = "gluten",
        /// Egg.
        Egg = "egg",
        /// Milk.
        Milk = "milk",
        /// Peanut.
        Peanut = "peanut",
        /// Soy.
        Soy = "soy",
        /// Fish.
        Fish = "fish",
        /// Shrimp and other crustaceans.
        Crustacea = "crustacea",
        /// Tree nuts.
        TreeNut = "tree_nut",
        /// Sulphite.
        Sulfite = "sulfite",
    }
}

text_enum! {
    /// The kind of food licence.
    LicenceKind {
        /// The home-industry food permit (SPP-IRT).
        Pirt = "pirt",
        /// A registration with the food authority (BPOM MD).
        BpomMd = "bpom_md",
    }
}

text_enum! {
    /// The halal certification status of a product.
    HalalStatus {
        /// Certified.
        Certified = "certified",
        /// A certificate has been applied for.
        InProcess = "in_process",
        /// No certificate has been applied for.
        NotYet = "not_yet",
        /// Declared as not halal.
        NonHalal = "non_halal",
        /// Needs no certificate.
        NotApplicable = "not_applicable",
    }
}

/// The net content of one pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Contents {
    /// The amount, in `unit`.
    pub value: Quantity,
    /// The unit of the amount.
    pub unit: ContentUnit,
}

/// A food licence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    /// The kind of licence.
    pub kind: LicenceKind,
    /// The licence number as printed.
    #[schema(min_length = 1, max_length = 40, example = "2063302010001-00")]
    pub number: String,
    /// The last day on which the licence is valid.
    #[serde(default)]
    pub expires_on: Option<Day>,
}

/// Halal certification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Halal {
    /// The certification status.
    pub status: HalalStatus,
    /// The certificate number (`ID…`), printed on the label.
    #[serde(default)]
    #[schema(max_length = 40, example = "ID33110000000000000")]
    pub number: Option<String>,
}

/// One ingredient of a composition. Only describes the OpenAPI schema.
#[derive(Debug, utoipa::ToSchema)]
#[schema(min_length = 1, max_length = 80, example = "tepung terigu")]
pub struct Ingredient(pub String);

/// The label data of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// The ingredients, by descending share.
    pub composition: Vec<String>,
    /// The net content of one pack.
    pub net_content: Option<Contents>,
    /// A food allergen that must be declared.
    pub allergens: Vec<Allergen>,
    /// Storage instructions.
    pub storage: Option<String>,
    /// The food licence, if any.
    pub licence: Option<Licence>,
    /// Halal certification.
    pub halal: Halal,
    /// Whether the ingredients changed after certification, so that the certificate must be reviewed.
    pub halal_recheck: bool,
}

impl Default for Label {
    fn default() -> Self {
        Label {
            composition: Vec::new(),
            net_content: None,
            allergens: Vec::new(),
            storage: None,
            licence: None,
            halal: Halal { status: HalalStatus::NotYet, number: None },
            halal_recheck: false,
        }
    }
}

/// A hint to officers about label data that looks wrong. Warnings never block a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warning {
    /// The P-IRT number does not have the usual format.
    LicenceNumberUnusual,
    /// The licence has expired.
    LicenceExpired,
    /// The product is marked as certified without a certificate number.
    HalalNumberMissing,
    /// The ingredients changed after certification.
    HalalRecheck,
    /// A food has no composition.
    CompositionMissing,
}

impl Warning {
    /// The stable machine-readable code.
    pub const fn code(self) -> &'static str {
        match self {
            Warning::LicenceNumberUnusual => "licence-number-unusual",
            Warning::LicenceExpired => "licence-expired",
            Warning::HalalNumberMissing => "halal-number-missing",
            Warning::HalalRecheck => "halal-recheck",
            Warning::CompositionMissing => "composition-missing",
        }
    }

    /// A JSON pointer to the field in the product.
    pub const fn pointer(self) -> &'static str {
        match self {
            Warning::LicenceNumberUnusual => "/label/licence/number",
            Warning::LicenceExpired => "/label/licence/expires_on",
            Warning::HalalNumberMissing => "/label/halal/number",
            Warning::HalalRecheck => "/label/halal",
            Warning::CompositionMissing => "/label/composition",
        }
    }

    /// The sentence for people: what to do.
    pub const fn sentence(self, language: Language) -> &'static str {
        match (self, language) {
            (Warning::LicenceNumberUnusual, Language::Indonesian) => {
                "Nomor P-IRT biasanya 15 angka, misalnya 2063302010001-29. Periksa lagi."
            }
            (Warning::LicenceNumberUnusual, Language::English) => {
                "A P-IRT number usually has 15 digits, such as 2063302010001-29. Please check it."
            }
            (Warning::LicenceExpired, Language::Indonesian) => "Izin sudah lewat masa berlakunya. Perpanjang izinnya.",
            (Warning::LicenceExpired, Language::English) => "The licence has run out. Please renew it.",
            (Warning::HalalNumberMissing, Language::Indonesian) => "Isi nomor sertifikat halal (ID…) untuk label.",
            (Warning::HalalNumberMissing, Language::English) => {
                "Fill in the number of the halal certificate (ID…) for the label."
            }
            (Warning::HalalRecheck, Language::Indonesian) => {
                "Bahan berubah setelah sertifikat halal terbit. Hubungi pendamping halal, lalu perbarui datanya."
            }
            (Warning::HalalRecheck, Language::English) => {
                "The ingredients changed after the halal certificate. Ask the halal companion, then renew the data."
            }
            (Warning::CompositionMissing, Language::Indonesian) => "Isi komposisi (bahan-bahan) untuk label.",
            (Warning::CompositionMissing, Language::English) => "Fill in the ingredients for the label.",
        }
    }
}

impl Label {
    /// The warnings about this label on the given day.
    pub fn warnings(&self, category: Category, today: Day) -> Vec<Warning> {
        let licence = self.licence.as_ref();
        let unusual =
            licence.is_some_and(|licence| licence.kind == LicenceKind::Pirt && !has_pirt_format(&licence.number));
        let expired = licence.and_then(|licence| licence.expires_on).is_some_and(|last_day| last_day < today);
        let unnumbered = self.halal.status == HalalStatus::Certified && self.halal.number.is_none();
        let without_composition =
            self.composition.is_empty() && !matches!(category, Category::Craft | Category::Seedlings);
        [
            (unusual, Warning::LicenceNumberUnusual),
            (expired, Warning::LicenceExpired),
            (unnumbered, Warning::HalalNumberMissing),
            (self.halal_recheck, Warning::HalalRecheck),
            (without_composition, Warning::CompositionMissing),
        ]
        .into_iter()
        .filter_map(|(applies, warning)| applies.then_some(warning))
        .collect()
    }

    /// Sets `halal_recheck` on this label, which replaces `before`: changed ingredients under an unchanged certificate
    /// need a review, and updating the halal data ends it.
    #[must_use]
    pub fn with_halal_recheck(mut self, before: &Label) -> Self {
        let ingredients_changed = self.composition != before.composition;
        let halal_changed = self.halal != before.halal;
        self.halal_recheck = self.halal.status == HalalStatus::Certified
            && !halal_changed
            && (before.halal_recheck || (ingredients_changed && !before.composition.is_empty()));
        self
    }
}

/// Whether the number has the format `d ff rrrr pp nnnn - yy`; some people omit the dash.
fn has_pirt_format(number: &str) -> bool {
    let (first, year) = match number.split_once('-') {
        Some(parts) => parts,
        None => number.split_at_checked(13).unwrap_or((number, "")),
    };
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(first, 13) && digits(year, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certified() -> Label {
        Label {
            composition: vec!["singkong".into(), "garam".into()],
            halal: Halal { status: HalalStatus::Certified, number: Some("ID33110000000000000".into()) },
            ..Label::default()
        }
    }

    #[test]
    fn an_unusual_licence_number_only_warns() {
        assert!(has_pirt_format("2063302010001-29") && has_pirt_format("206330201000129"));
        for number in ["", "123", "20633020100012-9", "206330201000a-29", "2063302010001--9", "2063302010001 29"] {
            assert!(!has_pirt_format(number), "{number}");
        }
        let today = "2026-11-23".parse().unwrap();
        let licence = Licence { kind: LicenceKind::Pirt, number: "x".into(), expires_on: "2026-11-22".parse().ok() };
        let label = Label { licence: Some(licence), ..certified() };
        let expected = [Warning::LicenceNumberUnusual, Warning::LicenceExpired];
        assert_eq!(label.warnings(Category::DrySnacks, today), expected);
        assert_eq!(certified().warnings(Category::DrySnacks, today), []);
    }

    #[test]
    fn changed_ingredients_require_a_review_of_the_certificate() {
        let edited = Label { composition: vec!["singkong".into(), "gula".into()], ..certified() }
            .with_halal_recheck(&certified());
        assert!(edited.halal_recheck);
        assert!(
            edited.clone().with_halal_recheck(&edited).halal_recheck,
            "the flag stays until the certificate is updated"
        );
        let renewed = Label {
            halal: Halal { status: HalalStatus::Certified, number: Some("ID33110000000000001".into()) },
            ..edited.clone()
        };
        assert!(!renewed.with_halal_recheck(&edited).halal_recheck);
        assert!(!certified().with_halal_recheck(&certified()).halal_recheck);
    }
}
