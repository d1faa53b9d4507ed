//! A line without what differs from run to run: ids, dates, times, ports, sizes, versions, hashes and paths.

/// The line with each such part replaced by its name in angle brackets, and runs of spaces made one.
pub fn normalised(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line.trim();
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        if let Some((length, name)) = variable_part(before, &text, rest) {
            text.push_str(name);
            before = '>';
            rest = rest.get(length..).unwrap_or_default();
            continue;
        }
        if !(first.is_whitespace() && before.is_whitespace()) {
            text.push(if first.is_whitespace() { ' ' } else { first });
        }
        before = first;
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
    }
    text
}

/// Gives the length of its kind of part when the text begins with one.
type Reader = fn(&str) -> Option<usize>;

/// Length and name of the variable part that begins here, if one does.
fn variable_part(before: char, said: &str, rest: &str) -> Option<(usize, &'static str)> {
    if let Some(length) = port(said, rest) {
        return Some((length, "<port>"));
    }
    if before.is_alphanumeric() || before == '_' || before == '.' {
        return None;
    }
    let readers: [(Reader, &'static str); 7] = [
        (uuid, "<uuid>"),
        (date_and_time, "<date>"),
        (clock_time, "<time>"),
        (quantity, "<quantity>"),
        (version, "<version>"),
        (hash, "<hash>"),
        (path, "<path>"),
    ];
    readers.into_iter().find_map(|(read, name)| {
        let length = read(rest)?;
        let ends_well = !rest.get(length..)?.starts_with(|next: char| next.is_alphanumeric() || next == '_');
        let begins_well = name != "<path>" || may_precede_path(before);
        (begins_well && ends_well).then_some((length, name))
    })
}

fn may_precede_path(before: char) -> bool {
    before.is_whitespace() || "\"'`(=[<".contains(before)
}

/// Digits after the colon of a loopback address.
fn port(said: &str, rest: &str) -> Option<usize> {
    let hosts = ["127.0.0.1:", "localhost:", "[::1]:", "0.0.0.0:"];
    let digits = digits(rest);
    (hosts.iter().any(|host| said.ends_with(host)) && (1..=5).contains(&digits)).then_some(digits)
}

/// 0192f0c1-2345-7abc-8def-0123456789ab
fn uuid(rest: &str) -> Option<usize> {
    let text = rest.get(..36)?;
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    let hexadecimal = groups.iter().all(|group| group.chars().all(|sign| sign.is_ascii_hexdigit()));
    (lengths == [8, 4, 4, 4, 12] && hexadecimal).then_some(36)
}

/// 2026-11-23, or 2026-11-23T06:28:01.5Z.
fn date_and_time(rest: &str) -> Option<usize> {
    let date = shaped(rest, "0000-00-00")?;
    let after = rest.get(date..)?;
    let time = after.strip_prefix('T').and_then(clock_time);
    Some(time.map_or(date, |time| date + 1 + time))
}

/// 06:28, 06:28:01, 06:28:01.123456, each also with Z or +02:00.
fn clock_time(rest: &str) -> Option<usize> {
    let mut length = shaped(rest, "00:00")?;
    if rest.get(..2)? > "23" || rest.get(3..5)? > "59" {
        return None;
    }
    let after = |length: usize| rest.get(length..).unwrap_or_default();
    if let Some(seconds) = shaped(after(length), ":00") {
        length += seconds;
        if let Some(fraction) = after(length).strip_prefix('.')
            && digits(fraction) > 0
        {
            length += 1 + digits(fraction);
        }
    }
    if after(length).starts_with('Z') {
        return Some(length + 1);
    }
    if let Some(offset) = shaped(after(length), "+00:00").or_else(|| shaped(after(length), "-00:00")) {
        length += offset;
    }
    Some(length)
}

/// A size or a span that a machine measured: 12.3 MiB, 40 kB, 3.5ms, 120 ms, 0.4s. Minutes are the clinic's: kept.
fn quantity(rest: &str) -> Option<usize> {
    let number = number(rest)?;
    let after = rest.get(number..)?;
    let space = after.len() - after.trim_start_matches(' ').len();
    let unit_text = after.get(space.min(1)..)?;
    let units = ["bytes", "KiB", "MiB", "GiB", "kB", "KB", "MB", "GB", "B", "ms", "µs", "us", "ns", "s"];
    let unit = units.iter().find(|unit| {
        unit_text.strip_prefix(**unit).is_some_and(|end| !end.starts_with(|next: char| next.is_alphanumeric()))
    })?;
    Some(number + space.min(1) + unit.len())
}

/// 1.2.3, v1.2.3, 1.2.3-beta.1; not an address of four numbers.
fn version(rest: &str) -> Option<usize> {
    let v = usize::from(rest.starts_with('v'));
    let text = rest.get(v..)?;
    let mut length = 0;
    for part in 0..3 {
        if part > 0 {
            text.get(length..)?.strip_prefix('.')?;
            length += 1;
        }
        let digits = digits(text.get(length..)?);
        if digits == 0 {
            return None;
        }
        length += digits;
    }
    let after = text.get(length..)?;
    if after.strip_prefix('.').is_some_and(|next| digits(next) > 0) {
        return None;
    }
    if let Some(suffix) = after.strip_prefix('-') {
        let suffix = span(suffix, |sign| sign.is_ascii_alphanumeric() || sign == '.');
        return Some(v + length + 1 + suffix);
    }
    Some(v + length)
}

/// At least 16 hexadecimal digits, of which one is a digit.
fn hash(rest: &str) -> Option<usize> {
    let length = span(rest, |sign| sign.is_ascii_hexdigit());
    let with_digit = rest.get(..length)?.contains(|sign: char| sign.is_ascii_digit());
    (length >= 16 && with_digit).then_some(length)
}

/// An absolute path, or one below the home folder.
fn path(rest: &str) -> Option<usize> {
    let root = if rest.starts_with("~/") { 2 } else { usize::from(rest.starts_with('/')) };
    if root == 0 {
        return None;
    }
    let length = root + span(rest.get(root..)?, |sign| sign.is_alphanumeric() || "/._-+".contains(sign));
    let trimmed = rest.get(..length)?.trim_end_matches('.').len();
    (trimmed > root).then_some(trimmed)
}

/// The length of the text's beginning that has this shape, where 0 stands for any digit.
fn shaped(text: &str, shape: &str) -> Option<usize> {
    let beginning = text.get(..shape.len())?;
    let fits = beginning.chars().zip(shape.chars()).all(|(sign, wanted)| match wanted {
        '0' => sign.is_ascii_digit(),
        other => sign == other,
    });
    fits.then_some(shape.len())
}

/// 12 or 12.5
fn number(text: &str) -> Option<usize> {
    let whole = digits(text);
    if whole == 0 {
        return None;
    }
    let fraction = text.get(whole..)?.strip_prefix('.').map_or(0, digits);
    Some(if fraction > 0 { whole + 1 + fraction } else { whole })
}

fn digits(text: &str) -> usize {
    span(text, |sign| sign.is_ascii_digit())
}

/// The length in bytes of the text's beginning whose signs all are so.
fn span(text: &str, is_so: impl Fn(char) -> bool) -> usize {
    text.find(|sign| !is_so(sign)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_from_run_to_run_gets_a_name() {
        for (line, wanted) in [
            ("patients/0192f0c1-2345-7abc-8def-0123456789ab/injuries", "patients/<uuid>/injuries"),
            ("on 2026-11-23 the", "on <date> the"),
            ("\"createTime\": \"2026-11-23T06:28:01.123456Z\",", "\"createTime\": \"<date>\","),
            ("2026-11-23T06:28:01+02:00 INFO", "<date> INFO"),
            ("ready at 06:28:01", "ready at <time>"),
            ("grpc://127.0.0.1:50051.", "grpc://127.0.0.1:<port>."),
            ("http://localhost:8080/x", "http://localhost:<port>/x"),
            ("listening on [::1]:7", "listening on [::1]:<port>"),
            ("took 12.5 ms, 3.1ms, 0.4s", "took <quantity>, <quantity>, <quantity>"),
            ("database of 1.5 MiB", "database of <quantity>"),
            ("taper 0.1.0 (v1.2.3-beta.1)", "taper <version> (<version>)"),
            ("etag 0123456789abcdef0123", "etag <hash>"),
            ("data in /root/.local/share/taper.", "data in <path>."),
            ("`/tmp/x/taper.db`", "`<path>`"),
            ("~/data/taper.db", "<path>"),
            ("a   b\t c ", "a b c"),
        ] {
            assert_eq!(normalised(line), wanted, "{line}");
        }
    }

    #[test]
    fn what_the_clinic_said_stays() {
        for line in [
            "3 x 30 minutes on tie-in and belly",
            "phase 2: HOLD (P2-PROG-3 unmet)",
            "running below 9 km/h, N 4 to 2, AKE 6.5 deg",
            "sessions a week 3, 2, 1 / week",
            "an address of 127.0.0.1",
            "and/or",
            "clinics/default/patients",
            "taper.v1.PatientService/GetPatient",
            "1.2 of 3",
            "decade of 12 bananas",
            "shares of 60:40",
        ] {
            assert_eq!(normalised(line), line);
        }
    }

    #[test]
    fn two_different_answers_stay_different() {
        assert_ne!(normalised("phase 2 HOLD"), normalised("phase 3 HOLD"));
        assert_ne!(normalised("running below 9 km/h"), normalised("running below 11 km/h"));
    }

    #[test]
    fn a_line_with_signs_of_several_bytes_is_kept_whole() {
        assert_eq!(normalised("µ → 3 µs, Å"), "µ → <quantity>, Å");
    }
}
