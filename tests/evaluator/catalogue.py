"""The catalogue of measures and the lists of codes, as the page of the document format gives them."""

from decimal import Decimal

ACTIVITIES = [
    "run", "elliptical", "stationary_bike", "revolving_staircase", "stepper", "stretching", "strength",
    "eccentric_exercise", "calisthenics", "self_massage", "full_training", "walk",
]
MODALITIES = [
    "ice", "heat", "ultrasound", "laser", "stretching", "massage", "lymph_drainage", "dry_needling", "exercise", "other",
]
SITES = ["tie_in", "belly", "distal", "unknown"]
MECHANISMS = ["sprint", "deceleration", "stretch", "eccentric_slip", "direct_blow", "gradual", "other", "unknown"]
PRESENTATIONS = ["acute", "persistent"]
EQUIPMENT = ["ergometer", "dynamometer", "goniometer"]
DEGREES = ["first", "second", "third"]
RECURRENCES = ["none", "early", "late", "delayed", "exacerbation"]
RESULTS = ["none", "helped", "impractical", "no_effect", "worse"]

# Measure | values | fresh days | detectable change | worse level | codes from best to worst
TABLE = """
pain_rest | number | 7 | 1.77 | higher |
pain_daily_life | number | 7 | 1.77 | higher |
pain_walking | number | 7 | 1.77 | higher |
pain_stretch | number | 7 | 1.77 | higher |
pain_isometric | number | 7 | 1.77 | higher |
max_effort_90_pain | number | 14 | 1.77 | higher |
pain_activity | number | 7 | 1.77 | higher |
pain_running | number | 7 | 1.77 | higher |
pain_worst_24h | number | 7 | 1.77 | higher |
pain_next_morning | number | 7 | 1.77 | higher |
knee_extension_deficit_deg | number | 14 | 15 | higher |
passive_knee_extension_deficit_deg | number | 14 | 21 | higher |
knee_extension_judged | code | 14 | - | higher | full lacking
full_knee_extension_supine | code | 14 | - | higher | full lacking
straight_leg_raise_deg | number | 14 | - | lower |
straight_leg_raise_percent | number | 14 | - | lower |
straight_leg_raise_judged | code | 14 | - | higher | full lacking
palpation_length_cm | number | 14 | - | higher |
palpation_pain | finding | 14 | - | higher |
tuberosity_distance_cm | number | 14 | - | lower |
swelling | code | 7 | - | higher | none mild marked
bruising | code | 7 | - | higher | none local spreading
quadriceps_tightness | code | 14 | - | higher | none mild marked
strength_inner_percent | number | 21 | - | lower |
strength_mid_percent | number | 21 | - | lower |
strength_outer_percent | number | 21 | - | lower |
isometric_15_percent | number | 21 | - | lower |
strength_inner_n | number | 21 | - | lower |
strength_mid_n | number | 21 | - | lower |
strength_outer_n | number | 21 | - | lower |
strength_inner_nm | number | 21 | - | lower |
strength_mid_nm | number | 21 | - | lower |
strength_outer_nm | number | 21 | - | lower |
manual_resistance_90 | code | 21 | - | higher | equal_painless equal_painful weaker unable
manual_resistance_outer | code | 21 | - | higher | equal_painless equal_painful weaker unable
manual_resistance_15 | code | 21 | - | higher | equal_painless equal_painful weaker unable
puranen_orava | finding | 14 | - | higher |
bent_knee_stretch | finding | 14 | - | higher |
modified_bent_knee_stretch | finding | 14 | - | higher |
taking_off_shoe | finding | 14 | - | higher |
h_test_pain | finding | 14 | - | higher |
h_test_insecurity | number | 14 | - | higher |
h_test_rom_deg | number | 14 | - | lower |
gait | code | 7 | - | higher | normal limp unable
single_leg_squat | code | 14 | - | higher | painless painful unable
bike_test_150w | code | 14 | - | higher | painless painful unable
bike_test_moderate | code | 14 | - | higher | painless painful unable
single_leg_bridge | code | 14 | - | higher | painless painful unable
jog_very_slow | code | 14 | - | higher | painless painful unable
jog_50_percent | code | 14 | - | higher | painless painful unable
full_speed_running | code | 14 | - | higher | painless painful unable
pain_onset_speed_kmh | number | 14 | - | lower |
athlete_ready | finding | 14 | - | lower |
apprehension | finding | 14 | - | higher |
clinical_degree | code | 14 | - | higher | first second third
lefs | number | 28 | 9 | lower |
fash | number | 28 | - | lower |
psfs | number | 28 | 2 | lower |
groc | number | 28 | - | lower |
visa_h | number | 28 | - | lower |
tsk_11 | number | 28 | - | higher |
session_rpe_load | number | 7 | - | higher |
red_flag_pop | finding | 14 | - | higher |
red_flag_sudden_weakness | finding | 14 | - | higher |
palpable_gap | finding | 14 | - | higher |
red_flag_sitting_pain | finding | 14 | - | higher |
red_flag_foot_drop | finding | 14 | - | higher |
red_flag_dvt_cancer | finding | 14 | - | higher |
red_flag_dvt_paralysis_or_cast | finding | 14 | - | higher |
red_flag_dvt_bed_or_surgery | finding | 14 | - | higher |
red_flag_dvt_vein_tenderness | finding | 14 | - | higher |
red_flag_dvt_leg_swollen | finding | 14 | - | higher |
red_flag_dvt_calf_swollen | finding | 14 | - | higher |
red_flag_dvt_pitting | finding | 14 | - | higher |
red_flag_dvt_collateral_veins | finding | 14 | - | higher |
red_flag_dvt_earlier | finding | 14 | - | higher |
red_flag_dvt_suspected | finding | 14 | - | higher |
red_flag_chest_pain | finding | 14 | - | higher |
red_flag_breathless | finding | 14 | - | higher |
red_flag_coughing_blood | finding | 14 | - | higher |
red_flag_tense_thigh | finding | 14 | - | higher |
red_flag_pain_out_of_proportion | finding | 14 | - | higher |
red_flag_passive_stretch_pain | finding | 14 | - | higher |
red_flag_nerve_change | finding | 14 | - | higher |
red_flag_below_knee_pain | finding | 14 | - | higher |
red_flag_paraesthesia | finding | 14 | - | higher |
red_flag_slump | finding | 14 | - | higher |
red_flag_saddle_numbness | finding | 14 | - | higher |
red_flag_bladder_bowel | finding | 14 | - | higher |
red_flag_enlarging_lump | finding | 14 | - | higher |
red_flag_fever | finding | 14 | - | higher |
red_flag_night_pain | finding | 14 | - | higher |
red_flag_weight_loss | finding | 14 | - | higher |
red_flag_hot_joint | finding | 14 | - | higher |
red_flag_skin_infection | finding | 14 | - | higher |
red_flag_open_wound | finding | 14 | - | higher |
red_flag_warm_firm_swelling | finding | 14 | - | higher |
red_flag_firm_mass | finding | 14 | - | higher |
red_flag_falling_range | finding | 14 | - | higher |
red_flag_hop_pain | finding | 14 | - | higher |
red_flag_weight_bearing_pain | finding | 14 | - | higher |
red_flag_ischial_tenderness | finding | 14 | - | higher |
"""


class Measure:
    """One line of the catalogue, with numbers in thousandths."""

    def __init__(self, line):
        cells = [cell.strip() for cell in line.split("|")]
        self.name, self.kind = cells[0], cells[1]
        self.fresh = int(cells[2])
        self.detectable = None if cells[3] == "-" else int(Decimal(cells[3]) * 1000)
        self.lower_is_worse = cells[4] == "lower"
        self.codes = cells[5].split()

    def level(self, value):
        """The level of a recorded value, or None where it counts as not measured."""
        if not isinstance(value, dict):
            return None
        found = value.get(self.kind)
        if found is None:
            return None
        if self.kind == "number":
            return found
        if self.kind == "finding":
            return int(found)
        return self.codes.index(found) if found in self.codes else None

    def shown(self, level):
        """The level as an answer shows it."""
        if self.kind == "number":
            return {"number": level}
        if self.kind == "finding":
            return {"finding": bool(level)}
        return {"code": self.codes[level]}


MEASURES = {measure.name: measure for measure in map(Measure, TABLE.strip().split("\n"))}
