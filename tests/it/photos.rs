//! Photos: accepted formats, renditions, and rejection of harmful files.

use std::io::Write;
use std::time::{Duration as Elapsed, Instant as Stopwatch};

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, GenericImageView, ImageEncoder, Rgb, RgbImage, Rgba, RgbaImage};
use lumbung::kernel::Duration;
use lumbung::kernel::ids::AccountId;
use lumbung::web::rate_limit::{Quota, QuotaError};
use reqwest::Method;
use serde_json::{Value, json};

use crate::products::pastel;
use crate::world::{Client, PASSWORD, Reply, ServerProcess, Village, World};

/// An image whose left half is red and right half blue, with some noise.
fn picture(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let grain = u8::try_from((x * 7 + y * 13) % 32).unwrap();
        if x < width / 2 { Rgb([200 + grain, 20, 20]) } else { Rgb([20, 20, 200 + grain]) }
    })
}

pub(crate) fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let pixels = picture(width, height);
    JpegEncoder::new_with_quality(&mut bytes, 90)
        .write_image(pixels.as_raw(), width, height, ExtendedColorType::Rgb8)
        .unwrap();
    bytes
}

pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes)
        .write_image(picture(width, height).as_raw(), width, height, ExtendedColorType::Rgb8)
        .unwrap();
    bytes
}

fn lossless_webp(width: u32, height: u32) -> Vec<u8> {
    webp::Encoder::from_rgb(picture(width, height).as_raw(), width, height).encode_lossless().to_vec()
}

/// EXIF with a rotation of 90 degrees clockwise and a GPS position.
fn exif() -> Vec<u8> {
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        [&tag.to_be_bytes()[..], &kind.to_be_bytes(), &count.to_be_bytes(), &value].concat()
    };
    let mut tiff = [b"MM\0\x2A".as_slice(), &8_u32.to_be_bytes(), &2_u16.to_be_bytes()].concat();
    tiff.extend(entry(0x0112, 3, 1, [0, 6, 0, 0]));
    tiff.extend(entry(0x8825, 4, 1, 38_u32.to_be_bytes()));
    tiff.extend(0_u32.to_be_bytes());
    tiff.extend(1_u16.to_be_bytes());
    tiff.extend(entry(0x0001, 2, 2, *b"S\0\0\0"));
    tiff.extend(0_u32.to_be_bytes());
    [b"Exif\0\0".as_slice(), &tiff, b"GPS-CIHONJE-33.02.15"].concat()
}

pub(crate) fn with_exif(jpeg: &[u8]) -> Vec<u8> {
    let exif = exif();
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xE1], &length, &exif, &jpeg[2..]].concat()
}

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let body = [kind.as_slice(), data].concat();
    let mut crc = flate2::Crc::new();
    crc.update(&body);
    [&u32::try_from(data.len()).unwrap().to_be_bytes()[..], &body, &crc.sum().to_be_bytes()].concat()
}

fn deflated(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// A PNG with these chunks between header and end.
fn png_of(width: u32, height: u32, colour: [u8; 2], chunks: &[Vec<u8>]) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &colour, &[0, 0, 0]].concat();
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &header), chunks.concat(), chunk(b"IEND", b"")].concat()
}

async fn put(client: &Client, path: &str, content_type: &str, bytes: Vec<u8>) -> Reply {
    client.upload(Method::PUT, path, content_type, bytes).await
}

async fn photo_path(village: &Village) -> String {
    format!("/v1/products/{}/photos/1", village.publish_draft(pastel()).await.id())
}

fn sizes(reply: &Reply) -> Vec<(u64, String, String)> {
    let sizes = reply.json["photos"][0]["sizes"].as_array().unwrap_or_else(|| panic!("sizes: {}", reply.text()));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    sizes.iter().map(|size| (size["pixels"].as_u64().unwrap(), text(&size["jpeg"]), text(&size["webp"]))).collect()
}

#[actix_web::test]
async fn a_photo_is_rotated_resized_and_stripped_of_metadata() {
    let village = World::village().await;
    let path = photo_path(&village).await;
    let sent = with_exif(&jpeg(2000, 1000));
    let reply = put(&village.sari, &path, "image/jpeg", sent).await.expect(201);
    assert_eq!(reply.json["version"], 3);
    let photo = &reply.json["photos"][0];
    assert_eq!(
        (photo["position"].clone(), photo["width"].clone(), photo["height"].clone()),
        (json!(1), json!(540), json!(1080))
    );
    let budgets = [(160, 8_000), (480, 30_000), (1080, 120_000)];
    for ((pixels, jpeg, webp), (edge, budget)) in sizes(&reply).into_iter().zip(budgets) {
        assert_eq!(pixels, edge);
        for (path, content_type) in [(jpeg, "image/jpeg"), (webp, "image/webp")] {
            let file = village.guest().get(&path).await.expect(200);
            assert_eq!(file.header("content-type"), Some(content_type));
            assert_eq!(file.header("cache-control"), Some("public, max-age=31536000, immutable"));
            assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
            assert!(file.bytes.len() <= budget, "{path}: {} bytes", file.bytes.len());
            let shown = image::load_from_memory(&file.bytes).unwrap();
            assert_eq!((u64::from(shown.height()), shown.width()), (edge, u32::try_from(edge / 2).unwrap()));
            // The rotation puts the red left half on top.
            let (top, bottom) =
                (shown.get_pixel(shown.width() / 2, 8), shown.get_pixel(shown.width() / 2, shown.height() - 8));
            assert!(top[0] > 150 && top[2] < 90, "{top:?}");
            assert!(bottom[2] > 150 && bottom[0] < 90, "{bottom:?}");
            for secret in [b"Exif".as_slice(), b"GPS-", b"EXIF"] {
                assert!(
                    !file.bytes.windows(secret.len()).any(|part| part == secret),
                    "{path} tells where it was taken"
                );
            }
            let tag = file.header("etag").unwrap().to_owned();
            assert_eq!(village.guest().with("if-none-match", &tag).get(&path).await.status, 304);
        }
    }
    let listed = village.guest().get("/v1/products/compact").await.expect(200);
    let stem = listed.json["data"][0]["photo"].as_str().unwrap().to_owned();
    village.guest().get(&format!("/v1/photos/{stem}-160.webp")).await.expect(200);
    assert_eq!(village.guest().get("/v1/products").await.json["data"][0]["photos"], reply.json["photos"]);
}

#[actix_web::test]
async fn png_and_webp_are_accepted_and_small_images_are_not_enlarged() {
    let village = World::village().await;
    let product = village.publish_draft(pastel()).await.id();
    let see_through = RgbaImage::from_fn(120, 90, |_, _| Rgba([0, 0, 0, 0]));
    let mut clear = Vec::new();
    PngEncoder::new(&mut clear).write_image(see_through.as_raw(), 120, 90, ExtendedColorType::Rgba8).unwrap();
    let sent = [("image/png", png(100, 60)), ("image/webp", lossless_webp(300, 200)), ("image/png; x=1", clear)];
    for (position, (content_type, bytes)) in (1..).zip(sent) {
        let path = format!("/v1/products/{product}/photos/{position}");
        put(&village.sari, &path, content_type, bytes).await.expect(201);
    }
    let shown = village.guest().get(&format!("/v1/products/{product}")).await.expect(200);
    let photos = shown.json["photos"].as_array().unwrap();
    let dimensions: Vec<_> = photos.iter().map(|photo| (photo["width"].clone(), photo["height"].clone())).collect();
    assert_eq!(dimensions, [(json!(100), json!(60)), (json!(300), json!(200)), (json!(120), json!(90))]);
    let white = village.guest().get(photos[2]["sizes"][0]["jpeg"].as_str().unwrap()).await.expect(200);
    assert_eq!(image::load_from_memory(&white.bytes).unwrap().get_pixel(10, 10), Rgba([255, 255, 255, 255]));
}

/// Harmful files: description, declared content type, bytes, and the expected problem code.
fn harmful(picture: &[u8]) -> Vec<(&'static str, &'static str, Vec<u8>, &'static str)> {
    let row = deflated(&vec![0; 3 * 4000 + 1].repeat(100));
    let huge_jpeg = {
        let mut bytes = picture.to_vec();
        let frame = bytes.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
        bytes[frame + 5..frame + 9].copy_from_slice(&[0xFF; 4]);
        bytes
    };
    let frames = |count: u32| {
        let control = |sequence: u32| {
            chunk(
                b"fcTL",
                &[&sequence.to_be_bytes()[..], &[0, 0, 0, 8, 0, 0, 0, 8], &[0; 8], &[0, 1, 0, 10], &[0, 0]].concat(),
            )
        };
        let data = deflated(&[0; 8 * 25]);
        let mut chunks =
            vec![chunk(b"acTL", &[count.to_be_bytes(), [0; 4]].concat()), control(0), chunk(b"IDAT", &data)];
        for frame in 1..count {
            chunks.push(control(frame * 2 - 1));
            chunks.push(chunk(b"fdAT", &[&(frame * 2).to_be_bytes()[..], &data].concat()));
        }
        png_of(8, 8, [8, 2], &chunks)
    };
    let animated_webp = {
        let frame = lossless_webp(8, 8);
        let body = &frame[12..];
        let size = |bytes: usize| u32::try_from(bytes).unwrap().to_le_bytes();
        let anmf: Vec<u8> = [&[0; 6][..], &[7, 0, 0, 7, 0, 0], &[10, 0, 0], &[0], body].concat();
        let mut riff =
            [b"WEBPVP8X".as_slice(), &size(10), &[2, 0, 0, 0], &[7, 0, 0, 7, 0, 0], b"ANIM", &size(6), &[0; 6]]
                .concat();
        for _ in 0..10_000 {
            riff.extend([b"ANMF".as_slice(), &size(anmf.len()), &anmf].concat());
        }
        [b"RIFF".as_slice(), &size(riff.len()), &riff].concat()
    };
    vec![
        (
            "65535 by 65535 in its header",
            "image/png",
            png_of(65_535, 65_535, [8, 2], &[chunk(b"IDAT", &row)]),
            "photo-too-many-pixels",
        ),
        ("a JPEG that says it is 65535 by 65535", "image/jpeg", huge_jpeg, "photo-too-many-pixels"),
        (
            "sixteen bits a channel over the memory",
            "image/png",
            png_of(4990, 4990, [16, 6], &[chunk(b"IDAT", &row)]),
            "photo-too-many-pixels",
        ),
        (
            "little data for many rows",
            "image/png",
            png_of(4000, 4000, [8, 2], &[chunk(b"IDAT", &row)]),
            "photo-unreadable",
        ),
        ("a JPEG cut off", "image/jpeg", picture[..picture.len() / 2].to_vec(), "photo-unreadable"),
        ("a PNG cut off", "image/png", png(400, 300)[..2000].to_vec(), "photo-unreadable"),
        ("a WebP cut off", "image/webp", lossless_webp(400, 300)[..60].to_vec(), "photo-unreadable"),
        ("a PNG of ten thousand frames", "image/png", frames(10_000), "photo-animated"),
        ("a WebP of ten thousand frames", "image/webp", animated_webp, "photo-animated"),
        ("a PNG said to be a JPEG", "image/jpeg", png(10, 10), "photo-unreadable"),
        (
            "an SVG said to be a PNG",
            "image/png",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(),
            "photo-unreadable",
        ),
        ("a GIF said to be a WebP", "image/webp", b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(), "photo-unreadable"),
        (
            "HTML behind a JPEG's first bytes",
            "image/jpeg",
            b"\xFF\xD8\xFF<script>alert(1)</script>".to_vec(),
            "photo-unreadable",
        ),
        ("nothing", "image/jpeg", Vec::new(), "photo-unreadable"),
        (
            "hundreds of scans",
            "image/jpeg",
            [picture, &[0xFF, 0xDA].repeat(300), &[0xFF, 0xD9]].concat(),
            "photo-unreadable",
        ),
    ]
}

#[actix_web::test]
async fn harmful_files_are_rejected_quickly() {
    let village = World::village().await;
    let path = photo_path(&village).await;
    let picture = jpeg(400, 300);
    let refused = harmful(&picture);
    assert!(refused.len() >= 10);
    for (description, content_type, bytes, code) in refused {
        let start = Stopwatch::now();
        let reply = put(&village.sari, &path, content_type, bytes).await;
        assert_eq!((reply.status, reply.json["code"].as_str()), (422, Some(code)), "{description}: {}", reply.text());
        assert!(start.elapsed() < Elapsed::from_secs(2), "{description} took {:?}", start.elapsed());
    }
    for content_type in ["image/svg+xml", "image/gif", "application/json", "text/html"] {
        put(&village.sari, &path, content_type, picture.clone()).await.expect_problem(415, "media-type-unsupported");
    }
    put(&village.sari, &path, "image/jpeg", vec![0xFF; 5 * 1024 * 1024 + 1])
        .await
        .expect_problem(413, "body-too-large");
    let product = path.replace("/photos/1", "");
    let shown = village.sari.get(&product).await;
    assert_eq!(
        (shown.json["version"].clone(), shown.json["photos"].clone()),
        (json!(2), json!([])),
        "nothing was written"
    );
}

#[cfg(target_os = "linux")]
#[actix_web::test]
async fn harmful_files_do_not_exhaust_memory() {
    let village = World::village().await;
    let path = photo_path(&village).await;
    let server = ServerProcess::start(&village.database, 1);
    let guest = Client::new(reqwest::Client::new(), &format!("http://127.0.0.1:{}", server.port));
    let session = guest.post("/v1/sessions", json!({"login": village.sari.login, "password": PASSWORD})).await;
    let sari = guest.with_token(&session.expect(201).str("access_token"));
    put(&sari, &path, "image/jpeg", jpeg(400, 300)).await.expect(201);
    let before = server.peak_memory_kib();
    let path = path.replace("/photos/1", "/photos/2");
    for (description, content_type, bytes, code) in harmful(&jpeg(400, 300)) {
        let reply = put(&sari, &path, content_type, bytes).await;
        assert_eq!(reply.json["code"].as_str(), Some(code), "{description}: {}", reply.text());
    }
    let more = server.peak_memory_kib() - before;
    assert!(more < 150_000, "{more} KiB more");
}

#[actix_web::test]
async fn data_appended_to_an_image_is_dropped() {
    let village = World::village().await;
    let path = photo_path(&village).await;
    let polyglot = [jpeg(200, 200), b"<script>alert(1)</script>PK\x03\x04".to_vec()].concat();
    let reply = put(&village.sari, &path, "image/jpeg", polyglot).await.expect(201);
    for (_, jpeg, webp) in sizes(&reply) {
        for path in [jpeg, webp] {
            let file = village.guest().get(&path).await.expect(200);
            assert!(!file.bytes.windows(7).any(|part| part == b"<script"));
        }
    }
}

#[actix_web::test]
async fn only_officers_change_photos_and_a_replaced_one_names_its_version() {
    let village = World::village().await;
    let path = photo_path(&village).await;
    let picture = jpeg(60, 40);
    put(&village.guest(), &path, "image/jpeg", picture.clone()).await.expect_problem(401, "unauthenticated");
    put(&village.wati, &path, "image/jpeg", picture.clone()).await.expect_problem(403, "forbidden");
    for stranger in [&village.darsih, &village.buyer, &village.foreign_officer, &village.board] {
        put(stranger, &path, "image/jpeg", picture.clone()).await.expect_problem(404, "not-found");
        stranger.with("if-match", "1").delete(&path).await.expect_problem(404, "not-found");
    }
    let first = put(&village.sari, &path, "image/jpeg", picture.clone()).await.expect(201);
    put(&village.sari, &path, "image/png", png(60, 40)).await.expect_problem(428, "version-required");
    put(&village.sari.with("if-match", "2"), &path, "image/png", png(60, 40))
        .await
        .expect_problem(412, "version-stale");
    let second = put(&village.sari.with_version_of(&first), &path, "image/png", png(90, 40)).await.expect(200);
    assert_ne!(sizes(&first)[0].1, sizes(&second)[0].1, "another content has another name");
    for odd in ["0", "9", "255"] {
        let path = path.replace("photos/1", &format!("photos/{odd}"));
        put(&village.sari, &path, "image/jpeg", picture.clone()).await.expect_problem(422, "photo-place-invalid");
    }
    put(&village.sari, &path.replace("photos/1", "photos/first"), "image/jpeg", picture)
        .await
        .expect_problem(404, "not-found");

    village.sari.delete(&path).await.expect_problem(428, "version-required");
    village.sari.with_version_of(&first).delete(&path).await.expect_problem(412, "version-stale");
    let bare = village.sari.with_version_of(&second).delete(&path).await.expect(200);
    assert_eq!(bare.json["photos"], json!([]));
    village.sari.with_version_of(&bare).delete(&path).await.expect_problem(404, "not-found");
    let kinds = village.event_kinds_of(path.split('/').nth(3).unwrap()).await;
    assert_eq!(kinds[1..4], ["product.photo_added", "product.photo_added", "product.photo_removed"]);
}

#[actix_web::test]
async fn unused_files_are_deleted_after_a_day_and_shared_ones_stay() {
    let village = World::village().await;
    let (path, twin) = (photo_path(&village).await, photo_path(&village).await);
    let (replacement, original) = (jpeg(50, 50), jpeg(60, 50));
    let first = put(&village.sari, &path, "image/jpeg", original).await.expect(201);
    let second = put(&village.sari.with_version_of(&first), &path, "image/jpeg", replacement.clone()).await.expect(200);
    put(&village.sari, &twin, "image/jpeg", replacement).await.expect(201);
    village.sari.with_version_of(&second).delete(&path).await.expect(200);
    village.work().await;
    village.guest().get(&sizes(&first)[0].1).await.expect(200);
    village.clock.advance(Duration::days(1));
    village.work().await;
    for (_, jpeg, webp) in sizes(&first) {
        village.guest().get(&jpeg).await.expect_problem(404, "not-found");
        village.guest().get(&webp).await.expect_problem(404, "not-found");
    }
    village.guest().get(&sizes(&second)[0].1).await.expect(200);
}

#[actix_web::test]
async fn uploads_per_officer_and_day_are_limited() {
    let village = World::village().await;
    let path = photo_path(&village).await;
    // All but the last of the day's two hundred uploads.
    let (now, sari) = (village.clock.now(), village.sari.id.parse::<AccountId>().unwrap());
    let charging = village.app.state.db.write::<_, QuotaError, _>(move |tx| {
        (0..199).try_for_each(|_| Quota { name: "pictures", limit: 200 }.charge(tx, now, sari))
    });
    charging.await.unwrap();
    let first = put(&village.sari, &path, "image/jpeg", jpeg(60, 40)).await.expect(201);
    let refused = put(&village.sari.with_version_of(&first), &path, "image/jpeg", jpeg(50, 40)).await;
    let refused = refused.expect_problem(429, "too-many-requests");
    assert_eq!(refused.header("retry-after"), Some("86401"));
    // Rejected uploads are not charged, and quotas are per account.
    put(&village.wati, &path, "image/jpeg", jpeg(50, 40)).await.expect_problem(403, "forbidden");
    village.clock.advance(Duration::days(1));
    let sari = village.sign_in_again(&village.sari).await;
    put(&sari.with_version_of(&first), &path, "image/jpeg", jpeg(50, 40)).await.expect(200);
    village.work().await;
}

#[actix_web::test]
async fn eight_concurrent_uploads_all_succeed() {
    let village = World::village().await;
    let path = photo_path(&village).await;
    let puts = (1..=8_u32).map(|position| {
        let path = path.replace("photos/1", &format!("photos/{position}"));
        let sari = &village.sari;
        async move {
            loop {
                // Each increases the product's version; the losers of the race retry, like the app.
                let reply = put(sari, &path, "image/jpeg", jpeg(40 + position, 40)).await;
                if reply.status != 412 {
                    return reply.expect(201);
                }
            }
        }
    });
    futures_util::future::join_all(puts).await;
    let shown = village.guest().get(path.strip_suffix("/photos/1").unwrap()).await.expect(200);
    let widths: Vec<_> = shown.json["photos"].as_array().unwrap().iter().map(|photo| photo["width"].clone()).collect();
    assert_eq!(widths, (41..=48).map(|width| json!(width)).collect::<Vec<_>>());
    assert_eq!(shown.json["version"], 10);
}

#[actix_web::test]
async fn paths_cannot_escape_the_directory() {
    let world = World::empty().await;
    for name in [
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e%2f%2e%2e%2flumbung.db",
        "a.jpg",
        "%00.jpg",
        "0f343b0931126a20f133d67c2b018a3b-160.webp",
    ] {
        world.guest().get(&format!("/v1/photos/{name}")).await.expect_problem(404, "not-found");
    }
}

/// The number of public files.
fn count_public_files(village: &Village) -> usize {
    let folder = village.database.folder.path().join("data/files");
    let inside = |folder: std::path::PathBuf| {
        std::fs::read_dir(folder).map(|entries| entries.map(|entry| entry.unwrap().path()).collect()).unwrap_or(vec![])
    };
    inside(folder).into_iter().flat_map(inside).count()
}

#[actix_web::test]
async fn the_loser_of_two_concurrent_uploads_leaves_no_files() {
    let village = World::village().await;
    let path = photo_path(&village).await;
    let first = put(&village.sari, &path, "image/jpeg", jpeg(400, 300)).await.expect(201);
    let editing = village.sari.with_version_of(&first);
    let (one, other) = futures_util::future::join(
        put(&editing, &path, "image/jpeg", jpeg(500, 300)),
        put(&editing, &path, "image/jpeg", jpeg(300, 500)),
    )
    .await;
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    assert!(count_public_files(&village) > 6, "phones may still hold the old ones");
    village.clock.advance(Duration::hours(25));
    village.work().await;
    assert_eq!(count_public_files(&village), 6, "three sizes in two formats of the one that is shown");
    let shown = village.guest().get(path.trim_end_matches("/photos/1")).await.expect(200);
    for (_, jpeg, webp) in sizes(&shown) {
        village.guest().get(&jpeg).await.expect(200);
        village.guest().get(&webp).await.expect(200);
    }
}
