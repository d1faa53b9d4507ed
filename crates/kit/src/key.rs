//! New keys: random characters of the operating system's generator.

use rand::Rng;
use rand::distr::Alphanumeric;
use taper_core::access::{ID_CHARACTERS, KeyText, SECRET_CHARACTERS};
use taper_core::ids::ClinicId;
use taper_core::refusal::{Reason, Refusal};

/// A new key of a clinic. Its id is in lower case, as everything in names is.
pub fn new(clinic: &ClinicId) -> Result<KeyText, Refusal> {
    let random =
        |count: usize| -> String { rand::rng().sample_iter(Alphanumeric).take(count).map(char::from).collect() };
    let key = KeyText::new(clinic.clone(), &random(ID_CHARACTERS).to_lowercase(), &random(SECRET_CHARACTERS));
    key.ok_or_else(|| Refusal::new(Reason::Internal, "a new key does not fit its own form"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_keys_are_alike_and_each_reads_back() {
        let clinic = "here".parse().unwrap();
        let keys: Vec<KeyText> = (0..100).map(|_| new(&clinic).unwrap()).collect();
        assert_eq!(keys.iter().map(|key| key.id.clone()).collect::<BTreeSet<_>>().len(), 100);
        assert_eq!(keys.iter().map(KeyText::reveal).collect::<BTreeSet<_>>().len(), 100);
        for key in keys {
            assert_eq!(KeyText::parse(&key.reveal()), Some(key));
        }
    }
}
