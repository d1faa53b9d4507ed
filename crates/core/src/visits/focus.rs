//! Hands-on minutes by area against the shares prescribed.

use jiff::civil::Date;

use crate::protocol::Protocol;
use crate::record::Record;
use crate::record::codes::SessionState;

use super::{FocusAdherence, percent, sessions};

/// Minutes of attended visits up to a day, for every area that is prescribed or was treated.
pub(super) fn adherence(protocol: &Protocol, record: &Record, as_of: Date) -> Vec<FocusAdherence> {
    let own = &record.plan.content.focus;
    let shares = if own.is_empty() { &protocol.ladder.focus } else { own };
    let mut areas: Vec<FocusAdherence> = Vec::new();
    for share in shares {
        match areas.iter_mut().find(|known| known.area == share.area) {
            Some(known) => known.prescribed_percent = known.prescribed_percent.saturating_add(share.percent.get()),
            None => areas.push(FocusAdherence {
                area: share.area,
                minutes: 0,
                share_percent: None,
                prescribed_percent: share.percent.get(),
            }),
        }
    }
    let attended = |state: SessionState, date: Date| state == SessionState::Attended && date <= as_of;
    for session in sessions(record).filter(|session| attended(session.state, session.date)) {
        for part in &session.focus {
            let minutes = u32::from(part.minutes.get());
            match areas.iter_mut().find(|known| known.area == part.area) {
                Some(known) => known.minutes = known.minutes.saturating_add(minutes),
                None => {
                    areas.push(FocusAdherence { area: part.area, minutes, share_percent: None, prescribed_percent: 0 });
                }
            }
        }
    }
    let total = areas.iter().fold(0_u32, |sum, area| sum.saturating_add(area.minutes));
    for area in &mut areas {
        area.share_percent = percent(area.minutes, total);
    }
    // Areas that no share names come last, in the order of the list of areas: the order of sessions does not matter.
    areas.sort_by_key(|area| if area.prescribed_percent > 0 { None } else { Some(area.area) });
    areas
}
