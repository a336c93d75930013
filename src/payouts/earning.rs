//! Work and earnings of a member, with the reason.

use crate::catalogue;
use crate::kernel::ids::{BatchId, PayoutId};
use crate::kernel::{Day, Instant, Language, Quantity, Rupiah};
use crate::supply::ContributionKind;

/// Work of a member for a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BatchWork {
    pub(super) batch: BatchId,
    pub(super) product: String,
    pub(super) ready_on: Day,
    pub(super) work: Quantity,
}

/// Earnings of a member in one payout, or for the work that is not paid yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Earning {
    pub(super) payout: Option<PayoutId>,
    pub(super) until: Day,
    pub(super) paid_at: Option<Instant>,
    pub(super) basis: ContributionKind,
    pub(super) work: Quantity,
    /// The work of all members.
    pub(super) all_work: Quantity,
    /// The divided sum.
    pub(super) shared: Rupiah,
    /// The member's share.
    pub(super) share: Rupiah,
    /// The repaid receipts.
    pub(super) receipts: Rupiah,
    pub(super) batches: Vec<BatchWork>,
}

impl Earning {
    /// Explains the share in a sentence.
    pub(super) fn explain(&self, language: Language) -> String {
        let (work, all_work) =
            (format_work(language, self.work, self.basis), format_work(language, self.all_work, self.basis));
        match (self.payout.is_some(), language) {
            (true, Language::Indonesian) => {
                format!("{work} dari {all_work} atas {} yang dibagi: {}.", self.shared, self.share)
            }
            (true, Language::English) => {
                format!("{work} of {all_work}, of the {} that were divided: {}.", self.shared, self.share)
            }
            (false, Language::Indonesian) => {
                format!("{work} dari {all_work} yang dicatat sejauh ini; belum dibayarkan.")
            }
            (false, Language::English) => format!("{work} of {all_work} that were noted so far; not paid yet."),
        }
    }
}

/// Formats pieces or hours.
pub(super) fn format_work(language: Language, work: Quantity, basis: ContributionKind) -> String {
    let unit = match (basis, language) {
        (ContributionKind::Pieces, Language::Indonesian) => "buah",
        (ContributionKind::Pieces, Language::English) => "pieces",
        (ContributionKind::Hours, Language::Indonesian) => "jam",
        (ContributionKind::Hours, Language::English) => "hours",
    };
    catalogue::format_amount(language, work, unit)
}
