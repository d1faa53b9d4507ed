//! Builds short cases in the form of the golden ones, in which everything is well but one thing.

use taper_core::case::Case;
use taper_core::measure::ALL;
use taper_core::protocol::Protocol;

/// Findings without which every gate, U-PROGRESS and the red-flag screen come out well.
const WELL: &str = r#"
gait = "normal"
pain_walking = 0
pain_daily_life = 0
pain_worst_24h = 0
pain_next_morning = 0
pain_isometric = 0
pain_stretch = 0
max_effort_90_pain = 0
swelling = "none"
bruising = "none"
single_leg_squat = "painless"
bike_test_150w = "painless"
full_knee_extension_supine = "full"
knee_extension_deficit_deg = 2
straight_leg_raise_percent = 95
palpation_length_cm = 0
palpation_pain = false
jog_very_slow = "painless"
jog_50_percent = "painless"
strength_outer_percent = 95
manual_resistance_90 = "equal_painless"
single_leg_bridge = "painless"
isometric_15_percent = 95
full_speed_running = "painless"
athlete_ready = true
apprehension = false
puranen_orava = false
bent_knee_stretch = false
modified_bent_knee_stretch = false
lefs = 78
"#;

/// One case of two days: the plan's first with `before`, the last with `now`; lines are separated by `;`.
pub struct Story<'a> {
    /// Folder of the protocol.
    pub folder: &'a str,
    /// Lines of `[patient]`.
    pub patient: &'a str,
    /// Lines of `[injury]` that replace the usual ones of the same key.
    pub injury: &'a str,
    /// Lines of `[plan.policy]`.
    pub policy: &'a str,
    /// Phase in force; none leaves the plan a draft.
    pub phase: Option<u8>,
    /// Visits a week in force.
    pub visits_per_week: u8,
    /// First day of the plan, counted from the onset.
    pub first_day: u16,
    /// The day that is judged.
    pub last_day: u16,
    /// Lines of the step of the first day.
    pub before_step: &'a str,
    /// Values of the first day that replace the good ones.
    pub before: &'a str,
    /// Codes that the first day says nothing of.
    pub before_without: &'a [&'a str],
    /// Whole steps between the first day and the last, as they stand in a case file.
    pub between: &'a str,
    /// Lines of the step of the last day, for example activities.
    pub step: &'a str,
    /// Values of the last day that replace the good ones.
    pub now: &'a str,
    /// Codes that the last day says nothing of.
    pub now_without: &'a [&'a str],
    /// Lines of what is expected on the last day.
    pub expect: &'a str,
    /// Codes of reviews with the day, counted from the onset, on which each must be due.
    pub due: &'a [(&'static str, i64)],
}

impl Default for Story<'_> {
    fn default() -> Self {
        Story {
            folder: "hamstring-strain",
            patient: r#"birth_date = "1980-01-10"; cautions = []; cautions_reviewed_day = 20"#,
            injury: "",
            policy: "",
            phase: Some(2),
            visits_per_week: 3,
            first_day: 20,
            last_day: 30,
            before_step: "",
            before: "",
            before_without: &[],
            between: "",
            step: "",
            now: "",
            now_without: &[],
            expect: "",
            due: &[],
        }
    }
}

/// A story that is written out, with what must be found on its last day.
pub struct Row {
    /// Folder of the protocol.
    pub folder: String,
    /// What is tried.
    pub what: String,
    /// The parts of the story that are its own: what is looked through for the names of rules and measures.
    pub own: String,
    /// The case.
    pub text: String,
    /// Codes of reviews with the day on which each must be due.
    pub due: Vec<(&'static str, i64)>,
}

impl Row {
    /// What differs from the expectation under this protocol, or why the case cannot be read; none when all is well.
    pub fn fault(&self, protocol: &Protocol) -> Option<String> {
        match Case::parse_for(&self.text, protocol) {
            Err(fault) => Some(fault.to_string()),
            Ok(case) => self.fault_of(&case, protocol),
        }
    }

    /// The same for the case once it is read.
    pub fn fault_of(&self, case: &Case, protocol: &Protocol) -> Option<String> {
        if let Some(mismatch) = case.check_with(protocol).first() {
            return Some(mismatch.to_string());
        }
        if self.due.is_empty() {
            return None;
        }
        let outcomes = case.play_with(protocol);
        let reviews = outcomes.last().map(|outcome| outcome.recommendation.reviews.as_slice()).unwrap_or_default();
        self.due.iter().find_map(|(code, day)| {
            let due = reviews.iter().find(|item| item.code == *code).and_then(|item| item.due);
            let found = due.and_then(|due| case.onset.until(due).ok()).map(|span| i64::from(span.get_days()));
            (found != Some(*day)).then(|| format!("{code} must be due on day {day}, found {found:?}"))
        })
    }
}

/// Every row holds under the built-in protocol of its folder.
pub fn hold(rows: &[Row]) {
    assert!(!rows.is_empty(), "a table without rows");
    let mut faults = Vec::new();
    for row in rows {
        let built_in = taper_core::protocol::builtin().iter().find(|known| known.reference.protocol == row.folder);
        match built_in {
            None => faults.push(format!("{}: no protocol {}", row.what, row.folder)),
            Some(protocol) => faults.extend(row.fault(protocol).map(|fault| format!("{}: {fault}", row.what))),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

impl Story<'_> {
    /// Writes the story out.
    pub fn row(&self, what: impl Into<String>) -> Row {
        let own = [
            self.patient,
            self.injury,
            self.policy,
            self.before_step,
            self.before,
            &self.before_without.join(";"),
            self.between,
            self.step,
            self.now,
            &self.now_without.join(";"),
            self.expect,
        ];
        Row {
            folder: self.folder.to_owned(),
            what: what.into(),
            own: own.join("\n"),
            text: self.text(),
            due: self.due.to_vec(),
        }
    }

    fn text(&self) -> String {
        let screen: String = screen_codes().map(|code| format!("{code} = false\n")).collect();
        let usual = "side = \"left\"; site = \"belly\"; mechanism = \"sprint\"; presentation = \"acute\"";
        let activate = self.phase.map_or_else(String::new, |phase| {
            format!("activate = {{ phase = {phase}, visits_per_week = {} }}\n", self.visits_per_week)
        });
        format!(
            "id = \"STORY\"\ntitle = \"Story\"\nprotocol = \"{folder}\"\nonset = \"2026-03-02\"\n\
             [patient]\ngiven_name = \"Sam\"\nfamily_name = \"Example\"\n{patient}\n\
             [injury]\n{injury}\n[plan]\nstart_day = {first_day}\n[plan.policy]\n{policy}\n\
             [sets.before]\n{well_before}\n{screen}\n[sets.now]\n{well_now}\n{screen}\n\
             [[step]]\nday = {first_day}\n{activate}{before_step}\n[step.assess]\nuse = [\"before\"]\ntester = \"A\"\n{before}\n\
             {between}\n\
             [[step]]\nday = {last_day}\n{step}\n[step.assess]\nuse = [\"now\"]\ntester = \"A\"\n{now}\n\
             [step.expect]\n{expect}\n",
            folder = self.folder,
            first_day = self.first_day,
            last_day = self.last_day,
            patient = lines(self.patient),
            injury = replaced(usual, self.injury),
            policy = lines(self.policy),
            well_before = well_without(self.before_without),
            well_now = well_without(self.now_without),
            before_step = lines(self.before_step),
            before = lines(self.before),
            between = self.between,
            step = lines(self.step),
            now = lines(self.now),
            expect = lines(self.expect),
        )
    }
}

/// Folders of both protocols.
pub const FOLDERS: [&str; 2] = ["hamstring-strain", "hamstring-persistent"];

/// The line of the injury that goes with a protocol.
pub fn injury_of(folder: &str) -> &'static str {
    if folder == "hamstring-persistent" { "presentation = \"persistent\"" } else { "" }
}

/// The findings of the red-flag screen.
pub fn screen_codes() -> impl Iterator<Item = &'static str> {
    let codes = ALL.iter().map(|measure| measure.code);
    codes.filter(|code| code.starts_with("red_flag_") || *code == "palpable_gap")
}

fn well_without(codes: &[&str]) -> String {
    let code = |line: &&str| line.split('=').next().unwrap_or_default().trim().to_owned();
    let kept: Vec<&str> = WELL.lines().filter(|line| !codes.contains(&code(line).as_str())).collect();
    kept.join("\n")
}

fn lines(text: &str) -> String {
    text.split(';').map(str::trim).collect::<Vec<_>>().join("\n")
}

fn replaced(usual: &str, other: &str) -> String {
    let key = |line: &str| line.split('=').next().unwrap_or_default().trim().to_owned();
    let others: Vec<String> = other.split(';').map(key).collect();
    let kept: Vec<&str> = usual.split(';').filter(|line| !others.contains(&key(line))).collect();
    lines(&format!("{};{other}", kept.join(";")))
}
