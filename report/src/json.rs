//! The report as JSON, for scripts.

use everyway_protocol::report::Report;

use crate::FormatError;

pub(crate) fn write(report: &Report) -> Result<String, FormatError> {
    Ok(serde_json::to_string_pretty(report)? + "\n")
}
