//! Statements and reports as people print them and take them into a spreadsheet.

use std::io::Read;

use serde_json::json;

use crate::world::{Client, Reply, Village, World};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn books(village: &Village, path: &str) -> String {
    format!("/v1/cooperatives/{}/ledger/{path}", village.cooperative)
}

async fn page(client: &Client, path: &str) -> String {
    let reply = client.with("accept", "text/html").get(path).await.expect(200);
    assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"));
    reply.text()
}

async fn table(client: &Client, path: &str) -> Vec<String> {
    let reply = client.with("accept", "text/csv").get(path).await.expect(200);
    assert!(reply.header("content-disposition").unwrap().ends_with(".csv\""));
    reply.text().trim_start_matches('\u{feff}').lines().map(str::to_owned).collect()
}

/// The text of every part of a spreadsheet file, one after the other, as its directory lists them.
fn parts(reply: &Reply) -> String {
    assert_eq!(reply.header("content-type"), Some(XLSX));
    let (bytes, mut text) = (&reply.bytes[..], String::new());
    let number = |at: usize, length: usize| {
        bytes[at..at + length].iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
    };
    let end = bytes.windows(4).rposition(|some| some == b"PK\x05\x06").expect("a directory");
    let mut at = number(end + 16, 4);
    while bytes[at..].starts_with(b"PK\x01\x02") {
        let (packed, length, local) = (number(at + 10, 2) == 8, number(at + 20, 4), number(at + 42, 4));
        let begins = local + 30 + number(local + 26, 2) + number(local + 28, 2);
        let part = &bytes[begins..begins + length];
        if packed {
            flate2::read::DeflateDecoder::new(part).read_to_string(&mut text).unwrap();
        } else {
            text.push_str(std::str::from_utf8(part).unwrap());
        }
        at += 46 + number(at + 28, 2) + number(at + 30, 2) + number(at + 32, 2);
    }
    text
}

/// Goods for Rp100.000 sold over the counter, Rp20.000 of fuel paid.
async fn traded() -> Village {
    let village = World::village().await;
    let (product, _) = village.pastel_on_the_shelf(40).await;
    let sale = json!({"lines": [{"product": product, "quantity": 40}]});
    village.sari.fresh_key().post(&format!("/v1/groups/{}/sales", village.sekar_laras), sale).await.expect(201);
    village.work().await;
    let capital = json!({"kind": "opening", "lines": [{"account": 1101, "amount": 500_000}]});
    village.treasurer.fresh_key().post(&books(&village, "entries"), capital).await;
    let expense = json!({"kind": "expense", "account": 5303, "amount": 20_000, "memo": "=bensin <b>"});
    village.clock.advance(lumbung::kernel::Duration::seconds(1));
    village.treasurer.fresh_key().post(&books(&village, "entries"), expense).await.expect(201);
    village
}

#[actix_web::test]
async fn an_income_statement_is_printed_in_the_form_of_sak_emkm() {
    let village = traded().await;
    let path = books(&village, "income_statement?from=2026-01-01&to=2026-12-31");
    let printed = page(&village.board, &path).await;
    for said in [
        "Laporan Laba Rugi",
        "1 Januari 2026 – 31 Desember 2026",
        "Dalam rupiah",
        "BEBAN USAHA",
        "LABA (RUGI) SEBELUM PAJAK PENGHASILAN",
        "100.000",
        "(10.000)",
        "Ketua",
        "Bendahara",
    ] {
        assert!(printed.contains(said), "{said}: {printed}");
    }
    let english = page(&village.board.in_english(), &path).await;
    assert!(english.contains("Income statement") && english.contains("RESULT BEFORE INCOME TAX"), "{english}");
    let lines = table(&village.board, &path).await;
    assert_eq!(lines[0], "line,account,name,amount");
    assert!(lines.contains(&"total,,Penjualan bersih,100000".to_owned()), "{lines:?}");
    assert!(lines.contains(&"total,,LABA (RUGI) SEBELUM PAJAK PENGHASILAN,-10000".to_owned()), "{lines:?}");
    let file = village.board.with("accept", XLSX).get(&path).await.expect(200);
    let text = parts(&file);
    assert!(text.contains("Penjualan bersih") && text.contains("<v>100000</v>") && text.contains("<v>-10000</v>"));
    village.clock.advance(lumbung::kernel::Duration::seconds(90));
    let again = village.board.with("accept", XLSX).get(&path).await.expect(200);
    assert_eq!(file.bytes, again.bytes, "the same figures are the same file");
    village.work().await;
}

#[actix_web::test]
async fn a_balance_sheet_and_a_trial_balance_come_to_the_same_on_both_sides() {
    let village = traded().await;
    let sheet = table(&village.supervisor, &books(&village, "balance_sheet")).await;
    let of = |lines: &[String], name: &str| {
        let line = lines.iter().find(|line| line.contains(name)).unwrap_or_else(|| panic!("{name}: {lines:?}"));
        line.rsplit(',').next().unwrap().parse::<i64>().unwrap()
    };
    assert_eq!(of(&sheet, "JUMLAH ASET"), of(&sheet, "JUMLAH LIABILITAS DAN EKUITAS"));
    assert_eq!(of(&sheet, "Laba (rugi) tahun berjalan"), -10_000);
    let printed = page(&village.supervisor, &books(&village, "balance_sheet")).await;
    for said in ["Laporan Posisi Keuangan", "Per 23 November 2026", "LIABILITAS", "EKUITAS"] {
        assert!(printed.contains(said), "{said}: {printed}");
    }
    let trial = table(&village.supervisor, &books(&village, "trial_balance")).await;
    assert_eq!(trial[0], "line,account,name,debit,credit");
    let last: Vec<&str> = trial.last().unwrap().split(',').collect();
    assert_eq!((last[0], last[2], last[3] == last[4]), ("total", "Jumlah", true), "{last:?}");
    assert!(page(&village.supervisor, &books(&village, "trial_balance")).await.contains("Neraca Saldo"));
    village.work().await;
}

#[actix_web::test]
async fn a_cash_book_is_printed_voucher_by_voucher_and_what_was_noted_stays_text() {
    let village = traded().await;
    let path = books(&village, "cash_book?month=2026-11");
    let printed = page(&village.treasurer, &path).await;
    for said in ["Buku Kas", "1 November 2026 – 30 November 2026", "Saldo awal", "BKK-2026-11-0001", "20.000"] {
        assert!(printed.contains(said), "{said}: {printed}");
    }
    assert!(printed.contains("Pengeluaran: =bensin &lt;b&gt;") && !printed.contains("<b>"), "{printed}");
    let lines = table(&village.treasurer, &path).await;
    assert_eq!(lines[0], "line,day,voucher,name,came,went,balance");
    assert!(
        lines.iter().any(|line| line.starts_with("item,2026-11-23,BKK-2026-11-0001,Pengeluaran: =bensin <b>,,20000,"))
    );
    let bank = page(&village.treasurer, &books(&village, "cash_book?of=bank")).await;
    assert!(bank.contains("Buku Bank"), "{bank}");
    village.treasurer.with("accept", "image/png").get(&path).await.problem(406, "not-acceptable");
    village.companion.with("accept", "text/csv").get(&path).await.problem(403, "forbidden");
    village.work().await;
}

#[actix_web::test]
async fn sales_are_a_spreadsheet_with_numbers_and_with_text_that_stays_text() {
    let village = World::village().await;
    let mut offering = crate::world::pastel();
    offering.name = "=HYPERLINK(\"x\")".into();
    let product = village.lists(offering).await;
    village.shelves(product, 40, "2026-11-23").await;
    let path = format!("/v1/groups/{}/sales", village.sekar_laras);
    let sale = json!({"lines": [{"product": product, "quantity": 10}]});
    village.sari.fresh_key().post(&path, sale).await.expect(201);
    let asked = format!("{path}?by=product&with=margin&from=2026-11-01&to=2026-11-30");
    let file = village.sari.with("accept", XLSX).get(&asked).await.expect(200);
    let name = "attachment; filename=\"sales-by-product-2026-11-01-2026-11-30.xlsx\"";
    assert_eq!(file.header("content-disposition"), Some(name));
    let text = parts(&file);
    assert!(text.contains("<t>=HYPERLINK(\"x\")</t>") && !text.contains("<f>"), "{text}");
    assert!(
        text.contains("<v>25000</v>") && text.contains("<v>2500</v>") && text.contains("2026-11-30T00:00:00Z"),
        "{text}"
    );
    // Pages are for statements: a browser that takes anything gets JSON here.
    village.sari.with("accept", "text/html").get(&path).await.expect(406);
    let steadiness = format!("/v1/groups/{}/steadiness", village.sekar_laras);
    assert!(parts(&village.sari.with("accept", XLSX).get(&steadiness).await.expect(200)).contains("fill_rate"));
    village.work().await;
}

#[actix_web::test]
async fn a_groups_month_is_one_page_to_print() {
    let village = traded().await;
    let path = format!("/v1/groups/{}/sales/report", village.sekar_laras);
    let printed = page(&village.sari, &format!("{path}?month=2026-11")).await;
    for said in [
        "Laporan Penjualan November 2026",
        "Sekar Laras",
        "<td>Omzet</td><td class=\"amount\">Rp100.000</td><td class=\"amount\">Rp0</td>",
        "<td>Bagian koperasi</td><td class=\"amount\">Rp10.000</td>",
        "<td>Masuk untuk kelompok</td><td class=\"amount\">Rp90.000</td>",
        "Pastel sayur",
        "40 buah",
        "1 kloter",
        "Senin, 23 November 2026",
        "<svg ",
        "role=\"img\"",
        "Tidak ada.",
    ] {
        assert!(printed.contains(said), "{said}: {printed}");
    }
    assert!(!printed.contains("style=") && !printed.contains("<script"), "the policy lets neither through");
    let quiet = page(&village.board.in_english(), &format!("{path}?month=2026-10")).await;
    assert!(quiet.contains("Sales of October 2026") && quiet.contains("Nothing was sold on these days."), "{quiet}");
    for month in ["2026-1", "2026-13", "november", "2026-110"] {
        village
            .sari
            .get(&format!("{path}?month={month}"))
            .await
            .problem(400, "query-invalid")
            .fault("/month", "no-month");
    }
    village.buyer.get(&path).await.problem(404, "not-found");
    village.work().await;
}
