//! Rules in TOML with their expressions, and the shipped rules with them at work on a row.

#![no_main]

use ethos_ingest::check::check_inputs;
use ethos_ingest::{CheckOptions, Input, RuleBook};
use libfuzzer_sys::fuzz_target;

/// An expression is fuzzed as one: the frame around it never changes.
fn rule(expression: &str) -> String {
    let expression = expression.replace('\\', "\\\\").replace('"', "\\\"");
    format!(
        "[[rule]]\nid = \"ZZZ01\"\nseverity = \"note\"\nscope = \"row\"\nfind = \"{expression}\"\n\
         source = \"x\"\ntitle = {{ nl = \"a\", en = \"b\" }}\nmessage = {{ nl = \"a\", en = \"b\" }}\n\
         why = {{ nl = \"a\", en = \"b\" }}\nfix = {{ nl = \"a\", en = \"b\" }}\n"
    )
}

fuzz_target!(|text: &str| {
    let mut book = RuleBook::shipped().clone();
    let text = match text.strip_prefix('!') {
        Some(whole) => whole.to_owned(),
        None => rule(text),
    };
    if book.add(&text, "x.toml").is_err() {
        return;
    }
    let options = CheckOptions {
        layout: Some(ethos_fuzz::LAYOUT),
        rules: Some(&book),
        ..CheckOptions::default()
    };
    let rows = "bsn;gemeentecode;ingangsdatum;einddatum\n123456782;0363;20250110;\n111222333;;x;20240101\n";
    let input = [Input::bytes("x.csv", rows)];
    let report = check_inputs(&input, &options, &()).expect("bytes in memory can be read");
    report.ledger.check().expect("a balanced ledger");
});
