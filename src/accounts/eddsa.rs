//! The signatures of access tokens: Ed25519 by `ring`, which TLS uses already, as the cryptography of `jsonwebtoken`. Its
//! own backends bring RSA along, or a second library of this kind.

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, Result, new_error};
use jsonwebtoken::signature::{Error, Signer, Verifier};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, EncodingKey};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};

static PROVIDER: CryptoProvider =
    CryptoProvider { signer_factory: signer, verifier_factory: verifier, key_utils: KeyUtils::new_unimplemented() };

/// Makes `jsonwebtoken` use this module; once in a process is enough, more often does no harm.
pub(super) fn install() {
    // An error says that a provider is installed, and there is no other one here.
    let _ = PROVIDER.install_default();
}

/// The signing key, the verifying key and the public key's 32 bytes of an Ed25519 seed (RFC 8032).
pub(super) fn keys(seed: &[u8; 32]) -> Result<(EncodingKey, DecodingKey, Vec<u8>)> {
    let public = key_pair(seed)?.public_key().as_ref().to_vec();
    Ok((EncodingKey::from_ed_der(seed), DecodingKey::from_ed_der(&public), public))
}

fn key_pair(seed: &[u8]) -> Result<Ed25519KeyPair> {
    Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| new_error(ErrorKind::InvalidEddsaKey))
}

fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    require_ed25519(algorithm, key.family())?;
    Ok(Box::new(Ed25519Signer(key_pair(key.as_bytes())?)))
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    require_ed25519(algorithm, key.family())?;
    Ok(Box::new(Ed25519Verifier(UnparsedPublicKey::new(&ED25519, key.try_get_as_bytes()?.to_vec()))))
}

fn require_ed25519(algorithm: &Algorithm, family: AlgorithmFamily) -> Result<()> {
    if *algorithm == Algorithm::EdDSA && family == AlgorithmFamily::Ed {
        Ok(())
    } else {
        Err(new_error(ErrorKind::InvalidAlgorithm))
    }
}

struct Ed25519Signer(Ed25519KeyPair);

impl Signer<Vec<u8>> for Ed25519Signer {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, Error> {
        Ok(self.0.sign(message).as_ref().to_vec())
    }
}

impl JwtSigner for Ed25519Signer {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

struct Ed25519Verifier(UnparsedPublicKey<Vec<u8>>);

impl Verifier<Vec<u8>> for Ed25519Verifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), Error> {
        self.0.verify(message, signature).map_err(|_| Error::new())
    }
}

impl JwtVerifier for Ed25519Verifier {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::hex;

    #[test]
    fn it_signs_as_rfc_8032_does() {
        // Section 7.1, test 2.
        let seed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
        let bytes: Vec<u8> =
            (0..32).map(|index| u8::from_str_radix(&seed[2 * index..2 * index + 2], 16).unwrap()).collect();
        let (encoding, decoding, public) = keys(bytes.as_slice().try_into().unwrap()).unwrap();
        assert_eq!(hex(&public), "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
        let signature = signer(&Algorithm::EdDSA, &encoding).unwrap().try_sign(&[0x72]).unwrap();
        assert_eq!(
            hex(&signature),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
             085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        );
        let verifying = verifier(&Algorithm::EdDSA, &decoding).unwrap();
        assert!(verifying.verify(&[0x72], &signature).is_ok());
        assert!(verifying.verify(&[0x73], &signature).is_err());
        assert!(verifier(&Algorithm::HS256, &decoding).is_err());
    }
}
