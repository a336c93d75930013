//! How type aliases are documented in the OpenAPI document; `build.rs` maps them.

use utoipa::ToSchema;

use super::Rupiah;

/// The version of an object, which every change raises. Edits name it in `If-Match`.
pub type Version = i64;

/// An amount that may be negative: a difference, a correction, a balance.
pub type SignedRupiah = Rupiah;

/// The version of an object, which every change raises. Edits name it in `If-Match`.
#[derive(ToSchema)]
#[schema(as = Version, value_type = i64, minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 3)]
#[allow(dead_code, reason = "used in the OpenAPI document only")]
pub struct VersionSchema(i64);

/// Whole rupiah; below zero for what is owed or taken back.
#[derive(ToSchema)]
#[schema(
    as = SignedRupiah, value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64,
    example = -12500
)]
#[allow(dead_code, reason = "used in the OpenAPI document only")]
pub struct SignedRupiahSchema(i64);
