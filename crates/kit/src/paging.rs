//! Pages of a list: the size rule, and opaque tokens bound to the list's other arguments.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use taper_core::limits;
use taper_core::refusal::{Reason, Refusal, Violation, Violations};
use uuid::Uuid;

const TOKEN_VERSION: u8 = 1;
const DIGEST_BYTES: usize = 16;

/// Which page of a list is asked for. Rows are in the order of their key, mostly an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page<K = Uuid> {
    /// Rows at most, 1 to [`limits::PAGE_SIZE_MAX`].
    pub size: u32,
    /// The page begins after the row of this key; `None` is the first page.
    pub after: Option<K>,
}

/// The page of a list request. `binding` is every other argument that selects or orders rows: method, parent, filter.
///
/// A wrong `page_size` is noted among the violations. A wrong token is refused at once with `INVALID_PAGE_TOKEN`,
/// together with the violations noted so far.
pub fn parse(size: i32, token: &str, binding: &[&str], violations: &mut Violations) -> Result<Page, Refusal> {
    parse_keyed(size, token, binding, violations, |key| Uuid::from_slice(key).ok())
}

/// The same for a list whose rows are in the order of a text, such as the slug of a clinic.
pub fn parse_by_text(
    size: i32,
    token: &str,
    binding: &[&str],
    violations: &mut Violations,
) -> Result<Page<String>, Refusal> {
    parse_keyed(size, token, binding, violations, |key| String::from_utf8(key.to_vec()).ok())
}

fn parse_keyed<K>(
    size: i32,
    token: &str,
    binding: &[&str],
    violations: &mut Violations,
    key_of: fn(&[u8]) -> Option<K>,
) -> Result<Page<K>, Refusal> {
    let size = match u32::try_from(size) {
        Ok(0) => limits::PAGE_SIZE_DEFAULT as u32,
        Ok(size) if u64::from(size) <= limits::PAGE_SIZE_MAX => size,
        Ok(_) | Err(_) => {
            let message = format!("is {size}; 0 (the default) to {} are possible", limits::PAGE_SIZE_MAX);
            violations.add("page_size", message);
            limits::PAGE_SIZE_DEFAULT as u32
        }
    };
    if token.is_empty() {
        return Ok(Page { size, after: None });
    }
    match last_key(token, binding).and_then(|key| key_of(&key)) {
        Some(last) => Ok(Page { size, after: Some(last) }),
        None => Err(invalid_token(violations)),
    }
}

/// The rows of the page, and the key of its last row when more follow: the store is asked for one row more than the size.
pub fn cut<T, K>(mut rows: Vec<T>, size: u32, key: impl Fn(&T) -> K) -> (Vec<T>, Option<K>) {
    let has_more = rows.len() > size as usize;
    rows.truncate(size as usize);
    let last = rows.last().filter(|_| has_more).map(key);
    (rows, last)
}

/// The token of the page after the row of this id; bound to the same arguments as [`parse`].
pub fn next_token(last: Uuid, binding: &[&str]) -> String {
    token(last.as_bytes(), binding)
}

/// The same for a list in the order of a text; bound to the same arguments as [`parse_by_text`].
pub fn next_token_by_text(last: &str, binding: &[&str]) -> String {
    token(last.as_bytes(), binding)
}

/// A token for any keyset: version, digest of key and arguments, key.
fn token(key: &[u8], binding: &[&str]) -> String {
    let mut bytes = vec![TOKEN_VERSION];
    bytes.extend_from_slice(&digest(key, binding));
    bytes.extend_from_slice(key);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The key of a token that was made for these arguments.
fn last_key(token: &str, binding: &[&str]) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (version, rest) = bytes.split_first()?;
    let (claimed, key) = rest.split_at_checked(DIGEST_BYTES)?;
    let genuine = *version == TOKEN_VERSION && claimed == digest(key, binding);
    genuine.then(|| key.to_vec())
}

/// Binds a key to the arguments. Not a secret: a forged token shows only what its forger may list anyway.
fn digest(key: &[u8], binding: &[&str]) -> [u8; DIGEST_BYTES] {
    let mut hasher = Sha256::new();
    hasher.update([TOKEN_VERSION]);
    for part in [key].into_iter().chain(binding.iter().map(|argument| argument.as_bytes())) {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    let mut short = [0; DIGEST_BYTES];
    short.iter_mut().zip(hasher.finalize()).for_each(|(to, from)| *to = from);
    short
}

fn invalid_token(violations: &Violations) -> Refusal {
    let message = "The page_token is not one that this list gave for these arguments. \
                   Send the next_page_token of the last answer with the same arguments, or begin without a token.";
    let mut refusal = Refusal::new(Reason::InvalidPageToken, message);
    refusal.violations = violations.as_slice().to_vec();
    refusal.violations.push(Violation { field: "page_token".to_owned(), message: message.to_owned() });
    refusal
}

#[cfg(test)]
mod tests {
    use super::*;

    const BINDING: &[&str] = &["ListPatients", "clinics/default"];

    fn page(size: i32, token: &str) -> (Result<Page, Refusal>, Violations) {
        let mut violations = Violations::new();
        let page = parse(size, token, BINDING, &mut violations);
        (page, violations)
    }

    #[test]
    fn a_page_holds_50_rows_unless_told_otherwise_and_1000_at_most() {
        for (asked, size) in [(0, 50), (1, 1), (999, 999), (1000, 1000)] {
            let (page, violations) = page(asked, "");
            assert_eq!(page.unwrap(), Page { size, after: None });
            assert!(violations.is_empty());
        }
        for asked in [-1, i32::MIN, 1001, i32::MAX] {
            let (page, violations) = page(asked, "");
            assert!(page.is_ok());
            assert_eq!(violations.as_slice().len(), 1, "{asked}");
            assert_eq!(violations.as_slice()[0].field, "page_size");
            assert!(violations.as_slice()[0].message.contains("1000"));
        }
    }

    #[test]
    fn a_token_leads_on_after_the_row_it_was_made_for() {
        let last = Uuid::now_v7();
        let (page, _) = page(10, &next_token(last, BINDING));
        assert_eq!(page.unwrap(), Page { size: 10, after: Some(last) });
    }

    #[test]
    fn a_page_names_its_last_row_only_when_more_follow() {
        assert_eq!(cut(vec![1, 2, 3], 2, |row| *row), (vec![1, 2], Some(2)));
        assert_eq!(cut(vec![1, 2], 2, |row| *row), (vec![1, 2], None));
        assert_eq!(cut(Vec::<i32>::new(), 2, |row| *row), (vec![], None));
    }

    #[test]
    fn a_token_of_a_text_leads_on_after_that_text_and_not_after_an_id() {
        let token = next_token_by_text("north-clinic", BINDING);
        let page = parse_by_text(0, &token, BINDING, &mut Violations::new());
        assert_eq!(page.unwrap().after.as_deref(), Some("north-clinic"));
        assert_eq!(parse(0, &token, BINDING, &mut Violations::new()).unwrap_err().reason, Reason::InvalidPageToken);
    }

    #[test]
    fn a_token_of_other_arguments_is_refused() {
        for other in [&["ListPatients", "clinics/other"][..], &["ListPatientsclinics/default"], &["ListPatients"], &[]]
        {
            let (page, _) = page(10, &next_token(Uuid::now_v7(), other));
            assert_eq!(page.unwrap_err().reason, Reason::InvalidPageToken, "{other:?}");
        }
    }

    #[test]
    fn a_token_with_any_one_character_changed_is_refused() {
        let token = next_token(Uuid::now_v7(), BINDING);
        for index in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
            let (page, _) = page(10, std::str::from_utf8(&bytes).unwrap());
            assert_eq!(page.unwrap_err().reason, Reason::InvalidPageToken, "at {index}");
        }
        for nonsense in ["x", "AQ", "not a token", "%00", &token[..20], &format!("{token}AA")] {
            let (page, _) = page(10, nonsense);
            assert_eq!(page.unwrap_err().reason, Reason::InvalidPageToken, "{nonsense}");
        }
    }

    #[test]
    fn a_wrong_size_and_a_wrong_token_are_named_together() {
        let (page, _) = page(-1, "x");
        let fields: Vec<String> = page.unwrap_err().violations.into_iter().map(|v| v.field).collect();
        assert_eq!(fields, ["page_size", "page_token"]);
    }
}
