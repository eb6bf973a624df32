//! Cross-tabulation: whole numbers by combinations of small codes, with polars.

use std::collections::BTreeMap;

use polars::prelude::{Column, DataFrame, IntoLazy, LazyFrame, col, lit};

use crate::error::CountError;

/// A column of the weights, which no dimension may be called.
const WEIGHT: &str = "weight";

/// Units with a code in every dimension and a weight.
pub(crate) struct Crosstab {
    frame: LazyFrame,
}

impl Crosstab {
    /// From columns of equal length, each with its name; without weights every unit weighs 1.
    pub(crate) fn new(
        columns: Vec<(&str, Vec<u32>)>,
        weights: Option<Vec<u64>>,
    ) -> Result<Self, CountError> {
        let height = columns.first().map_or(0, |(_, codes)| codes.len());
        let weights = weights.unwrap_or_else(|| vec![1; height]);
        let columns = columns
            .into_iter()
            .map(|(name, codes)| Column::new(name.into(), codes))
            .chain([Column::new(WEIGHT.into(), weights)])
            .collect();
        Ok(Self {
            frame: DataFrame::new(height, columns)?.lazy(),
        })
    }

    /// The weight of every combination of codes that occurs, among the units that have these
    /// codes. The order in which polars groups plays no part: the result is ordered by code.
    pub(crate) fn by(
        &self,
        dimensions: &[&str],
        having: &[(&str, u32)],
    ) -> Result<BTreeMap<Vec<u32>, u64>, CountError> {
        let frame = having
            .iter()
            .fold(self.frame.clone(), |frame, &(name, code)| {
                frame.filter(col(name).eq(lit(code)))
            });
        let by: Vec<_> = dimensions.iter().map(|&name| col(name)).collect();
        let grouped = frame.group_by(by).agg([col(WEIGHT).sum()]).collect()?;
        let mut cells: BTreeMap<Vec<u32>, u64> = BTreeMap::new();
        let codes = dimensions
            .iter()
            .map(|&name| grouped.column(name)?.u32())
            .collect::<Result<Vec<_>, _>>()?;
        let weights = grouped.column(WEIGHT)?.u64()?;
        for (row, weight) in weights.iter().enumerate() {
            let key = codes.iter().filter_map(|codes| codes.get(row)).collect();
            *cells.entry(key).or_insert(0) += weight.unwrap_or(0);
        }
        Ok(cells)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_add_up_by_code() {
        let columns = vec![("a", vec![0, 1, 0, 1]), ("b", vec![7, 7, 7, 9])];
        let crosstab = Crosstab::new(columns, Some(vec![1, 2, 3, 4])).unwrap();
        let by_both = crosstab.by(&["a", "b"], &[]).unwrap();
        assert_eq!(
            by_both,
            BTreeMap::from([(vec![0, 7], 4), (vec![1, 7], 2), (vec![1, 9], 4)])
        );
        let of_seven = crosstab.by(&["a"], &[("b", 7)]).unwrap();
        assert_eq!(of_seven, BTreeMap::from([(vec![0], 4), (vec![1], 2)]));
    }

    #[test]
    fn nobody_makes_an_empty_table() {
        let crosstab = Crosstab::new(vec![("a", Vec::new())], None).unwrap();
        assert!(crosstab.by(&["a"], &[]).unwrap().is_empty());
    }
}
