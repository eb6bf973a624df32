//! A run opens no socket: the data stay on the computer.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::support::{arg, command, folder};

/// Sockets that a process has open at this moment; `None` once it has ended.
fn sockets(process: u32) -> Option<Vec<String>> {
    let descriptors = fs::read_dir(format!("/proc/{process}/fd")).ok()?;
    let links = descriptors
        .flatten()
        .filter_map(|entry| fs::read_link(entry.path()).ok());
    let names = links.map(|link| link.to_string_lossy().into_owned());
    Some(names.filter(|name| name.starts_with("socket:")).collect())
}

/// Looks at a process until it ends. Returns the looks, and the sockets seen.
fn watch(mut child: Child) -> (u32, Vec<String>, Option<i32>) {
    let (mut looks, mut seen) = (0, Vec::new());
    loop {
        // A child that has ended and was not waited for has no descriptors left.
        if let Some(status) = child.try_wait().unwrap() {
            return (looks, seen, status.code());
        }
        seen.extend(sockets(child.id()).unwrap_or_default());
        looks += 1;
        std::thread::sleep(Duration::from_micros(500));
    }
}

fn quiet(command: &mut Command) -> Child {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn a_demo_opens_no_socket() {
    let folder = folder();
    let dir = folder.path().join("demo");
    let options = ["--scale", "0.3", "--years", "2026"];
    let demo = [&["demo", arg(&dir)], &options[..]].concat();
    let (looks, seen, code) = watch(quiet(&mut command(&demo)));
    assert_eq!(code, Some(0));
    assert!(looks > 100, "{looks} looks are too few");
    assert!(seen.is_empty(), "{seen:?}");
}

/// Where the system's tracer is there, it sees every call and not only moments.
#[test]
fn no_call_to_the_network_is_made() {
    if Command::new("strace")
        .arg("-V")
        .stdout(Stdio::null())
        .status()
        .is_err()
    {
        return;
    }
    let folder = folder();
    let (log, dir) = (folder.path().join("calls"), folder.path().join("demo"));
    let plain = command(&["demo", "--scale", "0.3", "--years", "2026", "-q", arg(&dir)]);
    let mut traced = Command::new("strace");
    traced
        .args(["-f", "-qq", "-e", "trace=%network", "-o", arg(&log)])
        .arg(plain.get_program())
        .args(plain.get_args());
    let status = traced
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    if !Path::new(&log).exists() || !status.success() {
        // A container may forbid tracing; the other test stands.
        return;
    }
    let calls = fs::read_to_string(&log).unwrap();
    let network: Vec<&str> = calls
        .lines()
        .filter(|line| line.contains('('))
        .filter(|line| !line.contains("AF_UNIX"))
        .collect();
    assert!(network.is_empty(), "{}", network.join("\n"));
}

/// The look itself sees a socket where there is one.
#[test]
fn a_socket_is_seen_where_there_is_one() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    assert!(!sockets(std::process::id()).unwrap().is_empty());
    drop(listener);
}
