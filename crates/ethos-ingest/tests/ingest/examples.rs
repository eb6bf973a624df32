//! Every example of every shipped rule, through the whole of reading and checking.

use ethos_ingest::RuleBook;
use ethos_ingest::rules::Workshop;

#[test]
fn every_example_does_what_it_says() {
    let book = RuleBook::shipped();
    let workshop = Workshop::new(book, None).unwrap();
    let mut wrong = Vec::new();
    for rule in book.rules() {
        for at in 0..rule.examples.len() {
            match workshop.try_example(rule, at) {
                Ok(trial) if trial.holds() => {}
                Ok(trial) => wrong.push(format!(
                    "{} example {}: found {} times, wanted {}; all findings: {:?}",
                    rule.code,
                    at + 1,
                    trial.times,
                    trial.wanted,
                    trial
                        .findings
                        .iter()
                        .map(|finding| finding.code)
                        .collect::<Vec<_>>()
                )),
                Err(error) => {
                    wrong.push(format!("{} example {}: {}", rule.code, at + 1, error.en));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
