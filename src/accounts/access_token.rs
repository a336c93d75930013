//! Access tokens: short-lived JWTs (EdDSA) that name an account, a session and the refresh token they were issued with.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::eddsa;
use super::keys::{Key, KeyError};
use crate::kernel::ids::{AccountId, RefreshTokenId, SessionId};
use crate::kernel::{Duration, Instant, hex};

/// How long an access token is valid.
pub const TTL: Duration = Duration::minutes(10);
/// Clock skew allowed between servers.
const LEEWAY: Duration = Duration::seconds(15);
/// Longer tokens are rejected unread.
const MAX_LENGTH: usize = 4096;
const AUDIENCE: &str = "lumbung-api";
const TYPE: &str = "at+jwt";

/// Issues access tokens with the newest key and verifies those of the newest two.
#[derive(Clone)]
pub struct AccessTokens {
    keys: Arc<[SigningKey]>,
    issuer: Arc<str>,
}

struct SigningKey {
    id: String,
    encoding: EncodingKey,
    decoding: DecodingKey,
}

/// The claims of a valid access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessClaims {
    /// The account.
    pub account: AccountId,
    /// The session.
    pub session: SessionId,
    /// The refresh token issued with it.
    pub refresh_token: RefreshTokenId,
}

/// The token is malformed, not signed by us, or expired.
#[derive(Debug, thiserror::Error)]
#[error("the access token is refused: {0}")]
pub struct InvalidToken(&'static str);

/// Exactly the header of our own tokens: `jku`, `jwk`, `crit` and the like are rejected.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StrictHeader {
    alg: String,
    typ: String,
    kid: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct JwtClaims {
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
    /// Signs with the first of these keys; `issuer` becomes the `iss` claim.
    pub fn new(issuer: &str, keys: &[Key]) -> Result<Self, KeyError> {
        eddsa::install();
        let keys = keys.iter().map(SigningKey::new).collect::<Result<Vec<_>, _>>()?;
        Ok(AccessTokens { keys: keys.into(), issuer: issuer.into() })
    }

    /// Issues a token valid from `now` for `TTL`.
    pub fn issue(&self, claims: AccessClaims, now: Instant) -> Result<String, KeyError> {
        let key = self.keys.first().ok_or_else(|| KeyError::Unusable("there is none".into()))?;
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.into());
        header.kid = Some(key.id.clone());
        let jwt_claims = JwtClaims {
            iss: self.issuer.to_string(),
            aud: AUDIENCE.into(),
            sub: claims.account,
            sid: claims.session,
            jti: claims.refresh_token,
            iat: now.seconds(),
            nbf: now.seconds(),
            exp: now.after(TTL).seconds(),
        };
        jsonwebtoken::encode(&header, &jwt_claims, &key.encoding).map_err(|error| KeyError::Unusable(error.to_string()))
    }

    /// Verifies a token at this time and returns its claims.
    pub fn verify(&self, token: &str, now: Instant) -> Result<AccessClaims, InvalidToken> {
        if token.len() > MAX_LENGTH {
            return Err(InvalidToken("too long"));
        }
        let header = token.split('.').next().and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
        let header: StrictHeader = header
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .ok_or(InvalidToken("its header is not one of ours"))?;
        if header.alg != "EdDSA" || header.typ != TYPE {
            return Err(InvalidToken("another algorithm or type"));
        }
        let key = self.keys.iter().find(|key| key.id == header.kid).ok_or(InvalidToken("an unknown key"))?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[&*self.issuer]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        // Checked below with the injected clock.
        validation.validate_exp = false;
        let claims = jsonwebtoken::decode::<JwtClaims>(token, &key.decoding, &validation)
            .map_err(|_| InvalidToken("its signature or its claims"))?
            .claims;
        let (earliest, latest) = (now.before(LEEWAY).seconds(), now.after(LEEWAY).seconds());
        if claims.exp <= earliest {
            return Err(InvalidToken("expired"));
        }
        if claims.nbf > latest || claims.iat > latest {
            return Err(InvalidToken("not good yet"));
        }
        if claims.exp.saturating_sub(claims.iat) > TTL.num_seconds() {
            return Err(InvalidToken("lives too long"));
        }
        Ok(AccessClaims { account: claims.sub, session: claims.sid, refresh_token: claims.jti })
    }
}

impl SigningKey {
    fn new(key: &Key) -> Result<Self, KeyError> {
        let unusable = |error: jsonwebtoken::errors::Error| KeyError::Unusable(error.to_string());
        let (encoding, decoding, public) = eddsa::keys(key.expose_secret()).map_err(unusable)?;
        let id = hex(Sha256::digest(public).iter().take(8));
        Ok(SigningKey { id, encoding, decoding })
    }
}

impl std::fmt::Debug for AccessTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ids: Vec<&str> = self.keys.iter().map(|key| key.id.as_str()).collect();
        f.debug_struct("AccessTokens").field("keys", &ids).finish()
    }
}
