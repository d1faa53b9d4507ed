//! What must never be in a log: marks that stand for names, notes and secrets, and the search for them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// Every planted text begins with it. No other text of ours holds it, in whatever case.
const MARK: &str = "Zq7xSentinel";

/// A text to plant, with the name of its kind: letters and digits only, so that it fits almost everywhere.
pub fn planted(kind: &str) -> String {
    let kind: String = kind.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{MARK}{kind}")
}

/// The lines of a text that hold a mark or one of the other secrets, in any form in which a program may have printed it.
pub fn lines_with_secrets<'t>(text: &'t str, others: &[String]) -> Vec<&'t str> {
    let forms: Vec<String> = std::iter::once(MARK).chain(others.iter().map(String::as_str)).flat_map(forms).collect();
    let holds = |line: &&str| {
        let lower = line.to_lowercase();
        forms.iter().any(|form| lower.contains(form))
    };
    text.lines().filter(holds).collect()
}

/// As it is, as hexadecimal, as a list of numbers, and as base64 wherever it begins; all in lower case.
fn forms(secret: &str) -> Vec<String> {
    let bytes = secret.as_bytes();
    let hexadecimal = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let numbers = bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
    let mut forms = vec![secret.to_owned(), hexadecimal, numbers];
    for before in 0..3 {
        let encoded = STANDARD_NO_PAD.encode([&vec![0; before], bytes].concat());
        // What depends on the neighbours is cut off.
        forms.push(encoded[(before * 8).div_ceil(6)..encoded.len() - 2].to_owned());
    }
    forms.into_iter().map(|form| form.to_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_found_in_every_form_and_nothing_else_is() {
        let mark = planted("family_name");
        for printed in [
            format!("name={mark}"),
            mark.to_uppercase(),
            format!("{:?}", mark.as_bytes()),
            mark.bytes().map(|byte| format!("{byte:02X}")).collect(),
            STANDARD_NO_PAD.encode(&mark),
            STANDARD_NO_PAD.encode(format!("1{mark}2")),
            STANDARD_NO_PAD.encode(format!("12{mark}")),
            format!("{:?}", bytes::Bytes::from(mark.clone())),
        ] {
            let text = format!("before\n{printed}\nafter");
            assert_eq!(lines_with_secrets(&text, &[]), [printed.as_str()]);
        }
        assert!(lines_with_secrets("Zq7x sentinel\nSentinel", &[]).is_empty());
        assert_eq!(lines_with_secrets("a\npassword=hunter2!", &["hunter2".to_owned()]).len(), 1);
    }
}
