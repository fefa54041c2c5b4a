use serde_json::{Value, json};

use crate::sample::{Shop, stderr, stdout};

#[test]
fn the_policy_goes_to_standard_output_and_all_else_to_standard_error() {
    let run = Shop::new().run(&["iam", "--principal", "role/app/orders-api", "log.json"]).code(0);
    insta::assert_snapshot!(format!("{}---\n{}", stdout(&run), stderr(&run)));
}

#[test]
fn a_present_policy_is_held_against_what_was_used() {
    let shop = Shop::new();
    let orders = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders";
    let current = json!({
        "Version": "2012-10-17",
        "Statement": [
            { "Sid": "Orders", "Effect": "Allow", "Action": ["dynamodb:Get*", "dynamodb:Query"], "Resource": [orders, "arn:aws:dynamodb:*:*:table/carts"] },
            { "Effect": "Deny", "Action": "dynamodb:*", "Resource": "*", "Condition": { "Bool": { "aws:SecureTransport": "false" } } },
        ],
    });
    shop.write("current.json", &current.to_string());
    let run = shop.run(&["iam", "--principal", "orders-api", "--current", "current.json", "log.json"]).code(0);
    insta::assert_snapshot!(stderr(&run));
    // What was written grants all that was used, and nothing else.
    shop.write("least.json", &stdout(&run));
    let run = shop.run(&["iam", "--principal", "orders-api", "--current", "least.json", "log.json"]).code(0);
    assert!(
        stderr(&run).contains("granted and never used: nothing\nused and not granted: nothing\n"),
        "{}",
        stderr(&run)
    );
    serde_json::from_str::<Value>(&stdout(&run)).unwrap();
}

#[test]
fn a_principal_that_is_not_in_the_logs_is_an_error_that_names_those_like_it() {
    let run = Shop::new().run(&["iam", "--principal", "app/order-api", "log.json"]).code(2);
    assert_eq!(stdout(&run), "");
    assert!(stderr(&run).contains("is called `app/order-api`; there are role/app/orders-api, "), "{}", stderr(&run));
}

#[test]
fn a_document_that_is_none_is_refused_with_its_place() {
    let shop = Shop::new();
    shop.write("current.json", "{\"Statement\": [\n{\"Effect\": \"Permit\"}]}");
    let run = shop.run(&["iam", "--principal", "orders-api", "--current", "current.json", "log.json"]).code(2);
    let told = stderr(&run);
    assert!(
        told.contains("current.json is no policy document of IAM: unknown variant `Permit`") && told.contains("line 2"),
        "{told}"
    );
}
