//! What the payload says, under a signature that holds.

use serde_json::{Value, json};
use taper_login::token::{Claim, TokenFault};

use crate::issuer::{AUDIENCE, NOW_SECONDS, URL, base64url, claims_with, claims_without, good_claims};
use crate::{Case, Cast, case};

pub fn of_issuer_and_audience(cast: &Cast) -> Vec<Case> {
    use TokenFault::{Malformed, Missing, WrongAudience, WrongIssuer};
    let mut cases = vec![
        case("iss is missing", cast.ec.token(&claims_without("iss")), Missing(Claim::Issuer)),
        case("aud is missing", cast.ec.token(&claims_without("aud")), Missing(Claim::Audience)),
    ];
    let host = "https://login.example.org";
    let wrong =
        ["https://evil.example", host, &format!("{URL}/"), &format!("{URL}.evil.example"), &URL.to_uppercase(), ""];
    for iss in wrong.iter().copied().chain([&URL[1..], &URL[..URL.len() - 1], &format!(" {URL}")]) {
        cases.push(case(format!("iss `{iss}`"), cast.ec.token(&claims_with("iss", json!(iss))), WrongIssuer));
    }
    for iss in [json!([URL]), json!({"url": URL}), Value::Null, json!(1)] {
        cases.push(case(format!("iss {iss}"), cast.ec.token(&claims_with("iss", iss)), Malformed(Claim::Issuer)));
    }
    let near = format!("{AUDIENCE}.evil.example");
    let wrong = [
        json!("other"),
        json!(""),
        json!([]),
        json!(["other"]),
        json!(near),
        json!([near]),
        json!("*"),
        json!("TAPER.example.org"),
    ];
    for aud in wrong {
        cases.push(case(format!("aud {aud}"), cast.ec.token(&claims_with("aud", aud)), WrongAudience));
    }
    for aud in [
        Value::Null,
        json!(1),
        json!({"0": AUDIENCE}),
        json!([AUDIENCE, 1]),
        json!([[AUDIENCE]]),
        json!([AUDIENCE, null]),
    ] {
        cases.push(case(format!("aud {aud}"), cast.ec.token(&claims_with("aud", aud)), Malformed(Claim::Audience)));
    }
    cases
}

pub fn of_time(cast: &Cast) -> Vec<Case> {
    use TokenFault::{Expired, IssuedAhead, Malformed, Missing, NotOneObject, NotYetValid};
    let mut cases = vec![case("exp is missing", cast.ec.token(&claims_without("exp")), Missing(Claim::Expiry))];
    let mut add = |name: &str, value: Value, fault: TokenFault| {
        cases.push(case(format!("{name} {value}"), cast.ec.token(&claims_with(name, value)), fault));
    };
    add("exp", json!(NOW_SECONDS - 30), Expired);
    add("exp", json!(NOW_SECONDS as f64 - 30.5), Expired);
    add("exp", json!(NOW_SECONDS - 86_400), Expired);
    add("exp", json!(0), Expired);
    add("nbf", json!(NOW_SECONDS + 31), NotYetValid);
    add("nbf", json!(253_402_207_200_i64), NotYetValid);
    add("iat", json!(NOW_SECONDS + 61), IssuedAhead);
    add("iat", json!(NOW_SECONDS as f64 + 60.5), IssuedAhead);
    for (name, claim) in [("exp", Claim::Expiry), ("nbf", Claim::NotBefore), ("iat", Claim::IssuedAt)] {
        // CVE-2026-25537: a time as text must not count as no time at all.
        add(name, json!((NOW_SECONDS + 300).to_string()), Malformed(claim));
        for value in
            [json!(-1), json!(-1e300), json!(1e300), json!(u64::MAX), json!(i64::MAX), json!(253_402_300_800_i64)]
        {
            add(name, value, Malformed(claim));
        }
        for value in
            [Value::Null, json!(true), json!([NOW_SECONDS]), json!({}), json!(""), json!("2026-03-01T08:05:00Z")]
        {
            add(name, value, Malformed(claim));
        }
    }
    for number in ["NaN", "Infinity", "1e999", "0x6543", "01772352300", "+1772352300"] {
        let claims = claims_without("exp").to_string().replacen('{', &format!("{{\"exp\":{number},"), 1);
        let token = cast.ec.token_of(&cast.ec.header().to_string(), &claims);
        cases.push(case(format!("exp is {number}"), token, NotOneObject));
    }
    cases
}

pub fn of_bearer(cast: &Cast) -> Vec<Case> {
    use TokenFault::{Malformed, Missing};
    let mut cases = vec![case("sub is missing", cast.ec.token(&claims_without("sub")), Missing(Claim::Subject))];
    let mut add = |name: &str, value: Value, claim: Claim| {
        let what: String = format!("{name} {value}").chars().take(90).collect();
        cases.push(case(what, cast.ec.token(&claims_with(name, value)), Malformed(claim)));
    };
    let too_long = "s".repeat(256);
    for sub in ["", " ", " ann", "ann ", "a\nb", "a\u{0}b", "a\u{7f}b", "a\u{202e}b", "ä", too_long.as_str()] {
        add("sub", json!(sub), Claim::Subject);
    }
    for sub in [Value::Null, json!(7), json!(["ann"]), json!({})] {
        add("sub", sub, Claim::Subject);
    }
    let too_long = "a".repeat(64);
    for clinic in [
        "",
        "North",
        "north ",
        "no_rth",
        "-north",
        "north-",
        "1north",
        "-",
        "clinics/north",
        "north/../south",
        too_long.as_str(),
    ] {
        add("taper_clinic", json!(clinic), Claim::Clinic);
    }
    for clinic in [Value::Null, json!(1), json!(["north"]), json!({"slug": "north"})] {
        add("taper_clinic", clinic, Claim::Clinic);
    }
    for scope in
        [json!(["system/*.r"]), Value::Null, json!("a\nb"), json!("a\tb"), json!("a\"b"), json!("a\\b"), json!("ä")]
    {
        add("scope", scope, Claim::Scope);
    }
    for amr in [json!("mfa"), json!({"mfa": true}), json!(["mfa", 1]), Value::Null] {
        add("amr", amr, Claim::Factors);
    }
    add("acr", json!(["urn:two"]), Claim::Factors);
    for confirmation in confirmations() {
        add("cnf", confirmation, Claim::Confirmation);
    }
    cases
}

/// Bindings that are not one to a certificate (RFC 8705, section 3.1).
fn confirmations() -> Vec<Value> {
    let thumbprint = base64url([7; 32]);
    vec![
        json!({}),
        json!("x5t#S256"),
        Value::Null,
        json!({"x5t#S256": 1}),
        json!({"x5t#S256": ""}),
        json!({"x5t#S256": base64url([7; 31])}),
        json!({"x5t#S256": base64url([7; 33])}),
        json!({"x5t#S256": format!("{thumbprint}=")}),
        json!({"x5t": thumbprint}),
        json!({"jkt": thumbprint}),
        json!({"x5t#S256": thumbprint, "jkt": thumbprint}),
    ]
}

pub fn of_payload(cast: &Cast) -> Vec<Case> {
    let good = good_claims().to_string();
    let twice = |member: &str| good.replacen('{', &format!("{{{member},"), 1);
    let texts = [
        ("sub twice", twice(r#""sub":"somebody-else""#)),
        ("the clinic twice", twice(r#""taper_clinic":"south""#)),
        ("exp twice", twice(r#""exp":1"#)),
        ("a claim twice, once escaped", twice(r#""\u0073ub":"somebody-else""#)),
        ("a claim that nobody reads twice", twice(r#""x":1,"x":2"#)),
        ("a nested claim twice", twice(r#""x":{"y":1,"y":1}"#)),
        ("an array", format!("[{good}]")),
        ("a text", json!(good).to_string()),
        ("nothing", String::new()),
        ("two objects", format!("{good}{good}")),
        ("a token in a token", cast.ec.token(&good_claims())),
        ("very deep", format!("{}1{}", r#"{"x":"#.repeat(400), "}".repeat(400))),
        ("a byte order mark before it", format!("\u{feff}{good}")),
    ];
    let header = cast.ec.header().to_string();
    texts
        .map(|(what, text)| {
            case(format!("the payload is {what}"), cast.ec.token_of(&header, &text), TokenFault::NotOneObject)
        })
        .into()
}
