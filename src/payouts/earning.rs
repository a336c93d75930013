//! What a member did, what they earned by it, and why.

use crate::catalogue;
use crate::kernel::ids::{BatchId, PayoutId};
use crate::kernel::{Day, Instant, Language, Quantity, Rupiah};
use crate::supply::ContributionKind;

/// What a member did for a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BatchWork {
    pub(super) batch: BatchId,
    pub(super) product: String,
    pub(super) ready_on: Day,
    pub(super) work: Quantity,
}

/// What a member earned at one time; what is not paid yet has no payout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Earning {
    pub(super) payout: Option<PayoutId>,
    pub(super) until: Day,
    pub(super) paid_at: Option<Instant>,
    pub(super) basis: ContributionKind,
    /// What they did.
    pub(super) work: Quantity,
    /// What all members did.
    pub(super) all_work: Quantity,
    /// What was divided.
    pub(super) shared: Rupiah,
    /// Their part.
    pub(super) share: Rupiah,
    /// What they got back of what they had laid out.
    pub(super) receipts: Rupiah,
    pub(super) batches: Vec<BatchWork>,
}

impl Earning {
    /// Why it is so much, in a sentence.
    pub(super) fn why(&self, language: Language) -> String {
        let (work, all) = (amount(language, self.work, self.basis), amount(language, self.all_work, self.basis));
        match (self.payout.is_some(), language) {
            (true, Language::Indonesian) => {
                format!("{work} dari {all} atas {} yang dibagi: {}.", self.shared, self.share)
            }
            (true, Language::English) => {
                format!("{work} of {all}, of the {} that were divided: {}.", self.shared, self.share)
            }
            (false, Language::Indonesian) => format!("{work} dari {all} yang dicatat sejauh ini; belum dibayarkan."),
            (false, Language::English) => format!("{work} of {all} that were noted so far; not paid yet."),
        }
    }
}

/// So many pieces or hours.
pub(super) fn amount(language: Language, work: Quantity, basis: ContributionKind) -> String {
    let unit = match (basis, language) {
        (ContributionKind::Pieces, Language::Indonesian) => "buah",
        (ContributionKind::Pieces, Language::English) => "pieces",
        (ContributionKind::Hours, Language::Indonesian) => "jam",
        (ContributionKind::Hours, Language::English) => "hours",
    };
    catalogue::amount(language, work, unit)
}
