//! The rows of a page and the token of the next one.

use taper_kit::paging::{self, Page};
use taper_store::Stored;
use uuid::Uuid;

/// How many rows to read for a page: one more tells whether there is a next page.
pub fn rows_of(page: Page) -> u32 {
    page.size.saturating_add(1)
}

/// Cuts the rows to the page, and gives the token of the next one; empty on the last.
pub fn page_of<I: Copy, T>(
    rows: Vec<Stored<I, T>>,
    page: Page,
    binding: &[&str],
    uuid: fn(I) -> Uuid,
) -> (Vec<Stored<I, T>>, String) {
    let (rows, last) = paging::cut(rows, page.size, |row| uuid(row.id));
    let token = last.map(|last| paging::next_token(last, binding));
    (rows, token.unwrap_or_default())
}
