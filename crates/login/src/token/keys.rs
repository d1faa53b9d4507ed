//! The issuer's keys as they were last read: which may still be used, and when they are read again.

use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::fault::TokenFault;
use super::fetch::Source;
use super::jwks::{Key, KeySet};
use super::shape::Header;

/// Older keys are read again with the next token, so that a key which the issuer took back does not stay good.
const FRESH_FOR: SignedDuration = SignedDuration::from_mins(5);

/// However many tokens name unknown keys, and however often the issuer fails: it is asked no more often.
const PAUSE: SignedDuration = SignedDuration::from_secs(30);

/// While the issuer is down the last good keys are used; older ones never.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24);

/// The keys of one issuer.
pub(super) struct Keys {
    source: Arc<Source>,
    state: Arc<RwLock<State>>,
    /// Held by the one read that is under way.
    turn: Arc<Mutex<()>>,
}

#[derive(Default)]
struct State {
    good: Option<(Arc<KeySet>, Timestamp)>,
    tried_at: Option<Timestamp>,
}

impl Keys {
    /// None are known yet.
    pub fn of(source: Source) -> Self {
        Self { source: Arc::new(source), state: Arc::default(), turn: Arc::default() }
    }

    /// The key that a header names.
    ///
    /// An unknown key makes the set be read once more, and whoever asks meanwhile waits for that read. A set that is only
    /// no longer fresh is read by one caller; the others go on with what is known.
    pub async fn find(&self, header: &Header, now: Timestamp) -> Result<Key, TokenFault> {
        let (found, is_fresh) = self.look(header, now);
        let is_answered = !matches!(found, Err(TokenFault::UnknownKey | TokenFault::NoKeys));
        if is_answered && is_fresh {
            return found;
        }
        let turn = Arc::clone(&self.turn);
        let turn = if is_answered { turn.try_lock_owned().ok() } else { Some(turn.lock_owned().await) };
        let Some(turn) = turn else { return found };
        self.read_again(turn, now).await;
        self.look(header, now).0
    }

    /// What is known of a key, and whether that was read lately.
    fn look(&self, header: &Header, now: Timestamp) -> (Result<Key, TokenFault>, bool) {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let Some((set, read_at)) = &state.good else { return (Err(TokenFault::NoKeys), false) };
        // Clocks are set back at times: only nearness counts.
        let age = now.duration_since(*read_at).abs();
        if age > KEPT_FOR {
            return (Err(TokenFault::NoKeys), false);
        }
        (set.find(header).cloned(), age <= FRESH_FOR)
    }

    /// Reads the keys, unless that was tried just now. A caller who hangs up does not cut it off.
    async fn read_again(&self, turn: OwnedMutexGuard<()>, now: Timestamp) {
        let state = Arc::clone(&self.state);
        {
            let mut state = state.write().unwrap_or_else(PoisonError::into_inner);
            if state.tried_at.is_some_and(|tried_at| now.duration_since(tried_at).abs() < PAUSE) {
                return;
            }
            state.tried_at = Some(now);
        }
        let source = Arc::clone(&self.source);
        let reading = tokio::spawn(async move {
            if let Some(set) = read(&source).await {
                let mut state = state.write().unwrap_or_else(PoisonError::into_inner);
                state.good = Some((Arc::new(set), now));
            }
            drop(turn);
        });
        if reading.await.is_err() {
            tracing::error!("the read of the issuer's keys was cut off");
        }
    }
}

/// The keys as the issuer has them now; none where it cannot be asked or answers nonsense.
async fn read(source: &Source) -> Option<KeySet> {
    let text = match source.read().await {
        Ok(text) => text,
        Err(fault) => {
            tracing::warn!(%fault, "the issuer's keys cannot be read");
            return None;
        }
    };
    match KeySet::read(&text) {
        Ok(set) => {
            tracing::info!(keys = set.count(), "the issuer's keys were read");
            Some(set)
        }
        Err(fault) => {
            tracing::warn!(%fault, "the issuer's keys cannot be read");
            None
        }
    }
}
