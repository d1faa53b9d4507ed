//! The red-flag screen: one finding for each trigger. A screen without findings excludes nothing.

use super::finding;
use crate::measure::Measure;

const fn flag(code: &'static str, name: &'static str, how: &'static str, source: &'static str) -> Measure {
    finding(code).says(name, how).sourced(source)
}

pub(super) const MEASURES: &[Measure] = &[
    // Avulsion, complete rupture.
    flag(
        "red_flag_pop",
        "Pop at the injury",
        "Ask whether a pop was heard or felt at the moment of injury.",
        "S33, S94",
    ),
    flag(
        "red_flag_sudden_weakness",
        "Sudden weakness",
        "Ask whether the leg gave way or became weak at the moment of injury.",
        "S33, S94",
    ),
    flag(
        "palpable_gap",
        "Palpable gap",
        "Palpate the muscle and its origin for a gap or a missing tendon.",
        "S33, S94",
    ),
    flag(
        "red_flag_sitting_pain",
        "Pain when sitting",
        "Ask whether sitting on the injured side brings on pain at the sitting bone.",
        "S33, S90",
    ),
    flag(
        "red_flag_foot_drop",
        "Foot drop",
        "Let the patient lift the foot and walk on the heels: present when the foot drops.",
        "S33, S103",
    ),
    // Deep-vein thrombosis: the items of the two-level Wells score.
    flag(
        "red_flag_dvt_cancer",
        "Wells: active cancer",
        "Ask about cancer that is treated now, was treated within six months, or is palliative.",
        "S100",
    ),
    flag(
        "red_flag_dvt_paralysis_or_cast",
        "Wells: paralysis or cast",
        "Ask about paralysis, paresis or a recent plaster cast of the leg.",
        "S100",
    ),
    flag(
        "red_flag_dvt_bed_or_surgery",
        "Wells: bed rest or operation",
        "Ask about three or more days in bed, or a major operation within twelve weeks.",
        "S100",
    ),
    flag(
        "red_flag_dvt_vein_tenderness",
        "Wells: tenderness along the deep veins",
        "Palpate along the deep veins of calf and inner thigh.",
        "S100",
    ),
    flag("red_flag_dvt_leg_swollen", "Wells: whole leg swollen", "Look whether the whole leg is swollen.", "S100"),
    flag(
        "red_flag_dvt_calf_swollen",
        "Wells: calf swollen by 3 cm or more",
        "Measure both calves 10 cm below the tibial tuberosity: present at a difference of 3 cm or more.",
        "S100",
    ),
    flag(
        "red_flag_dvt_pitting",
        "Wells: pitting oedema",
        "Press on the shin of the painful leg for some seconds: present when a dent stays, on this leg only.",
        "S100",
    ),
    flag(
        "red_flag_dvt_collateral_veins",
        "Wells: collateral veins",
        "Look for widened superficial veins that are not varicose.",
        "S100",
    ),
    flag("red_flag_dvt_earlier", "Wells: earlier thrombosis", "Ask about a deep-vein thrombosis in the past.", "S100"),
    flag(
        "red_flag_dvt_suspected",
        "Thrombosis suspected",
        "Note whether the examiner suspects a thrombosis, whatever the points say.",
        "S100, S101",
    ),
    // Pulmonary embolism.
    flag("red_flag_chest_pain", "Chest pain", "Ask about new chest pain.", "K-h"),
    flag("red_flag_breathless", "Breathlessness", "Ask about new shortness of breath.", "K-h"),
    flag("red_flag_coughing_blood", "Coughing blood", "Ask about coughing up blood.", "K-h"),
    // Compartment syndrome.
    flag(
        "red_flag_tense_thigh",
        "Tense thigh",
        "Palpate both thighs: present when the injured one feels tense and hard as a whole.",
        "S102",
    ),
    flag(
        "red_flag_pain_out_of_proportion",
        "Pain out of proportion",
        "Judge whether the pain is far greater than the injury explains, or keeps rising.",
        "S102",
    ),
    flag(
        "red_flag_passive_stretch_pain",
        "Severe pain on passive stretch",
        "Move knee and foot passively with care: present when this alone brings on severe pain.",
        "S102",
    ),
    flag(
        "red_flag_nerve_change",
        "New numbness or weakness of the leg",
        "Test feeling and strength below the knee on both sides.",
        "S102",
    ),
    // Nerve and spine.
    flag("red_flag_below_knee_pain", "Pain below the knee", "Ask whether the pain runs below the knee.", "S33, S103"),
    flag(
        "red_flag_paraesthesia",
        "Tingling",
        "Ask about tingling, burning or pins and needles in leg or foot.",
        "S33, S103",
    ),
    flag(
        "red_flag_slump",
        "Slump test with differentiation",
        "Slump test or straight leg raise: present when moving the neck or the foot changes the pain.",
        "S103",
    ),
    flag("red_flag_saddle_numbness", "Saddle numbness", "Ask about numbness around the seat and the genitals.", "K-h"),
    flag(
        "red_flag_bladder_bowel",
        "Bladder or bowel change",
        "Ask about new trouble with holding or passing urine or stool.",
        "K-h",
    ),
    // Tumour, infection, systemic illness.
    flag(
        "red_flag_enlarging_lump",
        "Enlarging lump",
        "Ask about and palpate for an unexplained lump that grows.",
        "S104",
    ),
    flag("red_flag_fever", "Fever", "Ask about fever or chills and take the temperature.", "K-h"),
    flag(
        "red_flag_night_pain",
        "Night pain",
        "Ask about pain that wakes at night and does not ease in any position.",
        "K-h",
    ),
    flag("red_flag_weight_loss", "Unexplained weight loss", "Ask about weight loss without a reason.", "K-h"),
    flag("red_flag_hot_joint", "Hot joint or thigh", "Feel for a hot, red joint or thigh.", "K-h"),
    flag("red_flag_skin_infection", "Skin infection", "Look for infected skin on the leg.", "S79"),
    flag("red_flag_open_wound", "Open wound", "Look for an open wound where hands would work.", "S79"),
    // Bleeding into the muscle, bone in the muscle.
    flag(
        "red_flag_warm_firm_swelling",
        "Warm or firm swelling",
        "Palpate for a warm or firm swelling of the thigh.",
        "S64, S77",
    ),
    flag("red_flag_firm_mass", "Firm mass", "Palpate for a firm mass in the muscle at the injured place.", "S64, S78"),
    flag(
        "red_flag_falling_range",
        "Falling range",
        "Compare knee range with the weeks before: present when it is getting less.",
        "S64, S78",
    ),
    // Bone.
    flag(
        "red_flag_hop_pain",
        "Pain deep in groin or thigh bone on hopping",
        "Only if walking is painless: hop on the leg; present when it hurts deep in the groin or the thigh bone.",
        "K-h",
    ),
    flag(
        "red_flag_weight_bearing_pain",
        "Pain on bearing weight that came gradually",
        "Ask about pain on bearing weight that came without one moment of injury.",
        "K-h",
    ),
    flag(
        "red_flag_ischial_tenderness",
        "Tenderness of the sitting bone",
        "Palpate the ischial tuberosity for tenderness of the bone.",
        "S97, S98, S99",
    ),
];
