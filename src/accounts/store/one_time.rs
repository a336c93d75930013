//! One-time tokens: links in mails, and codes read aloud.

use diesel::prelude::*;

use crate::accounts::one_time::{OneTimeToken, Purpose};
use crate::db::schema::one_time_tokens as tokens;
use crate::db::{Conn, Result, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, TokenId};

/// Inserts a token and deletes earlier ones of the same purpose.
pub fn insert_one_time_token(
    tx: &mut Tx<'_>,
    now: Instant,
    token: &OneTimeToken,
    hash: &[u8],
    expires_at: Instant,
) -> Result<()> {
    delete_one_time_tokens(tx, token.account, &[token.purpose])?;
    let id = tokens::id.eq(tx.id::<TokenId>(now));
    let row = (token, id, tokens::hash.eq(hash), tokens::created_at.eq(now), tokens::expires_at.eq(expires_at));
    diesel::insert_into(tokens::table).values(row).execute(&mut **tx)?;
    Ok(())
}

/// Deletes the account's tokens of these purposes.
pub fn delete_one_time_tokens(tx: &mut Tx<'_>, account: AccountId, purposes: &[Purpose]) -> Result<usize> {
    let rows = tokens::table.filter(tokens::account_id.eq(account)).filter(tokens::purpose.eq_any(purposes));
    Ok(diesel::delete(rows).execute(&mut **tx)?)
}

/// The redeemable token of this hash.
pub fn find_one_time_token(
    conn: &mut Conn,
    now: Instant,
    hash: &[u8],
    purposes: &[Purpose],
) -> Result<Option<OneTimeToken>> {
    Ok(tokens::table
        .filter(tokens::hash.eq(hash))
        .filter(tokens::purpose.eq_any(purposes))
        .filter(tokens::used_at.is_null())
        .filter(tokens::expires_at.gt(now))
        .select(OneTimeToken::as_select())
        .get_result(conn)
        .optional()?)
}

/// Marks the token of this hash as used; `false` when it was used before or has expired.
pub fn redeem_one_time_token(tx: &mut Tx<'_>, now: Instant, hash: &[u8]) -> Result<bool> {
    let rows = tokens::table
        .filter(tokens::hash.eq(hash))
        .filter(tokens::used_at.is_null())
        .filter(tokens::expires_at.gt(now));
    Ok(diesel::update(rows).set(tokens::used_at.eq(now)).execute(&mut **tx)? == 1)
}

/// Deletes tokens that expired before this time.
pub fn purge_one_time_tokens(tx: &mut Tx<'_>, before: Instant) -> Result<usize> {
    Ok(diesel::delete(tokens::table.filter(tokens::expires_at.lt(before))).execute(&mut **tx)?)
}
