//! How many findings there are, of each rule and of each rule on each column.

/// Findings by rule, and within a rule by the column they are on.
#[derive(Clone, Debug)]
pub(crate) struct Counts {
    rules: Vec<u64>,
    /// For each rule, by the number of the column: 0 for findings that are on none.
    columns: Vec<Vec<u64>>,
}

impl Default for Counts {
    fn default() -> Self {
        Self::new(0)
    }
}

impl Counts {
    /// None of so many rules.
    pub(super) fn new(rules: usize) -> Self {
        Self {
            rules: vec![0; rules],
            columns: vec![Vec::new(); rules],
        }
    }

    /// Adds findings of a rule on a column, and says how many there are now: of the rule, and of it there.
    #[inline]
    pub(super) fn add(&mut self, rule: usize, column: Option<u32>, count: u64) -> (u64, u64) {
        self.rules[rule] += count;
        let column = column.unwrap_or(0) as usize;
        let columns = &mut self.columns[rule];
        if columns.len() <= column {
            columns.resize(column + 1, 0);
        }
        columns[column] += count;
        (self.rules[rule], columns[column])
    }

    /// How many there are of each rule.
    pub(super) fn of_rules(&self) -> &[u64] {
        &self.rules
    }

    /// How many a rule has on each column on which it has any.
    pub(super) fn on_columns(&self, rule: usize) -> impl Iterator<Item = (Option<u32>, u64)> {
        let counts = self.columns[rule].iter().copied();
        (0_u32..)
            .zip(counts)
            .filter(|(_, count)| *count > 0)
            .map(|(column, count)| ((column > 0).then_some(column), count))
    }

    /// Whether there are none.
    pub(super) fn are_none(&self) -> bool {
        self.rules.iter().all(|count| *count == 0)
    }

    /// The same as another, without new memory where there is room.
    pub(super) fn copy(&mut self, other: &Self) {
        self.rules.clone_from(&other.rules);
        self.columns.clone_from(&other.columns);
    }

    /// What came after a count of the same findings.
    pub(super) fn since(&self, before: &Self) -> Self {
        let minus = |now: &[u64], before: &[u64]| -> Vec<u64> {
            let before = before.iter().chain(std::iter::repeat(&0));
            now.iter()
                .zip(before)
                .map(|(now, before)| now - before)
                .collect()
        };
        let columns = self.columns.iter().zip(&before.columns);
        Self {
            rules: minus(&self.rules, &before.rules),
            columns: columns.map(|(now, before)| minus(now, before)).collect(),
        }
    }

    /// Adds those of rows that follow.
    pub(super) fn add_all(&mut self, more: &Self) {
        for (rule, columns) in more.columns.iter().enumerate() {
            for (column, &count) in (0_u32..).zip(columns) {
                if count > 0 {
                    self.add(rule, (column > 0).then_some(column), count);
                }
            }
        }
    }
}
