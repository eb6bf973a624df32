//! The structure message: code lists, concepts, data structure, dataflows.

use std::fmt::Write as _;

use ethos_model::category::Language;
use ethos_model::cube::Family;
use ethos_model::finding::Text;

use super::super::xml::escape;
use super::lists::{List, component_name};
use super::{AGENCY, BACK, DIMENSIONS, STRUCTURE, VERSION, flow};
use crate::release::SafeRelease;

/// The scheme that holds the concepts.
const CONCEPTS: &str = "CS_ETHOS";

const NAMESPACES: [(&str, &str); 3] = [
    (
        "xmlns:mes",
        "http://www.sdmx.org/resources/sdmxml/schemas/v3_0/message",
    ),
    (
        "xmlns:str",
        "http://www.sdmx.org/resources/sdmxml/schemas/v3_0/structure",
    ),
    (
        "xmlns:com",
        "http://www.sdmx.org/resources/sdmxml/schemas/v3_0/common",
    ),
];

/// Elements one in another, indented.
struct Xml {
    text: String,
    open: Vec<&'static str>,
}

impl Xml {
    fn indent(&mut self) {
        self.text.push('\n');
        for _ in &self.open {
            self.text.push(' ');
        }
    }

    fn open(&mut self, name: &'static str, attributes: &[(&str, &str)]) {
        self.indent();
        self.tag(name, attributes);
        self.text.push('>');
        self.open.push(name);
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &str)]) {
        // Writing into a string does not fail.
        let _ = write!(self.text, "<{name}");
        for (key, value) in attributes {
            let _ = write!(self.text, " {key}=\"{}\"", escape(value));
        }
    }

    fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.indent();
            let _ = write!(self.text, "</{name}>");
        }
    }

    fn leaf(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.indent();
        self.tag(name, attributes);
        let _ = write!(self.text, ">{}</{name}>", escape(text));
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.indent();
        self.tag(name, attributes);
        self.text.push_str("/>");
    }

    /// A name or description in both languages.
    fn both(&mut self, name: &str, text: &Text) {
        self.leaf(name, &[("xml:lang", "nl")], &text.nl);
        self.leaf(name, &[("xml:lang", "en")], &text.en);
    }
}

fn urn(package: &str, kind: &str, agency: &str, id: &str, version: &str) -> String {
    format!("urn:sdmx:org.sdmx.infomodel.{package}.{kind}={agency}:{id}({version})")
}

/// The whole message. It is dated by the latest reference date: it must not tell when it was
/// made.
pub(super) fn message(release: &SafeRelease<'_>, lists: &[List], flows: &[Family]) -> String {
    let latest = release.study().study.reference_dates.iter().max();
    let prepared = latest.map_or_else(|| "2000-01-01".to_owned(), ToString::to_string);
    let mut xml = Xml {
        text: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>".to_owned(),
        open: Vec::new(),
    };
    xml.open("mes:Structure", &NAMESPACES);
    xml.open("mes:Header", &[]);
    xml.leaf("mes:ID", &[], STRUCTURE);
    xml.leaf(
        "mes:Test",
        &[],
        if release.study().study.simulated {
            "true"
        } else {
            "false"
        },
    );
    xml.leaf("mes:Prepared", &[], &format!("{prepared}T00:00:00Z"));
    xml.empty("mes:Sender", &[("id", AGENCY)]);
    xml.close();
    xml.open("mes:Structures", &[]);
    code_lists(&mut xml, lists);
    concepts(&mut xml, lists);
    xml.open("str:DataStructures", &[]);
    data_structure(&mut xml, lists);
    xml.close();
    xml.open("str:Dataflows", &[]);
    for family in flows {
        let id = flow(*family);
        let urn_of = urn("datastructure", "Dataflow", AGENCY, &id, VERSION);
        xml.open("str:Dataflow", &identity(&id, AGENCY, VERSION, &urn_of));
        let title = Text::new(family.title(Language::Nl), family.title(Language::En));
        xml.both("com:Name", &title);
        let structure = urn("datastructure", "DataStructure", AGENCY, STRUCTURE, VERSION);
        xml.leaf("str:Structure", &[], &structure);
        xml.close();
    }
    xml.close();
    xml.close();
    xml.close();
    xml.text.push('\n');
    xml.text
}

fn identity<'a>(
    id: &'a str,
    agency: &'a str,
    version: &'a str,
    urn: &'a str,
) -> [(&'static str, &'a str); 4] {
    [
        ("id", id),
        ("urn", urn),
        ("agencyID", agency),
        ("version", version),
    ]
}

fn code_lists(xml: &mut Xml, lists: &[List]) {
    xml.open("str:Codelists", &[]);
    for list in lists {
        let urn_of = urn("codelist", "Codelist", list.agency, &list.id, list.version);
        let mut attributes = identity(&list.id, list.agency, list.version, &urn_of).to_vec();
        if list.partial {
            attributes.push(("isPartial", "true"));
        }
        xml.open("str:Codelist", &attributes);
        xml.both("com:Name", &list.name);
        for (code, name, about) in &list.codes {
            xml.open("str:Code", &[("id", code)]);
            xml.both("com:Name", name);
            if let Some(about) = about {
                xml.both("com:Description", about);
            }
            xml.close();
        }
        xml.close();
    }
    xml.close();
}

/// Every component in the order of the structure.
fn components() -> Vec<&'static str> {
    let mut components = vec!["FREQ", "MEASURE"];
    components.extend(DIMENSIONS.iter().map(|dim| dim.sdmx()));
    components.push("TIME_PERIOD");
    components.extend(BACK);
    components
}

fn concepts(xml: &mut Xml, lists: &[List]) {
    xml.open("str:ConceptSchemes", &[]);
    let urn_of = urn("conceptscheme", "ConceptScheme", AGENCY, CONCEPTS, VERSION);
    xml.open(
        "str:ConceptScheme",
        &identity(CONCEPTS, AGENCY, VERSION, &urn_of),
    );
    xml.both("com:Name", &Text::new("Begrippen", "Concepts"));
    for component in components() {
        xml.open("str:Concept", &[("id", component)]);
        xml.both("com:Name", &component_name(component, lists));
        xml.close();
    }
    xml.close();
    xml.close();
}

fn data_structure(xml: &mut Xml, lists: &[List]) {
    let urn_of = urn("datastructure", "DataStructure", AGENCY, STRUCTURE, VERSION);
    xml.open(
        "str:DataStructure",
        &identity(STRUCTURE, AGENCY, VERSION, &urn_of),
    );
    xml.both(
        "com:Name",
        &Text::new(
            "Dakloosheid naar ETHOS Light-categorie",
            "Homelessness by ETHOS Light category",
        ),
    );
    xml.open("str:DataStructureComponents", &[]);
    xml.open("str:DimensionList", &[("id", "DimensionDescriptor")]);
    let mut position = 0;
    let dimensions = ["FREQ", "MEASURE"]
        .into_iter()
        .chain(DIMENSIONS.iter().map(|dim| dim.sdmx()));
    for id in dimensions {
        position += 1;
        xml.open(
            "str:Dimension",
            &[("id", id), ("position", &position.to_string())],
        );
        represented(xml, id, lists);
        xml.close();
    }
    xml.open("str:TimeDimension", &[("id", "TIME_PERIOD")]);
    represented(xml, "TIME_PERIOD", lists);
    xml.close();
    xml.close();
    xml.open("str:AttributeList", &[("id", "AttributeDescriptor")]);
    for id in BACK.into_iter().filter(|id| *id != "OBS_VALUE") {
        let usage = if id.ends_with("LIMIT") {
            "optional"
        } else {
            "mandatory"
        };
        xml.open("str:Attribute", &[("id", id), ("usage", usage)]);
        represented(xml, id, lists);
        xml.open("str:AttributeRelationship", &[]);
        xml.empty("str:Observation", &[]);
        xml.close();
        xml.close();
    }
    xml.close();
    xml.open("str:MeasureList", &[("id", "MeasureDescriptor")]);
    xml.open("str:Measure", &[("id", "OBS_VALUE"), ("usage", "optional")]);
    represented(xml, "OBS_VALUE", lists);
    xml.close();
    xml.close();
    xml.close();
    xml.close();
}

/// The concept of a component and what its values are.
fn represented(xml: &mut Xml, id: &str, lists: &[List]) {
    let scheme = urn("conceptscheme", "Concept", AGENCY, CONCEPTS, VERSION);
    xml.leaf("str:ConceptIdentity", &[], &format!("{scheme}.{id}"));
    xml.open("str:LocalRepresentation", &[]);
    match lists.iter().find(|list| list.component == id) {
        Some(list) => {
            let list = urn("codelist", "Codelist", list.agency, &list.id, list.version);
            xml.leaf("str:Enumeration", &[], &list);
        }
        None if id == "TIME_PERIOD" => {
            xml.empty("str:TextFormat", &[("textType", "ObservationalTimePeriod")]);
        }
        None => xml.empty("str:TextFormat", &[("textType", "Integer")]),
    }
    xml.close();
}
