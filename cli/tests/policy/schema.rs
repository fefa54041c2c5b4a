//! The schema comes with the command too.

use super::run;

#[test]
fn what_is_printed_is_the_file_of_the_repository() {
    let output = run(&["schema"]);
    assert!(output.status.success());
    assert!(output.stdout == include_bytes!("../../../schema/policy.schema.json"));
}
