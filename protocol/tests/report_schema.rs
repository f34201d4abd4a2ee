//! The schema that users get is the schema of the types.
//!
//! After a change of the types: `EVERYWAY_REGENERATE=1 cargo test -p everyway-protocol --test report_schema`.

use std::path::Path;

#[test]
fn the_stored_schema_is_the_schema_of_the_types() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/report.json");
    let schema = everyway_protocol::report::schema().expect("the types have a schema");
    if std::env::var_os("EVERYWAY_REGENERATE").is_some() {
        std::fs::write(&path, &schema).expect("the schema can be written");
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stored == schema,
        "protocol/schema/report.json is not what the types say: run \
         `EVERYWAY_REGENERATE=1 cargo test -p everyway-protocol --test report_schema`"
    );
}

#[test]
fn the_example_of_the_contract_is_read_and_written_back_unchanged() {
    let example: serde_json::Value =
        serde_json::from_str(include_str!("report_example.json")).expect("the example is JSON");
    let report: everyway_protocol::report::Report =
        serde_json::from_value(example.clone()).expect("the example is a report");
    assert_eq!(serde_json::to_value(report).expect("a report is JSON"), example);
}
