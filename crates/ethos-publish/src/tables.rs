//! The cube as tables for people: one builder a family, used by text, CSV, workbook and page
//! alike.

mod crossed;
mod dashboard;
mod estimate;
mod estimators;
mod flows;
mod national;
mod pivot;
mod places;
pub mod print;
mod rates;
mod response;
pub mod text;

use ethos_model::category::Language;
use ethos_model::cube::Family;
use ethos_model::region::RegionMapping;
use ethos_model::study::Study;

use crate::dashboard::External;
use crate::headline::Headline;
use crate::notes;
use crate::protect::Protected;

pub use print::{ColumnKind, PrintCell, PrintColumn, PrintRow, PrintTable, RowKind};

/// What the builders need to know beside the cube.
#[derive(Copy, Clone, Debug)]
pub struct Context<'a> {
    /// The study.
    pub study: &'a Study,
    /// Region mappings that the user supplied.
    pub regions: &'a [RegionMapping],
    /// Headlines: their warnings stand beside the estimates of their date.
    pub headlines: &'a [Headline],
    /// Indicators that others measure.
    pub external: &'a [External],
}

impl Context<'_> {
    /// Language of everything printed.
    pub fn language(&self) -> Language {
        self.study.publish.language
    }
}

/// The printed table of every family that has rows, in published order.
pub fn all(protected: &Protected, context: Context<'_>) -> Vec<PrintTable> {
    let mut families: Vec<Family> = protected.rows().iter().map(|row| row.key.family).collect();
    families.dedup();
    if !context.external.is_empty() && families.first() != Some(&Family::Dashboard) {
        families.insert(0, Family::Dashboard);
    }
    families
        .into_iter()
        .filter_map(|family| of_family(protected, family, context))
        .collect()
}

/// The printed table of a family; `None` when the cube has no row of it.
pub fn of_family(
    protected: &Protected,
    family: Family,
    context: Context<'_>,
) -> Option<PrintTable> {
    let given = family == Family::Dashboard && !context.external.is_empty();
    if !given {
        protected.family(family).next()?;
    }
    let mut table = match family {
        Family::NationalEstimate => estimate::table(protected, context),
        Family::Estimators => estimators::table(protected, context),
        Family::NationalCategory => national::categories(protected, context),
        Family::NationalCharacteristics => national::characteristics(protected, context),
        Family::RegionalCategory | Family::MunicipalCategory => {
            places::categories(protected, family, context)
        }
        Family::Crossed(crossing) => crossed::table(protected, crossing, context),
        Family::Dashboard => dashboard::table(protected, context),
        Family::Rates => rates::table(protected, context),
        Family::Flows => flows::flows(protected, context),
        Family::Moves => flows::moves(protected, context),
        Family::MunicipalSynthetic => places::synthetic(protected, context),
    };
    if let Some(mark) = notes::status_mark(&context.study.publish) {
        let mark = mark.shorthand(context.language());
        table.title = format!("{} {mark}", table.title);
    }
    table.about.extend(notes::on_series(&context.study.publish));
    Some(table)
}
