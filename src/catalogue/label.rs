//! What must stand on a food's label (BPOM 31/2018), and what looks wrong about it.

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
    /// What can make people ill.
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
    /// Which licence a food has.
    LicenceKind {
        /// The home industry's permit (SPP-IRT).
        Pirt = "pirt",
        /// The food authority's registration.
        BpomMd = "bpom_md",
    }
}

text_enum! {
    /// Where a product stands with its halal certificate.
    HalalStatus {
        /// Has a certificate.
        Certified = "certified",
        /// Has applied for one.
        InProcess = "in_process",
        /// Has not applied.
        NotYet = "not_yet",
        /// Is not halal, and says so.
        NonHalal = "non_halal",
        /// Needs none.
        NotApplicable = "not_applicable",
    }
}

/// How much is in one pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Contents {
    /// The number.
    pub value: Quantity,
    /// Of what.
    pub unit: ContentUnit,
}

/// A food licence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    /// Which.
    pub kind: LicenceKind,
    /// Its number as printed.
    #[schema(min_length = 1, max_length = 40, example = "2063302010001-00")]
    pub number: String,
    /// The last day it holds.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date, max_length = 10, example = "2029-05-31")]
    pub expires_on: Option<Day>,
}

/// Where it stands with halal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Halal {
    /// The state.
    pub status: HalalStatus,
    /// The number of the certificate (`ID…`), which goes on the label.
    #[serde(default)]
    #[schema(max_length = 40, example = "ID33110000000000000")]
    pub number: Option<String>,
}

/// One ingredient, as the contract describes it.
#[derive(Debug, utoipa::ToSchema)]
#[schema(min_length = 1, max_length = 80, example = "tepung terigu")]
pub struct Ingredient(pub String);

/// What stands on the label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// The ingredients, the most first.
    pub composition: Vec<String>,
    /// How much is in one pack.
    pub net_content: Option<Contents>,
    /// What can make people ill.
    pub allergens: Vec<Allergen>,
    /// How to keep it.
    pub storage: Option<String>,
    /// The food licence.
    pub licence: Option<Licence>,
    /// Where it stands with halal.
    pub halal: Halal,
    /// The ingredients changed after the certificate: it must be looked at again.
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

/// Something about a label that an officer should look at. It never stops a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warning {
    /// The P-IRT number has not the usual form.
    LicenceNumberUnusual,
    /// The licence ran out.
    LicenceExpired,
    /// A certificate is claimed without its number.
    HalalNumberMissing,
    /// The ingredients changed after the certificate.
    HalalRecheck,
    /// A food without its ingredients.
    CompositionMissing,
}

impl Warning {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Warning::LicenceNumberUnusual => "licence-number-unusual",
            Warning::LicenceExpired => "licence-expired",
            Warning::HalalNumberMissing => "halal-number-missing",
            Warning::HalalRecheck => "halal-recheck",
            Warning::CompositionMissing => "composition-missing",
        }
    }

    /// Where, as a JSON pointer into the product.
    pub const fn pointer(self) -> &'static str {
        match self {
            Warning::LicenceNumberUnusual => "/label/licence/number",
            Warning::LicenceExpired => "/label/licence/expires_on",
            Warning::HalalNumberMissing => "/label/halal/number",
            Warning::HalalRecheck => "/label/halal",
            Warning::CompositionMissing => "/label/composition",
        }
    }

    /// What to do about it.
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
    /// What an officer should look at on this day.
    pub fn warnings(&self, category: Category, today: Day) -> Vec<Warning> {
        let licence = self.licence.as_ref();
        let odd = licence.is_some_and(|licence| licence.kind == LicenceKind::Pirt && !is_usual_pirt(&licence.number));
        let expired = licence.and_then(|licence| licence.expires_on).is_some_and(|last| last < today);
        let unnumbered = self.halal.status == HalalStatus::Certified && self.halal.number.is_none();
        let bare = self.composition.is_empty() && !matches!(category, Category::Craft | Category::Seedlings);
        [
            (odd, Warning::LicenceNumberUnusual),
            (expired, Warning::LicenceExpired),
            (unnumbered, Warning::HalalNumberMissing),
            (self.halal_recheck, Warning::HalalRecheck),
            (bare, Warning::CompositionMissing),
        ]
        .into_iter()
        .filter_map(|(holds, warning)| holds.then_some(warning))
        .collect()
    }

    /// This label after an edit of `before`: new ingredients on an unchanged certificate ask for another look, and
    /// stating the certificate anew ends it.
    #[must_use]
    pub fn following(mut self, before: &Label) -> Self {
        let ingredients_changed = self.composition != before.composition;
        let halal_changed = self.halal != before.halal;
        self.halal_recheck = self.halal.status == HalalStatus::Certified
            && !halal_changed
            && (before.halal_recheck || (ingredients_changed && !before.composition.is_empty()));
        self
    }
}

/// `d ff rrrr pp nnnn - yy`, the dash left out by some.
fn is_usual_pirt(number: &str) -> bool {
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
    fn an_odd_licence_number_warns_and_never_blocks() {
        assert!(is_usual_pirt("2063302010001-29") && is_usual_pirt("206330201000129"));
        for odd in ["", "123", "20633020100012-9", "206330201000a-29", "2063302010001--9", "2063302010001 29"] {
            assert!(!is_usual_pirt(odd), "{odd}");
        }
        let today = "2026-11-23".parse().unwrap();
        let licence = Licence { kind: LicenceKind::Pirt, number: "x".into(), expires_on: "2026-11-22".parse().ok() };
        let label = Label { licence: Some(licence), ..certified() };
        let expected = [Warning::LicenceNumberUnusual, Warning::LicenceExpired];
        assert_eq!(label.warnings(Category::DrySnacks, today), expected);
        assert_eq!(certified().warnings(Category::DrySnacks, today), []);
    }

    #[test]
    fn new_ingredients_ask_for_another_look_at_the_certificate() {
        let sweeter =
            Label { composition: vec!["singkong".into(), "gula".into()], ..certified() }.following(&certified());
        assert!(sweeter.halal_recheck);
        assert!(sweeter.clone().following(&sweeter).halal_recheck, "it stays until someone looked");
        let renewed = Label {
            halal: Halal { status: HalalStatus::Certified, number: Some("ID33110000000000001".into()) },
            ..sweeter.clone()
        };
        assert!(!renewed.following(&sweeter).halal_recheck);
        assert!(!certified().following(&certified()).halal_recheck);
    }
}
