//! The tour: the URL of the API documentation, the logins, and five shell commands that show a sale.

use std::path::Path;

use chrono::{Days, Months};

use super::world::Record;
use crate::kernel::Day;
use crate::server::home_page::{DemoGuide, DemoPerson};

/// The longest period of the report, within the three years that a report can cover.
const MAX_PERIOD: Days = Days::new(1_000);

/// Writes `tour.sh` into the data folder, and returns the text to print.
pub(super) fn write(folder: &Path, record: &Record, today: Day) -> std::io::Result<String> {
    let commands = commands(record, today);
    let file = folder.join("tour.sh");
    std::fs::write(
        &file,
        format!("#!/bin/sh\n# A sale, from the list to the report. Needs curl.\nset -eu\n{commands}"),
    )?;
    let mut people = String::new();
    for person in one_per_role(record) {
        people.push_str(&format!("  {:<11} {:<34} {}\n", person.role, person.login, person.name));
    }
    Ok(format!(
        "\nLumbung serves a living village at {base}\n\n  {base}/docs   the API, readable\n\n\
         Sign-ins (everybody's password is {password}; all of them in {json}):\n{people}\n\
         A sale, from the list to the report (also in {tour}):\n\n{commands}\nCtrl-C ends it.",
        base = record.base_url,
        password = record.password,
        json = folder.join("demo.json").display(),
        tour = file.display(),
    ))
}

/// What the home page of the demo shows.
pub(super) fn guide(record: &Record, today: Day) -> DemoGuide {
    DemoGuide { password: record.password.clone(), people: one_per_role(record), tour: commands(record, today) }
}

fn one_per_role(record: &Record) -> Vec<DemoPerson> {
    let mut people: Vec<DemoPerson> = Vec::new();
    for person in &record.world.people {
        if people.iter().all(|known| known.role != person.role) {
            let (role, name, login) = (person.role.clone(), person.name.clone(), person.login.clone());
            people.push(DemoPerson { role, name, login });
        }
    }
    people
}

/// Five commands for a POSIX shell with curl.
fn commands(record: &Record, today: Day) -> String {
    let Some((shop, product)) = record.world.shops.first().and_then(|shop| Some((shop, shop.products.first()?))) else {
        return String::new();
    };
    let officer =
        record.world.people.iter().find(|person| person.account == shop.officer).map_or("", |person| &person.login);
    let basket = format!(
        r#""cooperative":"{}","lines":[{{"product":"{product}","quantity":40}}],"delivery":{{"kind":"pickup","point":"{}"}}"#,
        record.world.founded.cooperative, record.world.founded.pickup_point,
    );
    let base = &record.base_url;
    let json = "-H 'content-type: application/json'";
    let pick = |name: &str| format!(r#"sed -n 's/.*"{name}":"\{{0,1\}}\([^",}}]*\).*/\1/p'"#);
    format!(
        r#"# 1. list
curl -fsS '{base}/v1/products/compact?limit=5'; echo
# 2. quote
TOTAL=$(curl -fsS {base}/v1/quotes {json} -d '{{{basket}}}' | {total}); echo "total: Rp$TOTAL"
# 3. order, as a guest
ORDER=$(curl -fsS {base}/v1/orders {json} -H "idempotency-key: tour-$(date +%s)-0123456789" -d '{{{basket},"contact":{{"name":"Contoh Tamu","phone":"081200098765"}},"expected_total":'$TOTAL'}}'); echo "$ORDER"
# 4. accept and hand over, as the group's officer
TOKEN=$(curl -fsS {base}/v1/sessions {json} -d '{{"login":"{officer}","password":"{password}"}}' | {token})
PART=$(echo "$ORDER" | sed -n 's/.*"fulfilments":\[{{"id":"\([^"]*\).*/\1/p')
for ACTION in accept hand_over; do curl -fsS {base}/v1/fulfilments/$PART/transitions {json} -H "authorization: Bearer $TOKEN" -H "idempotency-key: tour-$ACTION-$PART" -d '{{"action":"'$ACTION'"}}'; echo; done
# 5. report
curl -fsS '{base}/v1/groups/{group}/sales?from={from}&to={to}&by=month' -H "authorization: Bearer $TOKEN"; echo
"#,
        total = pick("total"),
        token = pick("access_token"),
        password = record.password,
        group = shop.group,
        from = first_day(record.until, today),
        // Includes today, also when the data was created on an earlier day.
        to = record.until.max(today),
    )
}

/// The first day of the report: half a year before the last simulated day, within the longest period.
fn first_day(until: Day, today: Day) -> Day {
    let preferred = until.checked_sub_months(Months::new(6)).unwrap_or(until);
    let earliest = until.max(today).checked_sub_days(MAX_PERIOD).unwrap_or(preferred);
    preferred.max(earliest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_includes_today_and_respects_the_longest_period() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        assert_eq!(first_day(day("2026-05-31"), day("2026-11-24")), day("2025-11-30"));
        let today = day("2032-01-01");
        assert_eq!(today.signed_duration_since(first_day(day("2026-05-31"), today)).num_days(), 1_000);
    }
}
