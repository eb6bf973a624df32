//! From a file's header to a plan: which layout, which cell is which field.

use ethos_model::finding::MaskedValue;
use ethos_model::layout::{Condition, FieldType, Layout, Required, Target};

use crate::columns::{by_name, by_position};
use crate::findings::{Findings, bare, listed, shown_code};
use crate::head::Head;
use crate::layout::normalised;
use crate::mapping::{MappingTable, packed};

const TARGETS: usize = Target::RecordNumber as usize + 1;
/// A field and the cell it is in.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) struct Column {
    /// Position of the cell, 0 for the first.
    pub(crate) at: usize,
    /// Position of the field in the layout.
    pub(crate) field: usize,
}

/// A field that some rows must fill, by what another cell says.
pub(crate) struct Conditional<'l> {
    /// Position of the field.
    pub(crate) field: usize,
    /// Its cell, if the file has it.
    pub(crate) column: Option<Column>,
    /// Position of the cell the condition is on.
    pub(crate) on: usize,
    pub(crate) condition: &'l Condition,
}

/// Which cell of a row is which field of the layout.
pub(crate) struct Plan<'l> {
    pub(crate) layout: &'l Layout,
    /// Fields required by another cell. A condition on a column the file does not have says
    /// nothing.
    pub(crate) conditional: Vec<Conditional<'l>>,
    columns: [Option<Column>; TARGETS],
    /// Every column that is a field of the layout.
    placed: Vec<Column>,
    /// Columns whose cells are checked and not used.
    pub(crate) checked: Vec<Column>,
    /// Cells of a full row.
    pub(crate) width: usize,
    /// Codes of each field, as a number where they are short, and what they stand for.
    codes: Vec<Vec<(Option<u64>, &'l str, &'l str)>>,
}

impl<'l> Plan<'l> {
    /// Every column that is a field of the layout.
    pub(crate) fn placed(&self) -> &[Column] {
        &self.placed
    }

    /// Matches a header to a layout, with findings for what does not fit; `None` when the file
    /// cannot be used.
    pub(crate) fn new(
        layout: &'l Layout,
        mapping: Option<&MappingTable>,
        head: &Head,
        findings: &mut Findings<'_>,
    ) -> Option<Self> {
        let placed = if layout.file.header {
            by_name(layout, mapping, head, findings)?
        } else {
            by_position(layout, head, findings)?
        };
        let mut plan = Self {
            layout,
            columns: [None; TARGETS],
            checked: Vec::new(),
            conditional: conditional(layout, &placed),
            placed,
            width: head.cells.len(),
            codes: layout
                .fields
                .iter()
                .map(|field| {
                    let codes = field.codes.iter();
                    codes
                        .map(|(code, to)| (packed(code.as_bytes()), code.as_str(), to.as_str()))
                        .collect()
                })
                .collect(),
        };
        for column in plan.placed.clone() {
            let field = &layout.fields[column.field];
            match field.maps_to {
                Some(target) => plan.columns[target as usize] = Some(column),
                None if field.kind != FieldType::Text || field.required == Required::Always => {
                    plan.checked.push(column);
                }
                None => {}
            }
        }
        for target in [
            Target::PlannedEnd,
            Target::Provider,
            Target::Organisation,
            Target::RecordNumber,
        ] {
            plan.checked.extend(plan.columns[target as usize]);
        }
        Some(plan)
    }

    /// Every column that is a field of the layout.
    pub(crate) fn columns(&self) -> &[Column] {
        &self.placed
    }

    /// The column of a target, if the file has it.
    #[inline]
    pub(crate) fn column(&self, target: Target) -> Option<Column> {
        self.columns[target as usize]
    }

    /// The column of a field by its name in the layout, if the file has it.
    pub(crate) fn column_named(&self, name: &str) -> Option<Column> {
        let named = |column: &&Column| self.layout.fields[column.field].name == name;
        self.placed.iter().find(named).copied()
    }

    /// Name of the field in a cell, blank for a cell that is none.
    pub(crate) fn name_at(&self, at: usize) -> &'l str {
        let column = self.placed.iter().find(|column| column.at == at);
        column.map_or("", |column| &self.layout.fields[column.field].name)
    }

    /// Name and number of a column, for findings.
    pub(crate) fn place(&self, column: Column) -> (&'l str, u32) {
        (&self.layout.fields[column.field].name, column.at as u32 + 1)
    }

    /// What a code of a field stands for.
    pub(crate) fn code(&self, field: usize, cell: &[u8]) -> Option<&'l str> {
        let mut codes = self.codes[field].iter();
        let found = match packed(cell) {
            Some(number) => codes.find(|(known, ..)| *known == Some(number)),
            None => codes.find(|(_, code, _)| code.as_bytes().eq_ignore_ascii_case(cell)),
        };
        found.map(|(.., to)| *to)
    }

    /// A cell of a column of codes as a finding shows it: whole when it is in the list of the column.
    pub(crate) fn shown_code(&self, field: usize, cell: &[u8]) -> MaskedValue {
        let text = String::from_utf8_lossy(cell);
        if self.code(field, bare(&text).as_bytes()).is_some() {
            listed(cell)
        } else {
            shown_code(cell)
        }
    }

    /// The codes of a field, for a finding.
    pub(crate) fn known_codes(&self, field: usize) -> String {
        let codes: Vec<&str> = self.codes[field].iter().map(|(_, code, _)| *code).collect();
        codes.join(", ")
    }
}

fn conditional<'l>(layout: &'l Layout, placed: &[Column]) -> Vec<Conditional<'l>> {
    let fields = layout.fields.iter().enumerate();
    let conditional = fields.filter_map(|(at, field)| {
        let condition = field.required_when.as_ref()?;
        let on = placed.iter().find(|column| {
            normalised(&layout.fields[column.field].name) == normalised(&condition.field)
        })?;
        Some(Conditional {
            field: at,
            column: placed.iter().copied().find(|column| column.field == at),
            on: on.at,
            condition,
        })
    });
    conditional.collect()
}
