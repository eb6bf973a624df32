//! Classifying variables and their trees.

use std::collections::BTreeMap;

/// A code of a variable.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Code {
    name: String,
    /// By tree: the code above.
    above: BTreeMap<String, u32>,
}

/// A variable: codes, and the trees in which they add up. All trees share one root, which stands
/// for everyone.
///
/// ```
/// use ethos_disclosure::Variable;
/// let mut place = Variable::new("place", "NL");
/// place.add("province", "Utrecht", "NL")?;
/// place.add("province", "GM0344", "Utrecht")?;
/// place.add("g4", "G4", "NL")?;
/// place.add("g4", "GM0344", "G4")?;
/// assert_eq!(place.len(), 4);
/// # Ok::<(), ethos_disclosure::VariableError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Variable {
    name: String,
    codes: Vec<Code>,
    by_name: BTreeMap<String, u32>,
}

/// Why a code cannot be added.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum VariableError {
    /// The code above is not there yet.
    #[error(
        "`{variable}`: `{code}` stands below `{above}`, which is no code of it; list `{above}` first"
    )]
    NotThere {
        /// Variable.
        variable: String,
        /// Code.
        code: String,
        /// The code above.
        above: String,
    },
    /// In one tree a code has one place.
    #[error(
        "`{variable}`: `{code}` stands below both `{first}` and `{second}`, and a code has one place in a tree; keep one of the two, and give the other grouping a column of its own in the counts"
    )]
    Twice {
        /// Variable.
        variable: String,
        /// Code.
        code: String,
        /// Tree.
        tree: String,
        /// One code above.
        first: String,
        /// The other.
        second: String,
    },
    /// A tree has nothing to do with the codes there are.
    #[error(
        "`{variable}`: none of the codes of its hierarchy occurs in that column; write them as the counts do, or leave the hierarchy out"
    )]
    Unused {
        /// Variable.
        variable: String,
    },
    /// The root has nothing above it, and no code stands above itself.
    #[error("`{variable}`: `{code}` cannot stand below `{above}`: it would stand above itself")]
    Circle {
        /// Variable.
        variable: String,
        /// Code.
        code: String,
        /// The code above.
        above: String,
    },
}

impl Variable {
    /// A variable with only its root.
    pub fn new(name: impl Into<String>, root: impl Into<String>) -> Self {
        let root = root.into();
        Self {
            name: name.into(),
            by_name: BTreeMap::from([(root.clone(), 0)]),
            codes: vec![Code {
                name: root,
                above: BTreeMap::new(),
            }],
        }
    }

    /// A code below another in a tree. A code that is there already gets a place in one more
    /// tree.
    ///
    /// # Errors
    /// The code above is not there, the code has another place in this tree, or it would stand
    /// above itself.
    pub fn add(&mut self, tree: &str, code: &str, above: &str) -> Result<(), VariableError> {
        let variable = || self.name.clone();
        let Some(parent) = self.code(above) else {
            return Err(VariableError::NotThere {
                variable: variable(),
                code: code.into(),
                above: above.into(),
            });
        };
        let at = if let Some(at) = self.code(code) {
            at
        } else {
            self.codes.push(Code {
                name: code.into(),
                above: BTreeMap::new(),
            });
            let at = self.codes.len() as u32 - 1;
            self.by_name.insert(code.into(), at);
            at
        };
        if at == 0 || self.up(parent).contains(&at) {
            return Err(VariableError::Circle {
                variable: self.name.clone(),
                code: code.into(),
                above: above.into(),
            });
        }
        match self.codes[at as usize].above.get(tree) {
            Some(other) if *other != parent => Err(VariableError::Twice {
                variable: self.name.clone(),
                code: code.into(),
                tree: tree.into(),
                first: self.label(*other).into(),
                second: above.into(),
            }),
            _ => {
                self.codes[at as usize].above.insert(tree.into(), parent);
                Ok(())
            }
        }
    }

    /// Name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Number of codes, the root included.
    #[expect(clippy::len_without_is_empty, reason = "there is always a root")]
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Position of a code; the root's is 0.
    pub fn code(&self, name: &str) -> Option<u32> {
        self.by_name.get(name).copied()
    }

    /// Name of the code at a position.
    pub fn label(&self, code: u32) -> &str {
        &self.codes[code as usize].name
    }

    /// Trees a code stands in, with the code above it.
    pub fn above(&self, code: u32) -> impl Iterator<Item = (&str, u32)> + '_ {
        self.codes[code as usize]
            .above
            .iter()
            .map(|(tree, above)| (tree.as_str(), *above))
    }

    /// Whether nothing stands below a code.
    pub fn is_leaf(&self, code: u32) -> bool {
        !self
            .codes
            .iter()
            .any(|other| other.above.values().any(|above| *above == code))
    }

    /// A code and everything above it in any tree, each once.
    pub fn up(&self, code: u32) -> Vec<u32> {
        let mut found = vec![code];
        let mut next = 0;
        while let Some(at) = found.get(next).copied() {
            for above in self.codes[at as usize].above.values() {
                if !found.contains(above) {
                    found.push(*above);
                }
            }
            next += 1;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_in_a_tree_are_told() {
        let mut place = Variable::new("place", "NL");
        assert!(matches!(
            place.add("t", "A", "B"),
            Err(VariableError::NotThere { .. })
        ));
        place.add("t", "A", "NL").unwrap();
        place.add("t", "B", "A").unwrap();
        assert!(matches!(
            place.add("t", "B", "NL"),
            Err(VariableError::Twice { .. })
        ));
        assert!(matches!(
            place.add("u", "A", "B"),
            Err(VariableError::Circle { .. })
        ));
        assert!(matches!(
            place.add("u", "NL", "A"),
            Err(VariableError::Circle { .. })
        ));
        place.add("u", "B", "NL").unwrap();
        let b = place.code("B").unwrap();
        assert_eq!(place.up(b).len(), 3);
    }
}
