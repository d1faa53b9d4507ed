// Runs hamstring.cql on random records and compares rule by rule with the engine. Exits with 1 when a verdict differs, and
// when a verdict that a rule can give never came up.

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import cql from "cql-execution";

import { catalogue, translate } from "./model.mjs";
import { RecordSource } from "./record.mjs";

const PROTOCOL = "hamstring-strain";
const BATCH = 300;
const OUTPUT_BYTES_MAX = 256 * 1024 * 1024;
const SHOWN_MAX = 10;
const VERDICTS = ["met", "unmet", "unknown"];
const STANDINGS = ["open", "cannot_exclude", "cleared", "none"];

const { values: options } = parseArgs({
  options: {
    page: { type: "string" }, // the page of the document format, for its catalogue of measures
    records: { type: "string" }, // the program taper-records
    answers: { type: "string" }, // the program taper-answers
    wanted: { type: "string", default: "2000" },
    seed: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
  },
});

/** Runs a program with this input to its end and gives its lines. */
function lines(program, args, input) {
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { maxBuffer: OUTPUT_BYTES_MAX }, (error, output) => {
      if (error) reject(error);
      else resolve(output.split("\n").filter((line) => line !== ""));
    });
    child.stdin.end(input);
  });
}

/** The questions on our protocol among some random records, with the engine's answers. */
async function batch(from) {
  const made = await lines(options.records, ["--seed", options.seed, "--from", `${from}`, "--count", `${BATCH}`], "");
  const questions = made.map((line, place) => ({ number: from + place, line, question: JSON.parse(line) }));
  const ours = questions.filter(({ question }) => question.protocol === PROTOCOL);
  const answers = await lines(options.answers, [], ours.map(({ line }) => `${line}\n`).join(""));
  if (answers.length !== ours.length) throw new Error(`${ours.length} questions, but ${answers.length} answers`);
  return ours.map(({ number, question }, place) => ({ number, question, answer: JSON.parse(answers[place]) }));
}

/** What the library says: for a rule or a referral its word, or null where the library does not answer. */
async function judged(executor, measures, question) {
  const source = new RecordSource(question, measures);
  const { id } = source.patient;
  const { Answer: answer } = (await executor.exec_expression("Answer", source)).patientResults[id];
  const words = new Map([["in force", `phase ${answer.phase}${answer.discharged ? ", discharged" : ""}`]]);
  for (const [rule, said] of Object.entries(answer.referrals)) {
    words.set(`${rule} standing`, [said.standing ?? "none", said.since?.toString() ?? null]);
  }
  for (const [rule, said] of Object.entries(answer.rules)) {
    words.set(rule, said === null ? null : said.shown ? verdict(said.verdict) : "absent");
  }
  return words;
}

function verdict(met) {
  if (met === null) return "unknown";
  return met ? "met" : "unmet";
}

/** What the engine says under the same name. */
function engineWord(answer, name) {
  if (name === "in force") return `phase ${answer.phase}${answer.discharged ? ", discharged" : ""}`;
  if (name.endsWith(" standing")) {
    const referral = answer.referrals.find(({ rule_id }) => `${rule_id} standing` === name);
    return [referral?.standing ?? "none", referral?.since ?? null];
  }
  return answer.rules.find(({ rule_id }) => rule_id === name)?.verdict ?? "absent";
}

/** How often each side said each word of a rule, and how often they differed. */
class Counts {
  constructor() {
    this.rules = new Map();
    this.differences = 0;
  }

  add(name, ours, engines) {
    if (!this.rules.has(name)) this.rules.set(name, { ours: new Map(), engines: new Map(), differences: 0 });
    const rule = this.rules.get(name);
    for (const [side, word] of [[rule.ours, ours], [rule.engines, engines]]) {
      const key = [word].flat()[0];
      side.set(key, (side.get(key) ?? 0) + 1);
    }
    if (JSON.stringify(ours) === JSON.stringify(engines)) return true;
    rule.differences += 1;
    this.differences += 1;
    return false;
  }

  /** Prints the table and returns the words that never came up although they can. */
  report() {
    const missing = [];
    console.log("rule                    the library's word: times, the engine's times");
    for (const [name, { ours, engines, differences }] of this.rules) {
      if (name === "in force") continue;
      const possible = name.endsWith(" standing") ? STANDINGS : VERDICTS;
      const parts = possible.map((word) => `${word} ${ours.get(word) ?? 0}, ${engines.get(word) ?? 0}`);
      console.log(`${name.padEnd(22)}  ${parts.join("; ")}; differences ${differences}`);
      for (const word of possible) {
        if (!ours.has(word) || !engines.has(word)) missing.push(`${name} was never ${word}`);
      }
    }
    return missing;
  }
}

async function main() {
  const measures = catalogue(options.page);
  const text = readFileSync(new URL("hamstring.cql", import.meta.url), "utf8");
  const executor = new cql.Executor(new cql.Library(translate(text, measures)));
  const counts = new Counts();
  let records = 0;
  let shown = 0;
  let from = Number(options.from);
  let coming = batch(from);
  while (records < Number(options.wanted)) {
    const questions = await coming;
    from += BATCH;
    // The programs make the next batch while this one is judged.
    coming = batch(from);
    for (const { number, question, answer } of questions) {
      if (records === Number(options.wanted)) break;
      records += 1;
      for (const [name, ours] of await judged(executor, measures, question)) {
        if (ours === null) continue;
        const engines = engineWord(answer, name);
        if (!counts.add(name, ours, engines) && shown < SHOWN_MAX) {
          shown += 1;
          console.log(`record ${number} of seed ${options.seed}: ${name}: library ${ours}, engine ${engines}`);
        }
      }
    }
  }
  await coming;
  const missing = counts.report();
  for (const fault of missing) console.log(`nothing compared: ${fault}`);
  console.log(`${records} records, ${counts.differences} differences, ${missing.length} verdicts that never came up`);
  return counts.differences === 0 && missing.length === 0;
}

process.exitCode = (await main()) ? 0 : 1;
