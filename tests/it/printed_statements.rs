//! Statements and reports as printed pages and as tables.

use std::io::Read;

use serde_json::json;

use crate::world::{Client, Reply, Village, World};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn ledger_path(village: &Village, path: &str) -> String {
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

/// The text of every part of an XLSX file, in the order of its ZIP directory.
pub fn read_xlsx(reply: &Reply) -> String {
    assert_eq!(reply.header("content-type"), Some(XLSX));
    let (bytes, mut text) = (&reply.bytes[..], String::new());
    let number = |at: usize, length: usize| {
        bytes[at..at + length].iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
    };
    let end = bytes.windows(4).rposition(|window| window == b"PK\x05\x06").expect("a directory");
    let mut at = number(end + 16, 4);
    while bytes[at..].starts_with(b"PK\x01\x02") {
        let (is_deflated, length, local) = (number(at + 10, 2) == 8, number(at + 20, 4), number(at + 42, 4));
        let start = local + 30 + number(local + 26, 2) + number(local + 28, 2);
        let part = &bytes[start..start + length];
        if is_deflated {
            flate2::read::DeflateDecoder::new(part).read_to_string(&mut text).unwrap();
        } else {
            text.push_str(std::str::from_utf8(part).unwrap());
        }
        at += 46 + number(at + 28, 2) + number(at + 30, 2) + number(at + 32, 2);
    }
    text
}

/// A village with quick sales of Rp100.000 and an expense of Rp20.000.
async fn create_village_with_sales() -> Village {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    let sale = json!({"lines": [{"product": product, "quantity": 40}]});
    village.sari.with_new_key().post(&format!("/v1/groups/{}/sales", village.sekar_laras), sale).await.expect(201);
    village.work().await;
    let capital = json!({"kind": "opening", "lines": [{"account": 1101, "amount": 500_000}]});
    village.treasurer.with_new_key().post(&ledger_path(&village, "entries"), capital).await;
    let expense = json!({"kind": "expense", "account": 5303, "amount": 20_000, "memo": "=bensin <b>"});
    village.clock.advance(lumbung::kernel::Duration::seconds(1));
    village.treasurer.with_new_key().post(&ledger_path(&village, "entries"), expense).await.expect(201);
    village
}

#[actix_web::test]
async fn an_income_statement_is_printed_in_the_form_of_sak_emkm() {
    let village = create_village_with_sales().await;
    let path = ledger_path(&village, "income_statement?from=2026-01-01&to=2026-12-31");
    let printed = page(&village.board, &path).await;
    for part in [
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
        assert!(printed.contains(part), "{part}: {printed}");
    }
    let english = page(&village.board.in_english(), &path).await;
    assert!(english.contains("Income statement") && english.contains("RESULT BEFORE INCOME TAX"), "{english}");
    let lines = table(&village.board, &path).await;
    assert_eq!(lines[0], "line,account,name,amount");
    assert!(lines.contains(&"total,,Penjualan bersih,100000".to_owned()), "{lines:?}");
    assert!(lines.contains(&"total,,LABA (RUGI) SEBELUM PAJAK PENGHASILAN,-10000".to_owned()), "{lines:?}");
    let file = village.board.with("accept", XLSX).get(&path).await.expect(200);
    let text = read_xlsx(&file);
    assert!(text.contains("Penjualan bersih") && text.contains("<v>100000</v>") && text.contains("<v>-10000</v>"));
    village.clock.advance(lumbung::kernel::Duration::seconds(90));
    let again = village.board.with("accept", XLSX).get(&path).await.expect(200);
    assert_eq!(file.bytes, again.bytes, "the same figures are the same file");
    village.work().await;
}

#[actix_web::test]
async fn a_balance_sheet_and_a_trial_balance_balance() {
    let village = create_village_with_sales().await;
    let sheet = table(&village.supervisor, &ledger_path(&village, "balance_sheet")).await;
    let amount_of = |lines: &[String], name: &str| {
        let line = lines.iter().find(|line| line.contains(name)).unwrap_or_else(|| panic!("{name}: {lines:?}"));
        line.rsplit(',').next().unwrap().parse::<i64>().unwrap()
    };
    assert_eq!(amount_of(&sheet, "JUMLAH ASET"), amount_of(&sheet, "JUMLAH LIABILITAS DAN EKUITAS"));
    assert_eq!(amount_of(&sheet, "Laba (rugi) tahun berjalan"), -10_000);
    let printed = page(&village.supervisor, &ledger_path(&village, "balance_sheet")).await;
    for part in ["Laporan Posisi Keuangan", "Per 23 November 2026", "LIABILITAS", "EKUITAS"] {
        assert!(printed.contains(part), "{part}: {printed}");
    }
    let trial = table(&village.supervisor, &ledger_path(&village, "trial_balance")).await;
    assert_eq!(trial[0], "line,account,name,debit,credit");
    let last: Vec<&str> = trial.last().unwrap().split(',').collect();
    assert_eq!((last[0], last[2], last[3] == last[4]), ("total", "Jumlah", true), "{last:?}");
    assert!(page(&village.supervisor, &ledger_path(&village, "trial_balance")).await.contains("Neraca Saldo"));
    village.work().await;
}

#[actix_web::test]
async fn a_cash_book_is_printed_voucher_by_voucher_with_escaped_notes() {
    let village = create_village_with_sales().await;
    let path = ledger_path(&village, "cash_book?month=2026-11");
    let printed = page(&village.treasurer, &path).await;
    for part in ["Buku Kas", "1 November 2026 – 30 November 2026", "Saldo awal", "BKK-2026-11-0001", "20.000"] {
        assert!(printed.contains(part), "{part}: {printed}");
    }
    assert!(printed.contains("Pengeluaran: =bensin &lt;b&gt;") && !printed.contains("<b>"), "{printed}");
    let lines = table(&village.treasurer, &path).await;
    assert_eq!(lines[0], "line,day,voucher,name,came,went,balance");
    assert!(
        lines.iter().any(|line| line.starts_with("item,2026-11-23,BKK-2026-11-0001,Pengeluaran: =bensin <b>,,20000,"))
    );
    let bank = page(&village.treasurer, &ledger_path(&village, "cash_book?of=bank")).await;
    assert!(bank.contains("Buku Bank"), "{bank}");
    village.treasurer.with("accept", "image/png").get(&path).await.expect_problem(406, "not-acceptable");
    village.companion.with("accept", "text/csv").get(&path).await.expect_problem(403, "forbidden");
    village.work().await;
}

#[actix_web::test]
async fn sales_are_an_xlsx_table_with_numbers_and_plain_text() {
    let village = World::village().await;
    let mut offering = crate::world::pastel();
    offering.name = "=HYPERLINK(\"x\")".into();
    let product = village.publish_product(offering).await;
    village.open_stock_batch(product, 40, "2026-11-23").await;
    let path = format!("/v1/groups/{}/sales", village.sekar_laras);
    let sale = json!({"lines": [{"product": product, "quantity": 10}]});
    village.sari.with_new_key().post(&path, sale).await.expect(201);
    let query = format!("{path}?by=product&with=margin&from=2026-11-01&to=2026-11-30");
    let file = village.sari.with("accept", XLSX).get(&query).await.expect(200);
    let name = "attachment; filename=\"sales-by-product-2026-11-01-2026-11-30.xlsx\"";
    assert_eq!(file.header("content-disposition"), Some(name));
    let text = read_xlsx(&file);
    assert!(text.contains("<t>=HYPERLINK(\"x\")</t>") && !text.contains("<f>"), "{text}");
    assert!(
        text.contains("<v>25000</v>") && text.contains("<v>2500</v>") && text.contains("2026-11-30T00:00:00Z"),
        "{text}"
    );
    // Sales reports have no web page.
    village.sari.with("accept", "text/html").get(&path).await.expect(406);
    let stability = format!("/v1/groups/{}/stability", village.sekar_laras);
    assert!(read_xlsx(&village.sari.with("accept", XLSX).get(&stability).await.expect(200)).contains("fill_rate"));
    village.work().await;
}

#[actix_web::test]
async fn the_monthly_report_of_a_group_is_a_page_to_print() {
    let village = create_village_with_sales().await;
    let path = format!("/v1/groups/{}/sales/report", village.sekar_laras);
    let printed = page(&village.sari, &format!("{path}?month=2026-11")).await;
    for part in [
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
        assert!(printed.contains(part), "{part}: {printed}");
    }
    assert!(!printed.contains("style=") && !printed.contains("<script"), "the content security policy blocks both");
    let quiet = page(&village.board.in_english(), &format!("{path}?month=2026-10")).await;
    assert!(quiet.contains("Sales of October 2026") && quiet.contains("Nothing was sold on these days."), "{quiet}");
    for month in ["2026-1", "2026-13", "november", "2026-110"] {
        village
            .sari
            .get(&format!("{path}?month={month}"))
            .await
            .expect_problem(400, "query-invalid")
            .expect_field_error("/month", "no-month");
    }
    village.buyer.get(&path).await.expect_problem(404, "not-found");
    village.work().await;
}
