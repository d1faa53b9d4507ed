//! ListMeasures.

use taper_api::v1::{ListMeasuresRequest, ListMeasuresResponse};
use taper_core::measure;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::paging;

use crate::wire;

const BINDING: &[&str] = &["ListMeasures"];

/// Lists the catalogue in its own order; a page goes on after the code that the one before ended with.
pub fn list_measures(request: &ListMeasuresRequest) -> Result<ListMeasuresResponse, Refusal> {
    let mut fields = Fields::new();
    let page = paging::parse_by_text(request.page_size, &request.page_token, BINDING, fields.violations())?;
    fields.finish(Some(()))?;

    let begin = match &page.after {
        Some(code) => measure::ALL.iter().take_while(|measure| measure.code != code).count() + 1,
        None => 0,
    };
    let rows = measure::ALL.iter().skip(begin).take(page.size as usize + 1).collect();
    let (rows, last) = paging::cut(rows, page.size, |row| row.code);
    Ok(ListMeasuresResponse {
        measures: rows.into_iter().map(wire::measure::answer).collect(),
        next_page_token: last.map(|code| paging::next_token_by_text(code, BINDING)).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use taper_core::refusal::Reason;

    #[test]
    fn pages_of_one_join_to_the_whole_catalogue() {
        let mut codes = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = ListMeasuresRequest { page_size: 1, page_token };
            let page = list_measures(&request).unwrap();
            assert_eq!(page.measures.len(), 1);
            codes.extend(page.measures.into_iter().map(|measure| measure.code));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        let expected: Vec<_> = measure::ALL.iter().map(|measure| measure.code).collect();
        assert_eq!(codes, expected);
    }

    #[test]
    fn the_catalogue_fits_one_page_when_asked_for() {
        let request = ListMeasuresRequest { page_size: 1000, ..Default::default() };
        let page = list_measures(&request).unwrap();
        assert_eq!((page.measures.len(), page.next_page_token.as_str()), (measure::ALL.len(), ""));
    }

    #[test]
    fn a_page_of_minus_one_and_a_token_of_nowhere_are_refused() {
        let negative = ListMeasuresRequest { page_size: -1, ..Default::default() };
        assert_eq!(list_measures(&negative).unwrap_err().violations[0].field, "page_size");
        let page_token = paging::next_token_by_text("nprs_rest", &["ListClinics"]);
        let foreign = ListMeasuresRequest { page_size: 0, page_token };
        assert_eq!(list_measures(&foreign).unwrap_err().reason, Reason::InvalidPageToken);
    }
}
