//! Protocols: versioned documents of rules, parsed and checked, and the evaluation of a record by one of them.
