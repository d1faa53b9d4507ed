//! Times one recommendation on a long record: 60 assessments, 120 sessions.

use std::time::Instant;

use taper_core::case::Case;
use taper_core::protocol::builtin::DOCUMENTS;
use taper_core::protocol::Protocol;
use taper_core::recommend::recommend;

fn main() {
    for document in DOCUMENTS {
        let Ok(protocol) = Protocol::parse(document.text, &[]) else { continue };
        for (name, text) in document.cases {
            let Ok(case) = Case::parse_for(text, &protocol) else { continue };
            let Some(last) = case.play_with(&protocol).into_iter().last() else { continue };
            let mut record = last.record;
            let (assessments, sessions) = (record.assessments.clone(), record.sessions.clone());
            for n in 0..60usize {
                if record.assessments.len() >= 60 || assessments.is_empty() { break; }
                let mut fact = assessments[n % assessments.len()].clone();
                fact.id.0 = uuid::Uuid::from_u64_pair(9, n as u64);
                record.assessments.push(fact);
            }
            for n in 0..120usize {
                if record.sessions.len() >= 120 || sessions.is_empty() { break; }
                let mut fact = sessions[n % sessions.len()].clone();
                fact.id.0 = uuid::Uuid::from_u64_pair(8, n as u64);
                record.sessions.push(fact);
            }
            let results: usize = record.assessments.iter().map(|a| a.content.results.len()).sum();
            let day = last.recommendation.as_of;
            let begin = Instant::now();
            for _ in 0..200 { std::hint::black_box(recommend(&protocol, &record, day)); }
            println!("{name}: {} rules, {results} results: {:?}", protocol.rules.len(), begin.elapsed() / 200);
        }
    }
}
