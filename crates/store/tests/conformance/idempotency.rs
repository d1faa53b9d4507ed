//! One request_id is one change and one answer, however often and however close together it is sent.

use taper_core::ids::RequestId;
use taper_core::refusal::{Reason, Refusal};
use taper_store::{At, Claim, Error, PlanKey, Store, requests, sessions};

use crate::harness::{Home, clinic, instant, on_both, soon};
use crate::samples::*;

on_both! {
    a_repeat_gets_the_first_answer;
    the_same_id_for_another_request_is_refused;
    a_request_that_was_rolled_back_may_be_done_again;
    sixty_four_duplicates_at_once_make_one_row_and_one_answer;
    old_requests_are_forgotten_by_age;
}

async fn a_repeat_gets_the_first_answer(home: &Home) {
    let id = RequestId(new_id());
    let answer: Vec<u8> = (0..=255).collect();
    let tx = home.write("here").await;
    assert_eq!(requests::claim(&tx, id, "CreateSession", b"hash", instant(1)).await, Ok(Claim::New));
    requests::finish(&tx, id, None, &answer).await.unwrap();
    tx.commit().await.unwrap();
    for _ in 0..2 {
        let tx = home.write("here").await;
        let again = requests::claim(&tx, id, "CreateSession", b"hash", instant(2)).await;
        assert_eq!(again, Ok(Claim::Done(answer.clone())));
    }
}

async fn the_same_id_for_another_request_is_refused(home: &Home) {
    let id = RequestId(new_id());
    let tx = home.write("here").await;
    requests::claim(&tx, id, "CreateSession", b"hash", instant(1)).await.unwrap();
    requests::finish(&tx, id, None, b"answer").await.unwrap();
    tx.commit().await.unwrap();
    for (method, hash) in [("CreateSession", b"other"), ("CreatePatient", b"hash\0")] {
        let tx = home.write("here").await;
        let refused = requests::claim(&tx, id, method, hash, instant(2)).await;
        assert_eq!(refused, Err(Error::RequestIdReused));
    }
    assert_eq!(Refusal::from(Error::RequestIdReused).reason, Reason::RequestIdReused);
}

async fn a_request_that_was_rolled_back_may_be_done_again(home: &Home) {
    let id = RequestId(new_id());
    for _ in 0..2 {
        let tx = home.write("here").await;
        assert_eq!(requests::claim(&tx, id, "m", b"h", instant(1)).await, Ok(Claim::New));
        requests::finish(&tx, id, None, b"never").await.unwrap();
    }
    let tx = home.write("here").await;
    assert_eq!(requests::finish(&tx, id, None, b"unclaimed").await, Err(Error::Internal));
}

async fn create_once(store: Store, key: PlanKey, request: RequestId) -> Result<Vec<u8>, Error> {
    let tx = store.begin_write(&clinic("here"), soon()).await?;
    if let Claim::Done(answer) = requests::claim(&tx, request, "CreateSession", b"hash", instant(20)).await? {
        return Ok(answer);
    }
    let session = sessions::create(&tx, key, session_id(), &session(), instant(20)).await?;
    let answer = session.id.0.as_bytes().to_vec();
    requests::finish(&tx, request, None, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}

async fn sixty_four_duplicates_at_once_make_one_row_and_one_answer(home: &Home) {
    let tx = home.write("here").await;
    let key = a_plan(&tx).await;
    tx.commit().await.unwrap();
    let request = RequestId(new_id());
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..64 {
        let store = home.store.clone();
        callers.spawn(async move {
            // A caller that finds every connection in use retries, as it is told to.
            loop {
                match create_once(store.clone(), key, request).await {
                    Err(Error::Overloaded) => continue,
                    answer => return answer,
                }
            }
        });
    }
    let answers = callers.join_all().await;
    let tx = home.read("here").await;
    let rows = sessions::list(&tx, key, None, 100, At::NOW).await.unwrap();
    assert_eq!(rows.len(), 1);
    let one_answer = Ok(rows[0].id.0.as_bytes().to_vec());
    assert!(answers.iter().all(|answer| *answer == one_answer), "{answers:?}");
}

async fn old_requests_are_forgotten_by_age(home: &Home) {
    let tx = home.write("here").await;
    for second in [1, 2, 3] {
        let id = RequestId(new_id());
        requests::claim(&tx, id, "m", b"h", instant(second)).await.unwrap();
        requests::finish(&tx, id, None, b"").await.unwrap();
    }
    assert_eq!(requests::purge_older_than(&tx, instant(3)).await, Ok(2));
    assert_eq!(requests::purge_older_than(&tx, instant(3)).await, Ok(0));
    tx.commit().await.unwrap();
    let tx = home.write("there").await;
    assert_eq!(requests::purge_older_than(&tx, instant(9)).await, Ok(0));
}
