//! Who is expected to deliver for whom, and the example of centre regions.

use crate::country::Country;
use crate::country::place::PlaceId;
use crate::extract::file::table;
use crate::extract::folder::Folder;
use crate::options::SimulateError;

/// Writes `leveringen/verwacht.csv`, `telling/deelnemers.csv` and `regios/centrum.csv`.
pub(crate) fn write(
    country: &Country,
    participants: &[PlaceId],
    folder: &Folder,
) -> Result<(), SimulateError> {
    let places = &country.places;
    let code = |at: PlaceId| places.get(at).code.to_string();
    let pair = |at: PlaceId| vec![code(places.get(at).centre), code(at)];
    // A shelter's delivery of every year: one of another year, or of another layout, does not stand in for it.
    let years = &country.options.years;
    let of_years = |at: PlaceId| {
        let year = move |year: &i16| {
            let mut row = pair(at);
            row.extend(["monitor-dakloosheid".to_owned(), year.to_string()]);
            row
        };
        years.iter().map(year)
    };
    let expected: Vec<Vec<String>> = places.iter().flat_map(|(at, _)| of_years(at)).collect();
    folder.write(
        "leveringen/verwacht.csv",
        &table(&["sender", "municipality", "layout", "period"], &expected),
    )?;
    let taking_part: Vec<Vec<String>> = participants.iter().map(|at| pair(*at)).collect();
    folder.write(
        "telling/deelnemers.csv",
        &table(&["sender", "municipality"], &taking_part),
    )?;
    let regions: Vec<Vec<String>> = places
        .iter()
        .map(|(at, place)| vec![code(at), places.get(place.centre).name.clone()])
        .collect();
    folder.write(
        "regios/centrum.csv",
        &table(&["gm_code", "region"], &regions),
    )
}
