//! The total table of roles and methods, made from the rows that the contract declares next to each method.

use std::collections::BTreeMap;

use super::{Interaction, Role};

/// One method as the contract declares it; the words are those of the contract's enums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// `/taper.v1.PatientService/GetPatient`.
    pub path: &'static str,
    /// The resource in scopes.
    pub resource: &'static str,
    /// For example `INTERACTION_READ`.
    pub interaction: &'static str,
    /// Whether requests or answers hold data of patients.
    pub has_patient_data: bool,
    /// Roles that may call it.
    pub allow: &'static [&'static str],
    /// Roles that get an answer without what was found.
    pub limited: &'static [&'static str],
    /// Roles that may call it only while they have broken the glass.
    pub break_glass: &'static [&'static str],
    /// Roles that may not.
    pub deny: &'static [&'static str],
}

/// What the table says of one role and one method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// May not.
    Deny,
    /// May; an integrator only within its scopes.
    Allow,
    /// May, and gets an answer without what was found.
    Limited,
    /// May while it has broken the glass.
    BreakGlass,
}

/// What the table says of one method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// `/taper.v1.PatientService/GetPatient`.
    pub path: &'static str,
    /// The resource in scopes.
    pub resource: &'static str,
    /// What the method does to it.
    pub interaction: Interaction,
    /// Whether requests or answers hold data of patients.
    pub has_patient_data: bool,
    cells: [Cell; Role::ALL.len()],
}

impl Rule {
    /// What holds for a role.
    pub fn cell(&self, role: Role) -> Cell {
        let place = Role::ALL.iter().position(|other| *other == role);
        place.and_then(|place| self.cells.get(place)).copied().unwrap_or(Cell::Deny)
    }
}

/// What is wrong with a declaration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableFault {
    /// A role is named more than once, or not at all.
    #[error("{path}: {role} is named {count} times and must be named once")]
    Role {
        /// The method.
        path: &'static str,
        /// The role.
        role: Role,
        /// How often it is named.
        count: usize,
    },
    /// A word is none of the contract's.
    #[error("{path}: {word} is not a word of the contract")]
    Word {
        /// The method.
        path: &'static str,
        /// The word.
        word: &'static str,
    },
    /// A role that must never see patient data is let in to it.
    #[error("{path}: an operator is let in to patient data")]
    OperatorSeesPatients {
        /// The method.
        path: &'static str,
    },
    /// Two rows are of one method.
    #[error("{path} has two rows")]
    Twice {
        /// The method.
        path: &'static str,
    },
}

/// The table: every method with every role.
#[derive(Clone, Debug, Default)]
pub struct Table {
    rules: BTreeMap<&'static str, Rule>,
}

impl Table {
    /// The table of these rows; nothing in it is left open.
    pub fn of<'r>(rows: impl IntoIterator<Item = &'r Row>) -> Result<Self, TableFault> {
        let mut rules = BTreeMap::new();
        for row in rows {
            if rules.insert(row.path, rule(row)?).is_some() {
                return Err(TableFault::Twice { path: row.path });
            }
        }
        Ok(Self { rules })
    }

    /// What holds for a method; none is a method that is not in the table, which nobody may call.
    pub fn rule(&self, path: &str) -> Option<&Rule> {
        self.rules.get(path)
    }

    /// Every rule, by path.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.values()
    }
}

fn rule(row: &Row) -> Result<Rule, TableFault> {
    let lists = [
        (Cell::Allow, row.allow),
        (Cell::Limited, row.limited),
        (Cell::BreakGlass, row.break_glass),
        (Cell::Deny, row.deny),
    ];
    let mut named: Vec<(Role, Cell)> = Vec::new();
    for (cell, words) in lists {
        for word in words {
            let role = role_of(word).ok_or(TableFault::Word { path: row.path, word })?;
            named.push((role, cell));
        }
    }
    let mut cells = [Cell::Deny; Role::ALL.len()];
    for (role, place) in Role::ALL.into_iter().zip(&mut cells) {
        let mut of_role = named.iter().filter(|(other, _)| *other == role);
        let count = of_role.clone().count();
        match of_role.next() {
            Some((_, cell)) if count == 1 => *place = *cell,
            _ => return Err(TableFault::Role { path: row.path, role, count }),
        }
    }
    let interaction = interaction_of(row.interaction);
    let interaction = interaction.ok_or(TableFault::Word { path: row.path, word: row.interaction })?;
    let rule =
        Rule { path: row.path, resource: row.resource, interaction, has_patient_data: row.has_patient_data, cells };
    if rule.has_patient_data && rule.cell(Role::Operator) != Cell::Deny {
        return Err(TableFault::OperatorSeesPatients { path: row.path });
    }
    Ok(rule)
}

/// `ROLE_FRONT_DESK` is `front_desk`.
fn role_of(word: &str) -> Option<Role> {
    word.strip_prefix("ROLE_").and_then(|rest| rest.to_ascii_lowercase().parse().ok())
}

fn interaction_of(word: &str) -> Option<Interaction> {
    let rest = word.strip_prefix("INTERACTION_")?.to_ascii_lowercase();
    Interaction::ALL.into_iter().find(|interaction| interaction.word() == rest)
}
