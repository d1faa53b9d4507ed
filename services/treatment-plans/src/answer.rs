//! The advice on a record as it is answered: with its sentences and its counterfactuals, where they are asked for.

use jiff::civil::Date;
use taper_api::v1;
use taper_core::counterfactual::counterfactuals;
use taper_core::protocol::Protocol;
use taper_core::recommend::recommend;
use taper_core::recommendation::Recommendation;
use taper_core::record::Record;
use taper_kit::name;
use taper_store::Version;

use crate::wire;
use crate::wire::texts::Texts;

/// What is asked for beside the advice itself.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct With {
    /// Sentences from the protocol's templates.
    pub text: bool,
    /// What would change the advice.
    pub counterfactuals: bool,
}

/// Whose advice is answered.
#[derive(Clone, Copy)]
pub(crate) struct Answer<'a> {
    pub plan: &'a name::Plan,
    pub etag: Version,
    pub protocol: &'a Protocol,
    pub record: &'a Record,
}

impl Answer<'_> {
    /// The advice on a day, and how it is answered.
    pub fn on(&self, as_of: Date, with: With) -> (Recommendation, v1::Recommendation) {
        let advice = recommend(self.protocol, self.record, as_of);
        let texts = Texts::of(self.protocol, with.text);
        let mut answer = wire::recommendation::recommendation(self.plan, self.etag, &advice, texts);
        if with.counterfactuals {
            let found = counterfactuals(self.protocol, self.record, as_of);
            let own = &self.record.plan.content.steps;
            let steps = if own.is_empty() { &self.protocol.ladder.steps } else { own };
            answer.counterfactuals = wire::counterfactual::counterfactuals(self.plan, steps, &found, texts);
        }
        (advice, answer)
    }
}
