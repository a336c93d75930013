//! The rules of single fields: the code of each and what it says in both languages.
//!
//! A code never changes its meaning. Rules of one code differ in a bound or in what the field is for.

use crate::kernel::Language;

macro_rules! rules {
    ($($name:ident => $code:literal: $id:literal, $en:literal;)*) => {
        /// A rule that a field breaks.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(missing_docs, reason = "the sentences say what each means")]
        pub enum Rule {
            $($name,)*
        }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Rule] = &[$(Rule::$name),*];

            /// The code as clients see it.
            pub const fn code(self) -> &'static str {
                match self { $(Rule::$name => $code,)* }
            }

            /// What is wrong.
            pub const fn sentence(self, language: Language) -> &'static str {
                match (self, language) { $(
                    (Rule::$name, Language::Indonesian) => $id,
                    (Rule::$name, Language::English) => $en,
                )* }
            }
        }
    };
}

rules! {
    AccountNotByHand => "account-not-by-hand": "Akun ini terisi sendiri dari pesanan dan pembayaran.",
        "This account follows from orders and payments by itself.";
    AccountNotCustom => "account-not-own":
        "Nomor akun sendiri: 1500-1599, 2500-2599, 3500-3599, 4500-4599, atau 5500-5599.",
        "Own accounts are numbered 1500-1599, 2500-2599, 3500-3599, 4500-4599 or 5500-5599.";
    AccountOrContact => "account-or-contact": "Isi account atau contact, jangan keduanya.",
        "Send account or contact, not both.";
    AccountUnknown => "account-unknown": "Belum ada akun dengan kontak ini. Mintalah orangnya mendaftar dahulu.",
        "There is no account with this contact yet. Ask the person to register first.";
    AfterTo => "after-to": "Tanggal awal harus sebelum atau sama dengan tanggal akhir.",
        "The first day must not be after the last.";
    AlreadySpoiled => "already-spoiled": "Tanggal baik sebelum sudah lewat, atau mendahului hari jadinya.",
        "The best-before day is over, or before the day on which the batch is ready.";
    AmountDoesNotFit => "amount-does-not-fit": "Isi lebih dari nol; paling banyak 100000 buah atau 1000 jam.",
        "It must be more than nothing, and at most 100000 pieces or 1000 hours.";
    AmountTooLarge => "amount-too-large": "Nilai penawaran ini terlalu besar.", "This offer comes to too much.";
    AnswersDoNotFit => "answers-do-not-fit":
        "Beri waktu paling sedikit satu jam, dan tidak lewat dari hari barang dibutuhkan.",
        "Leave at least an hour for answers, and not longer than the day on which the goods are needed.";
    AtLeastDoesNotFit => "at-least":
        "Harus lebih dari nol, kelipatan yang ditentukan, dan tidak lebih dari jumlah yang dipesan.",
        "Must be more than zero, a multiple of the step, and no more than the quantity.";
    BankAccountInvalid => "bank-account-invalid": "Nomor rekening terdiri dari 5 sampai 30 angka.",
        "A bank account has 5 to 30 digits.";
    BelowMinimum => "below-minimum": "Jumlahnya kurang dari pesanan paling sedikit untuk barang ini.",
        "The quantity is less than the minimum order of this product.";
    BusinessIdInvalid => "business-id-invalid": "NIB terdiri dari 13 angka.", "A NIB has 13 digits.";
    Cents => "cents": "Jumlah ini mengandung sen, yang tidak dapat dicatat.",
        "This amount has cents, which cannot be recorded.";
    ClosedBeforeLeadTime => "closed-before-lead-time":
        "Pesanan harus dibuka paling sedikit selama waktu pembuatan.",
        "Orders must be open at least as far ahead as the lead time.";
    ClosedThatDay => "closed-that-day": "Kelompok tutup pada hari itu. Buka dahulu harinya, atau pilih hari lain.",
        "The group is shut on that day. Open the day first, or choose another.";
    ClosesBefore => "closes-before": "Pesanan harus dibuka sebelum ditutup.", "Orders must open before they close.";
    ClosesTooLate => "closes-too-late": "Batas pesan tidak boleh lewat dari hari pasarnya.",
        "Orders must end by the end of the market day.";
    CodeInvalid => "code-invalid":
        "Kode koperasi terdiri dari 2 sampai 6 huruf besar atau angka dan diawali huruf, misalnya CIH.",
        "A code is two to six capital letters or digits beginning with a letter, such as CIH.";
    CutoffDoesNotFit => "cutoff-does-not-fit": "Batas pesan harus di depan, dan tidak lewat dari hari jadinya.",
        "The cut-off must lie ahead, and not after the day on which the batch is ready.";
    DayDoesNotFit => "day-does-not-fit": "Tanggalnya paling jauh setahun sebelum atau sesudah hari ini.",
        "The day must lie within a year before or after today.";
    DayInFuture => "day-in-future": "Hari ini belum tiba.", "That day has not come yet.";
    DayIsPast => "day-is-past": "Papan mulai dari hari ini atau sesudahnya.", "The board begins today or later.";
    DayOutOfReach => "day-out-of-reach": "Tanggalnya harus antara tahun 2000 dan 2100.",
        "The day must lie between the years 2000 and 2100.";
    DayPast => "day-past": "Hari ini sudah lewat.", "That day is over.";
    DiscountTimeDoesNotFit => "discount-time-does-not-fit":
        "Potongan harus berakhir sesudah mulai dan sesudah sekarang, paling lambat saat batas pesan atau akhir hari terakhir barang boleh dijual.",
        "A discount must end after it starts and after now, and no later than the cut-off or the end of the last day on which the goods may be sold.";
    DoesNotFitRows => "does-not-fit-rows":
        "Tahun lalu hanya untuk hari, minggu, dan bulan; sisa hasil hanya untuk produk.",
        "Last year goes with days, weeks and months, margin with products.";
    EitherAccountOrContact => "either-or": "Sebutkan akun pembeli, atau alamat surel atau nomor ponselnya.",
        "Name the buyer's account, or their e-mail address or mobile number.";
    EitherWeekdaysOrMarketDays => "either-or": "Pilih hari dalam seminggu, atau setiap hari pasar.",
        "Choose weekdays, or every market day.";
    EmailInvalid => "email-invalid": "Ini bukan alamat surel yang benar.", "This is not an e-mail address.";
    EndsBefore => "ends-before": "Akhirnya mendahului awalnya.", "It ends before it begins.";
    EndsOtherwise => "ends-otherwise":
        "NMID pada kode yang diusulkan tidak berakhir begitu. Cocokkan dengan stiker di tempat.",
        "The merchant id of the proposed code ends otherwise. Compare it with the sticker.";
    FeeTooHigh => "fee-too-high": "Biayanya harus kurang dari jumlahnya.", "The fee must be less than the amount.";
    FloorNotBelowPrice => "floor-not-below-price": "Harga terendah harus di bawah harga biasa.",
        "The floor must lie below the usual price.";
    HolderAndCounted => "holder-and-counted":
        "Bendahara yang menerima langsung mengisi pemegang dan jumlah yang dihitung.",
        "A treasurer who takes cash in at once says whose it is and what was counted.";
    KindInvalid => "kind-invalid": "Jenis ditulis dengan huruf kecil dan garis bawah, misalnya cooperative.",
        "A kind is a word of small letters and underscores, such as cooperative.";
    KnownAlready => "known-already": "Ini sudah dicatat.", "This is recorded already.";
    LessThanMade => "less-than-made": "Kurang dari yang dibuat.", "That is less than what was made.";
    LineTwice => "line-twice": "Ini sudah ada di baris lain. Gabungkan kedua baris itu.",
        "This stands in another line already. Merge the two lines.";
    LineUnreadable => "line-unreadable": "Baris ini tidak dapat dibaca sebagai CSV.",
        "This line cannot be read as CSV.";
    MadeAlready => "made-already": "Barang yang sudah jadi tidak punya batas pesan atau jumlah paling sedikit.",
        "Goods that are made have neither a cut-off nor a minimum.";
    MadeLater => "made-later": "Barang yang sudah jadi tidak bisa bertanggal besok.",
        "Goods that are made cannot be dated later than today.";
    MembershipOrName => "membership-or-name":
        "Isi membership untuk anggota yang sudah ada, atau name dan role untuk anggota baru.",
        "Send membership for a member who is there, or name and role for a new one.";
    Missing => "missing": "Bagian ini harus diisi.", "This must be filled in.";
    MoreThanAsked => "more-than-asked": "Lebih banyak dari yang diminta.", "That is more than what is asked for.";
    MoreThanCapacity => "more-than-capacity": "Tidak boleh lebih dari kapasitas.",
        "It must not be more than the capacity.";
    MoreThanOffered => "more-than-offered": "Lebih banyak dari yang ditawarkan.", "That is more than what is offered.";
    MoreThanThere => "more-than-there": "Sisa, retur, dan rusak lebih banyak daripada yang ada di warung.",
        "What is left, given back and damaged is more than was there.";
    MustBePositive => "must-be-positive": "Jumlahnya harus lebih dari nol.", "The quantity must be more than nothing.";
    NoAmount => "no-amount": "Di kolom jumlah tidak ada angka rupiah.", "The amount column holds no amount.";
    NoDateInColumn => "no-day": "Di kolom tanggal tidak ada tanggal seperti yang ditentukan.",
        "The date column holds no date of the form that was said.";
    NoDay => "no-day": "Pilih hari dalam seminggu atau tanggal tertentu.", "Choose weekdays or single dates.";
    NoLetters => "no-letters": "Harus berisi huruf atau angka.", "Must contain letters or digits.";
    NoMonth => "no-month": "Tulislah bulan seperti 2026-11.", "Write a month as 2026-11.";
    NoSuchDay => "no-such-day": "Menurut kalender Hijriah, peringatan ini tidak jatuh di sekitar tanggal itu.",
        "By the Hijri calendar this occasion does not fall near that day.";
    NotAgreed => "not-agreed": "Ini tidak termasuk dalam kontrak.", "This is not in the contract.";
    NoTimeToAnswer => "not-ahead":
        "Harinya harus di depan dan masih cukup waktu untuk dijawab, paling jauh satu tahun.",
        "The day must lie ahead and leave time for answers, at most a year.";
    NotAhead => "not-ahead": "Tanggalnya harus di depan.", "The day must lie ahead.";
    NotAheadWithinYear => "not-ahead": "Harus di depan, paling jauh setahun.", "It must lie ahead, at most a year.";
    NotSkippable => "not-ahead": "Tanggalnya harus hari ini atau di depan, paling banyak seratus.",
        "The day must be today or ahead, a hundred at most.";
    NotWithin60Days => "not-ahead": "Harus hari ini atau sampai 60 hari ke depan.",
        "It must be today or within the next 60 days.";
    NotDivisible => "not-divisible": "Satuan ini tidak bisa dipecah; pakai bilangan bulat.",
        "This unit cannot be divided; use whole numbers.";
    NotHeld => "not-held": "Uang dari pembayaran ini tidak sedang dipegang.",
        "The cash of this payment is not held by them, or is on its way already.";
    NotForThisKind => "not-here": "Isian ini tidak cocok dengan jenis yang dipilih.", "This does not go with the chosen kind.";
    NotInTime => "not-in-time": "Harus siap mulai hari ini, paling lambat pada hari barang dibutuhkan.",
        "It must be ready from today on, and no later than the day on which it is needed.";
    NotOfTheGroup => "not-of-the-group": "Orang ini bukan anggota kelompok.",
        "This person is not a member of the group.";
    NotPositive => "not-positive": "Harus lebih dari nol.", "Must be more than zero.";
    NotRising => "not-rising": "Batas jumlah harus makin besar dari baris ke baris.",
        "The quantities must rise from tier to tier.";
    NotThatWeekday => "not-that-weekday": "Kontrak ini tidak berlaku untuk hari itu.",
        "The contract has no goods on that weekday.";
    UnknownReference => "not-there": "Yang disebut di sini tidak ada.", "What this names is not there.";
    NotWholePacks => "not-whole-packs": "Jumlahnya harus kemasan penuh.", "The quantity must be whole packs.";
    NotYet => "not-yet": "Tanggal ini belum tiba.", "This day has not come yet.";
    OffStep => "off-step": "Jumlahnya harus kelipatan yang ditentukan untuk barang ini.",
        "The quantity must be a multiple of this product's step.";
    OfferTwice => "offer-twice": "Penawaran ini sudah disebut. Gabungkan jumlahnya.",
        "This offer is named already. Add the quantities up.";
    OneSide => "one-side": "Isilah debit atau kredit, salah satu saja.", "Fill in either debit or credit, not both.";
    OnlyForCredit => "only-for-credit": "Hanya diisi untuk memakai kelebihan bayar pesanan lain.",
        "This belongs to the use of another order's credit only.";
    OnlyForRefunds => "only-for-refunds": "Hanya diisi untuk pengembalian uang.", "This belongs to refunds only.";
    OutsideThePeriod => "outside-the-period": "Hari ini di luar masa kontrak.",
        "That day is outside the period of the contract.";
    PackDoesNotFit => "pack-does-not-fit":
        "Isi kemasan harus kelipatan langkah jual barang ini dan tidak lebih dari kapasitas.",
        "A pack must be a multiple of the product's step and no more than the capacity.";
    PasswordCommon => "password-common":
        "Kata sandi ini terlalu mudah ditebak. Pakai beberapa kata yang tidak berhubungan.",
        "This password is too easy to guess. Use a few words that have nothing to do with each other.";
    PastBestBefore => "past-best-before": "Kloter ini sudah lewat tanggal baiknya.",
        "This batch is past its best-before day.";
    PhoneInvalid => "phone-invalid": "Ini bukan nomor HP Indonesia, misalnya 0812-3456-7890.",
        "This is not an Indonesian mobile number, such as 0812-3456-7890.";
    QrisAdditionalData => "qris-additional-data": "Bagian 62 kode ini rusak atau tidak menyisakan tempat untuk nomor pesanan. Minta stiker baru.",
        "Field 62 of this code is broken or leaves no room for an order number. Ask for a new sticker.";
    QrisAmount => "qris-amount": "QRIS hanya untuk 1 sampai 10.000.000 rupiah.", "QRIS moves 1 to 10,000,000 rupiah.";
    QrisChecksum => "qris-checksum": "Kode QRIS ini rusak: angka pemeriksanya tidak cocok.",
        "This QRIS code is damaged: its checksum does not agree.";
    QrisMalformed => "qris-malformed": "Ini bukan isi kode QRIS. Pindai stikernya dan tempel seluruh teksnya.",
        "This is no QRIS code. Scan the sticker and paste all of its text.";
    QrisNoMerchant => "qris-no-merchant": "Kode ini tidak memuat NMID dan nama usaha.",
        "This code names no national merchant id and no merchant.";
    QrisNotRupiah => "qris-not-rupiah": "Kode ini bukan untuk rupiah di Indonesia.",
        "This code is not for rupiah in Indonesia.";
    QrisNotStatic => "qris-not-static": "Kode ini hanya untuk satu pembayaran. Pakai kode statis dari stiker.",
        "This code is for a single payment. Use the printed one.";
    QuantityNotPlain => "quantity-not-plain": "Tulis jumlahnya sebagai angka biasa, misalnya 30 atau 1.5.",
        "Write a quantity as a plain number, such as 30 or 1.5.";
    QuantityOutOfBounds => "quantity-out-of-bounds":
        "Jumlahnya tidak boleh kurang dari nol atau lebih dari satu juta.",
        "A quantity is neither less than zero nor more than a million.";
    QuantityTooFine => "quantity-too-fine": "Paling banyak tiga angka di belakang koma.",
        "At most three decimal places.";
    RangeTooLong => "range-too-long": "Rentang tanggal paling panjang tiga tahun.",
        "A report reaches over three years at most.";
    ReadyTooLate => "ready-too-late": "Barang ini baru siap sesudah hari Anda membutuhkannya.",
        "These goods are ready only after the day on which you need them.";
    SamePurse => "same-purse": "Uang tidak dapat dipindahkan ke tempatnya semula.",
        "Money cannot be moved to where it is.";
    SpoiltByThen => "spoilt-by-then": "Barang ini tidak tahan sampai hari dibutuhkan.",
        "These goods do not keep until the day on which they are needed.";
    TooLong => "too-long": "Kontrak berlaku paling lama satu tahun.", "A contract lasts no longer than a year.";
    TooLongAgo => "too-long-ago": "Hari itu lebih dari sepuluh tahun yang lalu.",
        "That day is more than ten years ago.";
    TooManyLines => "too-many-lines": "Paling banyak 500 baris sekali masuk. Bagilah berkasnya.",
        "At most 500 lines at once. Split the file.";
    TooManyRows => "too-many-rows": "Laporan ini lebih dari 10.000 baris. Pilih rentang tanggal yang lebih pendek.",
        "This report has more than 10,000 rows. Choose fewer days.";
    Twice => "twice": "Bahan ini disebut dua kali.", "This is named twice.";
    Unbalanced => "unbalanced": "Debit dan kredit harus sama besar.", "Debits and credits must come to the same.";
    ValidityDoesNotFit => "validity-does-not-fit":
        "Masa berlaku harus di depan dan tidak lewat dari hari barang siap.",
        "The offer must be valid from now on, and not longer than the day on which the goods are ready.";
    VillageUnknown => "village-unknown": "Kode desa ini tidak ada. Cari desanya di daftar tempat.",
        "No village has this code. Look the village up among the places.";
    WindowNotWithin400Days => "window-does-not-fit":
        "Tanggal akhir harus sesudah tanggal awal, paling jauh 400 hari.",
        "The last day must not be before the first, nor more than 400 days after it.";
    WindowNotWithin60Days => "window-does-not-fit":
        "Tanggal akhir harus sesudah tanggal awal, paling jauh 60 hari.",
        "The last day must not be before the first, nor more than 60 days after it.";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// Codes of more than one rule.
    const SHARED: [(&str, usize); 4] = [("either-or", 2), ("no-day", 2), ("not-ahead", 5), ("window-does-not-fit", 2)];

    #[test]
    fn codes_are_in_kebab_case_and_shared_only_where_declared() {
        let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
        for code in Rule::ALL.iter().map(|rule| rule.code()) {
            assert!(
                code.split('-').all(|word| !word.is_empty() && word.bytes().all(|c| c.is_ascii_lowercase())),
                "{code}"
            );
            *rules.entry(code).or_default() += 1;
        }
        let shared: Vec<_> = rules.into_iter().filter(|(_, count)| *count > 1).collect();
        assert_eq!(shared, SHARED);
    }

    #[test]
    fn sentences_end_with_a_full_stop_and_differ_between_languages() {
        for rule in Rule::ALL {
            let (id, en) = (rule.sentence(Language::Indonesian), rule.sentence(Language::English));
            assert!(id.ends_with('.') && en.ends_with('.') && id != en, "{rule:?}");
            assert!(id.len() <= 400 && en.len() <= 400, "{rule:?}");
        }
    }
}
