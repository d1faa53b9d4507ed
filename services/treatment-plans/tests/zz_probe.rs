//! Probe.
#[path = "journey/clinic.rs"]
mod clinic;
use clinic::*;
use taper_api::v1;
use taper_api::v1::treatment_plan_service_server::TreatmentPlanService;
use tonic_types::StatusExt;
#[tokio::test]
async fn probe() {
    let c = Clinic::open().await;
    let p = c.active().await;
    c.find(&["puranen_orava"]).await;
    let r = v1::GetRecommendationRequest { name: p.name.clone(), as_of: None, include_text: true };
    let a = c.service.get_recommendation(c.ask(r)).await.unwrap().into_inner();
    println!("{}\n--\n{}", a.summary, prost::Message::encoded_len(&a));
    for m in &a.missing { println!("missing {} {}", m.what, m.how); }
    for f in a.modalities.iter().take(3) { println!("{f:?}"); }
    let q = v1::CreateDecisionRequest { parent: p.name, decision: Some(v1::Decision { therapist: c.therapist.clone(), decided: Some(v1::decision::Decided::Phase(2)), ..Default::default() }), etag: p.etag, request_id: String::new() };
    let e = c.service.create_decision(c.ask(q)).await.unwrap_err();
    println!("{}", e.message());
    for v in e.get_details_precondition_failure().unwrap().violations { println!("{} | {} | {}", v.r#type, v.subject, v.description); }
}
