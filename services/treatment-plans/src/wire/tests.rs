//! Tables of what is refused and what is the last that is accepted, field by field.

mod plans;
mod sessions;

use taper_kit::fields::Fields;

/// The paths that were noted, in order.
fn noted(mut fields: Fields) -> Vec<String> {
    let violations = fields.violations().as_slice();
    violations.iter().map(|violation| violation.field.clone()).collect()
}
