//! QRIS payloads: tagged fields as in EMVCo's merchant-presented mode, closed by a checksum.
//!
//! A field is a tag of two digits, a length of two digits and so many characters; some contain fields. A printed code
//! is static and has no amount (`01` is `11`); a code for a single payment is dynamic (`12`, with the amount in `54`).

use std::fmt::Write;

use crc::{CRC_16_IBM_3740, Crc};

use crate::kernel::Rupiah;
use crate::payments::payment::MAX_QRIS_AMOUNT;
use crate::web::Rule;

/// Maximum length of a bill number in field 62.
const MAX_BILL_LENGTH: usize = 25;

/// Maximum length of a payload; longer QR codes are hard to scan.
pub const MAX_LENGTH: usize = 512;

/// CRC-16/CCITT-FALSE: polynomial 0x1021, initial value 0xFFFF.
const CHECKSUM: Crc<u16> = Crc::<u16>::new(&CRC_16_IBM_3740);

const VERSION: u8 = 0;
const USE: u8 = 1;
/// Account fields of card networks; those of acquirers and the national one follow.
const CARDS: std::ops::RangeInclusive<u8> = 2..=25;
const MERCHANTS: std::ops::RangeInclusive<u8> = 26..=51;
const NATIONAL: u8 = 51;
const CURRENCY: u8 = 53;
const AMOUNT: u8 = 54;
/// Tips and fees; never passed on to buyers.
const SURCHARGE: std::ops::RangeInclusive<u8> = 55..=57;
const COUNTRY: u8 = 58;
const NAME: u8 = 59;
const ADDITIONAL: u8 = 62;
const CRC: u8 = 63;

/// National merchant id, inside field 51.
const MERCHANT_ID: u8 = 2;
/// Bill number, inside field 62.
const BILL: u8 = 1;
/// Globally unique id of a merchant field.
const MANAGER: u8 = 0;
const QRIS: &str = "ID.CO.QRIS.WWW";

#[derive(Debug, Clone, PartialEq, Eq)]
struct Field {
    tag: u8,
    value: String,
}

/// A parsed payload with a valid checksum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// All fields but the checksum, in their order.
    fields: Vec<Field>,
}

impl Payload {
    /// The text without what comes with copying: blanks and a byte order mark around it.
    pub fn trim(text: &str) -> &str {
        text.trim_matches(|char: char| char.is_whitespace() || char == '\u{feff}')
    }

    /// Parses a payload. The checksum must be the last field and match; its letters may be in lower case.
    pub fn parse(text: &str) -> Result<Payload, Rule> {
        let text = Payload::trim(text);
        if !text.is_ascii() || text.len() > MAX_LENGTH {
            return Err(Rule::QrisMalformed);
        }
        let mut fields = parse_fields(text)?;
        let checksum = fields.pop().filter(|field| field.tag == CRC && field.value.len() == 4);
        let checksum = checksum.ok_or(Rule::QrisMalformed)?;
        let covered = text.get(..text.len().saturating_sub(4)).ok_or(Rule::QrisMalformed)?;
        if !checksum.value.eq_ignore_ascii_case(&checksum_of(covered)) {
            return Err(Rule::QrisChecksum);
        }
        let has_version = fields.first().is_some_and(|field| field.tag == VERSION && field.value == "01");
        if !has_version || fields.iter().any(|field| field.tag == CRC) {
            return Err(Rule::QrisMalformed);
        }
        Ok(Payload { fields })
    }

    /// Parses the static code of a merchant in Indonesia, of which a code for any payment can be made.
    pub fn of_merchant(text: &str) -> Result<Payload, Rule> {
        let payload = Payload::parse(text)?;
        if payload.value(CURRENCY) != Some("360") || payload.value(COUNTRY) != Some("ID") {
            return Err(Rule::QrisNotRupiah);
        }
        if payload.value(USE).is_some_and(|usage| usage != "11") || payload.value(AMOUNT).is_some() {
            return Err(Rule::QrisNotStatic);
        }
        if payload.merchant_id().is_none() || payload.value(NAME).is_none() {
            return Err(Rule::QrisNoMerchant);
        }
        payload.check_additional()?;
        Ok(payload)
    }

    /// Requires that the longest bill number fits into the additional data, and the result into a code.
    fn check_additional(&self) -> Result<(), Rule> {
        let longest_bill = "9".repeat(MAX_BILL_LENGTH);
        let largest = self.for_payment(MAX_QRIS_AMOUNT, Some(&longest_bill)).and_then(|payload| payload.text());
        match largest {
            Ok(text) if text.len() <= MAX_LENGTH => Ok(()),
            _ => Err(Rule::QrisAdditionalData),
        }
    }

    /// The national merchant id (NMID).
    pub fn merchant_id(&self) -> Option<String> {
        let fields = parse_fields(self.value(NATIONAL)?).ok()?;
        let value = |tag| fields.iter().find(|field| field.tag == tag).map(|field| field.value.as_str());
        let id = value(MERCHANT_ID).filter(|id| !id.is_empty())?;
        (value(MANAGER) == Some(QRIS)).then(|| id.to_owned())
    }

    /// The merchant's name.
    pub fn name(&self) -> &str {
        self.value(NAME).unwrap_or_default()
    }

    /// The receiving account fields, sorted: two codes that agree in them pay the same merchant.
    pub fn accounts(&self) -> Vec<(u8, &str)> {
        let mut accounts: Vec<(u8, &str)> = self
            .fields
            .iter()
            .filter(|field| MERCHANTS.contains(&field.tag) || CARDS.contains(&field.tag))
            .map(|field| (field.tag, field.value.as_str()))
            .collect();
        accounts.sort_unstable();
        accounts
    }

    /// The dynamic code for one payment of this amount and bill number, without tip or fee. A bill number that is longer
    /// than 25 characters, or not ASCII, is left out.
    pub fn for_payment(&self, amount: Rupiah, bill: Option<&str>) -> Result<Payload, Rule> {
        if amount <= Rupiah::ZERO || amount > MAX_QRIS_AMOUNT {
            return Err(Rule::QrisAmount);
        }
        let mut payload = self.clone();
        payload.fields.retain(|field| !SURCHARGE.contains(&field.tag));
        payload.set(USE, "12".to_owned());
        payload.set(AMOUNT, amount.0.to_string());
        if let Some(bill) = bill.filter(|bill| bill.is_ascii() && bill.len() <= MAX_BILL_LENGTH) {
            let additional = payload.value(ADDITIONAL).map_or(Ok(Vec::new()), parse_fields)?;
            let mut additional = Payload { fields: additional };
            additional.set(BILL, bill.to_owned());
            payload.set(ADDITIONAL, additional.fields_text()?);
        }
        Ok(payload)
    }

    /// The text of the code, with its checksum.
    pub fn text(&self) -> Result<String, Rule> {
        let mut text = self.fields_text()?;
        let _ = write!(text, "{CRC:02}04");
        let checksum = checksum_of(&text);
        text.push_str(&checksum);
        Ok(text)
    }

    fn fields_text(&self) -> Result<String, Rule> {
        let mut text = String::new();
        for Field { tag, value } in &self.fields {
            if value.len() > 99 || !value.is_ascii() {
                return Err(Rule::QrisMalformed);
            }
            let _ = write!(text, "{tag:02}{:02}{value}", value.len());
        }
        Ok(text)
    }

    fn value(&self, tag: u8) -> Option<&str> {
        self.fields.iter().find(|field| field.tag == tag).map(|field| field.value.as_str())
    }

    /// Sets a field; a new one is inserted before the first with a higher tag.
    fn set(&mut self, tag: u8, value: String) {
        if let Some(field) = self.fields.iter_mut().find(|field| field.tag == tag) {
            field.value = value;
            return;
        }
        let index = self.fields.iter().position(|field| field.tag > tag).unwrap_or(self.fields.len());
        self.fields.insert(index, Field { tag, value });
    }
}

/// Parses a sequence of fields; a repeated tag is an error.
fn parse_fields(text: &str) -> Result<Vec<Field>, Rule> {
    let mut fields: Vec<Field> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (tag, length, rest_of_field) = rest
            .split_at_checked(2)
            .and_then(|(tag, rest)| rest.split_at_checked(2).map(|(length, rest)| (number(tag), number(length), rest)))
            .ok_or(Rule::QrisMalformed)?;
        let (tag, length) = tag.zip(length).ok_or(Rule::QrisMalformed)?;
        let (value, next) = rest_of_field.split_at_checked(length.into()).ok_or(Rule::QrisMalformed)?;
        if fields.iter().any(|field| field.tag == tag) {
            return Err(Rule::QrisMalformed);
        }
        fields.push(Field { tag, value: value.to_owned() });
        rest = next;
    }
    Ok(fields)
}

fn number(digits: &str) -> Option<u8> {
    digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| digits.parse().ok())?
}

fn checksum_of(text: &str) -> String {
    format!("{:04X}", CHECKSUM.checksum(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STATIC: &str = "00020101021126680016ID.CO.CONTOH.WWW01189360999900000000190215CIHONJE000000010303UMI51440014ID.CO.QRIS.WWW0215ID10999999999990303UMI5204549953033605802ID5923KOPERASI CONTOH CIHONJE6008BANYUMAS6105531656304669B";
    const TRAP: &str = "00020101021126680016ID.CO.CONTOH.WWW01189360999900000000190215CIHONJE000000010303UMI5204549953033605802ID5911TOKO 5802ID6008BANYUMAS630433FB";

    #[test]
    fn the_checksum_is_that_of_the_standard() {
        assert_eq!(checksum_of("123456789"), "29B1");
    }

    #[test]
    fn a_printed_code_tells_its_merchant() {
        let payload = Payload::of_merchant(STATIC).unwrap();
        assert_eq!(payload.merchant_id().as_deref(), Some("ID1099999999999"));
        assert_eq!((payload.name(), payload.value(60)), ("KOPERASI CONTOH CIHONJE", Some("BANYUMAS")));
        assert_eq!(payload.text().as_deref(), Ok(STATIC), "it is written as it was read");
    }

    #[test]
    fn an_amount_is_put_in_and_the_checksum_made_anew() {
        let payload = Payload::of_merchant(STATIC).unwrap();
        assert_eq!(
            payload.for_payment(Rupiah(25_000), None).unwrap().text().unwrap(),
            "00020101021226680016ID.CO.CONTOH.WWW01189360999900000000190215CIHONJE000000010303UMI51440014ID.CO.QRIS.WWW0215ID10999999999990303UMI5204549953033605405250005802ID5923KOPERASI CONTOH CIHONJE6008BANYUMAS6105531656304DED9",
        );
        assert_eq!(
            payload.for_payment(Rupiah(147_356), Some("ORD2611230001")).unwrap().text().unwrap(),
            "00020101021226680016ID.CO.CONTOH.WWW01189360999900000000190215CIHONJE000000010303UMI51440014ID.CO.QRIS.WWW0215ID10999999999990303UMI52045499530336054061473565802ID5923KOPERASI CONTOH CIHONJE6008BANYUMAS61055316562170113ORD261123000163040D24",
        );
    }

    #[test]
    fn a_name_that_looks_like_a_field_stays_a_name() {
        let payload = Payload::parse(TRAP).unwrap();
        assert_eq!(payload.name(), "TOKO 5802ID");
        assert_eq!(
            payload.for_payment(Rupiah(1_000), None).unwrap().text().unwrap(),
            "00020101021226680016ID.CO.CONTOH.WWW01189360999900000000190215CIHONJE000000010303UMI520454995303360540410005802ID5911TOKO 5802ID6008BANYUMAS63043F8D",
        );
        assert_eq!(Payload::of_merchant(TRAP), Err(Rule::QrisNoMerchant), "it bears no national merchant id");
    }

    #[test]
    fn keeping_the_printed_codes_mark_beside_an_amount_is_a_variant_that_is_not_made() {
        let text = Payload::parse(STATIC).unwrap().for_payment(Rupiah(25_000), None).unwrap().text().unwrap();
        let variant = text.replacen("010212", "010211", 1);
        assert_eq!(checksum_of(&variant[..variant.len() - 4]), "A5FD");
        assert_ne!(variant, text);
    }

    #[test]
    fn published_codes_agree_with_their_checksums() {
        for published in [
            "00020101021102154076620099999990415508999888888888264801189360000901234567890215ABCD123456789010303UMI27660021ID.CO.PERMATABANK.WWW01189360001329876543210215BDFHF123456789051260215ABCDE12345678900303UMI5204581253033605802ID5909BASO JONO6007JAKARTA6105103106304BC39",
            "00020101021102154076620099999990415508999888888888265400020001189360000901234567890215ABCD123456789010303UMI27660021ID.CO.PERMATABANK.WWW01189360001329876543210215BDFHF123456789051380008ID.GPNQR0215ABCDE12345678900303UMI5204581253033605802ID5909BASO JONO6007JAKARTA61051031063045187",
            "00020101021252044131153137210116372101160123456789ABCDE6010Phnom Penh5913Merchant Shop5802KH540510.005303840622501081234567802090124444446304A0BA",
        ] {
            assert_eq!(Payload::parse(published).unwrap().text().as_deref(), Ok(published));
        }
    }

    #[test]
    fn a_code_with_a_made_up_checksum_is_refused() {
        let dummy = format!("{}ABCD", &STATIC[..STATIC.len() - 4]);
        assert_eq!(Payload::parse(&dummy), Err(Rule::QrisChecksum));
        let published = "00020101021226590013ID.KASPRO.WWW011893600812300000000002090000000000303UMI520458125303360540410005802ID5909BASO JONO6007JAKARTA6105103106236012538771243042616128734223560703A01630459C3";
        assert_eq!(Payload::parse(published), Err(Rule::QrisChecksum));
    }

    #[test]
    fn what_is_no_printed_code_in_rupiah_is_told_apart() {
        let dollars = closed(&STATIC.replacen("5303360", "5303840", 1));
        assert_eq!(Payload::of_merchant(&dollars), Err(Rule::QrisNotRupiah));
        let once = Payload::parse(STATIC).unwrap().for_payment(Rupiah(5), None).unwrap().text().unwrap();
        assert_eq!(Payload::of_merchant(&once), Err(Rule::QrisNotStatic));
        let padded = format!("  {STATIC}\n");
        assert!(Payload::of_merchant(&padded).is_ok(), "blanks come with pasting");
        for broken in ["", "0002", "000201", "6304669B", "000201630", "00020163049ZZZ", "äöü", &STATIC[1..]] {
            assert!(Payload::parse(broken).is_err(), "{broken}");
        }
        let twice = closed("00020100020163040000");
        assert_eq!(Payload::parse(&twice), Err(Rule::QrisMalformed), "a field stands twice");
    }

    #[test]
    fn nobody_pays_more_for_paying_so() {
        let tips =
            closed(&STATIC.replacen("5802ID", "55020256045000570305802ID", 1).replacen("570305802", "5702505802", 1));
        let payload = Payload::parse(&tips).unwrap();
        let text = payload.for_payment(Rupiah(5_000), None).unwrap();
        assert!(SURCHARGE.into_iter().all(|tag| payload.value(tag).is_some() && text.value(tag).is_none()));
        assert_eq!(payload.for_payment(Rupiah(0), None), Err(Rule::QrisAmount));
        assert_eq!(payload.for_payment(Rupiah(10_000_001), None), Err(Rule::QrisAmount));
        assert!(payload.for_payment(MAX_QRIS_AMOUNT, None).is_ok());
    }

    /// The text with its checksum corrected.
    fn closed(text: &str) -> String {
        let covered = &text[..text.len() - 4];
        format!("{covered}{}", checksum_of(covered))
    }

    proptest! {
        #[test]
        fn whatever_is_sent_is_read_or_refused(text in "\\PC{0,120}") {
            let _ = Payload::parse(&text);
        }

        #[test]
        fn one_wrong_character_is_found(index in 0..STATIC.len(), to in "[0-9A-Z .]") {
            let mut text = STATIC.to_owned();
            text.replace_range(index..=index, &to);
            prop_assert_eq!(Payload::parse(&text).is_ok(), text == STATIC);
        }

        #[test]
        fn what_is_made_can_be_read_and_pays_the_same_merchant(amount in 1..=10_000_000_i64, bill in "[A-Z0-9-]{1,25}") {
            let printed = Payload::of_merchant(STATIC).unwrap();
            let text = printed.for_payment(Rupiah(amount), Some(&bill)).unwrap().text().unwrap();
            let made = Payload::parse(&text).unwrap();
            let written = amount.to_string();
            prop_assert_eq!(made.value(AMOUNT), Some(written.as_str()));
            prop_assert_eq!(made.accounts(), printed.accounts());
            prop_assert_eq!(made.name(), printed.name());
        }
    }
}
