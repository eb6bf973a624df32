//! The published series of Statistics Netherlands, to be drawn beside a study's estimate.

/// One published year.
#[derive(Clone, PartialEq, Debug)]
pub struct PublishedYear {
    /// The year; the figure is of 1 January.
    pub year: i16,
    /// Persons found in registers.
    pub in_registers: u64,
    /// Persons in all, as estimated.
    pub total: u64,
    /// Lower and upper margin, where published.
    pub margin: Option<(u64, u64)>,
    /// Key of the third register of that year.
    pub third_list: String,
}

const SERIES: &str = include_str!("../../../data/published/cbs-dakloos-2009-2024.csv");

/// Homeless people of 18–64 on 1 January, 2009–2024, rounded to hundreds as published. There is
/// no figure of 2019; from 2020 on the third register is another one.
pub fn series() -> Vec<PublishedYear> {
    SERIES.lines().skip(1).filter_map(year).collect()
}

fn year(line: &str) -> Option<PublishedYear> {
    let fields: Vec<&str> = line.split(',').collect();
    let thousands = |at: usize| -> Option<u64> {
        let value: f64 = fields.get(at)?.parse().ok()?;
        Some((value * 1000.0).round() as u64)
    };
    Some(PublishedYear {
        year: fields.first()?.parse().ok()?,
        in_registers: thousands(2)?,
        total: thousands(4)?,
        margin: thousands(5).zip(thousands(6)),
        third_list: (*fields.get(7)?).to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read() {
        let series = series();
        assert_eq!(series.len(), SERIES.lines().count() - 1);
        assert_eq!(series.len(), 15);
        assert!(series.iter().all(|year| year.year != 2019));
        let find = |year| series.iter().find(|found| found.year == year).unwrap();
        assert_eq!(find(2018).margin, Some((33_500, 48_200)));
        assert_eq!(find(2009).total, 17_800);
        assert_eq!((find(2024).total, find(2024).margin), (33_000, None));
        for year in &series {
            assert!(year.in_registers < year.total);
            assert!(
                year.margin
                    .is_none_or(|(low, high)| low < year.total && year.total < high)
            );
        }
    }
}
