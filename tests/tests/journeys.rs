//! Every golden case, played through gRPC on both databases: the answers are those that the case expects.

use std::fs;
use std::path::{Path, PathBuf};

use taper::play;
use taper_core::case::Case;
use taper_core::record::clinic::TimeZoneName;
use taper_tests::{Database, World};

/// The stories that the protocols were written against, by id; each must have a file.
const STORIES: [&str; 8] = ["C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8"];

fn case_files() -> Vec<PathBuf> {
    let protocols = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/core/protocols");
    let mut files = Vec::new();
    let folders = fs::read_dir(protocols).unwrap().map(|entry| entry.unwrap().path());
    for protocol in folders.filter(|path| path.is_dir()) {
        for file in fs::read_dir(protocol.join("cases")).unwrap() {
            files.push(file.unwrap().path());
        }
    }
    files.sort();
    files
}

fn cases() -> Vec<(String, Case)> {
    let read = |file: &PathBuf| {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let case = Case::parse(&fs::read_to_string(file).unwrap()).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        (name, case)
    };
    case_files().iter().map(read).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_case_gives_its_expected_answers_through_grpc() {
    let zones = ["Etc/UTC", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"];
    for database in Database::ALL {
        let world = World::start(database).await;
        let (mut asked, mut mismatches) = (0, Vec::new());
        for (number, (file, case)) in cases().iter().enumerate() {
            let zone = TimeZoneName::parse(zones[number % zones.len()]).unwrap();
            let slug = format!("case-{number}");
            let clinic = play::Clinic::create(world.channel.clone(), &slug, &zone).await.unwrap();
            let played = play::play(world.channel.clone(), &clinic, case, |_| Ok(())).await;
            let played = played.unwrap_or_else(|fault| panic!("{file} on {database:?}: {fault:#}"));
            asked += played.asked;
            mismatches.extend(played.mismatches.iter().map(|mismatch| format!("{file} on {database:?}: {mismatch}")));
        }
        println!("{database:?}: {} cases, {asked} recommendations", cases().len());
        assert!(mismatches.is_empty(), "{}", mismatches.join("\n"));
        assert!(asked >= cases().len(), "a case asked for nothing");
        world.stop().await;
    }
}

#[test]
fn every_story_of_the_table_has_a_case() {
    let ids: Vec<String> = cases().into_iter().map(|(_, case)| case.id).collect();
    for story in STORIES {
        assert!(ids.iter().any(|id| id == story), "{story} has no case file; there are {ids:?}");
    }
}
