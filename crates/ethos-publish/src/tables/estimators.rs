//! The estimate beside what other estimators make of the same table.

use ethos_model::category::Total;
use ethos_model::cube::{CubeKey, Estimator, Family, Measure};

use super::pivot::Pivot;
use super::{ColumnKind, Context, PrintCell, PrintColumn, PrintRow, PrintTable, RowKind};
use crate::protect::Protected;
use crate::words::{number, scope};

const ORDER: [Measure; 3] = [
    Measure::Estimated,
    Measure::EstimatedBy(Estimator::Chao),
    Measure::EstimatedBy(Estimator::Darroch),
];

/// Time × estimator.
pub(super) fn table(protected: &Protected, context: Context<'_>) -> PrintTable {
    let language = context.language();
    let pick = |nl, en| language.pick(nl, en);
    let family = Family::Estimators;
    let pivot = Pivot::of(protected, family);
    let columns = vec![
        PrintColumn::new(pick("Peildatum", "Reference date"), ColumnKind::Text),
        PrintColumn::new(pick("Schatter", "Estimator"), ColumnKind::Text),
        PrintColumn::new(pick("Mensen", "People"), ColumnKind::Point),
        PrintColumn::new(pick("Ondergrens", "Lower limit"), ColumnKind::Lower),
        PrintColumn::new(pick("Bovengrens", "Upper limit"), ColumnKind::Upper),
    ];
    let mut rows = Vec::new();
    for time in pivot.distinct(|key| key.time) {
        for measure in ORDER {
            let key = CubeKey::national(family, time, Total::EstimateScope, measure);
            let Some(figure) = pivot.get(&key) else {
                continue;
            };
            let name = if measure == Measure::Estimated {
                pick("de schatting van deze studie", "the estimate of this study").to_owned()
            } else {
                measure.name(language).to_owned()
            };
            let mut cells = vec![
                PrintCell::Text(number::time(time, language)),
                PrintCell::Text(name),
            ];
            cells.extend(PrintCell::estimate(Some(figure)));
            rows.push(PrintRow {
                time,
                kind: RowKind::Plain,
                cells,
            });
        }
    }
    let about = vec![
        scope::sentence(&context.study.scope, language),
        pick(
            "Chao: zoveel mensen zijn er minstens, als niemand een grotere kans heeft om op twee lijsten te staan door op één te staan. Darroch: ieder heeft een eigen kans om gezien te worden, op elke lijst in gelijke mate.",
            "Chao: at least so many people there are, if being on one list makes nobody more likely to be on another. Darroch: everyone has a chance of their own to be seen, on every list alike.",
        )
        .to_owned(),
        pick(
            "Verschillen tussen schatters komen van hun aannamen, niet van de steekproef.",
            "Differences between estimators come from their assumptions, not from the sample.",
        )
        .to_owned(),
    ];
    PrintTable {
        family,
        title: family.title(language).into(),
        about,
        columns,
        rows,
    }
}
