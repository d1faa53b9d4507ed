//! Tokens.
use jiff::Timestamp;
use taper_core::ids::ClinicId;
pub struct Tokens;
#[derive(Debug, thiserror::Error)]
#[error("x")]
pub struct TokenFault;
pub struct Claims {
    pub issuer: String,
    pub subject: String,
    pub clinic: Option<ClinicId>,
    pub expires_at: Timestamp,
    pub has_several_factors: bool,
    pub certificate: Option<[u8; 32]>,
}
impl Tokens {
    pub async fn verify(&self, _: &str, _: Timestamp) -> Result<Claims, TokenFault> {
        Err(TokenFault)
    }
}
