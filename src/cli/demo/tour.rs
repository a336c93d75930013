//! Where to look: the docs page, who may sign in, and five commands that show a sale.

use std::path::Path;

use super::world::Record;

/// Writes `tour.sh` beside the database, and gives back what to print.
pub(super) fn write(folder: &Path, record: &Record) -> std::io::Result<String> {
    let commands = commands(record);
    let file = folder.join("tour.sh");
    std::fs::write(
        &file,
        format!("#!/bin/sh\n# A sale, from the list to the report. Needs curl.\nset -eu\n{commands}"),
    )?;
    let mut roles: Vec<&str> = Vec::new();
    let mut people = String::new();
    for person in &record.world.people {
        if !roles.contains(&person.role.as_str()) {
            roles.push(&person.role);
            people.push_str(&format!("  {:<11} {:<34} {}\n", person.role, person.login, person.name));
        }
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

/// Five commands for a POSIX shell with curl.
fn commands(record: &Record) -> String {
    let Some((shop, product)) = record.world.shops.first().and_then(|shop| Some((shop, shop.products.first()?))) else {
        return String::new();
    };
    let officer =
        record.world.people.iter().find(|person| person.account == shop.officer).map_or("", |person| &person.login);
    let wish = format!(
        r#""cooperative":"{}","lines":[{{"product":"{product}","quantity":40}}],"delivery":{{"kind":"pickup","point":"{}"}}"#,
        record.world.founded.cooperative, record.world.founded.pickup_point,
    );
    let base = &record.base_url;
    let json = "-H 'content-type: application/json'";
    let pick = |name: &str| format!(r#"sed -n 's/.*"{name}":"\{{0,1\}}\([^",}}]*\).*/\1/p'"#);
    format!(
        r#"# 1. list
curl -fsS '{base}/v1/products?view=compact&limit=5'; echo
# 2. quote
TOTAL=$(curl -fsS {base}/v1/quotes {json} -d '{{{wish}}}' | {total}); echo "total: Rp$TOTAL"
# 3. order, as a guest
ORDER=$(curl -fsS {base}/v1/orders {json} -H "idempotency-key: tour-$(date +%s)-0123456789" -d '{{{wish},"contact":{{"name":"Contoh Tamu","phone":"081200098765"}},"expected_total":'$TOTAL'}}'); echo "$ORDER"
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
        from = record.until.checked_sub_months(chrono::Months::new(6)).unwrap_or(record.until),
        // The day after the last one that was lived is today, when nothing else was asked for.
        to = record.until.succ_opt().unwrap_or(record.until),
    )
}
