//! The cells of one method: for each field that bears an id, what another clinic asks with ours in it, and what with
//! nobody's.

use prost_reflect::{DynamicMessage, MethodDescriptor, ReflectMessage as _, Value};
use taper_tests::request_id;

use crate::fields::{Way, nobodys, nobodys_text, read, spelled, ways, write};
use crate::side::Side;

/// Two requests that must be answered alike.
pub struct Cell {
    /// The field, and what stands in it.
    pub what: String,
    /// With an id of the other clinic.
    pub foreign: DynamicMessage,
    /// With an id that nobody has.
    pub nobodys: DynamicMessage,
    /// What differs between the two: the other clinic's, and nobody's.
    pub written: Vec<(String, String)>,
}

/// Every cell of a method that clinic `b` asks about clinic `a`.
pub fn cells(method: &MethodDescriptor, a: &Side, b: &Side) -> Vec<Cell> {
    let (of_a, of_b) = (&a.asked[method.name()], &b.asked[method.name()]);
    let ways = ways(&method.input());
    let (of_nobody, written) = whole(of_a, &ways);
    let mut cells = Vec::new();
    let cell = |what: String, foreign: &DynamicMessage, nobodys: &DynamicMessage, written: &[(String, String)]| Cell {
        what,
        foreign: foreign.clone(),
        nobodys: nobodys.clone(),
        written: written.to_vec(),
    };
    cells.push(cell("everything".to_owned(), &anew(of_a), &anew(&of_nobody), &written));
    for way in &ways {
        let name = spelled(way);
        match way.last().unwrap().name() {
            "request_id" => {
                cells.push(cell(format!("{name} replayed"), of_a, &anew(&of_nobody), &written));
                let theirs = read(of_a, way).unwrap();
                cells.push(cell(format!("{name} of theirs"), &with(of_b, way, theirs), &anew(of_b), &[]));
            }
            "etag" => {
                let right = read(of_a, way).unwrap_or_else(|| Value::String(a.words["etag"].clone()));
                let (right, wrong) = (with(of_a, way, right), with(of_a, way, Value::String("7777".to_owned())));
                cells.push(cell(format!("{name} of theirs"), &anew(&right), &anew(&wrong), &[]));
            }
            // A list that is of no clinic has the same tokens for everybody.
            "page_token" if ways.len() == 1 => {}
            "page_token" => {
                let token = Value::String(a.page_tokens[method.name()].clone());
                cells.push(cell(format!("{name} with their names"), &with(of_a, way, token.clone()), of_a, &[]));
                let nobodys = with(of_b, way, nobodys(&token));
                cells.push(cell(format!("{name} of theirs"), &with(of_b, way, token), &nobodys, &[]));
            }
            _ => cells.extend(of_id(way, (a, of_a), (b, of_b))),
        }
    }
    cells
}

/// A field that names something: all of the name theirs; their ids under the own clinic; their last id under own ones.
fn of_id(way: &Way, (a, of_a): (&Side, &DynamicMessage), (b, of_b): (&Side, &DynamicMessage)) -> Vec<Cell> {
    let theirs = read(of_a, way).unwrap_or_else(|| a.value_for(way));
    let mut values = vec![("theirs", theirs.clone(), nobodys(&theirs))];
    let name = |value: &Value| value.as_str().filter(|text| text.starts_with("clinics/")).map(str::to_owned);
    if let Some(theirs) = name(&theirs) {
        let own_clinic = &b.words["clinic"];
        let (_, below) = theirs.trim_start_matches("clinics/").split_once('/').unwrap_or_default();
        if !below.is_empty() && below != "policy" {
            let moved = format!("{own_clinic}/{below}");
            values.push(("theirs below the own clinic", Value::String(moved.clone()), text(nobodys_text(&moved, 1))));
        }
        if let Some(own) = read(of_b, way).as_ref().and_then(name) {
            let ids = own.split('/').count() / 2;
            if let (Some((parents, _)), Some((_, last)), true) =
                (own.rsplit_once('/'), theirs.rsplit_once('/'), ids > 2)
            {
                let moved = format!("{parents}/{last}");
                values.push(("their last id below own ones", text(moved.clone()), text(nobodys_text(&moved, ids - 1))));
            }
        }
    }
    let cells = values.into_iter().map(|(what, foreign, nobodys)| Cell {
        what: format!("{} {what}", spelled(way)),
        written: differences(&foreign, &nobodys),
        foreign: anew(&with(of_b, way, foreign)),
        nobodys: anew(&with(of_b, way, nobodys)),
    });
    cells.collect()
}

fn text(text: String) -> Value {
    Value::String(text)
}

/// The request with nobody's ids throughout, and what then differs.
fn whole(of_a: &DynamicMessage, ways: &[Way]) -> (DynamicMessage, Vec<(String, String)>) {
    let mut message = of_a.clone();
    let mut written = Vec::new();
    for way in ways.iter().filter(|way| !["request_id", "etag", "page_token"].contains(&way.last().unwrap().name())) {
        let Some(theirs) = read(of_a, way) else { continue };
        written.extend(differences(&theirs, &nobodys(&theirs)));
        write(&mut message, way, nobodys(&theirs));
    }
    (message, written)
}

/// The ids in which two names of the same shape differ.
fn differences(foreign: &Value, nobodys: &Value) -> Vec<(String, String)> {
    let (Some(foreign), Some(nobodys)) = (foreign.as_str(), nobodys.as_str()) else { return Vec::new() };
    let ids = foreign.split('/').zip(nobodys.split('/')).filter(|(one, other)| one != other);
    ids.map(|(one, other)| (one.to_owned(), other.to_owned())).collect()
}

fn with(message: &DynamicMessage, way: &Way, value: Value) -> DynamicMessage {
    let mut message = message.clone();
    write(&mut message, way, value);
    message
}

/// The same as a new call: with a request_id of its own.
fn anew(message: &DynamicMessage) -> DynamicMessage {
    let mut message = message.clone();
    if message.has_field_by_name("request_id") {
        message.set_field_by_name("request_id", text(request_id()));
    }
    message
}

impl Cell {
    /// The cell's two calls as new ones: nobody's, and the other clinic's. A request_id that is looked at stays.
    ///
    /// A client may have two keys only, so that the keys of a cell are for a client of their own.
    pub fn calls(&self) -> (DynamicMessage, DynamicMessage) {
        let (mut nobodys, mut foreign) = (anew(&self.nobodys), anew(&self.foreign));
        if self.what.starts_with("request_id") {
            foreign = self.foreign.clone();
        }
        let key = foreign.descriptor().get_field_by_name("api_key");
        if let (Some(key), false) = (key, self.what.starts_with("api_key.client") || self.what.ends_with("replayed")) {
            let client = key.kind().as_message().and_then(|key| key.get_field_by_name("client")).unwrap();
            let (way, name) = ([key, client], text(format!("client {}", request_id())));
            write(&mut nobodys, &way, name.clone());
            write(&mut foreign, &way, name);
        }
        (nobodys, foreign)
    }
}
