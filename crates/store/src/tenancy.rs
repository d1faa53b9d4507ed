//! The second wall between clinics, on Postgres: the role that the program works as, what it may do to each table, and
//! the policy that shows it the rows of one clinic only.

/// The role that every transaction of a clinic works as. It owns nothing, so that row-level security binds it.
pub(crate) const ROLE: &str = "taper_app";

/// What the role may do to a table beside reading and adding rows.
struct Grants {
    table: &'static str,
    /// Columns that it may change; a fact has only the instant at which a revision ends.
    update: &'static str,
    can_delete: bool,
}

impl Grants {
    /// Row-level security and the grants.
    fn statements(&self) -> Vec<String> {
        let Grants { table, update, can_delete } = self;
        // Without a clinic the setting is missing or empty, and no row is equal to NULL.
        let of_clinic = "clinic_id = NULLIF(current_setting('app.clinic', true), '')";
        let mut statements = vec![
            format!("ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"),
            format!("ALTER TABLE {table} FORCE ROW LEVEL SECURITY"),
            format!("CREATE POLICY one_clinic ON {table} USING ({of_clinic}) WITH CHECK ({of_clinic})"),
            format!("GRANT SELECT, INSERT ON {table} TO {ROLE}"),
        ];
        if !update.is_empty() {
            statements.push(format!("GRANT UPDATE ({update}) ON {table} TO {ROLE}"));
        }
        if *can_delete {
            statements.push(format!("GRANT DELETE ON {table} TO {ROLE}"));
        }
        statements
    }
}

const fn grants(table: &'static str, update: &'static str) -> Grants {
    Grants { table, update, can_delete: false }
}

/// The tables with a `clinic_id` that are there when the second wall is built.
const TABLES: &[Grants] = &[
    grants("clinics", ""),
    grants("therapists", ""),
    grants("patients", "version, sealed_at"),
    grants("patient_revisions", "superseded_at"),
    Grants { table: "patient_external_ids", update: "", can_delete: true },
    grants("injuries", "version"),
    grants("injury_revisions", "superseded_at"),
    grants("assessments", "superseded_at"),
    grants("activities", "superseded_at"),
    grants("plans", "version, active"),
    grants("plan_revisions", "superseded_at"),
    grants("sessions", "superseded_at"),
    grants("decisions", ""),
    Grants { table: "requests", update: "response", can_delete: true },
    grants("receipts", ""),
    grants("protocols", ""),
    grants("protocol_cases", ""),
    grants("clinic_policies", "superseded_at"),
    grants("api_keys", "revoked_at"),
    grants("members", "disabled_at"),
    grants("glass", ""),
    grants("audit_heads", "number, hash"),
    grants("audit_events", ""),
];

/// Makes the role, the policies and the grants. The role is the cluster's, so that another database, or who may make
/// roles, may have made it; then the owner need not be allowed to.
pub(crate) fn statements() -> Vec<String> {
    let mut statements = vec![
        format!(
            "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN \
             CREATE ROLE {ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE; END IF; \
             EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        ),
        format!(
            "DO $$ BEGIN IF NOT pg_has_role(current_user, '{ROLE}', 'MEMBER') THEN \
             EXECUTE format('GRANT {ROLE} TO %I', current_user); END IF; END $$"
        ),
        format!("DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO {ROLE}', current_schema()); END $$"),
        format!("GRANT SELECT ON seaql_migrations TO {ROLE}"),
    ];
    statements.extend(TABLES.iter().flat_map(Grants::statements));
    // The list of clinics holds no patient data; it is the only one that crosses clinics.
    statements.push(
        "CREATE POLICY directory ON clinics FOR SELECT USING (current_setting('app.directory', true) = 'on')"
            .to_owned(),
    );
    statements
}

/// The tables and columns that came with the patients' keys.
pub(crate) fn patient_keys() -> Vec<String> {
    let keys = Grants { table: "patient_keys", update: "", can_delete: true };
    let mut statements = [keys.statements(), grants("master_keys", "").statements()].concat();
    statements.push(format!("GRANT UPDATE (deleted_at, purged_at) ON patients TO {ROLE}"));
    statements.push(format!("GRANT UPDATE (patient_id) ON requests TO {ROLE}"));
    statements
}
