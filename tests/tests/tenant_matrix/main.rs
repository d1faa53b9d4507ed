//! No clinic sees another's: every RPC, every field that bears an id and every role, answered as if it were nobody's.

mod answer;
mod cells;
mod fields;
mod requests;
mod side;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use prost::Message as _;
use prost_reflect::{DynamicMessage, MethodDescriptor};
use taper_core::access::Role;
use taper_tests::{Database, Guarded, raw};
use tokio::task::JoinSet;

use crate::answer::{Answer, ask};
use crate::cells::{Cell, cells};
use crate::requests::ASKED;
use crate::side::{Side, method_of};

/// As many methods that change nothing are asked at once.
const READS_AT_ONCE: usize = 3;

/// Two clinics of one deployment: what is A's must not be seen with a key of B.
struct Matrix {
    guarded: Guarded,
    a: Side,
    b: Side,
    /// The sentinels of A.
    sentinels: Vec<String>,
}

impl Matrix {
    async fn open(database: Database) -> Self {
        let guarded = Guarded::start(database).await;
        let mut a = Side::make(&guarded, "Zephyrine").await;
        let mut b = Side::make(&guarded, "Bartleby").await;
        a.ask_everything(&guarded).await;
        b.ask_everything(&guarded).await;
        let sentinels = a.sentinels();
        Self { guarded, a, b, sentinels }
    }

    /// Every row in which A's clinic stands.
    async fn rows_of_a(&self) -> Vec<String> {
        let mut rows = self.guarded.world.rows().await;
        rows.retain(|row| row.contains(&self.a.words["slug"]));
        assert!(rows.len() > 60, "{} rows of A", rows.len());
        rows
    }

    /// The cells of one method with every role but one that may see it of every clinic; how many, and what is wrong.
    async fn check(&self, method: &MethodDescriptor) -> (usize, Vec<String>) {
        let (mut count, mut faults) = (0, Vec::new());
        let cells = cells(method, &self.a, &self.b);
        for role in Role::ALL.into_iter().filter(|role| *role != Role::Operator || !is_operators(method)) {
            for cell in &cells {
                count += 1;
                if let Err(fault) = self.compare(method, cell, role).await {
                    faults.push(format!("{} {} as {role}: {fault}", method.name(), cell.what));
                }
            }
        }
        (count, faults)
    }

    /// Asks with nobody's name, then with the other clinic's. Nothing else changes the database between the two.
    async fn compare(&self, method: &MethodDescriptor, cell: &Cell, role: Role) -> Result<(), String> {
        let (nobodys, foreign) = cell.calls();
        if cfg!(feature = "without_clinic_filter") {
            // A name of another clinic then leads to the own one: what matters is that nothing of A is shown.
            return self.ask(method, &foreign, role).await.map(drop);
        }
        let nobodys = self.ask(method, &nobodys, role).await?;
        let foreign = self.ask(method, &foreign, role).await?;
        match foreign.is(&nobodys, &cell.written, method) {
            true => Ok(()),
            false => Err(format!("{}\n    but of nobody {}", foreign.shown(), nobodys.shown())),
        }
    }

    async fn ask(&self, method: &MethodDescriptor, request: &DynamicMessage, role: Role) -> Result<Answer, String> {
        let bytes = request.encode_to_vec();
        let answer = ask(&self.guarded.channel, method, bytes.clone(), &self.b.keys[&role]).await;
        if answer.is_fault() {
            return Err(answer.shown());
        }
        let wrote = |text: &str| String::from_utf8_lossy(&bytes).contains(text);
        match self.sentinels.iter().find(|sentinel| answer.holds(sentinel) && !wrote(sentinel)) {
            Some(sentinel) => Err(format!("shows {sentinel}: {}", answer.shown())),
            None => Ok(answer),
        }
    }

    /// Every cell; how many, and what is wrong.
    async fn check_all(self: &Arc<Self>) -> (usize, Vec<String>) {
        let methods: Vec<MethodDescriptor> = ASKED.iter().map(|(name, _)| method_of(name)).collect();
        // What is asked of the audit comes first, since every call is written into it.
        let (audit, others): (Vec<_>, Vec<_>) = methods.into_iter().partition(|method| method.name().contains("Audit"));
        let (reads, mutations): (Vec<_>, Vec<_>) = others.into_iter().partition(is_read);
        let mut total = (0, Vec::new());
        for (methods, at_once) in [(audit, 1), (reads, READS_AT_ONCE), (mutations, 1)] {
            self.check_some(methods, at_once, &mut total).await;
        }
        total
    }

    async fn check_some(
        self: &Arc<Self>,
        methods: Vec<MethodDescriptor>,
        at_once: usize,
        total: &mut (usize, Vec<String>),
    ) {
        let mut left = methods.into_iter();
        let mut running = JoinSet::new();
        loop {
            while running.len() < at_once
                && let Some(method) = left.next()
            {
                let matrix = self.clone();
                running.spawn(async move { matrix.check(&method).await });
            }
            let Some(done) = running.join_next().await else { break };
            let (some, wrong) = done.expect("a method of the matrix");
            total.0 += some;
            total.1.extend(wrong);
        }
    }

    /// With the second wall down as well, what is A's is seen, and the matrix says so.
    async fn check_that_it_would_notice(&self) {
        for table in ["patients", "patient_revisions", "therapists", "sessions", "plans", "injuries"] {
            self.guarded.world.texts(format!("ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")).await;
        }
        // A patient's rows carry digests over their clinic, and are then refused as damaged; a therapist's are shown.
        for (name, said) in [("GetPatient", "DataLoss"), ("GetSession", "DataLoss"), ("GetTherapist", "shows ")] {
            let (_, faults) = self.check(&method_of(name)).await;
            assert!(
                faults.iter().any(|fault| fault.contains(said)),
                "{name}, although nothing keeps the clinics apart"
            );
        }
    }

    /// What an operator may ask of every clinic shows nothing of its patients.
    async fn check_operator(&self) -> usize {
        let mut count = 0;
        for (name, _) in ASKED {
            let method = method_of(name);
            if is_operators(&method) && is_read(&method) {
                let request = self.a.asked[*name].encode_to_vec();
                let answer = ask(&self.guarded.channel, &method, request, &self.b.keys[&Role::Operator]).await;
                assert!(!answer.holds(&self.a.words["secret"]), "{name} as operator: {}", answer.shown());
                count += 1;
            }
        }
        count
    }
}

/// Whether the table gives a method to operators, who belong to no clinic.
fn is_operators(method: &MethodDescriptor) -> bool {
    const OPERATOR: i32 = 7;
    access(method, "allow").as_list().unwrap().iter().any(|role| role.as_enum_number() == Some(OPERATOR))
}

fn is_read(method: &MethodDescriptor) -> bool {
    const READS: [i32; 2] = [2, 5];
    READS.contains(&access(method, "interaction").as_enum_number().unwrap())
}

fn access(method: &MethodDescriptor, field: &str) -> prost_reflect::Value {
    let extension = method.parent_pool().get_extension_by_name("taper.v1.access").unwrap();
    let access = method.options().get_extension(&extension).into_owned();
    access.as_message().unwrap().get_field_by_name(field).unwrap().into_owned()
}

#[test]
fn every_method_of_the_contract_has_a_valid_request() {
    let methods: BTreeSet<String> = raw::methods().iter().map(|method| method.name().to_owned()).collect();
    let asked: BTreeSet<String> = ASKED.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(asked, methods);
    assert_eq!(ASKED.len(), methods.len(), "a method is asked twice");
}

async fn no_clinic_sees_anothers(database: Database) {
    let begun = Instant::now();
    let matrix = Arc::new(Matrix::open(database).await);
    let before = matrix.rows_of_a().await;
    let (count, faults) = matrix.check_all().await;
    assert!(faults.is_empty(), "{database:?}: {} of {count} cells:\n{}", faults.len(), faults.join("\n"));
    assert_eq!(matrix.rows_of_a().await, before, "{database:?}: rows of A have changed");
    let operators = matrix.check_operator().await;
    println!("{database:?}: {count} cells and {operators} of operators in {:.1} s", begun.elapsed().as_secs_f64());
    assert!(count >= 2_000, "only {count} cells");
    if cfg!(feature = "without_clinic_filter") {
        matrix.check_that_it_would_notice().await;
    }
    let matrix = Arc::into_inner(matrix).expect("nobody else has it");
    matrix.guarded.stop().await;
}

#[cfg(not(feature = "without_clinic_filter"))]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_another_clinics_is_answered_as_nobodys_on_sqlite() {
    no_clinic_sees_anothers(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_another_clinics_is_answered_as_nobodys_on_postgres() {
    no_clinic_sees_anothers(Database::Postgres).await;
}
