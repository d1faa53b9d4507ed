//! A clinic of the matrix: made by the open server, with a sentinel in every text, and what is asked about it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use prost::Message as _;
use prost_reflect::{DynamicMessage, MethodDescriptor, Value};
use taper_core::access::Role;
use taper_tests::{Guarded, raw, request_id};
use uuid::Uuid;

use crate::fields::Way;
use crate::requests::{ASKED, MADE};

const STRAIN: &str = include_str!("../../../crates/core/protocols/hamstring-strain/protocol.toml");
const CASE: &str = include_str!("../../../crates/core/protocols/hamstring-strain/cases/c1.case.toml");

/// A clinic with a row of every kind.
pub struct Side {
    /// Names by the words of the table, and the clinic's sentinels.
    pub words: BTreeMap<String, String>,
    /// Keys by role; those who may have broken the glass.
    pub keys: BTreeMap<Role, String>,
    /// What each method was asked, with the request_id that it then knows.
    pub asked: BTreeMap<String, DynamicMessage>,
    /// The token of a list's second page.
    pub page_tokens: BTreeMap<String, String>,
    count: AtomicU64,
}

impl Side {
    /// Makes a clinic with its keys.
    pub async fn make(guarded: &Guarded, mark: &str) -> Self {
        let words = [
            ("slug", format!("c{}", Uuid::now_v7().simple())),
            ("mark", format!("{mark}-clinic")),
            ("secret", format!("{mark}-patient")),
            ("version", mark.to_lowercase()),
            ("strain", "protocols/hamstring-strain/versions/1".to_owned()),
        ];
        let words = words.into_iter().map(|(word, text)| (word.to_owned(), text)).collect();
        let mut side = Self {
            words,
            keys: BTreeMap::new(),
            asked: BTreeMap::new(),
            page_tokens: BTreeMap::new(),
            count: AtomicU64::new(0),
        };
        for (word, method, text) in MADE {
            let method = method_of(method);
            let request = side.request(&method, text);
            let answer = send_open(guarded, &method, &request).await;
            if !word.is_empty() {
                side.words.insert((*word).to_owned(), text_of(&answer, "name"));
            }
            side.read_etag(guarded).await;
        }
        let clinic = side.words["clinic"].clone();
        for role in Role::ALL {
            side.keys.insert(role, guarded.key(&clinic, role).await);
        }
        let glass = method_of("BreakGlass");
        for role in [Role::ClinicAdmin, Role::FrontDesk] {
            let request = side.request(&glass, r#"{"parent": "{clinic}", "reason": "The test needs it."}"#);
            let request = request.encode_to_vec();
            guarded.call_with(&raw::path_of(&glass), request, &side.keys[&role]).await.expect("breaking the glass");
        }
        side
    }

    /// The plan's etag, which each decision changes.
    pub async fn read_etag(&mut self, guarded: &Guarded) {
        if self.words.contains_key("plan") {
            let get = method_of("GetTreatmentPlan");
            let plan = send_open(guarded, &get, &self.request(&get, r#"{"name": "{plan}"}"#)).await;
            self.words.insert("etag".to_owned(), text_of(&plan, "etag"));
        }
    }

    /// Calls every method with this clinic's own keys: each answers, and leaves a request_id and a page_token.
    ///
    /// Its sentinels stand in none of these requests: whoever repeats one must not have written them itself.
    pub async fn ask_everything(&mut self, guarded: &Guarded) {
        let said: String = self.words["mark"].chars().rev().filter(char::is_ascii_lowercase).collect();
        let sentinels = self.words.clone();
        for word in ["mark", "secret", "version"] {
            self.words.insert(word.to_owned(), said.clone());
        }
        for (name, text) in ASKED {
            self.read_etag(guarded).await;
            let method = method_of(name);
            let request = self.request(&method, text);
            let key = &self.keys[&self.caller(name)];
            let answers = guarded.call_with(&raw::path_of(&method), request.encode_to_vec(), key).await;
            let answers = match answers {
                // The clinic is there already.
                Err(status) if *name == "CreateClinic" && status.code() == tonic::Code::AlreadyExists => Vec::new(),
                answers => answers.unwrap_or_else(|status| panic!("{name} of its own clinic: {status:?}")),
            };
            self.asked.insert((*name).to_owned(), request);
            if let (true, Some(answer)) = (method.input().get_field_by_name("page_token").is_some(), answers.first()) {
                let answer = DynamicMessage::decode(method.output(), answer.as_slice()).unwrap();
                let token = text_of(&answer, "next_page_token");
                assert!(!token.is_empty(), "{name} has one page only");
                self.page_tokens.insert((*name).to_owned(), token);
            }
        }
        let etag = self.words["etag"].clone();
        self.words = BTreeMap::from([("etag".to_owned(), etag)]);
        self.words.extend(sentinels.into_iter().filter(|(word, _)| word != "etag"));
    }

    /// Whoever may call a method for this clinic.
    pub fn caller(&self, method: &str) -> Role {
        if ["CreateClinic", "ListClinics"].contains(&method) { Role::Operator } else { Role::ClinicAdmin }
    }

    /// A request with the names of this clinic, and a fresh request_id where the method has one.
    pub fn request(&self, method: &MethodDescriptor, text: &str) -> DynamicMessage {
        let mut text = text.to_owned();
        for (place, days) in [12000, 30, 28, 20, 10, 2, 1].into_iter().map(|days| (format!("@{days}"), days)) {
            let day = taper_tests::days_ago(days);
            let day = format!(r#"{{"year": {}, "month": {}, "day": {}}}"#, day.year, day.month, day.day);
            text = text.replace(&place, &day);
        }
        let now = taper_tests::timestamp_days_ago(1);
        let now = jiff::Timestamp::from_second(now.seconds).unwrap().to_string();
        let n = self.count.fetch_add(1, Ordering::Relaxed);
        let at = [("at", now), ("n", n.to_string()), ("case", CASE.to_owned())];
        for (word, value) in at
            .iter()
            .map(|(word, value)| (*word, value))
            .chain(self.words.iter().map(|(word, value)| (word.as_str(), value)))
        {
            fill(&mut text, word, || value.clone());
        }
        for number in ["1", "2", "3"] {
            fill(&mut text, &format!("document:{number}"), || self.document(number, n));
        }
        let mut json = serde_json::Deserializer::from_str(&text);
        let mut message = DynamicMessage::deserialize(method.input(), &mut json)
            .unwrap_or_else(|fault| panic!("{} {text}: {fault}", method.name()));
        if message.get_field_by_name("request_id").is_some() {
            message.set_field_by_name("request_id", Value::String(request_id()));
        }
        message
    }

    /// What stands in a field that the valid request leaves empty: the id of a row of this clinic.
    pub fn value_for(&self, way: &Way) -> Value {
        let field = way.last().unwrap();
        let word = match field.name() {
            "name" => match field.parent_message().name() {
                "ApiKey" => "key",
                "TreatmentPlan" => "plan",
                name => return Value::String(self.words[&name.to_lowercase()].clone()),
            },
            "therapist" | "tester" => "therapist",
            "patient" => "patient",
            "protocol" => "protocol",
            "recommendation" => "receipt",
            "recurs_from" => "injury",
            "subject" => return Value::String(format!("key:{}", self.words["key"].rsplit('/').next().unwrap())),
            "value" => return Value::String(format!("{}-1", self.words["secret"])),
            "client" => "mark",
            "certificate_sha256" | "hash" => return Value::Bytes(vec![7; 32].into()),
            other => panic!("no valid request gives {other}, nor is it known what stands in it"),
        };
        Value::String(self.words[word].clone())
    }

    /// Every text by which something of this clinic is known: its sentinels, and the id of each row.
    pub fn sentinels(&self) -> Vec<String> {
        let of_a_row =
            |word: &&String| !["strain", "etag", "mark", "secret", "version", "slug"].contains(&word.as_str());
        let rows = self.words.keys().filter(of_a_row);
        let ids = rows.filter_map(|word| self.words[word].rsplit('/').next().map(str::to_owned));
        let sentinels = ["mark", "secret", "slug", "version"].map(|word| self.words[word].clone());
        sentinels.into_iter().chain(ids).collect()
    }

    fn document(&self, number: &str, n: u64) -> String {
        let number = if number == "3" { format!("3-{n}") } else { number.to_owned() };
        let version = format!("version = \"{}-{number}\"", self.words["version"]);
        format!("# {}\n{}", self.words["mark"], STRAIN.replacen("version = \"1\"", &version, 1))
    }
}

/// Puts a value in the place of a word, as it stands within a text of JSON.
fn fill(text: &mut String, word: &str, value: impl FnOnce() -> String) {
    let place = format!("{{{word}}}");
    if text.contains(&place) {
        let value = serde_json::to_string(&value()).unwrap();
        *text = text.replace(&place, &value[1..value.len() - 1]);
    }
}

/// The method of the contract.
pub fn method_of(name: &str) -> MethodDescriptor {
    raw::methods().into_iter().find(|method| method.name() == name).unwrap_or_else(|| panic!("no method {name}"))
}

/// A text of a message.
pub fn text_of(message: &DynamicMessage, field: &str) -> String {
    message.get_field_by_name(field).and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

async fn send_open(guarded: &Guarded, method: &MethodDescriptor, request: &DynamicMessage) -> DynamicMessage {
    let path = raw::path_of(method);
    let answers = raw::call(&guarded.world.channel, &path, request.encode_to_vec(), Default::default()).await;
    let answers = answers.unwrap_or_else(|status| panic!("{} {request}: {status:?}", method.name()));
    DynamicMessage::decode(method.output(), answers.first().expect("an answer").as_slice()).unwrap()
}
