//! Layouts: the shipped ones and those a user puts next to the study.
//!
//! A layout is found by its id. A study may override or add one by a TOML file of its own:
//! `layouts/<id>.toml` beside the study (`layouts/gmsd/2015.toml` or `layouts/gmsd-2015.toml`),
//! or a path ending in `.toml` in place of the id. The study's own file wins.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ethos_model::attribute::{NationalityGroup, Origin, ResidenceStatus, Sex, UNKNOWN};
use ethos_model::category::LivingSituation;
use ethos_model::layout::{CategoryRule, Field, FieldType, Layout, LayoutKind, Target};
use ethos_model::suggest::did_you_mean;

/// Value of a situation code whose rows are about someone who is not homeless.
pub const OUT_OF_SCOPE: &str = "out-of-scope";

const SHIPPED: [(&str, &str); 6] = [
    (
        "gmsd/2015",
        include_str!("../../../data/reference/layouts/gmsd-2015.toml"),
    ),
    (
        "monitor-dakloosheid/2024",
        include_str!("../../../data/reference/layouts/monitor-dakloosheid-2024.toml"),
    ),
    (
        "ethos-telling/2025",
        include_str!("../../../data/reference/layouts/ethos-telling-2025.toml"),
    ),
    (
        "register/adresloze-bijstand",
        include_str!("../../../data/reference/layouts/register-adresloze-bijstand.toml"),
    ),
    (
        "register/reclassering",
        include_str!("../../../data/reference/layouts/register-reclassering.toml"),
    ),
    (
        "register/personen",
        include_str!("../../../data/reference/layouts/register-personen.toml"),
    ),
];

/// Why a layout or a mapping cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// There is none of this name.
    #[error("there is no {what} `{id}`{hint}")]
    NotFound {
        /// `layout` or `category mapping`.
        what: &'static str,
        /// The name asked for.
        id: String,
        /// A suggestion, or what is known.
        hint: String,
    },
    /// The file cannot be read.
    #[error("{file}: {reason}")]
    Unreadable {
        /// The file, relative to the study.
        file: String,
        /// What the system said.
        reason: String,
    },
    /// The file is not a layout or mapping, or one that contradicts itself.
    #[error("{file}{}: {reason}", line.map(|line| format!(", line {line}")).unwrap_or_default())]
    Invalid {
        /// The file, relative to the study, or the shipped id.
        file: String,
        /// Line at fault, 1 for the first, where there is one.
        line: Option<usize>,
        /// What is wrong, with the way out.
        reason: String,
    },
}

/// The TOML text of a shipped layout, to copy and change; `None` for an unknown id.
pub fn shipped_text(id: &str) -> Option<&'static str> {
    SHIPPED
        .iter()
        .find(|(known, _)| *known == id)
        .map(|(_, text)| *text)
}

/// Ids of the shipped layouts.
pub fn shipped_ids() -> Vec<&'static str> {
    SHIPPED.iter().map(|(id, _)| *id).collect()
}

/// Every layout that can be named: the shipped ones and those in `layouts/` beside the study,
/// by id. A study's own layout stands in for a shipped one of the same id.
///
/// # Errors
/// When a file in `layouts/` is not a valid layout.
pub fn list(study_dir: Option<&Path>) -> Result<Vec<Layout>, LayoutError> {
    let mut found = BTreeMap::new();
    for (id, text) in SHIPPED {
        found.insert(id.to_owned(), parse(text, id)?);
    }
    if let Some(study_dir) = study_dir {
        for file in toml_files(&study_dir.join("layouts")) {
            let layout = read(study_dir, &file)?.0;
            found.insert(layout.id.clone(), layout);
        }
    }
    Ok(found.into_values().collect())
}

/// A layout by id, or by path where the name ends in `.toml`.
///
/// # Errors
/// [`LayoutError::NotFound`] with the nearest id; [`LayoutError::Invalid`] with file and line.
pub fn find(id: &str, study_dir: Option<&Path>) -> Result<Layout, LayoutError> {
    find_with_file(id, study_dir).map(|(layout, _)| layout)
}

/// [`find`], with the file of the study it was read from, if it was.
pub(crate) fn find_with_file(
    id: &str,
    study_dir: Option<&Path>,
) -> Result<(Layout, Option<PathBuf>), LayoutError> {
    if let Some(study_dir) = study_dir {
        let is_path = is_toml(Path::new(id));
        let candidates = if is_path {
            vec![study_dir.join(id)]
        } else {
            let folder = study_dir.join("layouts");
            vec![
                folder.join(format!("{id}.toml")),
                folder.join(format!("{}.toml", id.replace('/', "-"))),
            ]
        };
        if let Some(path) = candidates.iter().find(|path| path.is_file()) {
            let (layout, file) = read(study_dir, path)?;
            if !is_path && layout.id != id {
                let reason = format!("its id is `{}`, but it stands in for `{id}`", layout.id);
                return Err(LayoutError::Invalid {
                    file,
                    line: None,
                    reason,
                });
            }
            return Ok((layout, Some(path.clone())));
        }
    }
    if let Some(text) = shipped_text(id) {
        return parse(text, id).map(|layout| (layout, None));
    }
    Err(LayoutError::NotFound {
        what: "layout",
        id: id.to_owned(),
        hint: did_you_mean(id, &shipped_ids()),
    })
}

fn is_toml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
}

/// TOML files under a folder, two levels deep, sorted.
fn toml_files(folder: &Path) -> Vec<PathBuf> {
    let entries = |folder: &Path| -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> = fs::read_dir(folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path()))
            .collect();
        paths.sort();
        paths
    };
    let mut found: Vec<PathBuf> = Vec::new();
    for path in entries(folder) {
        if path.is_dir() {
            found.extend(entries(&path));
        } else {
            found.push(path);
        }
    }
    found.retain(|path| is_toml(path) && path.is_file());
    found
}

fn read(study_dir: &Path, path: &Path) -> Result<(Layout, String), LayoutError> {
    let file = crate::study::relative(study_dir, path);
    let text = fs::read_to_string(path).map_err(|error| LayoutError::Unreadable {
        file: file.clone(),
        reason: error.to_string(),
    })?;
    parse(&text, &file).map(|layout| (layout, file))
}

/// Reads and checks a layout. `file` is what errors call it.
///
/// # Errors
/// [`LayoutError::Invalid`] with the line, for a key that does not exist (with a suggestion), a
/// value of the wrong type, or a layout that contradicts itself.
pub fn parse(text: &str, file: &str) -> Result<Layout, LayoutError> {
    let layout: Layout = parse_toml(text, file)?;
    check(&layout).map_err(|reason| LayoutError::Invalid {
        file: file.to_owned(),
        line: None,
        reason,
    })?;
    Ok(layout)
}

/// Reads TOML strictly, with the line and a suggestion in the error.
pub(crate) fn parse_toml<T: serde::de::DeserializeOwned>(
    text: &str,
    file: &str,
) -> Result<T, LayoutError> {
    parse_strict(text).map_err(|(line, reason)| LayoutError::Invalid {
        file: file.to_owned(),
        line,
        reason,
    })
}

/// Reads TOML strictly; the line of a mistake, and what it is with a suggestion.
pub(crate) fn parse_strict<T: serde::de::DeserializeOwned>(
    text: &str,
) -> Result<T, (Option<usize>, String)> {
    toml::from_str(text).map_err(|error| {
        let line = error
            .span()
            .map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        (line, with_suggestion(error.message()))
    })
}

fn with_suggestion(message: &str) -> String {
    let unknown = message
        .split_once("unknown field `")
        .or_else(|| message.split_once("unknown variant `"))
        .and_then(|(_, rest)| rest.split_once('`'));
    let Some((word, rest)) = unknown else {
        return message.to_owned();
    };
    let known: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
    match ethos_model::suggest::nearest(word, &known) {
        Some(nearest) => format!("{message}; did you mean `{nearest}`?"),
        None => message.to_owned(),
    }
}

/// How a column name is compared: lower case, with blanks, hyphens and slashes as `_`.
pub fn normalised(name: &str) -> String {
    name.trim()
        .chars()
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            ' ' | '-' | '/' | '\u{a0}' => '_',
            other => other,
        })
        .collect()
}

/// What TOML cannot say of itself: names and targets occur once, types fit targets, codes stand
/// for something, and a row can become what the layout's kind demands.
fn check(layout: &Layout) -> Result<(), String> {
    if layout.id.trim().is_empty() {
        return Err("`id` is blank".into());
    }
    if layout.fields.is_empty() {
        return Err("a layout needs at least one [[field]]".into());
    }
    let odd = layout
        .file
        .delimiters
        .iter()
        .find(|c| !c.is_ascii() || c.is_ascii_alphanumeric() || matches!(c, '"' | '\n' | '\r'));
    if let Some(odd) = odd {
        return Err(format!("{odd:?} cannot be a delimiter; use ; , or a tab"));
    }
    if layout.file.delimiters.is_empty() {
        return Err("`delimiters` is empty; leave it out for ; , and tab".into());
    }
    let mut names = BTreeMap::new();
    let mut targets = BTreeMap::new();
    for (at, field) in layout.fields.iter().enumerate() {
        for name in std::iter::once(&field.name).chain(&field.aliases) {
            let before = names.insert(normalised(name), at);
            if let Some(other) = before.filter(|other| *other != at) {
                return Err(format!(
                    "the column name `{name}` belongs to both `{}` and `{}`",
                    layout.fields[other].name, field.name
                ));
            }
        }
        if let Some(target) = field.maps_to {
            if let Some(other) = targets.insert(target, &field.name) {
                return Err(format!(
                    "`{other}` and `{}` both map to {target:?}",
                    field.name
                ));
            }
            check_type(field, target)?;
        }
        check_codes(field)?;
    }
    let has = |target| targets.contains_key(&target);
    let need = |target: Target| {
        if has(target) {
            Ok(())
        } else {
            Err(format!(
                "no field maps to {target:?}, which a layout of kind {:?} needs",
                layout.kind
            ))
        }
    };
    match layout.kind {
        LayoutKind::Spells => {
            if !has(Target::Start) && !has(Target::Observed) && !has(Target::FileDate) {
                need(Target::Start)?;
            }
        }
        LayoutKind::CountDay => need(Target::Observed)?,
        LayoutKind::PersonRegister => need(Target::Person)?,
    }
    let persons = layout.kind == LayoutKind::PersonRegister;
    match &layout.category {
        CategoryRule::Mapping { .. } if !persons => need(Target::Product),
        CategoryRule::Situation {} if !persons => need(Target::Situation),
        CategoryRule::Fixed { .. } if !persons => Ok(()),
        CategoryRule::None {} if persons => Ok(()),
        _ if persons => Err("a person register has no category; write [category.none]".into()),
        _ => Err("rows of this kind need a category: a mapping, a situation or a fixed one".into()),
    }
}

fn check_type(field: &Field, target: Target) -> Result<(), String> {
    use Target as T;
    let fits: &[FieldType] = match target {
        T::FileDate
        | T::Start
        | T::End
        | T::PlannedStart
        | T::PlannedEnd
        | T::Observed
        | T::ReadyToLeave
        | T::ExpectedOn
        | T::BirthDate => &[FieldType::Date],
        T::MunicipalityResponsible
        | T::MunicipalityStay
        | T::MunicipalityRegistered
        | T::MunicipalityOrigin => &[FieldType::Municipality],
        T::Person | T::Parent1 | T::Parent2 => &[FieldType::Bsn],
        T::Age => &[FieldType::Age],
        T::ChildrenWith | T::ChildrenElsewhere => &[FieldType::Integer],
        T::Product
        | T::Situation
        | T::EndReason
        | T::Sex
        | T::Origin
        | T::Nationality
        | T::Residence => &[FieldType::Code],
        T::Provider | T::Household | T::NameLetters | T::Organisation | T::RecordNumber => &[
            FieldType::Text,
            FieldType::Code,
            FieldType::Integer,
            FieldType::Decimal,
        ],
    };
    if fits.contains(&field.kind) {
        Ok(())
    } else {
        Err(format!(
            "`{}` maps to {target:?} and must be of type {:?}, not {:?}",
            field.name, fits[0], field.kind
        ))
    }
}

fn check_codes(field: &Field) -> Result<(), String> {
    let Some(target) = field.maps_to else {
        return Ok(());
    };
    let known: Vec<&str> = match target {
        Target::Sex => Sex::ALL.iter().map(|level| level.key()).collect(),
        Target::Origin => Origin::ALL.iter().map(|level| level.key()).collect(),
        Target::Nationality => NationalityGroup::ALL
            .iter()
            .map(|level| level.key())
            .collect(),
        Target::Residence => ResidenceStatus::ALL
            .iter()
            .map(|level| level.key())
            .collect(),
        Target::Situation => LivingSituation::all()
            .map(LivingSituation::code)
            .chain([OUT_OF_SCOPE])
            .collect(),
        _ => return Ok(()),
    };
    if field.codes.is_empty() {
        return Err(format!("`{}` needs [field.codes]", field.name));
    }
    match field
        .codes
        .values()
        .find(|value| *value != UNKNOWN && !known.contains(&value.as_str()))
    {
        None => Ok(()),
        Some(value) => Err(format!(
            "a code of `{}` stands for `{value}`, which does not exist{}",
            field.name,
            did_you_mean(value, &known)
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_layouts_are_valid_and_carry_their_id() {
        for id in shipped_ids() {
            assert_eq!(find(id, None).unwrap().id, id);
        }
        assert_eq!(list(None).unwrap().len(), SHIPPED.len());
    }

    #[test]
    fn columns_stand_in_the_order_that_senders_use() {
        let columns = |id: &str| -> String {
            let names: Vec<String> = find(id, None)
                .unwrap()
                .fields
                .iter()
                .map(|field| field.name.clone())
                .collect();
            names.join(";")
        };
        assert_eq!(
            columns("gmsd/2015"),
            "aanmaakdatum_bestand;gemeentecode;bsn;productcategorie;type_aanbieder;\
             beoogde_startdatum;beoogde_einddatum;leveringsvorm;startdatum;einddatum;intensiteit;\
             bedrag;reden_einde;datum_uitstroomgereed"
        );
        assert_eq!(
            columns("monitor-dakloosheid/2024"),
            "aanmaakdatum_bestand;gemeentecode;bsn;productcategorie;type_opvang;startdatum;\
             einddatum;reden_einde;gemeente_verblijf;gemeente_herkomst;geboortedatum;geslacht"
        );
        assert_eq!(
            columns("ethos-telling/2025"),
            "formuliernummer;teldatum;organisatie;organisatietype;gemeentecode;letters_naam;\
             leeftijd;geslacht;situatie;sinds;herkomst;nationaliteit;verblijfsstatus;kinderen_mee;\
             kinderen_elders;huishouden;gemeente_herkomst;verwacht_op"
        );
        assert_eq!(
            columns("register/adresloze-bijstand"),
            "bsn;gemeentecode;ingangsdatum;einddatum"
        );
        assert_eq!(
            columns("register/reclassering"),
            "bsn;gemeentecode;startdatum;einddatum;woonsituatie"
        );
        assert_eq!(
            columns("register/personen"),
            "bsn;geslacht;geboortedatum;herkomst;gemeentecode;huishouden;bsn_ouder1;bsn_ouder2;\
             nationaliteit;verblijfsstatus;peildatum"
        );
    }

    fn refused(from: &str, to: &str) -> String {
        let text = shipped_text("register/reclassering").unwrap();
        assert!(text.contains(from), "{from}");
        parse(&text.replacen(from, to, 1), "mine.toml")
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn mistakes_in_a_layout_are_named() {
        let message = refused("required =", "requird =");
        assert!(message.contains("mine.toml, line"), "{message}");
        assert!(message.contains("did you mean `required`"), "{message}");
        assert!(refused("\"out-of-scope\"", "\"1z\"").contains("`1z`"));
        assert!(refused("maps_to = \"end\"", "maps_to = \"start\"").contains("both map to Start"));
        assert!(refused("type = \"bsn\"", "type = \"text\"").contains("must be of type Bsn"));
        assert!(refused("[\";\"", "[\"\\\"\"").contains("delimiter"));
        assert!(refused("\"startdatum\"", "\"Einddatum\"").contains("belongs to both"));
        assert!(refused("[category.situation]", "[category.none]").contains("need a category"));
    }

    #[test]
    fn a_study_overrides_and_adds_layouts() {
        let folder = tempfile::tempdir().unwrap();
        let text = shipped_text("gmsd/2015").unwrap();
        fs::create_dir_all(folder.path().join("layouts/gmsd")).unwrap();
        let own = text.replace(
            "kind = \"spells\"",
            "kind = \"spells\"\nvalid_until = 2026-01-01",
        );
        fs::write(folder.path().join("layouts/gmsd/2015.toml"), own).unwrap();
        let other = text.replace("gmsd/2015", "gmsd/2026");
        fs::write(folder.path().join("layouts/gmsd-2026.toml"), &other).unwrap();
        fs::write(folder.path().join("own.toml"), &other).unwrap();
        let dir = Some(folder.path());
        assert!(find("gmsd/2015", dir).unwrap().valid_until.is_some());
        assert_eq!(find("gmsd/2026", dir).unwrap().id, "gmsd/2026");
        assert_eq!(find("own.toml", dir).unwrap().id, "gmsd/2026");
        assert_eq!(list(dir).unwrap().len(), SHIPPED.len() + 1);
        let message = find("gmsd/2016", dir).unwrap_err().to_string();
        assert!(message.contains("did you mean `gmsd/2015`"), "{message}");
        fs::write(folder.path().join("layouts/x.toml"), &other).unwrap();
        assert!(
            find("x", dir)
                .unwrap_err()
                .to_string()
                .contains("stands in for `x`")
        );
    }
}
