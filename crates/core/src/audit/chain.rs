//! The chain: each entry's hash covers the entry and the hash before it, so that nothing in between can change unseen.

use std::fmt;

use sha2::{Digest, Sha256};

use super::Event;

/// SHA-256.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 32]);

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The end of a chain: how many entries it has, and the hash of the last one; all zeros while it is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The number of the last entry, from 1 on.
    pub number: u64,
    /// Its hash.
    pub hash: Hash,
}

impl Head {
    /// The entry that an event becomes after this head, of this chain.
    pub fn next(self, chain: &str, event: Event) -> Entry {
        let number = self.number.saturating_add(1);
        let hash = hash(chain, number, self.hash, &event);
        Entry { number, event, hash }
    }
}

/// An event at its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// From 1 on, without gaps.
    pub number: u64,
    /// What happened.
    pub event: Event,
    /// Covers the event, its place, and the hash before it.
    pub hash: Hash,
}

impl Entry {
    /// The head of a chain that ends here.
    pub fn head(&self) -> Head {
        Head { number: self.number, hash: self.hash }
    }
}

/// What is wrong with a chain, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// An entry is not what was written there.
    #[error("entry {number} is not as it was written, or one before it was replaced")]
    Changed {
        /// Its number.
        number: u64,
    },
    /// An entry is there and holds what no program writes.
    #[error("entry {number} does not read back")]
    Unreadable {
        /// Its number.
        number: u64,
    },
    /// The head that is stored holds what no program writes.
    #[error("the stored end of the chain does not read back")]
    UnreadableHead,
    /// Entries are missing, or stand where others belong.
    #[error("entry {expected} is missing; entry {found} stands in its place")]
    Missing {
        /// The number that belongs there.
        expected: u64,
        /// The number that is there.
        found: u64,
    },
    /// The chain ends before a head that is known, or ends there with another hash.
    #[error("the chain ends at entry {found}, and entry {expected} was written")]
    CutOff {
        /// The number of the known head.
        expected: u64,
        /// The number of the last entry.
        found: u64,
    },
    /// A head that is known is not in the chain: all of it was written anew.
    #[error("entry {number} is not the one that was anchored")]
    NotAnchored {
        /// The number of the anchored entry.
        number: u64,
    },
}

/// Reads a chain from its first entry on, or from a head that is trusted, and says what is wrong with it. Holds no entries.
#[derive(Clone, Debug)]
pub struct Verifier {
    chain: String,
    start: Head,
    head: Head,
    /// Heads that are known from elsewhere, by rising number.
    anchors: Vec<Head>,
}

impl Verifier {
    /// For the chain of this name, which is the clinic's slug; with heads that are known from elsewhere.
    pub fn new(chain: impl Into<String>, mut anchors: Vec<Head>) -> Self {
        anchors.sort_by_key(|anchor| anchor.number);
        Self { chain: chain.into(), start: Head::default(), head: Head::default(), anchors }
    }

    /// The same from this head on, which is trusted: what is before it is not looked at.
    pub fn after(self, start: Head) -> Self {
        Self { start, head: start, ..self }
    }

    /// Looks at the next entry.
    pub fn read(&mut self, entry: &Entry) -> Result<(), Fault> {
        let expected = self.head.number.saturating_add(1);
        if entry.number != expected {
            return Err(Fault::Missing { expected, found: entry.number });
        }
        if hash(&self.chain, entry.number, self.head.hash, &entry.event) != entry.hash {
            return Err(Fault::Changed { number: entry.number });
        }
        self.head = entry.head();
        let is_other = |anchor: &Head| anchor.number == entry.number && anchor.hash != entry.hash;
        if self.anchors.iter().any(is_other) {
            return Err(Fault::NotAnchored { number: entry.number });
        }
        Ok(())
    }

    /// At the end: the chain must end at the head that is stored, and reach every anchor.
    pub fn end(self, stored: Head) -> Result<Head, Fault> {
        let furthest = self.anchors.last().map_or(0, |anchor| anchor.number).max(stored.number);
        if self.head.number < furthest {
            return Err(Fault::CutOff { expected: furthest, found: self.head.number });
        }
        if stored.number < self.start.number {
            return Err(Fault::CutOff { expected: self.start.number, found: stored.number });
        }
        if self.head != stored {
            return Err(Fault::Changed { number: self.head.number });
        }
        Ok(self.head)
    }
}

/// Every field with its length before it, so that no two entries have the same bytes. The first field is the version:
/// events got a resource with the second one, and those without are written as they always were.
fn hash(chain: &str, number: u64, before: Hash, event: &Event) -> Hash {
    let mut sha = Sha256::new();
    let mut field = |bytes: &[u8]| {
        sha.update((bytes.len() as u64).to_be_bytes());
        sha.update(bytes);
    };
    field(if event.resource.is_some() { b"taper audit 2" } else { b"taper audit 1" });
    field(chain.as_bytes());
    field(&number.to_be_bytes());
    field(&before.0);
    field(&event.at.as_microsecond().to_be_bytes());
    field(event.subject.as_bytes());
    field(event.role.map(|role| role.word()).unwrap_or_default().as_bytes());
    field(event.method.as_bytes());
    field(event.interaction.word().as_bytes());
    field(event.patient.map(|patient| patient.0.into_bytes()).unwrap_or_default().as_slice());
    field(&[u8::from(event.patient.is_some())]);
    field(event.outcome.as_bytes());
    field(event.call_id.as_bytes());
    field(&[u8::from(event.by_broken_glass)]);
    if let Some(resource) = &event.resource {
        field(resource.as_bytes());
    }
    Hash(sha.finalize().into())
}
