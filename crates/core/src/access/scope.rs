//! Scopes of programs, in the form of SMART backend services: `system/Patient.rs` is read and search of patients.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// What a method does to its resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Interaction {
    /// Records something new.
    Create,
    /// Reads one.
    Read,
    /// Records a change of one.
    Update,
    /// Takes one away.
    Delete,
    /// Lists or computes over several.
    Search,
}

impl Interaction {
    /// In the order in which a scope names them.
    pub const ALL: [Interaction; 5] =
        [Interaction::Create, Interaction::Read, Interaction::Update, Interaction::Delete, Interaction::Search];

    /// Its letter in a scope.
    pub fn letter(self) -> char {
        match self {
            Interaction::Create => 'c',
            Interaction::Read => 'r',
            Interaction::Update => 'u',
            Interaction::Delete => 'd',
            Interaction::Search => 's',
        }
    }

    /// Its word in the audit.
    pub fn word(self) -> &'static str {
        match self {
            Interaction::Create => "create",
            Interaction::Read => "read",
            Interaction::Update => "update",
            Interaction::Delete => "delete",
            Interaction::Search => "search",
        }
    }
}

/// One scope: `system/{resource or *}.{letters of cruds, in that order}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scope {
    /// None is every resource.
    resource: Option<String>,
    interactions: BTreeSet<Interaction>,
}

/// Why a text is no scope. Never repeats the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must look like system/Patient.rs or system/*.cruds: a resource or *, then letters of cruds in this order")]
pub struct ScopeFault;

impl FromStr for Scope {
    type Err = ScopeFault;

    fn from_str(text: &str) -> Result<Self, ScopeFault> {
        let (resource, letters) =
            text.strip_prefix("system/").and_then(|rest| rest.split_once('.')).ok_or(ScopeFault)?;
        let is_name = !resource.is_empty() && resource.chars().all(|c| c.is_ascii_alphabetic());
        if !is_name && resource != "*" {
            return Err(ScopeFault);
        }
        let interactions: BTreeSet<Interaction> =
            Interaction::ALL.into_iter().filter(|interaction| letters.contains(interaction.letter())).collect();
        let in_order: String = interactions.iter().map(|interaction| interaction.letter()).collect();
        if letters.is_empty() || in_order != letters {
            return Err(ScopeFault);
        }
        Ok(Self { resource: is_name.then(|| resource.to_owned()), interactions })
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letters: String = self.interactions.iter().map(|interaction| interaction.letter()).collect();
        write!(f, "system/{}.{letters}", self.resource.as_deref().unwrap_or("*"))
    }
}

impl Scope {
    /// What both allow; none is nothing.
    fn within(&self, other: &Self) -> Option<Self> {
        let resource = match (&self.resource, &other.resource) {
            (Some(one), Some(another)) if one != another => return None,
            (one, another) => one.clone().or_else(|| another.clone()),
        };
        let interactions: BTreeSet<Interaction> =
            self.interactions.intersection(&other.interactions).copied().collect();
        (!interactions.is_empty()).then_some(Self { resource, interactions })
    }
}

/// The scopes of one principal; none allows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// Reads scopes that are separated by spaces.
    pub fn parse(text: &str) -> Result<Self, ScopeFault> {
        text.split(' ').filter(|one| !one.is_empty()).map(str::parse).collect::<Result<_, _>>().map(Self)
    }

    /// Whether one of them allows this.
    pub fn allow(&self, resource: &str, interaction: Interaction) -> bool {
        self.0.iter().any(|scope| {
            scope.resource.as_deref().is_none_or(|own| own == resource) && scope.interactions.contains(&interaction)
        })
    }

    /// What these and the others both allow, and nothing else.
    pub fn within(&self, others: &Self) -> Self {
        let both = self.0.iter().flat_map(|own| others.0.iter().filter_map(|other| own.within(other)));
        let once: BTreeSet<Scope> = both.collect();
        Self(once.into_iter().collect())
    }

    /// Whether these allow all that the others do.
    pub fn cover(&self, others: &Self) -> bool {
        let is_covered = |resource: &Option<String>, interaction: &Interaction| {
            let fits = |own: &Scope| own.resource.is_none() || own.resource == *resource;
            self.0.iter().any(|own| fits(own) && own.interactions.contains(interaction))
        };
        others.0.iter().all(|other| other.interactions.iter().all(|one| is_covered(&other.resource, one)))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Scope> {
        self.0.iter()
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<String> = self.0.iter().map(Scope::to_string).collect();
        f.write_str(&all.join(" "))
    }
}
