//! Chart of accounts: the accounts that all cooperatives share; each cooperative may add its own.
//!
//! The first digit is the class: 1 assets, 2 liabilities, 3 equity, 4 income, 5 expenses. The chart follows the
//! statements of SAK EMKM, for a cooperative that sells in its own name what its groups make.

use serde::Serialize;

use crate::kernel::{Language, Rupiah};

/// Account number in the chart of accounts.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    serde::Deserialize,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
    utoipa::ToSchema,
)]
#[serde(transparent)]
#[diesel(sql_type = diesel::sql_types::Integer)]
#[schema(value_type = i32, minimum = 1000, maximum = 9999, example = 5303)]
pub struct LedgerAccount(pub i32);

/// Class of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountClass {
    /// Owned by the cooperative.
    Asset,
    /// Owed by the cooperative.
    Liability,
    /// The cooperative's own capital.
    Equity,
    /// Earned by the cooperative.
    Income,
    /// Spent to earn the income.
    Expense,
}

impl AccountClass {
    /// Whether the normal balance is a debit, where postings are above zero.
    pub fn is_debit_normal(self) -> bool {
        matches!(self, AccountClass::Asset | AccountClass::Expense)
    }

    /// The balance with the sign that statements show: above zero on the normal side of the class.
    pub fn display_amount(self, balance: Rupiah) -> Rupiah {
        if self.is_debit_normal() { balance } else { balance.negated() }
    }
}

macro_rules! chart {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $id:literal, $en:literal, $manual:literal;)*) => {
        impl LedgerAccount {
            $($(#[$doc])* pub const $name: LedgerAccount = LedgerAccount($number);)*
        }

        /// The shared accounts in the order of their numbers: name in Indonesian, name in English, and whether the
        /// treasurer may post to it manually. The other accounts are posted to by orders and payments only.
        const CHART: &[(LedgerAccount, &str, &str, bool)] = &[$((LedgerAccount($number), $id, $en, $manual)),*];
    };
}

chart! {
    /// Notes and coins that the treasurer keeps.
    CASH = 1101, "Kas", "Cash", true;
    /// Cash that officers of groups have received and not handed in.
    CASH_IN_HAND = 1102, "Kas di tangan pengurus kelompok", "Cash with officers", false;
    /// The cooperative's bank account.
    BANK = 1103, "Bank", "Bank", true;
    /// Money that a payment service has received and not paid out.
    IN_SETTLEMENT = 1104, "Dana dalam penyelesaian", "Funds in settlement", true;
    /// Delivered to buyers and not yet paid.
    RECEIVABLE = 1201, "Piutang pembeli", "Receivable from buyers", false;
    /// Sold by outlets on consignment and not yet paid.
    CONSIGNMENT_RECEIVABLE = 1202, "Piutang titip jual", "Receivable from outlets", false;
    /// Ingredient advances that groups have not repaid.
    ADVANCES = 1301, "Uang muka bahan kelompok", "Ingredient advances to groups", false;
    /// Durable equipment.
    EQUIPMENT = 1401, "Peralatan", "Equipment", true;
    /// Accumulated depreciation of the equipment.
    ACCUMULATED_DEPRECIATION = 1402, "Akumulasi penyusutan", "Accumulated depreciation", true;
    /// Paid by buyers and not yet delivered.
    DEPOSITS = 2101, "Uang muka pembeli", "Deposits from buyers", false;
    /// Earned by groups and not yet paid out.
    PAYABLE_TO_GROUPS = 2102, "Utang kepada kelompok", "Payable to groups", false;
    /// Delivery fees collected for couriers.
    DELIVERY_FEES = 2103, "Ongkos kirim titipan", "Delivery fees held", false;
    /// Other liabilities.
    OTHER_PAYABLES = 2104, "Utang lain", "Other payables", true;
    /// Contributions of the founders, and the balance of the opening entry.
    CAPITAL = 3101, "Modal", "Capital", true;
    /// Donations.
    GRANTS = 3102, "Hibah", "Grants", true;
    /// Delivered goods at their usual price.
    SALES = 4101, "Penjualan", "Sales", false;
    /// Discounts on the usual price.
    DISCOUNTS = 4102, "Potongan penjualan", "Sales discounts", false;
    /// Returned goods.
    RETURNS = 4103, "Retur penjualan", "Sales returns", false;
    /// Other income.
    OTHER_INCOME = 4201, "Pendapatan lain", "Other income", true;
    /// The groups' share of sales: what the goods cost the cooperative.
    GROUPS_SHARE = 5101, "Bagian kelompok atas penjualan", "Groups' share of sales", false;
    /// The outlets' share of what they sold.
    OUTLETS_SHARE = 5102, "Bagian warung atas titip jual", "Outlets' share of consignment", false;
    /// Damaged or lost goods at the cooperative's cost.
    DAMAGED_GOODS = 5103, "Barang rusak atau hilang", "Goods damaged or lost", false;
    /// Amounts deducted from transfers to make each one unique.
    UNIQUE_CODES = 5201, "Selisih kode unik", "Unique code differences", false;
    /// Missing cash, less surplus cash.
    CASH_DIFFERENCES = 5202, "Selisih kas", "Cash differences", false;
    /// Operating costs without an account of their own.
    OPERATING = 5301, "Beban operasional", "Operating costs", true;
    /// Pay and allowances.
    WAGES = 5302, "Honor dan upah", "Pay and allowances", true;
    /// Transport and fuel.
    TRANSPORT = 5303, "Transportasi", "Transport", true;
    /// Fees of banks and payment services.
    BANK_FEES = 5304, "Biaya bank dan layanan pembayaran", "Bank and payment fees", true;
    /// Electricity, water and internet.
    UTILITIES = 5305, "Listrik, air, dan internet", "Utilities", true;
    /// Consumables.
    SUPPLIES = 5306, "Perlengkapan", "Supplies", true;
    /// Depreciation of the period.
    DEPRECIATION_EXPENSE = 5307, "Beban penyusutan", "Depreciation", true;
    /// Taxes.
    TAXES = 5401, "Pajak", "Taxes", true;
}

/// The ranges of numbers for a cooperative's own accounts.
pub(super) const CUSTOM_RANGES: [std::ops::RangeInclusive<i32>; 5] =
    [1500..=1599, 2500..=2599, 3500..=3599, 4500..=4599, 5500..=5599];

impl LedgerAccount {
    /// The class, by the first digit of the number.
    pub fn class(self) -> AccountClass {
        match self.0.checked_div(1000) {
            Some(1) => AccountClass::Asset,
            Some(2) => AccountClass::Liability,
            Some(3) => AccountClass::Equity,
            Some(4) => AccountClass::Income,
            _ => AccountClass::Expense,
        }
    }

    /// The name in the shared chart; `None` for other numbers.
    pub fn name(self, language: Language) -> Option<&'static str> {
        let (_, id, en, _) = CHART.iter().find(|(account, ..)| *account == self)?;
        Some(match language {
            Language::Indonesian => id,
            Language::English => en,
        })
    }

    /// The accounts of the shared chart, in the order of their numbers.
    pub fn all() -> impl Iterator<Item = LedgerAccount> {
        CHART.iter().map(|(account, ..)| *account)
    }

    /// Whether the treasurer may post to it manually: accounts of the chart that allow it, and the cooperative's own.
    pub fn can_post_manually(self) -> bool {
        CHART.iter().find(|(account, ..)| *account == self).map_or(self.is_custom(), |(.., manual)| *manual)
    }

    /// Whether the number is in the ranges for a cooperative's own accounts.
    pub fn is_custom(self) -> bool {
        CUSTOM_RANGES.iter().any(|numbers| numbers.contains(&self.0))
    }

    /// Whether payments can be made from it.
    pub fn is_money(self) -> bool {
        matches!(
            self,
            LedgerAccount::CASH | LedgerAccount::CASH_IN_HAND | LedgerAccount::BANK | LedgerAccount::IN_SETTLEMENT
        )
    }
}

impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<diesel::sql_types::Integer, DB> for LedgerAccount
where
    i32: diesel::serialize::ToSql<diesel::sql_types::Integer, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
        self.0.to_sql(out)
    }
}

impl<DB: diesel::backend::Backend> diesel::deserialize::FromSql<diesel::sql_types::Integer, DB> for LedgerAccount
where
    i32: diesel::deserialize::FromSql<diesel::sql_types::Integer, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
        i32::from_sql(bytes).map(LedgerAccount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chart_is_in_order_and_every_account_has_two_names() {
        let numbers: Vec<LedgerAccount> = LedgerAccount::all().collect();
        assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
        for account in numbers {
            assert!(account.name(Language::Indonesian).is_some_and(|name| !name.is_empty()));
            assert!(account.name(Language::English).is_some_and(|name| !name.is_empty()));
            assert!(!account.is_custom(), "{account:?} is in the range of own accounts");
        }
    }

    #[test]
    fn the_first_digit_gives_the_class_and_the_normal_side() {
        assert_eq!(LedgerAccount::CASH.class(), AccountClass::Asset);
        assert_eq!(LedgerAccount::DEPOSITS.class(), AccountClass::Liability);
        assert_eq!(LedgerAccount::CAPITAL.class(), AccountClass::Equity);
        assert_eq!(LedgerAccount::SALES.class(), AccountClass::Income);
        assert_eq!(LedgerAccount::GROUPS_SHARE.class(), AccountClass::Expense);
        assert_eq!(AccountClass::Liability.display_amount(Rupiah(-500)), Rupiah(500));
        assert_eq!(AccountClass::Asset.display_amount(Rupiah(500)), Rupiah(500));
    }

    #[test]
    fn accounts_of_orders_are_never_posted_to_manually() {
        for account in
            [LedgerAccount::RECEIVABLE, LedgerAccount::DEPOSITS, LedgerAccount::PAYABLE_TO_GROUPS, LedgerAccount::SALES]
        {
            assert!(!account.can_post_manually(), "{account:?}");
        }
        assert!(LedgerAccount::TRANSPORT.can_post_manually());
        assert!(LedgerAccount(5501).can_post_manually());
        assert!(!LedgerAccount(5999).can_post_manually());
    }
}
