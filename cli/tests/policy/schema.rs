//! The schema comes with the command too.

use std::path::Path;

use super::run;

#[test]
fn what_is_printed_is_the_file_of_the_repository() {
    let printed = run(Path::new("."), &["schema"]);
    assert_eq!((printed.status, printed.stderr.as_str()), (Some(0), ""));
    assert!(printed.stdout == include_str!("../../../schema/policy.schema.json"));
}
