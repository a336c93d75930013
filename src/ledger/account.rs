//! The accounts that money stands in: a chart that all cooperatives share, and what each keeps beside it.
//!
//! The first digit says what an account is: 1 what is owned, 2 what is owed, 3 capital, 4 income, 5 costs. The chart
//! follows the statements of SAK EMKM, with a cooperative that sells in its own name what its groups make.

use serde::Serialize;

use crate::kernel::{Language, Rupiah};

/// A number of the chart.
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
#[schema(as = BookAccount, value_type = i32, minimum = 1000, maximum = 9999, example = 5303)]
pub struct Account(pub i32);

/// What an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BookAccountClass)]
pub enum Class {
    /// What the cooperative owns.
    Asset,
    /// What it owes.
    Liability,
    /// What is its own.
    Equity,
    /// What it earned.
    Income,
    /// What that cost.
    Expense,
}

impl Class {
    /// Whether amounts of this class grow on the debit side, where postings are above zero.
    pub fn grows_by_debit(self) -> bool {
        matches!(self, Class::Asset | Class::Expense)
    }

    /// A balance as people read it: above zero where there is as much as one expects.
    pub fn shown(self, balance: Rupiah) -> Rupiah {
        if self.grows_by_debit() { balance } else { balance.negated() }
    }
}

macro_rules! chart {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $id:literal, $en:literal, $by_hand:literal;)*) => {
        impl Account {
            $($(#[$doc])* pub const $name: Account = Account($number);)*
        }

        /// The accounts that all cooperatives have, by their numbers: in Indonesian, in English, and whether the
        /// treasurer posts to it by hand; all others follow from what happens.
        const CHART: &[(Account, &str, &str, bool)] = &[$((Account($number), $id, $en, $by_hand)),*];
    };
}

chart! {
    /// Notes and coins that the treasurer keeps.
    CASH = 1101, "Kas", "Cash", true;
    /// Cash that officers of groups have taken and not handed in.
    CASH_IN_HAND = 1102, "Kas di tangan pengurus kelompok", "Cash with officers", false;
    /// The cooperative's bank account.
    BANK = 1103, "Bank", "Bank", true;
    /// What a payment service has taken and not paid out.
    IN_SETTLEMENT = 1104, "Dana dalam penyelesaian", "Funds in settlement", true;
    /// Goods that buyers have and have not paid.
    RECEIVABLE = 1201, "Piutang pembeli", "Receivable from buyers", false;
    /// Goods that outlets have sold and not paid.
    OUTLETS_OWE = 1202, "Piutang titip jual", "Receivable from outlets", false;
    /// Money for ingredients that groups have not paid back.
    ADVANCES = 1301, "Uang muka bahan kelompok", "Ingredient advances to groups", false;
    /// Things that last.
    EQUIPMENT = 1401, "Peralatan", "Equipment", true;
    /// What of them is worn off.
    DEPRECIATION = 1402, "Akumulasi penyusutan", "Accumulated depreciation", true;
    /// What buyers have paid and not had.
    DEPOSITS = 2101, "Uang muka pembeli", "Deposits from buyers", false;
    /// What groups have earned and not been paid.
    OWED_TO_GROUPS = 2102, "Utang kepada kelompok", "Payable to groups", false;
    /// Fees of those who bring goods, which pass through.
    DELIVERY_FEES = 2103, "Ongkos kirim titipan", "Delivery fees held", false;
    /// Other debts.
    OTHER_DEBTS = 2104, "Utang lain", "Other payables", true;
    /// What the founders and the opening brought in.
    CAPITAL = 3101, "Modal", "Capital", true;
    /// What was given.
    GRANTS = 3102, "Hibah", "Grants", true;
    /// Goods in buyers' hands, at their usual price.
    SALES = 4101, "Penjualan", "Sales", false;
    /// What was taken off that price.
    DISCOUNTS = 4102, "Potongan penjualan", "Sales discounts", false;
    /// Goods that came back.
    RETURNS = 4103, "Retur penjualan", "Sales returns", false;
    /// Income of other kinds.
    OTHER_INCOME = 4201, "Pendapatan lain", "Other income", true;
    /// The groups' part of what was sold: what the goods cost the cooperative.
    GROUPS_SHARE = 5101, "Bagian kelompok atas penjualan", "Groups' share of sales", false;
    /// The outlets' part of what they sold.
    OUTLETS_CUT = 5102, "Bagian warung atas titip jual", "Outlets' share of consignment", false;
    /// Goods whose loss the cooperative bears.
    LOST_GOODS = 5103, "Barang rusak atau hilang", "Goods damaged or lost", false;
    /// The small change by which transfers are told apart.
    UNIQUE_CODES = 5201, "Selisih kode unik", "Unique code differences", false;
    /// Cash that is missing, less cash that was found.
    CASH_DIFFERENCES = 5202, "Selisih kas", "Cash differences", false;
    /// Costs without a number of their own.
    OPERATING = 5301, "Beban operasional", "Operating costs", true;
    /// Pay and allowances.
    PAY = 5302, "Honor dan upah", "Pay and allowances", true;
    /// Ways and fuel.
    TRANSPORT = 5303, "Transportasi", "Transport", true;
    /// Fees of banks and payment services.
    BANK_FEES = 5304, "Biaya bank dan layanan pembayaran", "Bank and payment fees", true;
    /// Electricity, water, connection.
    UTILITIES = 5305, "Listrik, air, dan internet", "Utilities", true;
    /// Things that are used up.
    SUPPLIES = 5306, "Perlengkapan", "Supplies", true;
    /// What wears off in a period.
    WEAR = 5307, "Beban penyusutan", "Depreciation", true;
    /// Taxes.
    TAXES = 5401, "Pajak", "Taxes", true;
}

/// The numbers that cooperatives may give to accounts of their own.
pub(super) const OWN: [std::ops::RangeInclusive<i32>; 5] =
    [1500..=1599, 2500..=2599, 3500..=3599, 4500..=4599, 5500..=5599];

impl Account {
    /// What it is, by its first digit.
    pub fn class(self) -> Class {
        match self.0.checked_div(1000) {
            Some(1) => Class::Asset,
            Some(2) => Class::Liability,
            Some(3) => Class::Equity,
            Some(4) => Class::Income,
            _ => Class::Expense,
        }
    }

    /// Its name in the chart that all share.
    pub fn name(self, language: Language) -> Option<&'static str> {
        let (_, id, en, _) = CHART.iter().find(|(account, ..)| *account == self)?;
        Some(match language {
            Language::Indonesian => id,
            Language::English => en,
        })
    }

    /// The chart that all share.
    pub fn all() -> impl Iterator<Item = Account> {
        CHART.iter().map(|(account, ..)| *account)
    }

    /// Whether the treasurer may post to it by hand: to those of the chart that say so, and to the cooperative's own.
    pub fn takes_postings_by_hand(self) -> bool {
        CHART.iter().find(|(account, ..)| *account == self).map_or(self.is_own(), |(.., by_hand)| *by_hand)
    }

    /// Whether its number is one that cooperatives give themselves.
    pub fn is_own(self) -> bool {
        OWN.iter().any(|numbers| numbers.contains(&self.0))
    }

    /// Whether it holds money that can be paid with.
    pub fn is_money(self) -> bool {
        matches!(self, Account::CASH | Account::CASH_IN_HAND | Account::BANK | Account::IN_SETTLEMENT)
    }
}

impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<diesel::sql_types::Integer, DB> for Account
where
    i32: diesel::serialize::ToSql<diesel::sql_types::Integer, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
        self.0.to_sql(out)
    }
}

impl<DB: diesel::backend::Backend> diesel::deserialize::FromSql<diesel::sql_types::Integer, DB> for Account
where
    i32: diesel::deserialize::FromSql<diesel::sql_types::Integer, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
        i32::from_sql(bytes).map(Account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chart_is_in_order_and_every_account_has_two_names() {
        let numbers: Vec<Account> = Account::all().collect();
        assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
        for account in numbers {
            assert!(account.name(Language::Indonesian).is_some_and(|name| !name.is_empty()));
            assert!(account.name(Language::English).is_some_and(|name| !name.is_empty()));
            assert!(!account.is_own(), "{account:?} is a number that cooperatives give themselves");
        }
    }

    #[test]
    fn the_first_digit_says_what_an_account_is_and_how_it_grows() {
        assert_eq!(Account::CASH.class(), Class::Asset);
        assert_eq!(Account::DEPOSITS.class(), Class::Liability);
        assert_eq!(Account::CAPITAL.class(), Class::Equity);
        assert_eq!(Account::SALES.class(), Class::Income);
        assert_eq!(Account::GROUPS_SHARE.class(), Class::Expense);
        assert_eq!(Class::Liability.shown(Rupiah(-500)), Rupiah(500));
        assert_eq!(Class::Asset.shown(Rupiah(500)), Rupiah(500));
    }

    #[test]
    fn what_follows_from_orders_is_never_posted_by_hand() {
        for account in [Account::RECEIVABLE, Account::DEPOSITS, Account::OWED_TO_GROUPS, Account::SALES] {
            assert!(!account.takes_postings_by_hand(), "{account:?}");
        }
        assert!(Account::TRANSPORT.takes_postings_by_hand());
        assert!(Account(5501).takes_postings_by_hand());
        assert!(!Account(5999).takes_postings_by_hand());
    }
}
