//! Builds short cases in the form of the golden ones, in which everything is well but one thing.

use taper_core::case::Case;
use taper_core::measure::ALL;

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
    /// Lines of the step of the last day, for example activities.
    pub step: &'a str,
    /// Values of the last day that replace the good ones.
    pub now: &'a str,
    /// Lines of what is expected on the last day.
    pub expect: &'a str,
}

impl Default for Story<'_> {
    fn default() -> Self {
        Story {
            folder: "hamstring-strain",
            patient: r#"birth_date = "1980-01-10"; cautions = []; cautions_reviewed_day = 20"#,
            injury: "",
            phase: Some(2),
            visits_per_week: 3,
            first_day: 20,
            last_day: 30,
            before_step: "",
            before: "",
            step: "",
            now: "",
            expect: "",
        }
    }
}

impl Story<'_> {
    fn text(&self) -> String {
        let screen: String = screen_codes().map(|code| format!("{code} = false\n")).collect();
        let usual = "side = \"left\"; site = \"belly\"; mechanism = \"sprint\"; presentation = \"acute\"";
        let activate = self.phase.map_or_else(String::new, |phase| {
            format!("activate = {{ phase = {phase}, visits_per_week = {} }}\n", self.visits_per_week)
        });
        format!(
            "id = \"STORY\"\ntitle = \"Story\"\nprotocol = \"{folder}\"\nonset = \"2026-03-02\"\n\
             [patient]\ngiven_name = \"Sam\"\nfamily_name = \"Example\"\n{patient}\n\
             [injury]\n{injury}\n[plan]\nstart_day = {first_day}\n\
             [sets.well]\n{WELL}\n{screen}\n\
             [[step]]\nday = {first_day}\n{activate}{before_step}\n[step.assess]\nuse = [\"well\"]\ntester = \"A\"\n{before}\n\
             [[step]]\nday = {last_day}\n{step}\n[step.assess]\nuse = [\"well\"]\ntester = \"A\"\n{now}\n\
             [step.expect]\n{expect}\n",
            folder = self.folder,
            first_day = self.first_day,
            last_day = self.last_day,
            patient = lines(self.patient),
            injury = replaced(usual, self.injury),
            before_step = lines(self.before_step),
            before = lines(self.before),
            step = lines(self.step),
            now = lines(self.now),
            expect = lines(self.expect),
        )
    }

    /// What differs from the expectation, or why the case cannot be read; none when all is as expected.
    pub fn fault(&self) -> Option<String> {
        match Case::parse(&self.text()) {
            Err(fault) => Some(fault.to_string()),
            Ok(case) => case.check().first().map(ToString::to_string),
        }
    }
}

/// The findings of the red-flag screen.
pub fn screen_codes() -> impl Iterator<Item = &'static str> {
    let codes = ALL.iter().map(|measure| measure.code);
    codes.filter(|code| code.starts_with("red_flag_") || *code == "palpable_gap")
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
