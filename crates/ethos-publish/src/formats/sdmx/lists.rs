//! The code lists of the structure: ours, and of the cross-domain lists the codes that are used.

use std::collections::BTreeSet;

use ethos_model::category::Language;
use ethos_model::finding::Text;
use ethos_model::study::ReleaseStatus;

use super::super::codebook::{Axis, Dim, Unit, statuses};
use super::super::codes;
use super::{AGENCY, RELEASE_STATUS};

/// A figure that anyone may see.
pub(super) const FREE: &str = "F";
/// A figure that is withheld. Whether it is small itself is not told.
pub(super) const CONFIDENTIAL: &str = "C";

/// A code list.
pub(super) struct List {
    pub(super) id: String,
    pub(super) agency: &'static str,
    pub(super) version: &'static str,
    /// Whether it holds only the codes that are used here.
    pub(super) partial: bool,
    pub(super) name: Text,
    pub(super) codes: Vec<(String, Text, Option<Text>)>,
    /// The component that has it.
    pub(super) component: &'static str,
}

impl List {
    /// Every list, in the order of the components.
    pub(super) fn all(axes: &[Axis]) -> Vec<Self> {
        let standard = |component, id: &str, version, name, codes: Vec<(&str, Text)>| Self {
            id: id.into(),
            agency: "SDMX",
            version,
            partial: true,
            name,
            codes: codes
                .into_iter()
                .map(|(code, name)| (code.to_owned(), name, None))
                .collect(),
            component,
        };
        let own = |component, id: &str, name, codes| Self {
            id: id.into(),
            agency: AGENCY,
            version: super::VERSION,
            partial: false,
            name,
            codes,
            component,
        };
        let mut lists = vec![
            standard(
                "FREQ",
                "CL_FREQ",
                "2.1",
                Text::new("Frequentie", "Frequency"),
                vec![
                    ("A", Text::new("Jaarlijks", "Annual")),
                    ("_O", Text::new("Anders", "Other")),
                ],
            ),
            own(
                "MEASURE",
                "CL_MEASURE",
                Text::new("Maat", "Measure"),
                codes::measures()
                    .into_iter()
                    .map(|code| (code.sdmx, code.name, None))
                    .collect(),
            ),
        ];
        lists.extend(axes.iter().map(|axis| {
            let codes = axis
                .codes
                .iter()
                .map(|code| (code.sdmx.clone(), code.name.clone(), code.about.clone()))
                .collect();
            own(
                axis.dim.sdmx(),
                &format!("CL_{}", axis.dim.sdmx()),
                axis.dim.name(),
                codes,
            )
        }));
        lists.push(standard(
            "OBS_STATUS",
            "CL_OBS_STATUS",
            "2.3",
            Text::new("Status van de waarneming", "Observation status"),
            vec![
                ("A", Text::new("Normale waarde", "Normal value")),
                ("E", Text::new("Geschatte waarde", "Estimated value")),
                ("G", Text::new("Experimentele waarde", "Experimental value")),
                (
                    "L",
                    Text::new(
                        "Ontbreekt: bestaat, maar is niet verzameld",
                        "Missing value; data exist but were not collected",
                    ),
                ),
                (
                    "M",
                    Text::new(
                        "Ontbreekt: kan niet bestaan",
                        "Missing value; data cannot exist",
                    ),
                ),
                ("O", Text::new("Ontbreekt", "Missing value")),
                ("P", Text::new("Voorlopige waarde", "Provisional value")),
                (
                    "Q",
                    Text::new("Ontbreekt: niet getoond", "Missing value; suppressed"),
                ),
                ("U", Text::new("Minder betrouwbaar", "Low reliability")),
            ],
        ));
        lists.push(standard(
            "CONF_STATUS",
            "CL_CONF_STATUS",
            "1.3",
            Text::new("Vertrouwelijkheid", "Confidentiality status"),
            vec![
                (FREE, Text::new("Vrij", "Free (free for publication)")),
                (
                    CONFIDENTIAL,
                    Text::new("Vertrouwelijk", "Confidential statistical information"),
                ),
            ],
        ));
        lists.push(own(
            "ETHOS_STATUS",
            "CL_ETHOS_STATUS",
            Text::new(
                "Waarom er een getal staat of niet",
                "Why a number stands there or not",
            ),
            statuses()
                .into_iter()
                .map(|code| {
                    let key = super::codebook::plain(&code.level.1);
                    (key, code.name, code.about)
                })
                .collect(),
        ));
        lists.push(own(
            RELEASE_STATUS,
            "CL_RELEASE_STATUS",
            Text::new("Status van de publicatie", "Status of the release"),
            [
                ReleaseStatus::Provisional,
                ReleaseStatus::Final,
                ReleaseStatus::Revised,
            ]
            .map(|status| {
                let name = Text::new(status.name(Language::Nl), status.name(Language::En));
                (super::codebook::plain(status.key()), name, None)
            })
            .to_vec(),
        ));
        lists.push(own(
            "UNIT_MEASURE",
            "CL_UNIT_MEASURE",
            Text::new("Eenheid", "Unit of measure"),
            Unit::ALL
                .into_iter()
                .map(|unit| (unit.sdmx().to_owned(), unit.name(), None))
                .collect(),
        ));
        debug_assert!(lists.iter().all(Self::tells_apart));
        lists
    }

    /// Whether no code stands twice.
    fn tells_apart(&self) -> bool {
        let codes: BTreeSet<&String> = self.codes.iter().map(|(code, ..)| code).collect();
        codes.len() == self.codes.len()
    }
}

/// Name of a component.
pub(super) fn component_name(component: &str, lists: &[List]) -> Text {
    match component {
        "TIME_PERIOD" => Dim::Time.name(),
        "OBS_VALUE" => Text::new("Waarde", "Observation value"),
        "LOWER_LIMIT" => Text::new("Ondergrens", "Lower limit"),
        "UPPER_LIMIT" => Text::new("Bovengrens", "Upper limit"),
        "UNIT_MULT" => Text::new("Vermenigvuldiger", "Unit multiplier"),
        other => lists
            .iter()
            .find(|list| list.component == other)
            .map_or_else(|| Text::new(other, other), |list| list.name.clone()),
    }
}
