//! The currencies in which amounts are kept, with the decimals of each: ISO 4217, list one, as published on 2026-01-01.
//!
//! Codes without minor units (gold, special drawing rights, test codes) are no currencies to pay in and are left out.

/// Currencies by the digits of their minor unit; most have cents.
const BY_DIGITS: [(u32, &str); 4] = [
    (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
    (
        2,
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY \
         COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS \
         INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR \
         MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP \
         STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG",
    ),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
    (4, "CLF UYW"),
];

/// Digits of the minor unit: 2 for USD, 0 for JPY, 3 for KWD. None for what is no currency of the list.
pub fn minor_digits(code: &str) -> Option<u32> {
    let of_code = BY_DIGITS.iter().find(|(_, codes)| codes.split(' ').any(|known| known == code));
    of_code.map(|(digits, _)| *digits)
}

/// Minor units in one unit: 100 for USD, 1 for JPY, 1000 for KWD. None for what is no currency of the list.
pub fn minor_units_in_one(code: &str) -> Option<i64> {
    minor_digits(code).map(|digits| 10_i64.saturating_pow(digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_currency_has_its_own_decimals() {
        for (code, digits) in
            [("JPY", 0), ("KRW", 0), ("CLP", 0), ("USD", 2), ("EUR", 2), ("KWD", 3), ("TND", 3), ("CLF", 4)]
        {
            assert_eq!(minor_digits(code), Some(digits), "{code}");
        }
        assert_eq!(["JPY", "USD", "KWD"].map(minor_units_in_one), [Some(1), Some(100), Some(1000)]);
    }

    #[test]
    fn what_is_no_currency_to_pay_in_is_refused() {
        for code in ["", " ", "usd", "US", "USDX", "USD EUR", "ZZZ", "XAU", "XXX", "XTS", "DEM"] {
            assert_eq!(minor_digits(code), None, "{code:?}");
        }
    }

    #[test]
    fn the_list_is_whole_and_names_each_code_once() {
        let mut codes: Vec<&str> = BY_DIGITS.iter().flat_map(|(_, codes)| codes.split(' ')).collect();
        assert_eq!(codes.len(), 17 + 139 + 7 + 2);
        assert!(codes.iter().all(|code| code.len() == 3 && code.chars().all(|letter| letter.is_ascii_uppercase())));
        codes.sort_unstable();
        assert!(codes.is_sorted_by(|one, next| one < next));
    }
}
