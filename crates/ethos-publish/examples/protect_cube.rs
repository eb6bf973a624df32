//! Protection and audit of one cube, with times and the audit report.
//!
//! `cargo run --release -p ethos-publish --example protect_cube -- out/internal/cube.csv threshold`

use std::path::Path;
use std::time::Instant;

use ethos_model::region::RegionMapping;
use ethos_model::study::{DisclosureMethod, PublishSection};
use ethos_publish::protect::protect;

#[expect(clippy::print_stdout, reason = "an example prints")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (Some(cube), Some(method)) = (args.first(), args.get(1)) else {
        return Err("name a cube and a method, and a centre region file where there is one".into());
    };
    let mut settings = PublishSection::default();
    settings.disclosure.method = match method.as_str() {
        "threshold" => DisclosureMethod::Threshold,
        "controlled-rounding" => DisclosureMethod::ControlledRounding,
        other => return Err(format!("`{other}` is no method of protection").into()),
    };
    let regions = match args.get(2) {
        Some(file) => {
            let text = std::fs::read_to_string(file)?;
            vec![RegionMapping::from_csv(
                "centre", "centre", "centre", &text,
            )?]
        }
        None => Vec::new(),
    };
    let cube = ethos_table::cube::read(Path::new(cube))?;
    let start = Instant::now();
    let safe = protect(&cube, &settings, &regions, &[])?;
    println!("{}", safe.audit().text());
    println!("{} rows, {:.1?}", cube.len(), start.elapsed());
    Ok(())
}
