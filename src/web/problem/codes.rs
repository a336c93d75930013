//! The problem codes with their HTTP status, title and sentence in both languages.
//!
//! A code never changes its meaning. Sentences may name members of the problem in braces.

use actix_web::http::StatusCode;

use crate::kernel::Language;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $status:literal $code:literal
        id: $id_title:literal, $id_detail:literal;
        en: $en_title:literal, $en_detail:literal;
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
        }
    };
}

codes! {
    // ---- every route ----
    /// The body is not JSON, or not of the expected shape.
    BodyUnreadable = 400 "body-unreadable"
        id: "Isi permintaan tidak terbaca", "Isi permintaan bukan JSON yang diharapkan. Lihat daftar kesalahan.";
        en: "The body cannot be read", "The body is not the JSON that is expected. See the list of errors.";
    /// A query parameter is unknown or malformed.
    QueryInvalid = 400 "query-invalid"
        id: "Parameter tidak sah", "Parameter pada alamat tidak dikenal atau salah tulis. Lihat daftar kesalahan.";
        en: "A parameter is not valid", "A parameter of the address is unknown or malformed. See the list of errors.";
    /// A cursor was altered or belongs to another list.
    CursorInvalid = 400 "cursor-invalid"
        id: "Penanda halaman tidak sah", "Penanda halaman ini tidak berlaku untuk daftar ini. Mulailah lagi dari halaman pertama.";
        en: "The cursor is not valid", "This cursor does not belong to this list. Start again from the first page.";
    /// The request needs an idempotency key.
    IdempotencyKeyRequired = 400 "idempotency-key-required"
        id: "Idempotency-Key wajib ada", "Permintaan ini memindahkan barang atau uang. Sertakan header Idempotency-Key.";
        en: "An Idempotency-Key is required", "This request moves goods or money. Send an Idempotency-Key header.";
    /// The idempotency key is malformed.
    IdempotencyKeyInvalid = 400 "idempotency-key-invalid"
        id: "Idempotency-Key tidak sah", "Idempotency-Key harus 16 sampai 64 huruf, angka, garis bawah atau tanda hubung; tanpa akun paling sedikit 22, dan acak.";
        en: "The Idempotency-Key is not valid", "An Idempotency-Key is 16 to 64 letters, digits, underscores or dashes; without an account at least 22, made at random.";
    /// A header is malformed.
    HeaderInvalid = 400 "header-invalid"
        id: "Header tidak sah", "Sebuah header permintaan salah tulis.";
        en: "A header is not valid", "A header of the request is malformed.";
    /// The caller must sign in.
    Unauthenticated = 401 "unauthenticated"
        id: "Silakan masuk", "Silakan masuk ke akun Anda dahulu.";
        en: "Please sign in", "Please sign in to your account first.";
    /// The access token is invalid or has expired.
    TokenInvalid = 401 "token-invalid"
        id: "Sesi berakhir", "Sesi Anda sudah berakhir. Silakan masuk lagi.";
        en: "The session has ended", "Your session has ended. Please sign in again.";
    /// The caller lacks the role.
    Forbidden = 403 "forbidden"
        id: "Tidak diizinkan", "Peran Anda tidak mengizinkan tindakan ini.";
        en: "Not allowed", "Your role does not allow this.";
    /// The object does not exist, or its existence is hidden from the caller.
    NotFound = 404 "not-found"
        id: "Tidak ditemukan", "Yang Anda cari tidak ada atau bukan milik Anda.";
        en: "Not found", "What you look for is not there, or is not yours.";
    /// The path does not support this method.
    MethodNotAllowed = 405 "method-not-allowed"
        id: "Metode tidak didukung", "Alamat ini tidak menerima metode tersebut.";
        en: "The method is not allowed", "This address does not take that method.";
    /// None of the accepted formats is available.
    NotAcceptable = 406 "not-acceptable"
        id: "Format tidak tersedia", "Jawaban tidak tersedia dalam format yang diminta.";
        en: "Not acceptable", "There is no answer in a format you accept.";
    /// The request took too long to arrive.
    RequestTimeout = 408 "request-timeout"
        id: "Terlalu lama", "Permintaan terlalu lama sampai. Coba lagi.";
        en: "Too slow", "The request took too long to arrive. Please try again.";
    /// The id of a new object is taken by another request.
    IdTaken = 409 "id-taken"
        id: "ID sudah dipakai", "ID ini sudah dipakai untuk permintaan lain.";
        en: "The id is taken", "This id was already used for another request.";
    /// The same request is still being processed.
    IdempotencyInProgress = 409 "idempotency-in-progress"
        id: "Masih diproses", "Permintaan yang sama masih diproses. Coba lagi sebentar.";
        en: "Still running", "The same request is still being worked on. Try again in a moment.";
    /// The request was executed before, but its stored response was erased with the person's data.
    AnswerForgotten = 409 "answer-forgotten"
        id: "Jawaban sudah dihapus", "Permintaan ini sudah dijalankan, tetapi jawabannya sudah dihapus bersama data pembelinya. Muat ulang datanya.";
        en: "The answer was forgotten", "This request was carried out, but its answer was forgotten with the buyer's data. Load the data again.";
    /// The transition is not possible in the object's current state.
    TransitionInvalid = 409 "transition-invalid"
        id: "Langkah tidak bisa dilakukan", "Dalam keadaan sekarang ({state}), langkah ini tidak bisa dilakukan.";
        en: "The step is not possible", "In its present state ({state}) this step is not possible.";
    /// The version in `If-Match` is stale.
    VersionStale = 412 "version-stale"
        id: "Data sudah berubah", "Data ini sudah diubah orang lain. Muat ulang, lalu ulangi perubahan Anda.";
        en: "The data has changed", "Someone else has changed this. Load it again and repeat your change.";
    /// The body is larger than allowed.
    BodyTooLarge = 413 "body-too-large"
        id: "Isi terlalu besar", "Isi permintaan terlalu besar.";
        en: "The body is too large", "The body of the request is too large.";
    /// The content type is not supported.
    MediaTypeUnsupported = 415 "media-type-unsupported"
        id: "Jenis isi tidak didukung", "Kirim isi permintaan sebagai {expected}.";
        en: "The media type is not supported", "Send the body as {expected}.";
    /// The body breaks a rule.
    BodyInvalid = 422 "body-invalid"
        id: "Ada isian yang salah", "Ada isian yang perlu diperbaiki. Lihat daftar kesalahan.";
        en: "Something needs mending", "Some of what was sent needs mending. See the list of errors.";
    /// The idempotency key was used for another request.
    IdempotencyKeyReused = 422 "idempotency-key-reused"
        id: "Idempotency-Key sudah dipakai", "Idempotency-Key ini sudah dipakai untuk permintaan lain.";
        en: "The Idempotency-Key was reused", "This Idempotency-Key was already used for another request.";
    /// An edit without `If-Match`.
    VersionRequired = 428 "version-required"
        id: "If-Match wajib ada", "Sertakan header If-Match dengan versi data yang Anda ubah.";
        en: "If-Match is required", "Send an If-Match header with the version you are changing.";
    /// Too many requests.
    TooManyRequests = 429 "too-many-requests"
        id: "Terlalu sering", "Terlalu banyak permintaan. Coba lagi dalam {retry_after} detik.";
        en: "Too many requests", "Too many requests. Try again in {retry_after} seconds.";
    /// An unexpected error of the server.
    Internal = 500 "internal"
        id: "Kesalahan di pihak kami", "Ada kesalahan di pihak kami. Coba lagi; bila berulang, sebutkan nomor permintaan ini.";
        en: "A fault of ours", "Something went wrong on our side. Try again; if it happens again, tell us the request id.";
    /// The service is temporarily unavailable.
    Unavailable = 503 "unavailable"
        id: "Sedang sibuk", "Layanan sedang sibuk. Coba lagi sebentar.";
        en: "Busy", "The service is busy. Try again in a moment.";
    /// The disk is full: reads work, writes fail.
    StorageFull = 507 "storage-full"
        id: "Penyimpanan penuh", "Penyimpanan penuh; perubahan belum bisa disimpan. Tidak ada yang hilang. Coba lagi nanti.";
        en: "The storage is full", "The storage is full; changes cannot be saved yet. Nothing was lost. Try again later.";
    // ---- accounts ----
    /// Unknown login or wrong password; the response does not say which.
    SignInFailed = 401 "sign-in-failed"
        id: "Gagal masuk", "Surel, nomor HP, atau kata sandi salah.";
        en: "Could not sign in", "The e-mail address, phone number or password is wrong.";
    /// The refresh token is invalid or has expired.
    RefreshInvalid = 401 "refresh-invalid"
        id: "Sesi berakhir", "Sesi di perangkat ini sudah berakhir. Silakan masuk lagi.";
        en: "The session has ended", "The session on this device has ended. Please sign in again.";
    /// The current password, which a change requires, is wrong.
    PasswordWrong = 403 "password-wrong"
        id: "Kata sandi salah", "Kata sandi Anda yang sekarang salah.";
        en: "The password is wrong", "Your present password is wrong.";
    /// The e-mail address or phone number belongs to an account.
    LoginTaken = 409 "login-taken"
        id: "Sudah terdaftar", "Surel atau nomor HP ini sudah terdaftar. Silakan masuk, atau atur ulang kata sandi.";
        en: "Already registered", "This e-mail address or phone number is registered already. Sign in, or reset the password.";
    /// The account must keep an e-mail address or a phone number.
    LoginNeeded = 422 "login-needed"
        id: "Surel atau nomor HP wajib ada", "Akun harus punya surel atau nomor HP untuk masuk.";
        en: "A login is needed", "An account needs an e-mail address or a phone number to sign in with.";
    /// A link or code is unknown, used or expired; the response does not say which.
    LinkInvalid = 410 "link-invalid"
        id: "Tautan tidak berlaku", "Tautan atau kode ini tidak berlaku lagi. Mintalah yang baru.";
        en: "The link is no longer good", "This link or code is no longer good. Please ask for a new one.";
    // ---- cooperatives ----
    /// Another cooperative has this code.
    CooperativeCodeTaken = 409 "cooperative-code-taken"
        id: "Kode koperasi sudah dipakai", "Kode ini sudah dipakai koperasi lain. Pilih kode yang lain.";
        en: "The code is taken", "Another cooperative has this code. Choose another one.";
    /// The cooperative has a group of this name.
    GroupNameTaken = 409 "group-name-taken"
        id: "Nama kelompok sudah dipakai", "Di koperasi ini sudah ada kelompok dengan nama tersebut. Pilih nama yang lain.";
        en: "The name is taken", "This cooperative already has a group of that name. Choose another one.";
    /// The person has reached the limit of groups that await approval.
    TooManyGroups = 409 "too-many-groups"
        id: "Terlalu banyak kelompok", "Anda sudah punya {limit} kelompok yang belum disetujui. Selesaikan itu dahulu.";
        en: "Too many groups", "You already have {limit} groups that are not approved yet. Settle those first.";
    /// The group has reached its limit of members.
    GroupFull = 409 "group-full"
        id: "Kelompok sudah penuh", "Satu kelompok paling banyak beranggota {limit} orang.";
        en: "The group is full", "A group has at most {limit} members.";
    /// The group would have no chair.
    LastChair = 409 "last-chair"
        id: "Kelompok perlu ketua", "Ini satu-satunya ketua kelompok. Tunjuk ketua lain dahulu.";
        en: "A group needs a chair", "This is the only chair of the group. Name another one first.";
    /// The member has an account already.
    MemberLinked = 409 "member-linked"
        id: "Anggota sudah punya akun", "Anggota ini sudah terhubung dengan sebuah akun.";
        en: "The member has an account", "This member is linked to an account already.";
    /// The member has no account.
    MemberUnlinked = 409 "member-unlinked"
        id: "Anggota belum punya akun", "Anggota ini belum terhubung dengan akun. Undang dahulu.";
        en: "The member has no account", "This member is not linked to an account yet. Invite them first.";
    /// The member's account has no phone number to verify.
    MemberWithoutPhone = 409 "member-without-phone"
        id: "Anggota belum punya nomor HP", "Akun anggota ini belum mencantumkan nomor HP.";
        en: "The member has no number", "The account of this member has no phone number.";
    /// The group may not issue a reset code for this account.
    ResetCodeRefused = 409 "reset-code-refused"
        id: "Kode tidak bisa dibuat", "Anggota ini punya surel atau jabatan lain. Ia perlu menyetel ulang kata sandi lewat surel.";
        en: "No code for this member", "This member has an e-mail address or another office. They set a new password by mail.";
    /// The person is in the group already.
    AlreadyMember = 409 "already-member"
        id: "Sudah menjadi anggota", "Anda sudah menjadi anggota kelompok ini.";
        en: "A member already", "You are a member of this group already.";
    /// The person holds this office already.
    OfficeHeld = 409 "office-held"
        id: "Jabatan sudah dipegang", "Orang ini sudah memegang jabatan tersebut.";
        en: "The office is held", "This person holds that office already.";
    /// The cooperative has reached its limit of pick-up points or delivery zones.
    TooManySpots = 409 "too-many-spots"
        id: "Terlalu banyak", "Paling banyak {limit} untuk satu koperasi.";
        en: "Too many", "A cooperative has at most {limit} of these.";
    /// The invitation was accepted or revoked, or has expired.
    InvitationSpent = 410 "invitation-spent"
        id: "Undangan tidak berlaku lagi", "Undangan ini sudah dipakai, dibatalkan atau kedaluwarsa. Minta undangan baru kepada pengurus kelompok.";
        en: "The invitation no longer stands", "This invitation was used, taken back or has expired. Ask the group's officers for a new one.";
    // ---- calendar ----
    /// The calendar already has this occasion.
    OccasionKnown = 409 "occasion-known"
        id: "Sudah ada di kalender", "Peringatan ini sudah ada di kalender. Ubahlah yang sudah ada.";
        en: "In the calendar already", "The calendar has this occasion already. Change the one that is there.";
    /// The day has reached its limit of occasions.
    CalendarDayFull = 409 "calendar-day-full"
        id: "Harinya sudah penuh", "Satu hari paling banyak punya {limit} peringatan.";
        en: "The day is full", "A day has at most {limit} occasions.";
    // ---- catalogue and photos ----
    /// The product is no longer listed.
    ProductRetired = 410 "product-retired"
        id: "Barang sudah tidak dijual", "Barang ini sudah tidak dijual lagi.";
        en: "No longer sold", "This product is no longer sold.";
    /// The board withdrew the product.
    ProductWithdrawn = 409 "product-withdrawn"
        id: "Barang ditarik pengurus", "Barang ini ditarik oleh pengurus koperasi. Hubungi pengurus untuk menjualnya lagi.";
        en: "Withdrawn by the board", "The cooperative's board withdrew this product. Ask the board to sell it again.";
    /// The group is not active, so its products cannot be listed.
    ProductGroupInactive = 409 "product-group-inactive"
        id: "Kelompok belum aktif", "Kelompok ini sedang tidak aktif, jadi barangnya belum bisa dijual.";
        en: "The group is not active", "This group is not active, so its goods cannot be sold.";
    /// The photo's place is not in the range 1 to 8.
    PhotoPlaceInvalid = 422 "photo-place-invalid"
        id: "Nomor foto tidak ada", "Satu barang paling banyak punya {limit} foto. Pakai nomor 1 sampai {limit}.";
        en: "No such place for a photo", "A product has at most {limit} photos. Use a place from 1 to {limit}.";
    /// The picture is damaged, truncated or of another type than declared.
    PhotoUnreadable = 422 "photo-unreadable"
        id: "Foto tidak terbaca", "Foto ini rusak atau bukan JPEG, PNG atau WebP yang sebenarnya. Coba foto lain.";
        en: "The photo cannot be read", "This photo is damaged, or not really a JPEG, PNG or WebP. Try another.";
    /// The picture has too many pixels.
    PhotoTooManyPixels = 422 "photo-too-many-pixels"
        id: "Foto terlalu besar", "Foto ini lebih dari 25 megapiksel. Kecilkan dahulu, lalu kirim lagi.";
        en: "The photo is too large", "This photo has more than 25 megapixels. Make it smaller and send it again.";
    /// The picture is animated.
    PhotoAnimated = 422 "photo-animated"
        id: "Foto bergerak tidak bisa", "Gambar bergerak tidak bisa dipakai. Kirim foto biasa.";
        en: "Animations are not taken", "A moving picture cannot be used. Send a plain photo.";
    // ---- supply ----
    /// The available quantity is too small.
    SoldOut = 409 "sold-out"
        id: "Stok tidak cukup", "Stok tidak cukup, sisa {available}.";
        en: "Not enough left", "There is not enough of it, {available} left.";
    /// The day is in the past.
    DayPast = 422 "day-past"
        id: "Tanggal sudah lewat", "Tanggal itu sudah lewat. Pilih hari ini atau sesudahnya.";
        en: "The day is over", "That day is over. Choose today or a later day.";
    /// Orders for that day are not open yet.
    DayTooFarAhead = 422 "day-too-far-ahead"
        id: "Tanggal terlalu jauh", "Pesanan untuk tanggal itu belum dibuka. Pilih tanggal yang lebih dekat.";
        en: "The day is too far ahead", "Orders for that day are not open yet. Choose an earlier day.";
    /// It is too late to order for that day.
    CutoffPassed = 409 "cutoff-passed"
        id: "Batas pesan sudah lewat", "Pesanan untuk hari itu sudah ditutup. Pilih hari lain.";
        en: "Too late to order", "Orders for that day are closed. Choose another day.";
    /// The product is not made on that weekday.
    NotMadeThatDay = 422 "not-made-that-day"
        id: "Tidak dibuat hari itu", "Produk ini tidak dibuat pada hari itu. Pilih hari lain.";
        en: "Not made on that day", "This product is not made on that day. Choose another day.";
    /// The group is closed on that day.
    GroupClosed = 409 "group-closed"
        id: "Kelompok tutup hari itu", "Kelompok ini tutup pada hari itu. Pilih hari lain.";
        en: "The group is shut that day", "The group is shut on that day. Choose another day.";
    /// The day to close is more than a year ahead.
    ClosedDayTooFar = 422 "closed-day-too-far"
        id: "Tanggal terlalu jauh", "Hari tutup bisa dicatat paling jauh {limit} hari ke depan.";
        en: "The day is too far ahead", "A day can be closed up to {limit} days ahead.";
    /// The stock does not stay fresh until that day.
    NotFreshThatDay = 409 "not-fresh-that-day"
        id: "Tidak tahan sampai hari itu", "Stok yang ada tidak tahan sampai hari itu. Pilih hari yang lebih awal.";
        en: "It does not keep until then", "What is in stock does not keep until that day. Choose an earlier day.";
    /// The batch accepts no orders.
    BatchClosed = 409 "batch-closed"
        id: "Kloter sudah ditutup", "Kloter ini tidak menerima pesanan lagi.";
        en: "The batch is closed", "This batch takes no more orders.";
    /// The product is not for sale.
    NotOnSale = 409 "not-on-sale"
        id: "Tidak dijual", "Produk ini sedang tidak dijual.";
        en: "Not for sale", "This product is not for sale now.";
    /// The batch would be smaller than its claims and discards.
    BatchTooSmall = 409 "batch-too-small"
        id: "Jumlah kurang", "Jumlahnya tidak cukup untuk yang sudah dipesan atau dibuang.";
        en: "The batch is too small", "That is less than what was ordered or discarded already.";
    /// A part of the batch was handed over.
    BatchHasClaims = 409 "batch-has-claims"
        id: "Sudah diserahkan", "Sebagian kloter ini ({claimed}) sudah diserahkan, jadi tidak bisa dibatalkan lagi.";
        en: "Handed over already", "Some of this batch ({claimed}) is handed over, so that it cannot be called off any more.";
    // ---- orders ----
    /// The total of the order differs from the one the buyer saw.
    TotalChanged = 409 "total-changed"
        id: "Jumlah berubah", "Harga atau persediaan berubah: sekarang {total} rupiah. Periksa lagi, lalu pesan dengan jumlah baru.";
        en: "The total has changed", "Prices or supply have changed: it is now {total} rupiah. Look again, then order with the new total.";
    /// The deadline for cancelling has passed.
    CancelTooLate = 409 "cancel-too-late"
        id: "Sudah lewat batas batal", "Batas pembatalan sudah lewat. Hubungi pengurus kelompok.";
        en: "Too late to cancel", "The time to cancel has passed. Ask an officer of the group.";
    /// The deadline for undoing a hand-over has passed.
    UndoTooLate = 409 "undo-too-late"
        id: "Sudah terlambat", "Penyerahan ini tidak bisa dibatalkan lagi. Catat sebagai barang kembali.";
        en: "Too late to undo", "This hand-over can no longer be undone. Record the goods as returned.";
    /// A total of the order is out of bounds.
    AmountTooLarge = 422 "amount-too-large"
        id: "Jumlah terlalu besar", "Nilai pesanan ini terlalu besar. Bagi menjadi beberapa pesanan.";
        en: "The amount is too large", "This order comes to too much. Split it into several.";
    // ---- payments ----
    /// The order was cancelled or expired.
    OrderTakesNoPayment = 409 "order-takes-no-payment"
        id: "Pesanan sudah ditutup", "Pesanan ini sudah dibatalkan atau kedaluwarsa, jadi tidak menerima pembayaran lagi.";
        en: "The order is closed", "This order was cancelled or has expired and takes no more payments.";
    /// Nothing is owed.
    NothingOwed = 409 "nothing-owed"
        id: "Tidak ada tagihan", "Tidak ada lagi yang perlu dibayar untuk pesanan ini.";
        en: "Nothing is owed", "Nothing is left to pay for this order.";
    /// More cash than is owed.
    MoreThanOwed = 422 "more-than-owed"
        id: "Melebihi tagihan", "Jumlah yang dicatat melebihi tagihan. Yang masih harus dibayar {owed_text}.";
        en: "More than is owed", "The amount is more than what is owed, which is {owed_text}.";
    /// The refund exceeds the refundable amount.
    MoreThanRefundable = 422 "more-than-refundable"
        id: "Melebihi uang yang masuk", "Pengembalian melebihi sisa pembayaran ini. Paling banyak {refundable_text}.";
        en: "More than can go back", "The refund is more than what is left of that payment: at most {refundable_text}.";
    /// The refund names no confirmed payment of its order.
    NothingToRefund = 422 "nothing-to-refund"
        id: "Tidak ada yang dikembalikan", "Sebutkan pembayaran masuk yang sudah diterima dari pesanan ini, dan jumlahnya.";
        en: "Nothing to refund", "Name a confirmed payment of this order, and how much of it goes back.";
    /// The order has reached its limit of transfers that await confirmation.
    TooManyPendingPayments = 409 "too-many-pending-payments"
        id: "Masih menunggu pemeriksaan", "Beberapa transfer untuk pesanan ini masih diperiksa bendahara. Tunggu dahulu.";
        en: "Transfers are still being checked", "Several transfers for this order still wait for the treasurer.";
    /// Payment through a gateway is not offered.
    GatewayNotOffered = 422 "gateway-not-offered"
        id: "Cara bayar tidak tersedia", "Pembayaran lewat penyedia pembayaran tidak tersedia di sini. Pilih cara lain.";
        en: "This way to pay is not offered", "Payments through a gateway are not offered here. Choose another way.";
    /// The amount exceeds the gateway's limit.
    MoreThanGatewayTakes = 422 "more-than-gateway-takes"
        id: "Terlalu besar untuk cara ini", "Lewat penyedia pembayaran paling banyak {most_text} sekali bayar.";
        en: "Too much for this way to pay", "The gateway takes at most {most_text} at once.";
    /// The gateway's signature of a notification is invalid.
    SignatureInvalid = 403 "signature-invalid"
        id: "Tanda tangan tidak sah", "Pemberitahuan ini tidak ditandatangani oleh penyedia pembayaran.";
        en: "The signature is not valid", "This notification is not signed by the gateway.";
    /// An amount is out of bounds.
    AmountOutOfBounds = 422 "amount-out-of-bounds"
        id: "Jumlah terlalu besar", "Jumlah uangnya melebihi batas.";
        en: "The amount is too large", "The amount is beyond what can be kept.";
    // ---- market ----
    /// The request accepts no more offers or changes.
    RequestClosed = 409 "request-closed"
        id: "Permintaan sudah ditutup", "Permintaan ini sudah ditutup atau batas jawabannya sudah lewat.";
        en: "The request is closed", "This request is over, or the time to answer it has passed.";
    /// The request has offers, so that it cannot be changed.
    RequestHasOffers = 409 "request-has-offers"
        id: "Sudah ada penawaran", "Sudah ada kelompok yang menawarkan, jadi permintaan ini tidak bisa diubah. Tarik dan buat yang baru.";
        en: "There are offers already", "Groups have made offers, so this request stays as it is. Withdraw it and ask anew.";
    /// The caller has reached the limit of open requests.
    TooManyOpenRequests = 409 "too-many-open-requests"
        id: "Terlalu banyak permintaan", "Paling banyak 10 permintaan boleh terbuka sekaligus. Tarik dulu yang tidak perlu lagi.";
        en: "Too many open requests", "At most 10 requests may be open at a time. Withdraw what is no longer needed.";
    /// The offer can no longer be accepted or changed.
    OfferClosed = 409 "offer-closed"
        id: "Penawaran tidak berlaku lagi", "Penawaran ini sudah diambil, ditarik, atau lewat masa berlakunya.";
        en: "The offer no longer stands", "This offer was taken or withdrawn, or is no longer valid.";
    /// The group already has an open offer of this product.
    OfferExists = 409 "offer-exists"
        id: "Sudah ada penawaran", "Barang ini sudah ditawarkan untuk permintaan ini. Ubah penawaran itu.";
        en: "Offered already", "This product is offered for this request already. Change that offer.";
    /// The accepted quantity exceeds what the request still lacks.
    MoreThanMissing = 409 "more-than-missing"
        id: "Melebihi yang kurang", "Yang diambil melebihi yang masih kurang, yaitu {missing}.";
        en: "More than is missing", "That is more than what is still missing, which is {missing}.";
    /// The open amount under the contract would exceed its credit limit.
    CreditLimitReached = 409 "credit-limit-reached"
        id: "Batas kredit tercapai", "Tagihan yang masih terbuka {open_text} ditambah pesanan ini {wanted_text} melebihi batas kredit {limit_text}.";
        en: "Credit limit reached", "What is open, {open_text}, and this order, {wanted_text}, come to more than the credit limit of {limit_text}.";
    /// No cash is held that could be handed over.
    NothingHeld = 409 "nothing-held"
        id: "Tidak ada uang yang dipegang", "Tidak ada uang tunai yang sedang dipegang dan belum diserahkan.";
        en: "No cash is held", "No cash is held that is not on its way already.";
    /// The cooperative has reached its limit of outlets.
    TooManyOutlets = 409 "too-many-outlets"
        id: "Terlalu banyak warung", "Paling banyak 500 warung dapat dicatat untuk satu koperasi.";
        en: "Too many outlets", "A cooperative notes at most 500 outlets.";
    /// The outlet is not active.
    OutletNotActive = 409 "outlet-not-active"
        id: "Warung tidak aktif", "Warung ini tidak menerima titipan lagi.";
        en: "The outlet is not active", "Nothing is brought to this outlet any more.";
    /// The group has reached its limit of ingredients.
    TooManyIngredients = 409 "too-many-ingredients"
        id: "Terlalu banyak bahan", "Paling banyak 500 bahan dapat dicatat untuk satu kelompok.";
        en: "Too many ingredients", "A group notes at most 500 ingredients.";
    /// The group is owed nothing.
    NothingOwedToGroup = 409 "nothing-owed-to-group"
        id: "Tidak ada yang harus dibayar", "Sampai hari itu tidak ada utang kepada kelompok ini. Retur yang melebihi penjualan terbawa ke penjualan berikutnya.";
        en: "Nothing is owed", "Until that day the group is owed nothing. Where more came back than was sold it is carried to the next sales.";
    /// A QRIS code with another payee needs approval by a second person.
    SecondPersonNeeded = 409 "second-person-needed"
        id: "Perlu orang kedua", "Yang mengusulkan kode ini tidak boleh menyetujuinya sendiri. Minta pengurus atau bendahara lain.";
        en: "A second person is needed", "Who proposed this code cannot approve it. Ask another of the board or the treasury.";
    /// The amount exceeds the limit of QRIS.
    MoreThanQrisTakes = 409 "more-than-qris-takes"
        id: "Terlalu besar untuk QRIS", "Lewat QRIS paling banyak {most_text} sekali bayar. Bayar sebagian, atau pakai transfer.";
        en: "Too much for QRIS", "QRIS moves {most_text} at the most at a time. Pay in parts, or by transfer.";
    /// The named order has no credit of this buyer.
    NoCredit = 409 "no-credit"
        id: "Tidak ada kelebihan bayar", "Pesanan yang disebut tidak punya kelebihan bayar milik pembeli yang sama.";
        en: "No credit", "The order that is named has no credit of the same buyer.";
    /// The amount of the statement line differs from the payment.
    AmountDiffers = 409 "amount-differs"
        id: "Jumlahnya berbeda", "Yang ditunggu {awaited_text}, bukan jumlah baris ini. Catatlah untuk pesanannya.";
        en: "The amount differs", "What is awaited is {awaited_text}, not the amount of this line. Assign it to the order instead.";
    /// The limit of bank statement formats is reached.
    TooManyFormats = 409 "too-many-formats"
        id: "Terlalu banyak bank", "Paling banyak 20 bank. Gantilah yang sudah ada.";
        en: "Too many banks", "At most 20 banks are kept. Replace one of them.";
    /// The month is closed.
    PeriodClosed = 409 "period-closed"
        id: "Bulan sudah ditutup", "Pembukuan bulan {month} sudah ditutup. Pakailah hari di bulan yang masih terbuka.";
        en: "Month closed", "The books of {month} are closed. Choose a day of a month that is open.";
    /// The month cannot be closed or reopened now.
    PeriodStepInvalid = 409 "period-step-invalid"
        id: "Belum gilirannya", "Bulan ditutup berurutan, setelah berakhir; yang dibuka kembali hanya yang terakhir ditutup.";
        en: "Not its turn", "Months are closed one after the other once they are over; only the last closed one is reopened.";
    /// The opening balance already exists.
    OpeningExists = 409 "opening-exists"
        id: "Saldo awal sudah ada", "Saldo awal sudah dicatat. Balikkan catatan itu dahulu kalau keliru.";
        en: "Opening exists", "The opening is entered already. Reverse that entry first if it is wrong.";
    /// The amount exceeds what is recorded.
    MoreThanHeld = 409 "more-than-held"
        id: "Melebihi yang tercatat", "Yang tercatat hanya {held_text}.";
        en: "More than is held", "Only {held_text} is on record for this.";
    /// The entry was not made by hand, so that it cannot be reversed by hand.
    EntryNotByHand = 409 "entry-not-by-hand"
        id: "Catatan ini mengikuti kejadian", "Catatan ini berasal dari pesanan atau pembayaran. Batalkanlah kejadiannya, bukan catatannya.";
        en: "The entry follows from something", "This entry comes from an order or a payment. Take that back, not the entry.";
    /// The entry is already reversed.
    EntryReversed = 409 "entry-reversed"
        id: "Sudah dibalik", "Catatan ini sudah dibalik.";
        en: "Reversed already", "This entry is reversed already.";
    /// The cooperative already has an account with this number.
    AccountNumberTaken = 409 "account-number-taken"
        id: "Nomor akun sudah dipakai", "Koperasi ini sudah punya akun dengan nomor itu.";
        en: "Account number taken", "This cooperative has an account of that number already.";
    /// The contract is not in force, so that nothing can be ordered under it.
    ContractNotInForce = 409 "contract-not-in-force"
        id: "Kontrak tidak berlaku", "Kontrak ini tidak sedang berlaku, jadi tidak dapat dipakai untuk memesan.";
        en: "Contract not in force", "This contract is not in force, so nothing can be ordered under it.";
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
            }
        }
    }
}
