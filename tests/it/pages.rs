//! HTML pages for links opened in a browser.

use lumbung::kernel::{Duration, Language};
use lumbung::web::Code;
use reqwest::Method;
use serde_json::json;

use crate::tokens::{letters, secret};
use crate::world::{Client, PASSWORD, Reply, World};

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

fn browser(world: &World) -> Client {
    world.guest().with("accept", BROWSER)
}

async fn submit(world: &World, path: &str, form: &str) -> Reply {
    let form = form.as_bytes().to_vec();
    browser(world).upload(Method::POST, path, "application/x-www-form-urlencoded", form).await
}

/// Expects an uncached page in this language without external resources.
#[track_caller]
fn page(reply: Reply, status: u16, language: &str) -> String {
    assert_eq!(reply.status, status, "{}", reply.text());
    assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
    let policy = reply.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
    let text = reply.text();
    assert!(text.contains(&format!("<html lang=\"{language}\">")), "{text}");
    assert!(!text.contains("<script") && !text.contains("src=") && !text.contains("style="), "{text}");
    text
}

#[actix_web::test]
async fn opening_the_link_has_no_effect_and_its_button_verifies_the_address() {
    let world = World::empty().await;
    let sari = world.register("Contoh Sari").await;
    let path = format!("/verify-email/{}", secret(&world, "verify-email"));
    for _ in 0..3 {
        let text = page(browser(&world).get(&path).await, 200, "id");
        assert!(text.contains("<form method=\"post\">") && text.contains("Ya, ini alamat saya"), "{text}");
    }
    assert_eq!(sari.get("/v1/me").await.expect(200).json["email_verified"], false);
    let text = page(submit(&world, &path, "").await, 200, "id");
    assert!(text.contains("sudah dipastikan"), "{text}");
    assert_eq!(sari.get("/v1/me").await.expect(200).json["email_verified"], true);
    let again = page(submit(&world, &path, "").await, 410, "id");
    assert!(again.contains("Bila tadi tombolnya sudah Anda tekan") && !again.contains("<form"), "{again}");
    page(browser(&world).in_english().get(&path).await, 410, "en");
}

#[actix_web::test]
async fn a_new_password_is_chosen_on_the_page_that_the_link_opens() {
    let world = World::empty().await;
    let sari = world.register("Contoh Sari").await;
    world.guest().post("/v1/password_resets", json!({"login": sari.email})).await.expect(202);
    let path = format!("/reset-password/{}", secret(&world, "reset-password"));
    let text = page(browser(&world).in_english().get(&path).await, 200, "en");
    assert!(text.contains("type=\"password\"") && text.contains("Save the password"), "{text}");
    for (form, fault) in [("password=pendek", "Terlalu pendek"), ("password=password", "terlalu mudah ditebak")] {
        let text = page(submit(&world, &path, form).await, 422, "id");
        assert!(text.contains(fault) && text.contains("<form"), "{text}");
    }
    page(submit(&world, &path, "pasword=x").await, 400, "id");
    world.try_sign_in(&sari.login, PASSWORD).await.expect(201);
    let text = page(submit(&world, &path, "password=gerobak+biru%20laut").await, 200, "id");
    assert!(text.contains("sudah disimpan"), "{text}");
    world.try_sign_in(&sari.login, "gerobak biru laut").await.expect(201);
    world.try_sign_in(&sari.login, PASSWORD).await.expect_problem(401, "sign-in-failed");
    page(submit(&world, &path, "password=gerobak+hijau+laut").await, 410, "id");
    world.work().await;
}

#[actix_web::test]
async fn an_expired_link_shows_an_error_instead_of_the_form() {
    let world = World::empty().await;
    let sari = world.register("Contoh Sari").await;
    world.guest().post("/v1/password_resets", json!({"login": sari.email})).await.expect(202);
    let path = format!("/reset-password/{}", secret(&world, "reset-password"));
    world.clock.advance(Duration::minutes(30));
    page(browser(&world).get(&path).await, 410, "id");
    // A verification link does not open the password form.
    let verify = secret(&world, "verify-email");
    page(browser(&world).get(&format!("/reset-password/{verify}")).await, 410, "id");
}

#[actix_web::test]
async fn codes_cannot_be_guessed_by_opening_pages() {
    let world = World::with(|config| config.accounts.resets_an_hour = 2).await;
    for _ in 0..2 {
        page(browser(&world).get("/reset-password/K7PQ-29XR-MW4T").await, 410, "id");
    }
    page(browser(&world).get("/reset-password/K7PQ-29XR-MW4T").await, 429, "id");
}

#[actix_web::test]
async fn a_guest_reads_their_order_in_the_browser_and_an_app_gets_json() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(40).await;
    let mut body = village.guest_order_body(product, 30, 75_000);
    body["contact"]["email"] = json!("tamu@example.org");
    let placed = village.guest().with_new_key().post("/v1/orders", body).await.expect(201);
    village.work().await;
    let (_, letter) = letters(&village, "order-placed").pop().expect("a letter");
    let link = letter.split_whitespace().find(|word| word.starts_with("http")).expect("a link");
    assert_eq!(Some(link), placed.json["track"]["url"].as_str());
    let path = link.trim_start_matches("http://127.0.0.1:8080");
    let text = page(browser(&village).get(path).await, 200, "id");
    let number = placed.str("number");
    for expected in [number.as_str(), "Menunggu jawaban", "Sekar Laras", "30 buah", "Rp75.000", "Belum dibayar"] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert!(!text.contains("Contoh Tamu") && !text.contains("tamu@example.org"), "it names no person: {text}");
    let text = page(browser(&village).in_english().get(path).await, 200, "en");
    assert!(text.contains("Waiting for the group&#x27;s answer"), "{text}");
    assert_eq!(village.guest().get(path).await.expect(200).str("number"), number);
    // An invalid secret gets a page as well.
    let text = page(browser(&village).get(&format!("{path}A")).await, 404, "id");
    assert!(text.contains("not-found"), "{text}");
}

#[actix_web::test]
async fn an_invited_person_reads_what_to_do() {
    let village = World::village().await;
    let body = json!({"name": "Contoh <i>Wati</i>", "role": "member", "email": "wati@example.org"});
    let invited = village.sari.post(&format!("/v1/groups/{}/invitations", village.sekar_laras), body).await.expect(201);
    let path = invited.str("link").trim_start_matches("http://127.0.0.1:8080").to_owned();
    let text = page(browser(&village).get(&path).await, 200, "id");
    for expected in ["Sekar Laras", "anggota", &invited.str("token"), "Cara bergabung", "&lt;i&gt;Wati"] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert_eq!(village.guest().get(&path).await.expect(200).json["group"]["name"], "Sekar Laras");
    village.clock.advance(Duration::days(14));
    page(browser(&village).get(&path).await, 410, "id");
    village.work().await;
}

#[actix_web::test]
async fn browsers_get_errors_as_pages() {
    let world = World::empty().await;
    let text = page(browser(&world).get("/nowhere").await, 404, "id");
    assert!(text.contains("not-found"), "{text}");
    page(browser(&world).get("/v1/me").await, 401, "id");
    world.guest().get("/nowhere").await.expect_problem(404, "not-found");
    world.guest().with("accept", "application/json").get("/v1/me").await.expect_problem(401, "unauthenticated");
}

#[actix_web::test]
async fn every_page_supports_head_and_names_its_methods() {
    let world = World::empty().await;
    world.register("Contoh Sari").await;
    let verify = format!("/verify-email/{}", secret(&world, "verify-email"));
    let pages = [
        ("/docs", "GET, HEAD"),
        ("/docs/", "GET, HEAD"),
        ("/docs/problems", "GET, HEAD"),
        ("/docs/problems/sold-out", "GET, HEAD"),
        (verify.as_str(), "GET, HEAD, POST"),
        ("/reset-password/unknown", "GET, HEAD, POST"),
    ];
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    for (path, known) in pages {
        let send =
            |method: Method| http.request(method, format!("{}{path}", world.base_url)).header("accept", BROWSER).send();
        let (read, head) = (send(Method::GET).await.unwrap(), send(Method::HEAD).await.unwrap());
        assert_eq!(head.status(), read.status(), "{path}");
        for name in ["content-type", "content-length", "cache-control", "content-security-policy", "location"] {
            assert_eq!(head.headers().get(name), read.headers().get(name), "{path}: {name}");
        }
        assert!(head.bytes().await.unwrap().is_empty());
        let refused = send(Method::DELETE).await.unwrap();
        assert_eq!((refused.status().as_u16(), &refused.headers()["allow"]), (405, &known.parse().unwrap()), "{path}");
    }
    world.work().await;
}

#[actix_web::test]
async fn each_code_has_a_page_that_says_its_status_in_digits() {
    let world = World::empty().await;
    let browser = world.guest().with("accept", "text/html");
    let all = browser.get("/docs/problems").await.expect(200).text();
    assert!(all.contains("409") && all.contains("sold-out") && !all.contains("Number"), "{all}");
    let one = browser.get("/docs/problems/sold-out").await.expect(200).text();
    assert!(one.contains("HTTP 409 Conflict"), "{one}");
}

#[actix_web::test]
async fn each_code_has_a_page_that_says_what_to_do_and_shows_an_example() {
    let world = World::empty().await;
    for code in Code::ALL {
        let path = format!("/docs/problems/{}", code.as_str());
        let page = browser(&world).get(&path).await.expect(200).text();
        // The style sheet stands before the article.
        let article = page.split("<article>").nth(1).expect("an article");
        let unescaped =
            article.replace("&#x27;", "'").replace("&quot;", "\"").replace("&#x2f;", "/").replace("&amp;", "&");
        for language in [Language::Indonesian, Language::English] {
            assert!(unescaped.contains(code.next_step(language)), "{path}: {page}");
            assert!(unescaped.contains(code.title(language)), "{path}: {page}");
        }
        assert!(unescaped.contains("Yang perlu dilakukan:") && unescaped.contains("What to do:"), "{path}: {page}");
        for (name, _) in code.members() {
            assert!(unescaped.contains(&format!("<code>{name}</code>")), "{path}: {name}: {page}");
        }
        let (text, example) = unescaped.split_once("<pre>").expect("an example");
        let sentences = text.split("<h2>Members</h2>").next().unwrap();
        assert!(!sentences.contains('{'), "{path}: {page}");
        let example: serde_json::Value = serde_json::from_str(example.split("</pre>").next().unwrap()).unwrap();
        assert_eq!(example["code"], code.as_str());
        assert!(!example["detail"].as_str().unwrap().contains('{'), "{path}: {example}");
        for (name, value) in code.members() {
            assert_eq!(example[name], value, "{path}");
        }
    }
    let page = browser(&world).get("/docs/problems/sold-out").await.expect(200).text();
    for expected in ["Stok tidak cukup, sisa 12.", "There is not enough of it, 12 left.", "next_day"] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
}

/// The resources that an HTML or CSS text refers to.
fn sources(text: &str) -> Vec<String> {
    let mut references = Vec::new();
    for opening in
        ["src=\"", "src='", "href=\"", "href='", "url(", "url(\"", "url('", "@import \"", "@import '", "import(\""]
    {
        for (at, _) in text.match_indices(opening) {
            let rest = &text[at + opening.len()..];
            let end = rest.find(['"', '\'', ')', '>', ' ']).unwrap_or(rest.len().min(80));
            // Quoted values are matched by their own opening.
            references.extend((end > 0).then(|| rest[..end].to_owned()));
        }
    }
    references
}

#[actix_web::test]
async fn swagger_ui_loads_no_external_resources() {
    let world = World::empty().await;
    let moved = world.guest().get("/docs/").await.expect(200);
    let policy = moved.header("content-security-policy").unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    for rule in ["connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"] {
        assert!(policy.contains(rule), "{rule}: {policy}");
    }
    assert!(!policy.contains("http") && !policy.contains('*') && !policy.contains("unsafe-eval"), "{policy}");
    let page = moved.text();
    // The document is asked for beside the scripts, so that it is there when they run.
    let document = "/v1/openapi.json";
    assert!(page.contains(&format!("<link rel=\"preload\" href=\"{document}\" as=\"fetch\" crossorigin>")), "{page}");
    let is_viewer_file = |source: &String| !source.starts_with("data:") && source != document;
    let loaded: Vec<String> = sources(&page).into_iter().filter(is_viewer_file).collect();
    assert_eq!(loaded.len(), 3, "scripts and styles: {loaded:?}");
    let (mut scripts, mut styles) = (0, 0);
    for source in &loaded {
        assert!(!source.contains("//"), "{source} lies elsewhere: {page}");
        let path = format!("/docs/{}", source.trim_start_matches("./"));
        let file = world.guest().get(&path).await.expect(200);
        assert_eq!(file.header("content-security-policy"), Some(policy.as_str()), "{path}");
        if path.ends_with(".css") {
            styles += 1;
            for named in sources(&file.text()) {
                assert!(named.starts_with("data:") || named.starts_with('#'), "{path} loads {named}");
            }
        } else if path.ends_with(".js") {
            scripts += 1;
        }
    }
    assert!(scripts >= 2 && styles >= 1, "{loaded:?}");
    // It loads our document and no external validator.
    let initializer = world.guest().get("/docs/swagger-initializer.js").await.expect(200).text();
    assert!(initializer.contains(document), "{initializer}");
    assert!(initializer.contains("validatorUrl: \"none\""), "{initializer}");
    assert!(!initializer.contains("http://") && !initializer.contains("https://"), "{initializer}");
    world.guest().get("/docs/swagger-ui.js").await.expect_problem(404, "not-found");
    for path in ["/docs/problems", "/docs/problems/sold-out"] {
        let page = browser(&world).get(path).await.expect(200);
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        assert!(sources(&page.text()).iter().all(|source| !source.contains("//")), "{}", page.text());
    }
}

#[actix_web::test]
async fn the_home_page_leads_to_the_documentation_in_the_readers_language() {
    let world = World::empty().await;
    let home = browser(&world).get("/").await.expect(200);
    assert_eq!(home.header("content-type"), Some("text/html; charset=utf-8"));
    let text = home.text();
    assert!(text.contains("<html lang=\"id\">") && text.contains("Produk yang dijual"), "{text}");
    // Search engines may list it, unlike the pages that letters link to.
    assert!(!text.contains("noindex") && !text.contains("<script"), "{text}");
    // Only the demo has sign-ins to show.
    assert!(!text.contains("<h2>"), "{text}");
    let english = browser(&world).in_english().get("/").await.expect(200).text();
    assert!(english.contains("<html lang=\"en\">") && english.contains("What is for sale"), "{english}");
    for path in ["/docs/", "/docs/problems", "/v1/openapi.json"] {
        assert!(english.contains(&format!("href=\"{path}\"")), "{path}: {english}");
        browser(&world).get(path).await.expect(200);
    }
}

#[actix_web::test]
async fn browsers_and_crawlers_find_the_files_that_they_ask_for() {
    let world = World::empty().await;
    let icon = world.guest().get("/favicon.ico").await.expect(200);
    assert_eq!(icon.header("content-type"), Some("image/x-icon"));
    let robots = world.guest().get("/robots.txt").await.expect(200).text();
    assert!(robots.contains("Disallow: /v1/") && robots.contains("/sitemap.xml"), "{robots}");
    let sitemap = world.guest().get("/sitemap.xml").await.expect(200).text();
    let paths = sitemap.matches("<loc>").count();
    assert_eq!(paths, 3 + Code::ALL.len(), "{sitemap}");
    assert!(sitemap.contains("/docs/problems/sold-out</loc>"), "{sitemap}");
    let refused = world.guest().post("/", json!({})).await.expect_problem(405, "method-not-allowed");
    assert_eq!(refused.header("allow"), Some("GET, HEAD"));
}
