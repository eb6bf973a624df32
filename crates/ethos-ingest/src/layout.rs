//! Layouts: the shipped ones and those a user puts next to the study.
//!
//! A layout is found by its id. A study may override or add one by a TOML file of its own:
//! `layouts/<id>.toml` beside the study (`layouts/gmsd/2015.toml` or `layouts/gmsd-2015.toml`),
//! or a path ending in `.toml` in place of the id. The study's own file wins.
//!
//! The name without its version (`gmsd` for `gmsd/2015`) stands for all versions, side by side;
//! the date of a delivery says which one it is in.

mod check;
mod meanings;
mod scaffold;
mod shipped;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ethos_model::finding::Text;
use ethos_model::layout::{Layout, family};
use ethos_model::suggest::did_you_mean_text;

use crate::words::{both, io_text, toml_text};
pub use meanings::code_meaning;
pub use scaffold::scaffold_layout;
use shipped::SHIPPED;
pub use shipped::{shipped_ids, shipped_text};

/// Value of a situation code whose rows are about someone who is not homeless.
pub const OUT_OF_SCOPE: &str = "out-of-scope";

/// Why a layout or a mapping cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// There is none of this name.
    #[error("there is no {what} `{id}`{}", hint.en)]
    NotFound {
        /// `layout` or `category mapping`.
        what: &'static str,
        /// The name asked for.
        id: String,
        /// A suggestion, or what is known.
        hint: Text,
    },
    /// The file cannot be read.
    #[error("{file}: {}", reason.en)]
    Unreadable {
        /// The file, relative to the study.
        file: String,
        /// What the system said.
        reason: Text,
    },
    /// The file is not a layout or mapping, or one that contradicts itself.
    #[error("{file}{}: {}", line.map(|line| format!(", line {line}")).unwrap_or_default(), reason.en)]
    Invalid {
        /// The file, relative to the study, or the shipped id.
        file: String,
        /// Line at fault, 1 for the first, where there is one.
        line: Option<usize>,
        /// What is wrong, with the way out.
        reason: Text,
    },
}

/// Every layout that can be named: the shipped ones and those in `layouts/` beside the study,
/// by id. A study's own layout stands in for a shipped one of the same id.
///
/// # Errors
/// When a file in `layouts/` is not a valid layout.
pub fn list(study_dir: Option<&Path>) -> Result<Vec<Layout>, LayoutError> {
    let layouts = list_with_files(study_dir)?;
    Ok(layouts.into_iter().map(|(layout, _)| layout).collect())
}

/// [`list`], with what is wrong with files in `layouts/` that are no valid layout beside those that are.
///
/// # Errors
/// A shipped layout is at fault, which the tests rule out.
pub fn list_with_faults(
    study_dir: Option<&Path>,
) -> Result<(Vec<Layout>, Vec<LayoutError>), LayoutError> {
    let (layouts, faults) = listed(study_dir)?;
    let layouts = layouts.into_iter().map(|(layout, _)| layout).collect();
    Ok((layouts, faults))
}

fn list_with_files(study_dir: Option<&Path>) -> Result<Vec<Filed>, LayoutError> {
    let (layouts, faults) = listed(study_dir)?;
    match faults.into_iter().next() {
        None => Ok(layouts),
        Some(fault) => Err(fault),
    }
}

/// A layout, with the file of the study it was read from, if it was.
type Filed = (Layout, Option<PathBuf>);

fn listed(study_dir: Option<&Path>) -> Result<(Vec<Filed>, Vec<LayoutError>), LayoutError> {
    let (mut found, mut faults) = (BTreeMap::new(), Vec::new());
    for &(id, text) in SHIPPED {
        found.insert(id.to_owned(), (parse(text, id)?, None));
    }
    if let Some(study_dir) = study_dir {
        for file in toml_files(&study_dir.join("layouts")) {
            match read(study_dir, &file) {
                Ok((layout, name)) => {
                    let before: Option<&Filed> = found.get(&layout.id);
                    if let Some((_, Some(other))) = before {
                        // Which of them would hold is no question for their names.
                        let other = crate::study::relative(study_dir, other);
                        faults.push(LayoutError::Invalid {
                            file: name,
                            line: None,
                            reason: both!(
                                "de id `{}` staat ook in {other}; geef een van beide een andere id",
                                "the id `{}` is in {other} too; give one of them another id",
                                layout.id
                            ),
                        });
                        continue;
                    }
                    found.insert(layout.id.clone(), (layout, Some(file)));
                }
                Err(fault) => faults.push(fault),
            }
        }
    }
    Ok((found.into_values().collect(), faults))
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
            // A file may have the name of all versions, and hold one.
            let of_family = family(&layout.id) == id;
            if !is_path && layout.id != id && !of_family {
                let reason = both!(
                    "de id erin is `{}`, en de naam van het bestand hoort bij `{id}`",
                    "its id is `{}`, but it stands in for `{id}`",
                    layout.id
                );
                return Err(LayoutError::Invalid {
                    file,
                    line: None,
                    reason,
                });
            }
            if is_path || layout.id == id {
                return Ok((layout, Some(path.clone())));
            }
        }
        // A file of any name may hold it, as the list of layouts shows it.
        let named = |path: PathBuf| {
            let (layout, _) = read(study_dir, &path).ok()?;
            (!is_path && layout.id == id).then_some((layout, Some(path)))
        };
        let files = toml_files(&study_dir.join("layouts"));
        if let Some(found) = files.into_iter().find_map(named) {
            return Ok(found);
        }
    }
    if let Some(text) = shipped_text(id) {
        return parse(text, id).map(|layout| (layout, None));
    }
    Err(LayoutError::NotFound {
        what: "layout",
        id: id.to_owned(),
        hint: did_you_mean_text(id, &shipped_ids()),
    })
}

/// The layout of an id, or every version of a name without one (`gmsd`), the earliest first.
///
/// # Errors
/// As [`find`].
pub fn versions(id: &str, study_dir: Option<&Path>) -> Result<Vec<Layout>, LayoutError> {
    versions_with_files(id, study_dir).map(|(layouts, _)| layouts)
}

/// [`versions`], with the files of the study they were read from.
pub(crate) fn versions_with_files(
    id: &str,
    study_dir: Option<&Path>,
) -> Result<(Vec<Layout>, Vec<PathBuf>), LayoutError> {
    let missing = match find_with_file(id, study_dir) {
        Ok((layout, file)) => return Ok((vec![layout], file.into_iter().collect())),
        Err(error @ LayoutError::NotFound { .. }) => error,
        Err(error) => return Err(error),
    };
    // What is wrong with another file is no matter of this name.
    let mut found: Vec<Filed> = listed(study_dir)?
        .0
        .into_iter()
        .filter(|(layout, _)| family(&layout.id) == id)
        .collect();
    if found.is_empty() {
        return Err(missing);
    }
    found.sort_by_key(|(layout, _)| layout.valid_from);
    let (layouts, files): (Vec<Layout>, Vec<Option<PathBuf>>) = found.into_iter().unzip();
    Ok((layouts, files.into_iter().flatten().collect()))
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
    let text = crate::held::text(path).map_err(|error| LayoutError::Unreadable {
        file: file.clone(),
        reason: io_text(&error),
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
    check::check(&layout).map_err(|reason| LayoutError::Invalid {
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
) -> Result<T, (Option<usize>, Text)> {
    toml::from_str(text).map_err(|error| {
        let line = error
            .span()
            .map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        (line, toml_text(error.message()))
    })
}

/// How a column name is compared: lower case, without blanks, hyphens, slashes and underscores, which
/// everybody writes otherwise.
///
/// ```
/// use ethos_ingest::layout::normalised;
/// assert_eq!(normalised(" Start datum"), normalised("startdatum"));
/// assert_eq!(normalised("reden-einde"), normalised("REDEN_EINDE"));
/// ```
pub fn normalised(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '/' | '_'))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use ethos_model::category::Language;
    use ethos_model::layout::LayoutStatus;

    use super::*;

    #[test]
    fn shipped_layouts_are_valid_and_carry_their_id() {
        for id in shipped_ids() {
            assert_eq!(find(id, None).unwrap().id, id);
        }
        assert_eq!(list(None).unwrap().len(), SHIPPED.len());
    }

    #[test]
    fn a_layout_in_a_file_of_any_name_is_found_by_its_id() {
        let folder = tempfile::tempdir().unwrap();
        let layouts = folder.path().join("layouts");
        fs::create_dir(&layouts).unwrap();
        let text = shipped_text("gmsd/2015").unwrap();
        let own = text.replacen("\"gmsd/2015\"", "\"eigen-opvang/2026\"", 1);
        fs::write(layouts.join("eigen-opvang.toml"), own).unwrap();
        fs::write(layouts.join("kapot.toml"), "id = ").unwrap();
        let found = find("eigen-opvang/2026", Some(folder.path())).unwrap();
        assert_eq!(found.id, "eigen-opvang/2026");
        assert!(find("eigen-opvang/2027", Some(folder.path())).is_err());
        // A file at fault hides none of the others, and is told.
        assert!(list(Some(folder.path())).is_err());
        let (found, faults) = list_with_faults(Some(folder.path())).unwrap();
        assert_eq!(found.len(), SHIPPED.len() + 1);
        assert_eq!(faults.len(), 1);
        assert!(faults[0].to_string().contains("kapot.toml"), "{faults:?}");
        // Nor does one whose id another has: it is told, and the first holds.
        fs::copy(
            layouts.join("eigen-opvang.toml"),
            layouts.join("kopie.toml"),
        )
        .unwrap();
        let (_, faults) = list_with_faults(Some(folder.path())).unwrap();
        let said = faults[1].words(Language::Nl);
        assert!(
            said.contains("staat ook in layouts/eigen-opvang.toml"),
            "{said}"
        );
        assert_eq!(
            versions("eigen-opvang", Some(folder.path())).unwrap().len(),
            1
        );
    }

    #[test]
    fn versions_of_a_shipped_layout_follow_each_other_without_gap_or_overlap() {
        let faults = ethos_model::layout::version_faults(&list(None).unwrap());
        assert!(faults.is_empty(), "{faults:?}");
    }

    #[test]
    fn a_name_without_version_stands_for_all_of_them() {
        let ids = |name: &str| -> Vec<String> {
            let layouts = versions(name, None).unwrap();
            layouts.into_iter().map(|layout| layout.id).collect()
        };
        assert_eq!(
            ids("monitor-dakloosheid"),
            ["monitor-dakloosheid/2024", "monitor-dakloosheid/2025"]
        );
        assert_eq!(ids("gmsd/2015"), ["gmsd/2015"]);
        assert!(versions("register", None).is_err());
    }

    #[test]
    fn what_is_assumed_is_said_of_every_layout_that_is_not_documented() {
        for layout in list(None).unwrap() {
            assert_eq!(
                layout.assumed.is_empty(),
                layout.status == LayoutStatus::Documented,
                "{}",
                layout.id
            );
        }
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
    fn mistakes_in_a_layout_are_told_in_dutch() {
        let text = shipped_text("register/reclassering").unwrap();
        for (from, to, says) in [
            ("required =", "requird =", "er is geen sleutel `requird`"),
            ("required =", "requird =", "; bedoelt u `required`?"),
            (
                "type = \"bsn\"",
                "type = \"bns\"",
                "`bns` kan hier niet staan; bekend zijn",
            ),
            (
                "\"out-of-scope\"",
                "\"1z\"",
                "staat voor `1z`, en dat bestaat niet",
            ),
            (
                "maps_to = \"end\"",
                "maps_to = \"start\"",
                "komen allebei uit op `start`",
            ),
            (
                "type = \"bsn\"",
                "type = \"text\"",
                "moet van de soort `bsn` zijn, niet `text`",
            ),
            ("\"startdatum\"", "\"Einddatum\"", "hoort bij"),
            (
                "[category.situation]",
                "[category.none]",
                "hebben een categorie nodig",
            ),
            (
                "kind = \"spells\"",
                "kind = 3",
                "van een andere soort dan hier hoort",
            ),
            ("kind = \"spells\"", "", "de sleutel `kind` ontbreekt"),
            ("kind = \"spells\"", "kind =", "zo schrijft u geen TOML"),
        ] {
            assert!(text.contains(from), "{from}");
            let error = parse(&text.replacen(from, to, 1), "mijn.toml").unwrap_err();
            let said = error.words(Language::Nl);
            assert!(
                said.starts_with("mijn.toml") && said.contains(says),
                "{said}"
            );
        }
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
        let when = "required = \"column\"\nrequired_when = { field = ";
        let condition = |rest: &str| refused("required = \"column\"", &format!("{when}{rest}"));
        assert!(condition("\"bn\", filled = true }").contains("did you mean `bsn`"));
        assert!(condition("\"bsn\" }").contains("exactly one of"));
        assert!(condition("\"woonsituatie\", is = [\"X\"] }").contains("has no code `X`"));
        assert!(refused("status = \"unverified\"", "status = \"documented\"").contains("assumed"));
        let dates = "valid_from = 2026-01-01\nvalid_until = 2025-01-01";
        assert!(refused("status =", &format!("{dates}\nstatus =")).contains("ends before"));
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

    const PAGE: &str = include_str!("../../../docs/indelingen.md");

    #[test]
    fn the_examples_on_the_page_about_layouts_can_be_used() {
        let blocks: Vec<&str> = PAGE
            .split("```toml\n")
            .skip(1)
            .map(|block| block.split("```").next().unwrap())
            .collect();
        assert_eq!(blocks.len(), 4);
        assert_eq!(parse(blocks[0], "page").unwrap().fields.len(), 5);
        assert!(blocks[1].starts_with("[columns]"));
        assert!(blocks[2].starts_with("[reading]"));
        assert_eq!(
            crate::mapping::parse(blocks[3], "page")
                .unwrap()
                .codes
                .len(),
            2
        );
    }

    #[test]
    fn every_key_of_a_layout_is_on_the_page_about_layouts() {
        let schema = serde_json::to_value(schemars::schema_for!(Layout)).unwrap();
        let mut keys: Vec<String> = Vec::new();
        let mut values: Vec<String> = Vec::new();
        collect(&schema, &mut keys, &mut values);
        for name in keys.iter().chain(&values) {
            // `-stay` stands on the page for `municipality-stay`.
            let end = name.split_once('-').map_or(name.as_str(), |(_, end)| end);
            assert!(
                is_word(name) || PAGE.contains(&format!("`-{end}`")),
                "{name}"
            );
        }
    }

    /// Whether the page has a word by itself.
    fn is_word(name: &str) -> bool {
        let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        PAGE.split(|c: char| !part(c)).any(|word| word == name)
    }

    /// Names of properties and values of enumerations, wherever in a schema.
    fn collect(schema: &serde_json::Value, keys: &mut Vec<String>, values: &mut Vec<String>) {
        match schema {
            serde_json::Value::Object(map) => {
                for (name, inner) in map {
                    if name == "properties"
                        && let Some(properties) = inner.as_object()
                    {
                        keys.extend(properties.keys().cloned());
                    }
                    if name == "const"
                        && let Some(value) = inner.as_str()
                    {
                        values.push(value.to_owned());
                    }
                    collect(inner, keys, values);
                }
            }
            serde_json::Value::Array(items) => {
                for item in items {
                    collect(item, keys, values);
                }
            }
            _ => {}
        }
    }
}
