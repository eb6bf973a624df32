//! Codes of columns, as variables with their trees.

use std::collections::BTreeSet;

use super::Layout;
use crate::variable::{Variable, VariableError};

/// A variable for each column: its root, the codes of its tree, then those of the rows.
pub(super) fn variables<'a>(
    layout: &Layout,
    rows: impl Iterator<Item = &'a [String]>,
) -> Result<Vec<Variable>, VariableError> {
    let mut variables: Vec<Variable> = layout
        .columns
        .iter()
        .map(|name| Variable::new(name, &layout.total))
        .collect();
    let mut found: Vec<BTreeSet<&str>> = vec![BTreeSet::new(); variables.len()];
    for codes in rows {
        for (own, code) in found.iter_mut().zip(codes) {
            own.insert(code);
        }
    }
    for (at, tree) in &layout.hierarchies {
        let occurs = |code: &String| *code != layout.total && found[*at].contains(code.as_str());
        if !tree
            .iter()
            .any(|(code, above)| occurs(code) || occurs(above))
        {
            // Codes of another kind: names where the counts have numbers.
            return Err(VariableError::Unused {
                variable: layout.columns[*at].clone(),
            });
        }
        for (code, above) in tree {
            if variables[*at].code(above).is_none() {
                variables[*at].add("", above, &layout.total)?;
            }
            variables[*at].add("", code, above)?;
        }
    }
    for (variable, codes) in variables.iter_mut().zip(found) {
        for code in codes {
            if variable.code(code).is_none() {
                variable.add("", code, &layout.total)?;
            }
        }
    }
    Ok(variables)
}

pub(super) fn coded(variables: &[Variable], codes: &[String]) -> Vec<u32> {
    variables
        .iter()
        .zip(codes)
        .map(|(variable, code)| variable.code(code).unwrap_or(0))
        .collect()
}

pub(super) fn names(variables: &[Variable], codes: &[u32], total: &str) -> Vec<String> {
    variables
        .iter()
        .zip(codes)
        .map(|(variable, code)| match code {
            0 => total.to_owned(),
            code => variable.label(*code).to_owned(),
        })
        .collect()
}
