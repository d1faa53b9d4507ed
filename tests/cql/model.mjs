// The data model of the CQL library: a class for each measure of the catalogue, visits, decisions, and the record itself.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

// The translator asks for Node's own modules through `require`, which an ES module has not.
globalThis.require = createRequire(import.meta.url);
const { SystemModelInfoProvider } = await import("@cqframework/cql/cql");
const { CqlTranslator, LibraryManager, ModelManager, createModelInfoProvider, createUcumService, stringAsSource } =
  await import("@cqframework/cql/cql-to-elm");

const MODEL = "urn:taper";

const CLASSES = {
  Entry: { dated: "Date", level: "Integer", bound: "Boolean", tester: "String" },
  Visit: { dated: "Date" },
  Decision: { place: "Integer", dated: "Date", kind: "String", phase: "Integer", step: "Integer", rule_id: "String" },
  Patient: {
    as_of: "Date",
    onset_date: "Date",
    start_date: "Date",
    state: "String",
    running: "String",
    pain_limit: "Integer",
    equipment: "List<String>",
    ladder: "List<Integer>",
    cautions: "List<String>",
    cautions_reviewed_date: "Date",
  },
};

/** The measures in the catalogue on the page of the document format: the name, and its codes, best first, or none. */
export function catalogue(pageFile) {
  const page = readFileSync(pageFile, "utf8");
  const table = page.split("<!-- catalogue: begin -->")[1].split("<!-- catalogue: end -->")[0];
  const measures = new Map();
  for (const line of table.split("\n")) {
    const row = line.match(/^\| `(\w+)` \| ([^|]+) \|/);
    if (row) measures.set(row[1], row[2].includes(" < ") ? row[2].trim().split(" < ") : []);
  }
  return measures;
}

/** Translates the CQL text to ELM. An error of the translator ends the run, with its place. */
export function translate(text, measures) {
  const models = new ModelManager();
  models.modelInfoLoader.registerModelInfoProvider(new SystemModelInfoProvider());
  models.modelInfoLoader.registerModelInfoProvider(
    createModelInfoProvider((name) => (name === "Taper" ? stringAsSource(modelInfo(measures)) : null)),
  );
  // The library has no quantities but whole days; the translator wants a service for units all the same.
  const nothing = () => null;
  const units = createUcumService(nothing, nothing, nothing, nothing);
  const translator = CqlTranslator.fromText(text, new LibraryManager(models, undefined, undefined, units));
  const faults = translator.exceptions.asJsReadonlyArrayView();
  if (faults.length > 0) {
    throw new Error(faults.map((fault) => `${fault.message} ${fault.locator?.toString() ?? ""}`).join("\n"));
  }
  return JSON.parse(translator.toJson(), (key, value) => (key === "localId" ? undefined : value));
}

/** The name under which cql-execution asks for a class. */
export function className(retrieved) {
  return retrieved.slice(`{${MODEL}}`.length);
}

function modelInfo(measures) {
  const classes = Object.entries(CLASSES).map(([name, elements]) => classInfo(name, "System.Any", elements));
  for (const measure of measures.keys()) classes.push(classInfo(measure, "Taper.Entry", {}));
  return `<?xml version="1.0" encoding="UTF-8"?>
<modelInfo xmlns="urn:hl7-org:elm-modelinfo:r1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    name="Taper" version="1" url="${MODEL}" patientClassName="Taper.Patient">
  <requiredModelInfo name="System" version="1.0.0"/>
  ${classes.join("\n  ")}
</modelInfo>`;
}

function classInfo(name, base, elements) {
  const inside = Object.entries(elements).map(([element, type]) => elementInfo(element, type));
  return `<typeInfo xsi:type="ClassInfo" name="Taper.${name}" baseType="${base}" retrievable="true">${inside.join("")}</typeInfo>`;
}

function elementInfo(name, type) {
  const list = type.match(/^List<(\w+)>$/);
  if (list === null) return `<element name="${name}" elementType="System.${type}"/>`;
  const specifier = `<elementTypeSpecifier xsi:type="ListTypeSpecifier" elementType="System.${list[1]}"/>`;
  return `<element name="${name}">${specifier}</element>`;
}
