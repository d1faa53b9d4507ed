//! CPU time of processes, read from /proc: user and system, in microseconds.

use std::fs;

/// The fields of one /proc/PID/stat that matter: parent, own ticks, ticks of children that ended.
struct Stat {
    parent: u32,
    own: u64,
    ended_children: u64,
}

fn stat(pid: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the command in brackets and may hold spaces.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |index: usize| fields.get(index).and_then(|field| field.parse::<u64>().ok());
    Some(Stat {
        parent: u32::try_from(number(1)?).ok()?,
        own: number(11)? + number(12)?,
        ended_children: number(13)? + number(14)?,
    })
}

/// Linux counts in hundredths of a second.
const MICROS_PER_TICK: u64 = 10_000;

/// CPU of one process so far.
pub fn of_process(pid: u32) -> u64 {
    stat(pid).map_or(0, |stat| stat.own * MICROS_PER_TICK)
}

/// CPU of a process and its children, living and ended, so far.
pub fn of_family(pid: u32) -> u64 {
    let parent = stat(pid).map_or(0, |stat| stat.own + stat.ended_children);
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_string_lossy().parse::<u32>().ok());
    let children: u64 = pids.filter_map(stat).filter(|stat| stat.parent == pid).map(|stat| stat.own).sum();
    (parent + children) * MICROS_PER_TICK
}
