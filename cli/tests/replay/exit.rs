//! The exit status says what scripts and CI need to know.

use std::process::{Command, Stdio};

use crate::sample::{Folder, deletion, log, quiet, stderr};

#[test]
fn the_exit_status_tells_nothing_found_from_findings_from_bad_input() {
    let folder = Folder::new([
        ("quiet.json", log(&[quiet(1)]).as_slice()),
        ("deletion.json", &log(&[deletion(1)])),
        ("odd.json", b"{\"Records\":[{\"eventID\":7}]}"),
        ("empty.json", b""),
        ("policy.yaml", b"version: 1\ntables:\n  - table: orders\n"),
        ("wrong.yaml", b"version: 1\ntables:\n  - tabel: orders\n"),
        ("folder/README.md", b"# no log"),
    ]);
    let cases: &[(&[&str], i32)] = &[
        (&["quiet.json"], 0),
        (&["deletion.json"], 1),
        (&["--fail-on", "low", "deletion.json"], 1),
        (&["--fail-on", "medium", "deletion.json"], 0),
        (&["--policy", "policy.yaml", "deletion.json"], 0),
        (&["odd.json"], 2),
        (&["odd.json", "deletion.json"], 2),
        (&["empty.json"], 2),
        (&["folder"], 2),
        (&["no-such-file.json"], 2),
        (&["no-such-file.json", "deletion.json"], 2),
        (&["--policy", "wrong.yaml", "quiet.json"], 2),
        (&["--policy", "no-such-policy.yaml", "quiet.json"], 2),
        (&["--fail-on", "grave", "quiet.json"], 2),
        (&["--format", "xml", "quiet.json"], 2),
        (&[], 2),
        (&["--help"], 0),
    ];
    for (args, status) in cases {
        let run = folder.replay(args);
        assert_eq!(run.get_output().status.code(), Some(*status), "{args:?}: {}", stderr(&run));
        assert_eq!(stderr(&run).is_empty(), *status != 2, "{args:?}: {}", stderr(&run));
    }
}

#[test]
fn a_wrong_policy_is_shown_with_its_line() {
    let folder =
        Folder::new([("wrong.yaml", b"version: 1\ntables:\n  - tabel: orders\n".as_slice()), ("a.json", b"[]")]);
    let run = folder.replay(&["--policy", "wrong.yaml", "a.json"]).code(2).stdout("");
    assert!(stderr(&run).starts_with("error: unknown field `tabel`\n"), "{}", stderr(&run));
    for part in ["wrong.yaml:3:5", "  - tabel: orders", "did you mean `table`?"] {
        assert!(stderr(&run).contains(part), "{part}: {}", stderr(&run));
    }
}

#[test]
fn who_closes_the_pipe_early_hears_no_complaint() {
    let folder = Folder::new([("a.json", log(&[deletion(1)]).as_slice())]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_tablewarden"))
        .current_dir(folder.path())
        .args(["replay", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Closed before the input ends, so before anything is printed.
    drop(child.stdout.take());
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), &log(&[deletion(1)])).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(1), Vec::new()));
}

#[test]
fn a_policy_that_hashes_keys_needs_a_secret_that_no_output_shows() {
    let policy = b"version: 1\ntables:\n  - table: orders\n    keys: hash\n".as_slice();
    let folder = Folder::new([("policy.yaml", policy), ("quiet.json", &log(&[quiet(1)]))]);
    let cases = [
        (None, 2, "TABLEWARDEN_KEY_SECRET: the policy shows keys as hashes"),
        (Some("hunter2"), 2, "TABLEWARDEN_KEY_SECRET: expected a secret of at least 16 bytes, found 7"),
        (Some("0123456789abcdef"), 0, ""),
    ];
    for (secret, status, words) in cases {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tablewarden"));
        command.current_dir(folder.path()).args(["replay", "--policy", "policy.yaml", "quiet.json"]);
        command.env_remove("TABLEWARDEN_KEY_SECRET").envs(secret.map(|secret| ("TABLEWARDEN_KEY_SECRET", secret)));
        let output = command.output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(status), "{said}");
        assert!(said.contains(words) && secret.is_none_or(|secret| !said.contains(secret)), "{said}");
    }
}
