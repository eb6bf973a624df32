//! Which layout a file is in: by its header, and where headers are alike by what is in the
//! columns; which version of it, by the day the file was made.

use ethos_model::date::Day;
use ethos_model::layout::{Layout, Required, Target, family, version_on};

use super::fit::{column_fit, fields_of};
use crate::mapping::MappingTable;

/// What a file's head says of its layout.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Recognised {
    /// One layout.
    As {
        /// Its position among the layouts.
        at: usize,
        /// How sure that is, 0 to 1: the share of header and required columns that agree, times
        /// the share of cells in the first rows that are what their column asks for.
        confidence: f64,
    },
    /// None or several fit; ids of the nearest.
    Unclear(Vec<String>),
}

/// A layout with what speaks for it.
struct Candidate {
    at: usize,
    header: f64,
    content: f64,
    /// Of the column that fits worst.
    worst: f64,
}

/// Rows by which a layout is judged.
const JUDGED: usize = 200;

/// How far a layout must be ahead of the next.
const LEAD: f64 = 0.05;

/// The layout of a file: of those whose header agrees for at least a half, the best one if it
/// is ahead of the next. Where headers agree about as well, what is in the columns decides,
/// then the file's name.
pub(crate) fn recognise(
    header: &[String],
    sample: &[Vec<String>],
    file_name: &str,
    day: Option<Day>,
    layouts: &[Layout],
    mappings: &[Option<MappingTable>],
) -> Recognised {
    let sample = &sample[..sample.len().min(JUDGED)];
    let mut candidates: Vec<Candidate> = layouts
        .iter()
        .enumerate()
        .map(|(at, layout)| {
            let mapping = mappings.get(at).and_then(Option::as_ref);
            candidate(at, &layout.on(day), mapping, header, sample)
        })
        .collect();
    candidates.sort_by(|a, b| b.header.total_cmp(&a.header).then(a.at.cmp(&b.at)));
    let unclear = |candidates: &[Candidate]| {
        let near = candidates.iter().filter(|candidate| candidate.header > 0.0);
        let mut ids: Vec<String> = Vec::new();
        for near in near {
            // Of the versions of a layout the one of the file's day: another would be read and be wrong.
            let name = family(&layouts[near.at].id);
            let at = version_on(layouts, name, day).unwrap_or(near.at);
            let id = &layouts[at].id;
            if ids.len() < 2 && !ids.contains(id) {
                ids.push(id.clone());
            }
        }
        Recognised::Unclear(ids)
    };
    let best = candidates.first().map_or(0.0, |best| best.header);
    if best < 0.5 {
        return unclear(&candidates);
    }
    candidates.retain(|candidate| best - candidate.header < LEAD);
    one_of_each_family(&mut candidates, layouts, day);
    let score = |candidate: &Candidate| {
        candidate.header * f64::midpoint(candidate.content, candidate.worst)
    };
    candidates.sort_by(|a, b| score(b).total_cmp(&score(a)).then(a.at.cmp(&b.at)));
    let ahead = candidates.len() < 2 || score(&candidates[0]) - score(&candidates[1]) >= LEAD;
    if !ahead {
        // Files are named by their layout's pattern where there is one.
        let named = |candidate: &Candidate| {
            let name = layouts[candidate.at].file.name.as_ref();
            name.is_some_and(|name| name.matches(file_name))
        };
        let level = score(&candidates[0]) - LEAD;
        candidates.retain(|candidate| score(candidate) > level);
        if candidates
            .iter()
            .filter(|candidate| named(candidate))
            .count()
            != 1
        {
            return unclear(&candidates);
        }
        candidates.retain(named);
    }
    match candidates.first() {
        Some(one) => Recognised::As {
            at: one.at,
            confidence: one.header * one.content,
        },
        None => unclear(&candidates),
    }
}

fn candidate(
    at: usize,
    layout: &Layout,
    mapping: Option<&MappingTable>,
    header: &[String],
    sample: &[Vec<String>],
) -> Candidate {
    let found = fields_of(layout, header);
    let known = found.iter().flatten().count();
    let missing = layout
        .fields
        .iter()
        .enumerate()
        .filter(|(field, declared)| {
            declared.required != Required::Optional && !found.contains(&Some(*field))
        })
        .count();
    let (mut filled, mut fitting, mut worst) = (0, 0, 1.0_f64);
    for (column, field) in found.iter().enumerate() {
        let fit =
            field.and_then(|field| column_fit(&layout.fields[field], mapping, sample, column));
        if let Some(fit) = fit {
            filled += fit.filled;
            fitting += fit.fitting;
            worst = worst.min(fit.share().unwrap_or(1.0));
        }
    }
    Candidate {
        at,
        header: known as f64 / (header.len() + missing).max(1) as f64,
        content: if filled == 0 {
            1.0
        } else {
            f64::from(fitting as u32) / f64::from(filled as u32)
        },
        worst,
    }
}

/// Versions of one layout do not rival each other: the day decides, or else the header, the
/// later version where that is the same.
fn one_of_each_family(candidates: &mut Vec<Candidate>, layouts: &[Layout], day: Option<Day>) {
    let id = |candidate: &Candidate| layouts[candidate.at].id.as_str();
    let mut families: Vec<&str> = candidates.iter().map(|one| family(id(one))).collect();
    families.sort_unstable();
    families.dedup();
    let mut kept = Vec::new();
    for name in families {
        let holds =
            |one: &&Candidate| day.is_some() && version_on(layouts, name, day) == Some(one.at);
        let members = || candidates.iter().filter(|one| family(id(one)) == name);
        let chosen = members().find(holds).or_else(|| {
            members().max_by(|a, b| {
                let begins = |one: &Candidate| layouts[one.at].valid_from;
                a.header
                    .total_cmp(&b.header)
                    .then(begins(a).cmp(&begins(b)))
            })
        });
        kept.extend(chosen.map(|one| one.at));
    }
    candidates.retain(|candidate| kept.contains(&candidate.at));
}

/// The day that the first rows give as the one on which the file was made or the count held.
pub(crate) fn day_of_rows(
    header: &[String],
    sample: &[Vec<String>],
    layouts: &[Layout],
) -> Option<Day> {
    let mut columns: Vec<(Target, usize)> = Vec::new();
    for layout in layouts {
        for (at, field) in fields_of(layout, header).into_iter().enumerate() {
            let target = field.and_then(|field| layout.fields[field].maps_to);
            if let Some(target @ (Target::FileDate | Target::Observed)) = target {
                columns.push((target, at));
            }
        }
    }
    columns.sort_unstable();
    columns.dedup();
    columns.into_iter().find_map(|(_, at)| {
        let mut days = sample
            .iter()
            .filter_map(|row| Day::parse(row.get(at)?.trim()));
        days.next()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout;

    fn split(row: &str) -> Vec<String> {
        row.split(';').map(str::to_owned).collect()
    }

    fn names(layout: &Layout, keep: impl Fn(&ethos_model::layout::Field) -> bool) -> Vec<String> {
        let fields = layout.fields.iter().filter(|field| keep(field));
        fields.map(|field| field.name.clone()).collect()
    }

    fn guess(header: &[String], layouts: &[Layout]) -> Recognised {
        recognise(header, &[], "a.csv", None, layouts, &[])
    }

    #[test]
    fn every_shipped_layout_is_recognised_by_its_own_header() {
        let layouts = layout::list(None).unwrap();
        for (at, layout) in layouts.iter().enumerate() {
            if layout.valid_until.is_some() {
                continue;
            }
            let sure = Recognised::As {
                at,
                confidence: 1.0,
            };
            let all = names(layout, |_| true);
            assert_eq!(guess(&all, &layouts), sure, "{}", layout.id);
            let required: Vec<String> = names(layout, |field| field.required != Required::Optional)
                .iter()
                .map(|name| name.to_uppercase())
                .collect();
            assert_eq!(guess(&required, &layouts), sure, "{}", layout.id);
        }
    }

    #[test]
    fn an_unclear_header_is_not_guessed() {
        let layouts = layout::list(None).unwrap();
        assert_eq!(
            guess(&split("a;b;c"), &layouts),
            Recognised::Unclear(vec![])
        );
        assert!(matches!(
            guess(&split("bsn;gemeentecode;x;y;z"), &layouts),
            Recognised::Unclear(near) if !near.is_empty()
        ));
    }

    #[test]
    fn of_a_layout_that_is_near_the_version_of_the_day_is_named_once() {
        let layouts = layout::list(None).unwrap();
        let header = split("aanmaakdat;bsn;productcat;startdat;einddat;reden;gemeente_verblijf");
        for (day, id) in [("2025-12-31", "2025"), ("2024-12-31", "2024"), ("", "2025")] {
            let found = recognise(&header, &[], "", Day::parse(day), &layouts, &[]);
            let Recognised::Unclear(near) = found else {
                panic!("{found:?}")
            };
            let of = near.iter().filter(|id| family(id) == "monitor-dakloosheid");
            let of: Vec<&String> = of.collect();
            assert_eq!(of, [&format!("monitor-dakloosheid/{id}")]);
        }
    }

    #[test]
    fn the_day_decides_between_versions() {
        let layouts = layout::versions("monitor-dakloosheid", None).unwrap();
        let header = names(&layouts[0], |_| true);
        let on = |day: &str| match recognise(&header, &[], "", Day::parse(day), &layouts, &[]) {
            Recognised::As { at, .. } => layouts[at].id.clone(),
            Recognised::Unclear(near) => panic!("{near:?}"),
        };
        assert_eq!(on("2024-12-31"), "monitor-dakloosheid/2024");
        assert_eq!(on("2025-01-01"), "monitor-dakloosheid/2025");
        assert_eq!(on(""), "monitor-dakloosheid/2025");
        let rows = [split(";x"), split("x;x"), split("20240601;x")];
        let header = split("aanmaakdatum_bestand;bsn");
        assert_eq!(
            day_of_rows(&header, &rows, &layouts),
            Day::parse("20240601")
        );
    }

    #[test]
    fn what_is_in_the_columns_tells_layouts_with_one_header_apart() {
        let text = layout::shipped_text("register/reclassering").unwrap();
        let mut codes = layout::parse(text, "a").unwrap();
        let other = text
            .replace("register/reclassering", "eigen/a")
            .replace("\"D\" = \"unknown\"", "\"ZZ\" = \"unknown\"")
            .replace("\"V\" = ", "\"YY\" = ");
        let own = layout::parse(&other, "b").unwrap();
        let header = names(&codes, |_| true);
        let rows = |code: &str| vec![split(&format!("123456782;0363;20250101;;{code}")); 8];
        let choose = |layouts: &[Layout], code: &str, name: &str| {
            recognise(&header, &rows(code), name, None, layouts, &[])
        };
        let layouts = [codes.clone(), own.clone()];
        assert_eq!(
            choose(&layouts, "D", ""),
            Recognised::As {
                at: 0,
                confidence: 1.0
            }
        );
        assert_eq!(
            choose(&layouts, "YY", ""),
            Recognised::As {
                at: 1,
                confidence: 1.0
            }
        );
        // The same codes: only the file's name can tell.
        codes.id = "eigen/b".into();
        codes.file.name = ethos_model::layout::FileName::new("RC_{jaar}.csv").ok();
        let twins = [layouts[0].clone(), codes];
        assert_eq!(
            choose(&twins, "D", "x.csv"),
            Recognised::Unclear(vec!["register/reclassering".into(), "eigen/b".into()])
        );
        assert!(matches!(
            choose(&twins, "D", "RC_2025.csv"),
            Recognised::As { at: 1, .. }
        ));
    }

    #[test]
    fn confidence_says_how_much_fits() {
        let layouts = [layout::find("register/adresloze-bijstand", None).unwrap()];
        let header = split("bsn;gemeentecode;ingangsdatum;einddatum;extra");
        let rows = [
            split("123456782;0363;20250101;;"),
            split("x;0363;20250101;;"),
        ];
        let Recognised::As { confidence, .. } = recognise(&header, &rows, "", None, &layouts, &[])
        else {
            panic!()
        };
        // Four of five columns, five of six cells.
        assert!((confidence - 0.8 * 5.0 / 6.0).abs() < 1e-12, "{confidence}");
    }
}
