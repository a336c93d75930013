//! The problem codes with their HTTP status, title, sentence and next step in both languages.
//!
//! A code never changes its meaning. Sentences may name members of the problem in braces; all members stand in
//! brackets with an example, from which the documentation takes their type.

use actix_web::http::StatusCode;
use serde_json::{Value, json};

use crate::kernel::Language;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $status:literal $code:literal
        id: $id_title:literal, $id_detail:literal;
        en: $en_title:literal, $en_detail:literal;
        next: $id_next:literal, $en_next:literal $([ $( $member:literal = $example:tt ),+ ])?;
    )*) => {
        /// A problem code, stable over languages and releases.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[$doc])* $name,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Code] = &[$(Code::$name),*];

            /// The code as clients see it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$name => $code,)* }
            }

            /// The HTTP status.
            pub fn status(self) -> StatusCode {
                let status = match self { $(Code::$name => $status,)* };
                StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            }

            /// The title.
            pub const fn title(self, language: Language) -> &'static str {
                match (self, language) { $(
                    (Code::$name, Language::Indonesian) => $id_title,
                    (Code::$name, Language::English) => $en_title,
                )* }
            }

            /// A sentence or two, with the names of members in braces.
            pub const fn detail(self, language: Language) -> &'static str {
                match (self, language) { $(
                    (Code::$name, Language::Indonesian) => $id_detail,
                    (Code::$name, Language::English) => $en_detail,
                )* }
            }

            /// What to do about it: who does what next.
            pub const fn next_step(self, language: Language) -> &'static str {
                match (self, language) { $(
                    (Code::$name, Language::Indonesian) => $id_next,
                    (Code::$name, Language::English) => $en_next,
                )* }
            }

            /// The members that problems of this code may have beyond the common ones, each with an example.
            pub fn members(self) -> Vec<(&'static str, Value)> {
                match self { $(
                    Code::$name => vec![ $( $( ($member, json!($example)) ),+ )? ],
                )* }
            }
        }
    };
}

codes! {
    // ---- every route ----
    /// The body is not JSON, or not of the expected shape.
    BodyUnreadable = 400 "body-unreadable"
        id: "Isi permintaan tidak terbaca", "Isi permintaan bukan JSON yang diharapkan. Lihat daftar kesalahan.";
        en: "The body cannot be read", "The body is not the JSON that is expected. See the list of errors.";
        next: "Perbaiki isian yang disebut dalam daftar kesalahan, lalu kirim lagi.", "Correct the fields that the list of errors names, then send the request again.";
    /// A query parameter is unknown or malformed.
    QueryInvalid = 400 "query-invalid"
        id: "Parameter tidak sah", "Parameter pada alamat tidak dikenal atau salah tulis. Lihat daftar kesalahan.";
        en: "A parameter is not valid", "A parameter of the address is unknown or malformed. See the list of errors.";
        next: "Perbaiki atau hapus parameter yang disebut dalam daftar kesalahan, lalu kirim lagi.", "Correct or remove the parameters that the list of errors names, then send the request again.";
    /// A cursor was altered or belongs to another list.
    CursorInvalid = 400 "cursor-invalid"
        id: "Penanda halaman tidak sah", "Penanda halaman ini tidak berlaku untuk daftar ini. Mulailah lagi dari halaman pertama.";
        en: "The cursor is not valid", "This cursor does not belong to this list. Start again from the first page.";
        next: "Minta halaman pertama tanpa cursor, lalu ikuti penanda next dari jawabannya.", "Ask for the first page without a cursor, then follow the next cursor of each answer.";
    /// The request needs an idempotency key.
    IdempotencyKeyRequired = 400 "idempotency-key-required"
        id: "Idempotency-Key wajib ada", "Permintaan ini memindahkan barang atau uang. Sertakan header Idempotency-Key.";
        en: "An Idempotency-Key is required", "This request moves goods or money. Send an Idempotency-Key header.";
        next: "Buat kunci acak baru untuk tindakan ini, dan pakai kunci yang sama bila permintaan dikirim ulang.", "Make a new random key for this action, and send the same key when the request is repeated.";
    /// The idempotency key is malformed.
    IdempotencyKeyInvalid = 400 "idempotency-key-invalid"
        id: "Idempotency-Key tidak sah", "Idempotency-Key harus 16 sampai 64 huruf, angka, garis bawah atau tanda hubung; tanpa akun paling sedikit 22, dan acak.";
        en: "The Idempotency-Key is not valid", "An Idempotency-Key is 16 to 64 letters, digits, underscores or dashes; without an account at least 22, made at random.";
        next: "Kirim kunci acak baru yang sesuai format, misalnya UUID.", "Send a new random key of this format, such as a UUID.";
    /// A header is malformed.
    HeaderInvalid = 400 "header-invalid"
        id: "Header tidak sah", "Sebuah header permintaan salah tulis.";
        en: "A header is not valid", "A header of the request is malformed.";
        next: "Perbaiki header yang disebut dalam header, lalu kirim lagi.", "Correct the header that the member header names, then send the request again."
            ["header" = "If-Match"];
    /// The caller must sign in.
    Unauthenticated = 401 "unauthenticated"
        id: "Silakan masuk", "Silakan masuk ke akun Anda dahulu.";
        en: "Please sign in", "Please sign in to your account first.";
        next: "Masuk lewat POST /v1/sessions, lalu kirim token aksesnya di header Authorization.", "Sign in with POST /v1/sessions, then send the access token in the Authorization header.";
    /// The access token is invalid or has expired.
    TokenInvalid = 401 "token-invalid"
        id: "Sesi berakhir", "Sesi Anda sudah berakhir. Silakan masuk lagi.";
        en: "The session has ended", "Your session has ended. Please sign in again.";
        next: "Perbarui sesi dengan token penyegar; bila gagal, masuk lagi.", "Refresh the session with the refresh token; if that fails, sign in again.";
    /// The caller lacks the role.
    Forbidden = 403 "forbidden"
        id: "Tidak diizinkan", "Peran Anda tidak mengizinkan tindakan ini.";
        en: "Not allowed", "Your role does not allow this.";
        next: "Minta orang yang berwenang melakukannya, atau minta pengurus memberi Anda peran itu.", "Ask somebody who has the role to do it, or ask the board to give you the role.";
    /// The object does not exist, or its existence is hidden from the caller.
    NotFound = 404 "not-found"
        id: "Tidak ditemukan", "Yang Anda cari tidak ada atau bukan milik Anda.";
        en: "Not found", "What you look for is not there, or is not yours.";
        next: "Periksa alamat dan ID-nya, dan pastikan Anda masuk dengan akun yang benar.", "Check the address and the id, and that you are signed in with the right account.";
    /// The path does not support this method.
    MethodNotAllowed = 405 "method-not-allowed"
        id: "Metode tidak didukung", "Alamat ini tidak menerima metode tersebut.";
        en: "The method is not allowed", "This address does not take that method.";
        next: "Pakai salah satu metode yang disebut dalam header Allow.", "Use one of the methods that the Allow header names.";
    /// None of the accepted formats is available.
    NotAcceptable = 406 "not-acceptable"
        id: "Format tidak tersedia", "Jawaban tidak tersedia dalam format yang diminta.";
        en: "Not acceptable", "There is no answer in a format you accept.";
        next: "Minta format yang ada di dokumentasi lewat header Accept, misalnya application/json.", "Ask for a documented format in the Accept header, such as application/json.";
    /// The request took too long to arrive.
    RequestTimeout = 408 "request-timeout"
        id: "Terlalu lama", "Permintaan terlalu lama sampai. Coba lagi.";
        en: "Too slow", "The request took too long to arrive. Please try again.";
        next: "Periksa sambungan internet Anda, lalu kirim permintaan yang sama lagi.", "Check your connection, then send the same request again.";
    /// The id of a new object is taken by another request.
    IdTaken = 409 "id-taken"
        id: "ID sudah dipakai", "ID ini sudah dipakai untuk permintaan lain.";
        en: "The id is taken", "This id was already used for another request.";
        next: "Muat data dengan ID ini; bila bukan milik permintaan Anda, kirim lagi dengan ID baru.", "Load the object with this id; if it is not the one of your request, send it again with a new id.";
    /// The same request is still being processed.
    IdempotencyInProgress = 409 "idempotency-in-progress"
        id: "Masih diproses", "Permintaan yang sama masih diproses. Coba lagi sebentar.";
        en: "Still running", "The same request is still being worked on. Try again in a moment.";
        next: "Tunggu sebentar, lalu kirim permintaan yang sama dengan kunci yang sama.", "Wait a moment, then send the same request with the same key."
            ["retry_after" = 1];
    /// The request was executed before, but its stored response was erased with the person's data.
    AnswerForgotten = 409 "answer-forgotten"
        id: "Jawaban sudah dihapus", "Permintaan ini sudah dijalankan, tetapi jawabannya sudah dihapus bersama data pembelinya. Muat ulang datanya.";
        en: "The answer was forgotten", "This request was carried out, but its answer was forgotten with the buyer's data. Load the data again.";
        next: "Jangan kirim ulang; muat datanya untuk melihat hasilnya.", "Do not send it again; load the data to see the result.";
    /// The transition is not possible in the object's current state.
    TransitionInvalid = 409 "transition-invalid"
        id: "Langkah tidak bisa dilakukan", "Dalam keadaan sekarang ({state}), langkah ini tidak bisa dilakukan.";
        en: "The step is not possible", "In its present state ({state}) this step is not possible.";
        next: "Muat ulang datanya dan pilih langkah yang sesuai dengan keadaannya.", "Load the object again and choose a step that its state allows."
            ["state" = "cancelled", "contract_status" = "ended", "request_status" = "withdrawn"];
    /// The version in `If-Match` is stale.
    VersionStale = 412 "version-stale"
        id: "Data sudah berubah", "Data ini sudah diubah orang lain. Muat ulang, lalu ulangi perubahan Anda.";
        en: "The data has changed", "Someone else has changed this. Load it again and repeat your change.";
        next: "Muat ulang data, gabungkan perubahan Anda, lalu kirim dengan versi yang baru.", "Load the data again, apply your change to it, and send it with the new version."
            ["current_version" = 4];
    /// The body is larger than allowed.
    BodyTooLarge = 413 "body-too-large"
        id: "Isi terlalu besar", "Isi permintaan terlalu besar.";
        en: "The body is too large", "The body of the request is too large.";
        next: "Kecilkan atau bagi isinya, lalu kirim lagi.", "Make the body smaller or split it, then send it again."
            ["limit" = 65536];
    /// The content type is not supported.
    MediaTypeUnsupported = 415 "media-type-unsupported"
        id: "Jenis isi tidak didukung", "Kirim isi permintaan sebagai {expected}.";
        en: "The media type is not supported", "Send the body as {expected}.";
        next: "Ubah header Content-Type dan bentuk isinya, lalu kirim lagi.", "Change the Content-Type header and the form of the body, then send it again."
            ["expected" = "application/json"];
    /// The body breaks a rule.
    BodyInvalid = 422 "body-invalid"
        id: "Ada isian yang salah", "Ada isian yang perlu diperbaiki. Lihat daftar kesalahan.";
        en: "Something needs mending", "Some of what was sent needs mending. See the list of errors.";
        next: "Perbaiki setiap isian yang disebut dalam daftar kesalahan, lalu kirim lagi.", "Correct every field that the list of errors names, then send the request again."
            ["pack_size" = 12];
    /// The idempotency key was used for another request.
    IdempotencyKeyReused = 422 "idempotency-key-reused"
        id: "Idempotency-Key sudah dipakai", "Idempotency-Key ini sudah dipakai untuk permintaan lain.";
        en: "The Idempotency-Key was reused", "This Idempotency-Key was already used for another request.";
        next: "Buat kunci baru untuk permintaan yang berbeda.", "Make a new key for a different request.";
    /// An edit without `If-Match`.
    VersionRequired = 428 "version-required"
        id: "If-Match wajib ada", "Sertakan header If-Match dengan versi data yang Anda ubah.";
        en: "If-Match is required", "Send an If-Match header with the version you are changing.";
        next: "Muat datanya, lalu kirim ETag jawabannya sebagai If-Match.", "Load the object, then send the ETag of the answer as If-Match.";
    /// Too many requests.
    TooManyRequests = 429 "too-many-requests"
        id: "Terlalu sering", "Terlalu banyak permintaan. Coba lagi dalam {retry_after} detik.";
        en: "Too many requests", "Too many requests. Try again in {retry_after} seconds.";
        next: "Tunggu selama waktu yang disebut header Retry-After sebelum mencoba lagi.", "Wait for the time that the Retry-After header gives before you try again."
            ["retry_after" = 30];
    /// An unexpected error of the server.
    Internal = 500 "internal"
        id: "Kesalahan di pihak kami", "Ada kesalahan di pihak kami. Coba lagi; bila berulang, sebutkan nomor permintaan ini.";
        en: "A fault of ours", "Something went wrong on our side. Try again; if it happens again, tell us the request id.";
        next: "Coba lagi sekali; bila gagal lagi, kirim nomor permintaannya kepada pengelola layanan.", "Try once more; if it fails again, send the request id to the operator of the service.";
    /// The service is temporarily unavailable.
    Unavailable = 503 "unavailable"
        id: "Sedang sibuk", "Layanan sedang sibuk. Coba lagi sebentar.";
        en: "Busy", "The service is busy. Try again in a moment.";
        next: "Tunggu selama waktu yang disebut header Retry-After, lalu kirim permintaan yang sama.", "Wait for the time that the Retry-After header gives, then send the same request."
            ["retry_after" = 2, "because" = "draining"];
    /// The disk is full: reads work, writes fail.
    StorageFull = 507 "storage-full"
        id: "Penyimpanan penuh", "Penyimpanan penuh; perubahan belum bisa disimpan. Tidak ada yang hilang. Coba lagi nanti.";
        en: "The storage is full", "The storage is full; changes cannot be saved yet. Nothing was lost. Try again later.";
        next: "Beri tahu pengelola layanan agar menambah ruang penyimpanan, lalu coba lagi.", "Tell the operator of the service to free disk space, then try again.";
    // ---- accounts ----
    /// Unknown login or wrong password; the response does not say which.
    SignInFailed = 401 "sign-in-failed"
        id: "Gagal masuk", "Surel, nomor HP, atau kata sandi salah.";
        en: "Could not sign in", "The e-mail address, phone number or password is wrong.";
        next: "Periksa email atau nomor HP dan kata sandinya, atau atur ulang kata sandi.", "Check the login and the password, or reset the password.";
    /// The refresh token is invalid or has expired.
    RefreshInvalid = 401 "refresh-invalid"
        id: "Sesi berakhir", "Sesi di perangkat ini sudah berakhir. Silakan masuk lagi.";
        en: "The session has ended", "The session on this device has ended. Please sign in again.";
        next: "Masuk lagi di perangkat ini dengan kata sandi Anda.", "Sign in again on this device with your password.";
    /// The current password, which a change requires, is wrong.
    PasswordWrong = 403 "password-wrong"
        id: "Kata sandi salah", "Kata sandi Anda yang sekarang salah.";
        en: "The password is wrong", "Your present password is wrong.";
        next: "Ketik kata sandi Anda yang sekarang dengan benar, atau atur ulang lewat email.", "Enter your present password correctly, or reset it by e-mail.";
    /// The e-mail address or phone number belongs to an account.
    LoginTaken = 409 "login-taken"
        id: "Sudah terdaftar", "Surel atau nomor HP ini sudah terdaftar. Silakan masuk, atau atur ulang kata sandi.";
        en: "Already registered", "This e-mail address or phone number is registered already. Sign in, or reset the password.";
        next: "Masuk ke akun yang sudah ada, atau daftarkan email atau nomor HP lain.", "Sign in to the existing account, or register another e-mail address or phone number."
            ["field" = "email"];
    /// The account must keep an e-mail address or a phone number.
    LoginNeeded = 422 "login-needed"
        id: "Surel atau nomor HP wajib ada", "Akun harus punya surel atau nomor HP untuk masuk.";
        en: "A login is needed", "An account needs an e-mail address or a phone number to sign in with.";
        next: "Isi email atau nomor HP sebelum menghapus yang satunya.", "Enter an e-mail address or a phone number before you remove the other one.";
    /// A link or code is unknown, used or expired; the response does not say which.
    LinkInvalid = 410 "link-invalid"
        id: "Tautan tidak berlaku", "Tautan atau kode ini tidak berlaku lagi. Mintalah yang baru.";
        en: "The link is no longer good", "This link or code is no longer good. Please ask for a new one.";
        next: "Minta tautan atau kode baru, lalu pakai yang paling akhir dikirim.", "Ask for a new link or code, and use the one that was sent last.";
    // ---- cooperatives ----
    /// Another cooperative has this code.
    CooperativeCodeTaken = 409 "cooperative-code-taken"
        id: "Kode koperasi sudah dipakai", "Kode ini sudah dipakai koperasi lain. Pilih kode yang lain.";
        en: "The code is taken", "Another cooperative has this code. Choose another one.";
        next: "Kirim lagi dengan kode koperasi yang lain.", "Send it again with another code of the cooperative.";
    /// The cooperative has a group of this name.
    GroupNameTaken = 409 "group-name-taken"
        id: "Nama kelompok sudah dipakai", "Di koperasi ini sudah ada kelompok dengan nama tersebut. Pilih nama yang lain.";
        en: "The name is taken", "This cooperative already has a group of that name. Choose another one.";
        next: "Kirim lagi dengan nama kelompok yang lain.", "Send it again with another name of the group.";
    /// The person has reached the limit of groups that await approval.
    TooManyGroups = 409 "too-many-groups"
        id: "Terlalu banyak kelompok", "Anda sudah punya {limit} kelompok yang belum disetujui. Selesaikan itu dahulu.";
        en: "Too many groups", "You already have {limit} groups that are not approved yet. Settle those first.";
        next: "Tunggu pengurus koperasi menyetujui kelompok Anda, atau tutup yang tidak jadi.", "Wait until the board approves your groups, or close those that you no longer want."
            ["limit" = 5];
    /// The group has reached its limit of members.
    GroupFull = 409 "group-full"
        id: "Kelompok sudah penuh", "Satu kelompok paling banyak beranggota {limit} orang.";
        en: "The group is full", "A group has at most {limit} members.";
        next: "Keluarkan anggota yang sudah tidak aktif, atau bentuk kelompok baru.", "Remove members who are no longer active, or form another group."
            ["limit" = 200];
    /// The group would have no chair.
    LastChair = 409 "last-chair"
        id: "Kelompok perlu ketua", "Ini satu-satunya ketua kelompok. Tunjuk ketua lain dahulu.";
        en: "A group needs a chair", "This is the only chair of the group. Name another one first.";
        next: "Jadikan anggota lain ketua, lalu ulangi perubahan ini.", "Make another member the chair, then repeat this change.";
    /// The member has an account already.
    MemberLinked = 409 "member-linked"
        id: "Anggota sudah punya akun", "Anggota ini sudah terhubung dengan sebuah akun.";
        en: "The member has an account", "This member is linked to an account already.";
        next: "Muat ulang daftar anggota; undangan tidak diperlukan lagi.", "Load the list of members again; no invitation is needed any more.";
    /// The member has no account.
    MemberUnlinked = 409 "member-unlinked"
        id: "Anggota belum punya akun", "Anggota ini belum terhubung dengan akun. Undang dahulu.";
        en: "The member has no account", "This member is not linked to an account yet. Invite them first.";
        next: "Pengurus kelompok mengundang anggota ini, dan anggota menerima undangannya.", "An officer of the group invites this member, who accepts the invitation.";
    /// The member's account has no phone number to verify.
    MemberWithoutPhone = 409 "member-without-phone"
        id: "Anggota belum punya nomor HP", "Akun anggota ini belum mencantumkan nomor HP.";
        en: "The member has no number", "The account of this member has no phone number.";
        next: "Anggota menambahkan nomor HP di profilnya, lalu pengurus mencoba lagi.", "The member adds a phone number to the profile, then the officer tries again.";
    /// The group may not issue a reset code for this account.
    ResetCodeRefused = 409 "reset-code-refused"
        id: "Kode tidak bisa dibuat", "Anggota ini punya surel atau jabatan lain. Ia perlu menyetel ulang kata sandi lewat surel.";
        en: "No code for this member", "This member has an e-mail address or another office. They set a new password by mail.";
        next: "Anggota meminta tautan atur ulang kata sandi ke emailnya.", "The member asks for a link to reset the password by e-mail.";
    /// The person is in the group already.
    AlreadyMember = 409 "already-member"
        id: "Sudah menjadi anggota", "Anda sudah menjadi anggota kelompok ini.";
        en: "A member already", "You are a member of this group already.";
        next: "Buka kelompoknya; undangan ini tidak perlu diterima lagi.", "Open the group; the invitation need not be accepted any more.";
    /// The person holds this office already.
    OfficeHeld = 409 "office-held"
        id: "Jabatan sudah dipegang", "Orang ini sudah memegang jabatan tersebut.";
        en: "The office is held", "This person holds that office already.";
        next: "Muat ulang daftar jabatan; tidak ada yang perlu diubah.", "Load the list of offices again; nothing needs to be changed.";
    /// The cooperative has reached its limit of pick-up points or delivery zones.
    TooManySpots = 409 "too-many-spots"
        id: "Terlalu banyak", "Paling banyak {limit} untuk satu koperasi.";
        en: "Too many", "A cooperative has at most {limit} of these.";
        next: "Hapus titik ambil atau wilayah antar yang tidak dipakai, lalu tambahkan yang baru.", "Remove pick-up points or delivery zones that are not used, then add the new one."
            ["limit" = 100];
    /// The invitation was accepted or revoked, or has expired.
    InvitationSpent = 410 "invitation-spent"
        id: "Undangan tidak berlaku lagi", "Undangan ini sudah dipakai, dibatalkan atau kedaluwarsa. Minta undangan baru kepada pengurus kelompok.";
        en: "The invitation no longer stands", "This invitation was used, taken back or has expired. Ask the group's officers for a new one.";
        next: "Pengurus kelompok membuat undangan baru untuk Anda.", "An officer of the group makes a new invitation for you.";
    // ---- calendar ----
    /// The calendar already has this occasion.
    OccasionKnown = 409 "occasion-known"
        id: "Sudah ada di kalender", "Peringatan ini sudah ada di kalender. Ubahlah yang sudah ada.";
        en: "In the calendar already", "The calendar has this occasion already. Change the one that is there.";
        next: "Muat kalender, lalu ubah peringatan yang sudah ada.", "Load the calendar, then change the existing occasion.";
    /// The day has reached its limit of occasions.
    CalendarDayFull = 409 "calendar-day-full"
        id: "Harinya sudah penuh", "Satu hari paling banyak punya {limit} peringatan.";
        en: "The day is full", "A day has at most {limit} occasions.";
        next: "Hapus salah satu peringatan pada hari itu, lalu tambahkan yang baru.", "Remove an occasion of that day, then add the new one."
            ["limit" = 5];
    // ---- catalogue and photos ----
    /// The product is no longer listed.
    ProductRetired = 410 "product-retired"
        id: "Barang sudah tidak dijual", "Barang ini sudah tidak dijual lagi.";
        en: "No longer sold", "This product is no longer sold.";
        next: "Pilih barang lain dari kelompok ini atau dari katalog.", "Choose another product of this group or of the catalogue.";
    /// The board withdrew the product.
    ProductWithdrawn = 409 "product-withdrawn"
        id: "Barang ditarik pengurus", "Barang ini ditarik oleh pengurus koperasi. Hubungi pengurus untuk menjualnya lagi.";
        en: "Withdrawn by the board", "The cooperative's board withdrew this product. Ask the board to sell it again.";
        next: "Hubungi pengurus koperasi dan tanyakan apa yang harus diperbaiki.", "Ask the board of the cooperative what has to be corrected.";
    /// The group is not active, so its products cannot be listed.
    ProductGroupInactive = 409 "product-group-inactive"
        id: "Kelompok belum aktif", "Kelompok ini sedang tidak aktif, jadi barangnya belum bisa dijual.";
        en: "The group is not active", "This group is not active, so its goods cannot be sold.";
        next: "Tunggu kelompok disetujui atau diaktifkan lagi oleh pengurus koperasi.", "Wait until the board of the cooperative approves the group or activates it again.";
    /// The photo's place is not in the range 1 to 8.
    PhotoPlaceInvalid = 422 "photo-place-invalid"
        id: "Nomor foto tidak ada", "Satu barang paling banyak punya {limit} foto. Pakai nomor 1 sampai {limit}.";
        en: "No such place for a photo", "A product has at most {limit} photos. Use a place from 1 to {limit}.";
        next: "Kirim foto ke nomor yang tersedia, atau ganti foto yang sudah ada.", "Send the photo to one of these places, or replace an existing photo."
            ["limit" = 8];
    /// The picture is damaged, truncated or of another type than declared.
    PhotoUnreadable = 422 "photo-unreadable"
        id: "Foto tidak terbaca", "Foto ini rusak atau bukan JPEG, PNG atau WebP yang sebenarnya. Coba foto lain.";
        en: "The photo cannot be read", "This photo is damaged, or not really a JPEG, PNG or WebP. Try another.";
        next: "Simpan ulang foto sebagai JPEG, lalu kirim lagi.", "Save the photo as a JPEG again, then send it.";
    /// The picture has too many pixels.
    PhotoTooManyPixels = 422 "photo-too-many-pixels"
        id: "Foto terlalu besar", "Foto ini lebih dari 25 megapiksel. Kecilkan dahulu, lalu kirim lagi.";
        en: "The photo is too large", "This photo has more than 25 megapixels. Make it smaller and send it again.";
        next: "Kecilkan foto hingga di bawah 25 megapiksel, lalu kirim lagi.", "Reduce the photo to less than 25 megapixels, then send it again.";
    /// The picture is animated.
    PhotoAnimated = 422 "photo-animated"
        id: "Foto bergerak tidak bisa", "Gambar bergerak tidak bisa dipakai. Kirim foto biasa.";
        en: "Animations are not taken", "A moving picture cannot be used. Send a plain photo.";
        next: "Kirim foto diam berformat JPEG, PNG atau WebP.", "Send a still photo as JPEG, PNG or WebP.";
    // ---- supply ----
    /// The available quantity is too small.
    SoldOut = 409 "sold-out"
        id: "Stok tidak cukup", "Stok tidak cukup, sisa {available}.";
        en: "Not enough left", "There is not enough of it, {available} left.";
        next: "Kurangi jumlahnya, atau pesan untuk hari lain; next_day menyebut hari pertama yang cukup.", "Order less, or for another day; next_day names the first day with enough."
            ["available" = 12, "next_day" = "2026-12-02", "line" = 0];
    /// The day is in the past.
    DayPast = 422 "day-past"
        id: "Tanggal sudah lewat", "Tanggal itu sudah lewat. Pilih hari ini atau sesudahnya.";
        en: "The day is over", "That day is over. Choose today or a later day.";
        next: "Pesan untuk hari ini atau sesudahnya.", "Order for today or a later day."
            ["available" = 12, "next_day" = "2026-12-02", "line" = 0];
    /// Orders for that day are not open yet.
    DayTooFarAhead = 422 "day-too-far-ahead"
        id: "Tanggal terlalu jauh", "Pesanan untuk tanggal itu belum dibuka. Pilih tanggal yang lebih dekat.";
        en: "The day is too far ahead", "Orders for that day are not open yet. Choose an earlier day.";
        next: "Pilih hari yang lebih dekat, atau tunggu sampai pesanan untuk hari itu dibuka.", "Choose a nearer day, or wait until orders for that day open."
            ["available" = 12, "next_day" = "2026-12-02", "line" = 0];
    /// It is too late to order for that day.
    CutoffPassed = 409 "cutoff-passed"
        id: "Batas pesan sudah lewat", "Pesanan untuk hari itu sudah ditutup. Pilih hari lain.";
        en: "Too late to order", "Orders for that day are closed. Choose another day.";
        next: "Pilih hari lain yang masih menerima pesanan; next_day menyebutnya bila ada.", "Choose another day that still takes orders; next_day names one if there is any."
            ["available" = 12, "next_day" = "2026-12-02", "line" = 0];
    /// The product is not made on that weekday.
    NotMadeThatDay = 422 "not-made-that-day"
        id: "Tidak dibuat hari itu", "Produk ini tidak dibuat pada hari itu. Pilih hari lain.";
        en: "Not made on that day", "This product is not made on that day. Choose another day.";
        next: "Lihat ketersediaan produk, lalu pilih hari pembuatannya.", "Look at the availability of the product and choose a day on which it is made."
            ["available" = 12, "next_day" = "2026-12-02", "line" = 0];
    /// The group is closed on that day.
    GroupClosed = 409 "group-closed"
        id: "Kelompok tutup hari itu", "Kelompok ini tutup pada hari itu. Pilih hari lain.";
        en: "The group is shut that day", "The group is shut on that day. Choose another day.";
        next: "Lihat ketersediaan produk, lalu pilih hari saat kelompok buka.", "Look at the availability of the product and choose a day on which the group is open."
            ["available" = 12, "next_day" = "2026-12-02", "line" = 0];
    /// The day to close is more than a year ahead.
    ClosedDayTooFar = 422 "closed-day-too-far"
        id: "Tanggal terlalu jauh", "Hari tutup bisa dicatat paling jauh {limit} hari ke depan.";
        en: "The day is too far ahead", "A day can be closed up to {limit} days ahead.";
        next: "Catat hari tutup itu nanti, saat tanggalnya sudah lebih dekat.", "Record the closed day later, when it is nearer."
            ["limit" = 366];
    /// The stock does not stay fresh until that day.
    NotFreshThatDay = 409 "not-fresh-that-day"
        id: "Tidak tahan sampai hari itu", "Stok yang ada tidak tahan sampai hari itu. Pilih hari yang lebih awal.";
        en: "It does not keep until then", "What is in stock does not keep until that day. Choose an earlier day.";
        next: "Pilih hari yang lebih awal, atau pesan dari kloter yang baru.", "Choose an earlier day, or order from a fresher batch."
            ["available" = 12, "next_day" = "2026-12-02", "line" = 0];
    /// The batch accepts no orders.
    BatchClosed = 409 "batch-closed"
        id: "Kloter sudah ditutup", "Kloter ini tidak menerima pesanan lagi.";
        en: "The batch is closed", "This batch takes no more orders.";
        next: "Pilih kloter atau hari lain.", "Choose another batch or day."
            ["available" = 12, "next_day" = "2026-12-02", "line" = 0];
    /// The product is not for sale.
    NotOnSale = 409 "not-on-sale"
        id: "Tidak dijual", "Produk ini sedang tidak dijual.";
        en: "Not for sale", "This product is not for sale now.";
        next: "Hapus barang ini dari pesanan atau pilih barang lain.", "Remove the product from the order, or choose another."
            ["line" = 0];
    /// The batch would be smaller than its claims and discards.
    BatchTooSmall = 409 "batch-too-small"
        id: "Jumlah kurang", "Jumlahnya tidak cukup untuk yang sudah dipesan atau dibuang.";
        en: "The batch is too small", "That is less than what was ordered or discarded already.";
        next: "Naikkan jumlahnya, atau batalkan dahulu sebagian pesanan kloter ini.", "Enter a larger quantity, or cancel some orders of this batch first.";
    /// A part of the batch was handed over.
    BatchHasClaims = 409 "batch-has-claims"
        id: "Sudah diserahkan", "Sebagian kloter ini ({claimed}) sudah diserahkan, jadi tidak bisa dibatalkan lagi.";
        en: "Handed over already", "Some of this batch ({claimed}) is handed over, so that it cannot be called off any more.";
        next: "Biarkan kloter ini, dan catat barang yang kembali bila ada.", "Leave the batch as it is, and record goods that come back, if any."
            ["claimed" = 20];
    // ---- orders ----
    /// The total of the order differs from the one the buyer saw.
    TotalChanged = 409 "total-changed"
        id: "Jumlah berubah", "Harga atau persediaan berubah: sekarang {total} rupiah. Periksa lagi, lalu pesan dengan jumlah baru.";
        en: "The total has changed", "Prices or supply have changed: it is now {total} rupiah. Look again, then order with the new total.";
        next: "Tunjukkan hitungan baru dari quote kepada pembeli, lalu pesan lagi dengan expected_total yang baru.", "Show the buyer the new quote, then order again with its total as expected_total."
            ["total" = 78000, "quote" = {"total": 78000}];
    /// The deadline for cancelling has passed.
    CancelTooLate = 409 "cancel-too-late"
        id: "Sudah lewat batas batal", "Batas pembatalan sudah lewat. Hubungi pengurus kelompok.";
        en: "Too late to cancel", "The time to cancel has passed. Ask an officer of the group.";
        next: "Hubungi pengurus kelompok dan sepakati pembatalannya dengan mereka.", "Call an officer of the group and agree on the cancellation."
            ["day" = "2026-12-02"];
    /// The deadline for undoing a hand-over has passed.
    UndoTooLate = 409 "undo-too-late"
        id: "Sudah terlambat", "Penyerahan ini tidak bisa dibatalkan lagi. Catat sebagai barang kembali.";
        en: "Too late to undo", "This hand-over can no longer be undone. Record the goods as returned.";
        next: "Pengurus mencatat barangnya sebagai barang kembali.", "The officer records the goods as returned.";
    /// A total of the order is out of bounds.
    AmountTooLarge = 422 "amount-too-large"
        id: "Jumlah terlalu besar", "Nilai pesanan ini terlalu besar. Bagi menjadi beberapa pesanan.";
        en: "The amount is too large", "This order comes to too much. Split it into several.";
        next: "Bagi pesanan menjadi beberapa pesanan yang lebih kecil.", "Split the order into several smaller ones.";
    // ---- payments ----
    /// The order was cancelled or expired.
    OrderTakesNoPayment = 409 "order-takes-no-payment"
        id: "Pesanan sudah ditutup", "Pesanan ini sudah dibatalkan atau kedaluwarsa, jadi tidak menerima pembayaran lagi.";
        en: "The order is closed", "This order was cancelled or has expired and takes no more payments.";
        next: "Jangan membayar; buat pesanan baru bila barangnya masih diinginkan.", "Do not pay; place a new order if the goods are still wanted.";
    /// Nothing is owed.
    NothingOwed = 409 "nothing-owed"
        id: "Tidak ada tagihan", "Tidak ada lagi yang perlu dibayar untuk pesanan ini.";
        en: "Nothing is owed", "Nothing is left to pay for this order.";
        next: "Jangan membayar lagi; muat ulang tagihannya.", "Do not pay again; load the bill again.";
    /// More cash than is owed.
    MoreThanOwed = 422 "more-than-owed"
        id: "Melebihi tagihan", "Jumlah yang dicatat melebihi tagihan. Yang masih harus dibayar {owed_text}.";
        en: "More than is owed", "The amount is more than what is owed, which is {owed_text}.";
        next: "Catat paling banyak jumlah dalam owed.", "Enter at most the amount in owed."
            ["owed" = 25000, "owed_text" = "Rp25.000"];
    /// The refund exceeds the refundable amount.
    MoreThanRefundable = 422 "more-than-refundable"
        id: "Melebihi uang yang masuk", "Pengembalian melebihi sisa pembayaran ini. Paling banyak {refundable_text}.";
        en: "More than can go back", "The refund is more than what is left of that payment: at most {refundable_text}.";
        next: "Kembalikan paling banyak jumlah dalam refundable.", "Refund at most the amount in refundable."
            ["refundable" = 25000, "refundable_text" = "Rp25.000"];
    /// What the payment left over was refunded, or pays other orders.
    PaymentUsed = 409 "payment-used"
        id: "Uangnya sudah dipakai", "Kelebihan dari pesanan ini sudah dikembalikan atau sudah membayar pesanan lain: {order_numbers_text}.";
        en: "The money has been used", "What was left over of this order was refunded, or pays other orders: {order_numbers_text}.";
        next: "Tarik dulu pembayaran dari kelebihan pada pesanan dalam order_numbers, lalu ulangi.", "Reverse the credit payments of the orders in order_numbers first, then repeat this."
            ["order_numbers" = ["CIH-2611-0042"], "order_numbers_text" = "CIH-2611-0042"];
    /// The refund names no confirmed payment of its order.
    NothingToRefund = 422 "nothing-to-refund"
        id: "Tidak ada yang dikembalikan", "Sebutkan pembayaran masuk yang sudah diterima dari pesanan ini, dan jumlahnya.";
        en: "Nothing to refund", "Name a confirmed payment of this order, and how much of it goes back.";
        next: "Pilih pembayaran yang sudah dikonfirmasi dari pesanan ini.", "Choose a confirmed payment of this order.";
    /// The order has reached its limit of transfers that await confirmation.
    TooManyPendingPayments = 409 "too-many-pending-payments"
        id: "Masih menunggu pemeriksaan", "Beberapa transfer untuk pesanan ini masih diperiksa bendahara. Tunggu dahulu.";
        en: "Transfers are still being checked", "Several transfers for this order still wait for the treasurer.";
        next: "Tunggu bendahara memeriksa transfer yang sudah ada, atau batalkan yang tidak jadi dikirim.", "Wait until the treasurer has checked the existing transfers, or cancel those that were not sent.";
    /// Payment through a gateway is not offered.
    GatewayNotOffered = 422 "gateway-not-offered"
        id: "Cara bayar tidak tersedia", "Pembayaran lewat penyedia pembayaran tidak tersedia di sini. Pilih cara lain.";
        en: "This way to pay is not offered", "Payments through a gateway are not offered here. Choose another way.";
        next: "Pilih transfer, QRIS atau tunai dari daftar cara bayar.", "Choose transfer, QRIS or cash from the list of ways to pay.";
    /// The amount exceeds the gateway's limit.
    MoreThanGatewayTakes = 422 "more-than-gateway-takes"
        id: "Terlalu besar untuk cara ini", "Lewat penyedia pembayaran paling banyak {most_text} sekali bayar.";
        en: "Too much for this way to pay", "The gateway takes at most {most_text} at once.";
        next: "Bayar paling banyak jumlah dalam most, atau pilih transfer.", "Pay at most the amount in most, or choose a transfer."
            ["most" = 10000000, "most_text" = "Rp10.000.000"];
    /// The gateway's signature of a notification is invalid.
    SignatureInvalid = 403 "signature-invalid"
        id: "Tanda tangan tidak sah", "Pemberitahuan ini tidak ditandatangani oleh penyedia pembayaran.";
        en: "The signature is not valid", "This notification is not signed by the gateway.";
        next: "Pengelola layanan memeriksa gateway.signature_key dengan kunci di dasbor penyedia.", "The operator compares gateway.signature_key with the key in the gateway's dashboard.";
    /// An amount is out of bounds.
    AmountOutOfBounds = 422 "amount-out-of-bounds"
        id: "Jumlah terlalu besar", "Jumlah uangnya melebihi batas.";
        en: "The amount is too large", "The amount is beyond what can be kept.";
        next: "Periksa jumlahnya, lalu kirim jumlah yang lebih kecil.", "Check the amount, then send a smaller one.";
    // ---- market ----
    /// The request accepts no more offers or changes.
    RequestClosed = 409 "request-closed"
        id: "Permintaan sudah ditutup", "Permintaan ini sudah ditutup atau batas jawabannya sudah lewat.";
        en: "The request is closed", "This request is over, or the time to answer it has passed.";
        next: "Muat ulang permintaannya; pembeli membuat yang baru bila barangnya masih dibutuhkan.", "Load the request again; the buyer makes a new one if the goods are still needed."
            ["request_status" = "expired"];
    /// The request has offers, so that it cannot be changed.
    RequestHasOffers = 409 "request-has-offers"
        id: "Sudah ada penawaran", "Sudah ada kelompok yang menawarkan, jadi permintaan ini tidak bisa diubah. Tarik dan buat yang baru.";
        en: "There are offers already", "Groups have made offers, so this request stays as it is. Withdraw it and ask anew.";
        next: "Tarik permintaan ini, lalu buat permintaan baru.", "Withdraw this request, then make a new one.";
    /// The caller has reached the limit of open requests.
    TooManyOpenRequests = 409 "too-many-open-requests"
        id: "Terlalu banyak permintaan", "Paling banyak 10 permintaan boleh terbuka sekaligus. Tarik dulu yang tidak perlu lagi.";
        en: "Too many open requests", "At most 10 requests may be open at a time. Withdraw what is no longer needed.";
        next: "Tarik salah satu permintaan yang terbuka, lalu coba lagi.", "Withdraw one of the open requests, then try again.";
    /// The offer can no longer be accepted or changed.
    OfferClosed = 409 "offer-closed"
        id: "Penawaran tidak berlaku lagi", "Penawaran ini sudah diambil, ditarik, atau lewat masa berlakunya.";
        en: "The offer no longer stands", "This offer was taken or withdrawn, or is no longer valid.";
        next: "Muat ulang penawarannya dan pilih yang masih berlaku.", "Load the offers again and choose one that still stands."
            ["offer" = "01900000-0000-7000-8000-000000000000", "offer_status" = "withdrawn"];
    /// The group already has an open offer of this product.
    OfferExists = 409 "offer-exists"
        id: "Sudah ada penawaran", "Barang ini sudah ditawarkan untuk permintaan ini. Ubah penawaran itu.";
        en: "Offered already", "This product is offered for this request already. Change that offer.";
        next: "Ubah penawaran yang sudah ada untuk barang ini.", "Change the existing offer of this product.";
    /// The accepted quantity exceeds what the request still lacks.
    MoreThanMissing = 409 "more-than-missing"
        id: "Melebihi yang kurang", "Yang diambil melebihi yang masih kurang, yaitu {missing}.";
        en: "More than is missing", "That is more than what is still missing, which is {missing}.";
        next: "Ambil paling banyak jumlah dalam missing.", "Accept at most the quantity in missing."
            ["missing" = 20];
    /// The open amount under the contract would exceed its credit limit.
    CreditLimitReached = 409 "credit-limit-reached"
        id: "Batas kredit tercapai", "Tagihan yang masih terbuka {open_text} ditambah pesanan ini {wanted_text} melebihi batas kredit {limit_text}.";
        en: "Credit limit reached", "What is open, {open_text}, and this order, {wanted_text}, come to more than the credit limit of {limit_text}.";
        next: "Bayar tagihan yang terbuka dahulu, atau minta pengurus menaikkan batas kredit.", "Pay the open amount first, or ask the board to raise the credit limit."
            ["open" = 900000, "open_text" = "Rp900.000", "wanted" = 200000, "wanted_text" = "Rp200.000", "limit" = 1000000, "limit_text" = "Rp1.000.000"];
    /// No cash is held that could be handed over.
    NothingHeld = 409 "nothing-held"
        id: "Tidak ada uang yang dipegang", "Tidak ada uang tunai yang sedang dipegang dan belum diserahkan.";
        en: "No cash is held", "No cash is held that is not on its way already.";
        next: "Catat uang tunai yang diterima lebih dahulu, atau tunggu penyerahan sebelumnya diterima.", "Record received cash first, or wait until the previous hand-over is received.";
    /// The cooperative has reached its limit of outlets.
    TooManyOutlets = 409 "too-many-outlets"
        id: "Terlalu banyak warung", "Paling banyak 500 warung dapat dicatat untuk satu koperasi.";
        en: "Too many outlets", "A cooperative notes at most 500 outlets.";
        next: "Nonaktifkan atau pakai lagi warung yang sudah dicatat.", "Reuse an outlet that is noted already.";
    /// The outlet is not active.
    OutletNotActive = 409 "outlet-not-active"
        id: "Warung tidak aktif", "Warung ini tidak menerima titipan lagi.";
        en: "The outlet is not active", "Nothing is brought to this outlet any more.";
        next: "Aktifkan warung ini lagi, atau pilih warung lain.", "Activate the outlet again, or choose another one.";
    /// The group has reached its limit of ingredients.
    TooManyIngredients = 409 "too-many-ingredients"
        id: "Terlalu banyak bahan", "Paling banyak 500 bahan dapat dicatat untuk satu kelompok.";
        en: "Too many ingredients", "A group notes at most 500 ingredients.";
        next: "Pakai lagi bahan yang sudah dicatat.", "Reuse an ingredient that is noted already.";
    /// The group is owed nothing.
    NothingOwedToGroup = 409 "nothing-owed-to-group"
        id: "Tidak ada yang harus dibayar", "Sampai hari itu tidak ada utang kepada kelompok ini. Retur yang melebihi penjualan terbawa ke penjualan berikutnya.";
        en: "Nothing is owed", "Until that day the group is owed nothing. Where more came back than was sold it is carried to the next sales.";
        next: "Tunggu penjualan berikutnya, atau pilih hari akhir yang lebih baru.", "Wait for the next sales, or choose a later last day.";
    /// A QRIS code with another payee needs approval by a second person.
    SecondPersonNeeded = 409 "second-person-needed"
        id: "Perlu orang kedua", "Yang mengusulkan kode ini tidak boleh menyetujuinya sendiri. Minta pengurus atau bendahara lain.";
        en: "A second person is needed", "Who proposed this code cannot approve it. Ask another of the board or the treasury.";
        next: "Pengurus atau bendahara lain membuka usulan ini dan menyetujuinya.", "Another member of the board or the treasury opens the proposal and approves it.";
    /// The amount exceeds the limit of QRIS.
    MoreThanQrisTakes = 409 "more-than-qris-takes"
        id: "Terlalu besar untuk QRIS", "Lewat QRIS paling banyak {most_text} sekali bayar. Bayar sebagian, atau pakai transfer.";
        en: "Too much for QRIS", "QRIS moves {most_text} at the most at a time. Pay in parts, or by transfer.";
        next: "Bayar paling banyak jumlah dalam most, atau pilih transfer.", "Pay at most the amount in most, or choose a transfer."
            ["most" = 10000000, "most_text" = "Rp10.000.000"];
    /// The named order has no credit of this buyer.
    NoCredit = 409 "no-credit"
        id: "Tidak ada kelebihan bayar", "Pesanan yang disebut tidak punya kelebihan bayar milik pembeli yang sama.";
        en: "No credit", "The order that is named has no credit of the same buyer.";
        next: "Pilih pesanan lain dari pembeli yang sama yang masih punya kelebihan bayar.", "Choose another order of the same buyer that has credit left.";
    /// The amount of the statement line differs from the payment.
    AmountDiffers = 409 "amount-differs"
        id: "Jumlahnya berbeda", "Yang ditunggu {awaited_text}, bukan jumlah baris ini. Catatlah untuk pesanannya.";
        en: "The amount differs", "What is awaited is {awaited_text}, not the amount of this line. Assign it to the order instead.";
        next: "Bendahara mencatat baris ini langsung untuk pesanannya.", "The treasurer assigns the line to the order itself."
            ["awaited" = 146644, "awaited_text" = "Rp146.644"];
    /// The limit of bank statement formats is reached.
    TooManyFormats = 409 "too-many-formats"
        id: "Terlalu banyak bank", "Paling banyak 20 bank. Gantilah yang sudah ada.";
        en: "Too many banks", "At most 20 banks are kept. Replace one of them.";
        next: "Ganti format bank yang tidak dipakai lagi.", "Replace the format of a bank that is no longer used.";
    /// The month is closed.
    PeriodClosed = 409 "period-closed"
        id: "Bulan sudah ditutup", "Pembukuan bulan {month} sudah ditutup. Pakailah hari di bulan yang masih terbuka.";
        en: "Month closed", "The books of {month} are closed. Choose a day of a month that is open.";
        next: "Pakai hari dalam bulan yang terbuka, atau minta bendahara membuka bulan terakhir.", "Use a day of an open month, or ask the treasurer to reopen the last closed month."
            ["month" = "2026-10"];
    /// The month cannot be closed or reopened now.
    PeriodStepInvalid = 409 "period-step-invalid"
        id: "Belum gilirannya", "Bulan ditutup berurutan, setelah berakhir; yang dibuka kembali hanya yang terakhir ditutup.";
        en: "Not its turn", "Months are closed one after the other once they are over; only the last closed one is reopened.";
        next: "Tutup dahulu bulan-bulan sebelumnya, atau buka kembali bulan yang terakhir ditutup.", "Close the earlier months first, or reopen the month that was closed last.";
    /// The opening balance already exists.
    OpeningExists = 409 "opening-exists"
        id: "Saldo awal sudah ada", "Saldo awal sudah dicatat. Balikkan catatan itu dahulu kalau keliru.";
        en: "Opening exists", "The opening is entered already. Reverse that entry first if it is wrong.";
        next: "Periksa saldo awal yang ada; balikkan bila keliru, lalu catat yang benar.", "Check the existing opening balance; if it is wrong, reverse it and enter the right one.";
    /// The amount exceeds what is recorded.
    MoreThanHeld = 409 "more-than-held"
        id: "Melebihi yang tercatat", "Yang tercatat hanya {held_text}.";
        en: "More than is held", "Only {held_text} is on record for this.";
        next: "Kirim paling banyak jumlah dalam held.", "Send at most the amount in held."
            ["held" = 25000, "held_text" = "Rp25.000"];
    /// The entry was not made by hand, so that it cannot be reversed by hand.
    EntryNotByHand = 409 "entry-not-by-hand"
        id: "Catatan ini mengikuti kejadian", "Catatan ini berasal dari pesanan atau pembayaran. Batalkanlah kejadiannya, bukan catatannya.";
        en: "The entry follows from something", "This entry comes from an order or a payment. Take that back, not the entry.";
        next: "Batalkan pesanan atau pembayaran yang menimbulkan catatan ini.", "Reverse the order or payment that caused this entry.";
    /// The entry is already reversed.
    EntryReversed = 409 "entry-reversed"
        id: "Sudah dibalik", "Catatan ini sudah dibalik.";
        en: "Reversed already", "This entry is reversed already.";
        next: "Muat ulang buku besar; tidak ada yang perlu dibalik lagi.", "Load the ledger again; nothing is left to reverse.";
    /// The cooperative already has an account with this number.
    AccountNumberTaken = 409 "account-number-taken"
        id: "Nomor akun sudah dipakai", "Koperasi ini sudah punya akun dengan nomor itu.";
        en: "Account number taken", "This cooperative has an account of that number already.";
        next: "Pilih nomor akun yang belum dipakai.", "Choose an account number that is not in use.";
    /// The contract is not in force, so that nothing can be ordered under it.
    ContractNotInForce = 409 "contract-not-in-force"
        id: "Kontrak tidak berlaku", "Kontrak ini tidak sedang berlaku, jadi tidak dapat dipakai untuk memesan.";
        en: "Contract not in force", "This contract is not in force, so nothing can be ordered under it.";
        next: "Pengurus dan pembeli menyetujui atau memperbarui kontrak lebih dahulu.", "The board and the buyer accept or renew the contract first.";
    // ---- sales, events ----
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_kebab_case_and_their_sentences_are_full() {
        let mut seen = std::collections::HashSet::new();
        for code in Code::ALL {
            assert!(seen.insert(code.as_str()), "{} stands twice", code.as_str());
            assert!(code.as_str().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
            assert!(code.status().is_client_error() || code.status().is_server_error());
            for language in [Language::Indonesian, Language::English] {
                assert!(!code.title(language).is_empty());
                assert!(code.detail(language).ends_with('.'));
                assert!(code.next_step(language).ends_with('.'), "{}", code.as_str());
                assert!(!code.next_step(language).contains(['{', '}']), "{}", code.as_str());
            }
            assert_ne!(code.next_step(Language::Indonesian), code.next_step(Language::English), "{}", code.as_str());
        }
    }

    #[test]
    fn every_placeholder_of_a_sentence_has_an_example() {
        for code in Code::ALL {
            let members = code.members();
            for language in [Language::Indonesian, Language::English] {
                for part in code.detail(language).split('{').skip(1) {
                    let (name, _) = part.split_once('}').expect("a closing brace");
                    let example = members.iter().find(|(member, _)| *member == name).map(|(_, example)| example);
                    assert!(
                        example.is_some_and(|example| example.is_string() || example.is_number()),
                        "{}: {name} has no example",
                        code.as_str()
                    );
                }
            }
        }
    }
}
