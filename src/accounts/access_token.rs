//! Access tokens: short-lived JWTs that name a person, a session and the refresh token they came with.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::keys::{Key, KeyError};
use crate::kernel::ids::{AccountId, RefreshTokenId, SessionId};
use crate::kernel::{Duration, Instant, hex};

/// How long an access token is good.
pub const LIFE: Duration = Duration::minutes(10);
/// How far the clocks of two of our servers may differ.
const LEEWAY: Duration = Duration::seconds(15);
/// What no token of ours is longer than.
const MAX_LENGTH: usize = 4096;
/// For whom the tokens are.
const AUDIENCE: &str = "lumbung-api";
const TYPE: &str = "at+jwt";

/// Signs access tokens with the newest key and accepts those of the newest two.
#[derive(Clone)]
pub struct AccessTokens {
    ring: Arc<[RingKey]>,
    issuer: Arc<str>,
}

struct RingKey {
    id: String,
    signs: EncodingKey,
    verifies: DecodingKey,
}

/// Whom a good token names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bearer {
    /// The person.
    pub account: AccountId,
    /// The session.
    pub session: SessionId,
    /// The refresh token that was issued together with it.
    pub pair: RefreshTokenId,
}

/// The token is not one of ours, or no longer good.
#[derive(Debug, thiserror::Error)]
#[error("the access token is refused: {0}")]
pub struct TokenRefused(&'static str);

/// Only what our own tokens hold; anything else in the header is refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StrictHeader {
    alg: String,
    typ: String,
    kid: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    sub: AccountId,
    sid: SessionId,
    jti: RefreshTokenId,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl AccessTokens {
    /// Tokens of this issuer, signed with the first of these keys.
    pub fn new(issuer: &str, ring: &[Key]) -> Result<Self, KeyError> {
        let ring = ring.iter().map(RingKey::new).collect::<Result<Vec<_>, _>>()?;
        Ok(AccessTokens { ring: ring.into(), issuer: issuer.into() })
    }

    /// A token for this bearer, good from now on.
    pub fn issue(&self, bearer: Bearer, now: Instant) -> Result<String, KeyError> {
        let key = self.ring.first().ok_or_else(|| KeyError::Unusable("there is none".into()))?;
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.into());
        header.kid = Some(key.id.clone());
        let claims = Claims {
            iss: self.issuer.to_string(),
            aud: AUDIENCE.into(),
            sub: bearer.account,
            sid: bearer.session,
            jti: bearer.pair,
            iat: now.seconds(),
            nbf: now.seconds(),
            exp: now.after(LIFE).seconds(),
        };
        jsonwebtoken::encode(&header, &claims, &key.signs).map_err(|error| KeyError::Unusable(error.to_string()))
    }

    /// Whom this token names, if it is ours and good at this moment.
    pub fn read(&self, token: &str, now: Instant) -> Result<Bearer, TokenRefused> {
        if token.len() > MAX_LENGTH {
            return Err(TokenRefused("too long"));
        }
        let header = token.split('.').next().and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
        let header: StrictHeader = header
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .ok_or(TokenRefused("its header is not one of ours"))?;
        if header.alg != "EdDSA" || header.typ != TYPE {
            return Err(TokenRefused("another algorithm or type"));
        }
        let key = self.ring.iter().find(|key| key.id == header.kid).ok_or(TokenRefused("an unknown key"))?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[&*self.issuer]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        // Judged below by our own clock.
        validation.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &key.verifies, &validation)
            .map_err(|_| TokenRefused("its signature or its claims"))?
            .claims;
        let (earliest, latest) = (now.before(LEEWAY).seconds(), now.after(LEEWAY).seconds());
        if claims.exp <= earliest {
            return Err(TokenRefused("expired"));
        }
        if claims.nbf > latest || claims.iat > latest {
            return Err(TokenRefused("not good yet"));
        }
        if claims.exp.saturating_sub(claims.iat) > LIFE.num_seconds() {
            return Err(TokenRefused("lives too long"));
        }
        Ok(Bearer { account: claims.sub, session: claims.sid, pair: claims.jti })
    }
}

impl RingKey {
    fn new(key: &Key) -> Result<Self, KeyError> {
        // RFC 8410: the fixed beginning of a PKCS #8 document that holds an Ed25519 seed.
        let mut document =
            vec![0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
        document.extend_from_slice(key.expose_secret());
        let unusable = |error: jsonwebtoken::errors::Error| KeyError::Unusable(error.to_string());
        let signs = EncodingKey::from_ed_der(&document);
        let public = Jwk::from_encoding_key(&signs, Algorithm::EdDSA).map_err(unusable)?;
        let verifies = DecodingKey::from_jwk(&public).map_err(unusable)?;
        let bytes = verifies.try_get_as_bytes().map_err(unusable)?;
        let id = hex(Sha256::digest(bytes).iter().take(8));
        Ok(RingKey { id, signs, verifies })
    }
}

impl std::fmt::Debug for AccessTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ids: Vec<&str> = self.ring.iter().map(|key| key.id.as_str()).collect();
        f.debug_struct("AccessTokens").field("keys", &ids).finish()
    }
}
