//! What TOML cannot say of a layout itself: names and targets occur once, types fit targets, codes
//! stand for something, and a row can become what the layout's kind demands.

use std::collections::BTreeMap;

use ethos_model::attribute::{NationalityGroup, Origin, ResidenceStatus, Sex, UNKNOWN};
use ethos_model::category::LivingSituation;
use ethos_model::date::Day;
use ethos_model::finding::Text;
use ethos_model::layout::{
    CategoryRule, Field, FieldType, Layout, LayoutKind, LayoutStatus, Required, Target,
};
use ethos_model::suggest::did_you_mean_text;

use super::{OUT_OF_SCOPE, normalised};
use crate::words::both;

/// What TOML cannot say of itself: names and targets occur once, types fit targets, codes stand
/// for something, and a row can become what the layout's kind demands.
pub(super) fn check(layout: &Layout) -> Result<(), Text> {
    if layout.id.trim().is_empty() {
        return Err(Text::new("`id` is leeg", "`id` is blank"));
    }
    if layout.fields.is_empty() {
        return Err(Text::new(
            "een indeling heeft minstens een [[field]] nodig",
            "a layout needs at least one [[field]]",
        ));
    }
    let odd = layout
        .file
        .delimiters
        .iter()
        .find(|c| !c.is_ascii() || c.is_ascii_alphanumeric() || matches!(c, '"' | '\n' | '\r'));
    if let Some(odd) = odd {
        return Err(both!(
            "{odd:?} kan geen scheidingsteken zijn; gebruik ; , of een tab",
            "{odd:?} cannot be a delimiter; use ; , or a tab"
        ));
    }
    if layout.file.delimiters.is_empty() {
        return Err(Text::new(
            "`delimiters` is leeg; laat het weg voor ; , en tab",
            "`delimiters` is empty; leave it out for ; , and tab",
        ));
    }
    check_status(layout)?;
    check_validity(
        &Text::new("de indeling", "the layout"),
        layout.valid_from,
        layout.valid_until,
    )?;
    let mut names: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut targets: BTreeMap<Target, Vec<usize>> = BTreeMap::new();
    for (at, field) in layout.fields.iter().enumerate() {
        // Two fields may share a name or a target when no file has both.
        let clash = |others: &[usize]| {
            others
                .iter()
                .find(|other| **other != at && layout.fields[**other].coexists_with(field))
                .map(|other| layout.fields[*other].name.as_str())
        };
        for name in std::iter::once(&field.name).chain(&field.aliases) {
            let taken = names.entry(normalised(name)).or_default();
            if let Some(other) = clash(taken) {
                return Err(both!(
                    "de kolomnaam `{name}` hoort bij `{other}` en bij `{}`",
                    "the column name `{name}` belongs to both `{other}` and `{}`",
                    field.name
                ));
            }
            taken.push(at);
        }
        if let Some(target) = field.maps_to {
            let taken = targets.entry(target).or_default();
            if let Some(other) = clash(taken) {
                return Err(Text::new(
                    format!(
                        "`{other}` en `{}` komen allebei uit op `{}`",
                        field.name,
                        key(target)
                    ),
                    format!("`{other}` and `{}` both map to {target:?}", field.name),
                ));
            }
            taken.push(at);
            check_type(field, target)?;
        }
        check_codes(field)?;
        check_validity(
            &both!("`{}`", "`{}`", field.name),
            field.valid_from,
            field.valid_until,
        )?;
        check_condition(layout, field)?;
    }
    let has = |target| targets.contains_key(&target);
    let need = |target: Target| {
        if has(target) {
            Ok(())
        } else {
            Err(Text::new(
                format!(
                    "geen veld komt uit op `{}` (`maps_to`), en een indeling van de soort `{}` heeft dat nodig",
                    key(target),
                    key(layout.kind)
                ),
                format!(
                    "no field maps to {target:?}, which a layout of kind {:?} needs",
                    layout.kind
                ),
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
    check_fixed(&layout.category)?;
    let persons = layout.kind == LayoutKind::PersonRegister;
    match &layout.category {
        CategoryRule::Mapping { .. } if !persons => need(Target::Product),
        CategoryRule::Situation {} if !persons => need(Target::Situation),
        CategoryRule::Fixed { .. } if !persons => Ok(()),
        CategoryRule::None {} if persons => Ok(()),
        _ if persons => Err(Text::new(
            "een personenregister heeft geen categorie; schrijf [category.none]",
            "a person register has no category; write [category.none]",
        )),
        _ => Err(Text::new(
            "rijen van deze soort hebben een categorie nodig: [category.mapping], [category.situation] of [category.fixed]",
            "rows of this kind need a category: a mapping, a situation or a fixed one",
        )),
    }
}

fn check_type(field: &Field, target: Target) -> Result<(), Text> {
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
        let name = &field.name;
        Err(Text::new(
            format!(
                "`{name}` komt uit op `{}` en moet van de soort `{}` zijn, niet `{}`",
                key(target),
                key(fits[0]),
                key(field.kind)
            ),
            format!(
                "`{name}` maps to {target:?} and must be of type {:?}, not {:?}",
                fits[0], field.kind
            ),
        ))
    }
}

fn check_codes(field: &Field) -> Result<(), Text> {
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
        return Err(both!(
            "`{}` heeft [field.codes] nodig",
            "`{}` needs [field.codes]",
            field.name
        ));
    }
    match field
        .codes
        .values()
        .find(|value| *value != UNKNOWN && !known.contains(&value.as_str()))
    {
        None => Ok(()),
        Some(value) => {
            let (name, hint) = (&field.name, did_you_mean_text(value, &known));
            Err(Text::new(
                format!(
                    "een code van `{name}` staat voor `{value}`, en dat bestaat niet{}",
                    hint.nl
                ),
                format!(
                    "a code of `{name}` stands for `{value}`, which does not exist{}",
                    hint.en
                ),
            ))
        }
    }
}

/// What is not documented says what of it is assumed, and the other way round.
fn check_status(layout: &Layout) -> Result<(), Text> {
    match (layout.status, layout.assumed.is_empty()) {
        (LayoutStatus::Documented, false) => Err(Text::new(
            "`assumed` noemt wat niet openbaar is, en de status is `documented`; maak er `assumed` van",
            "`assumed` names what is not public, but the status is `documented`; make it `assumed`",
        )),
        (LayoutStatus::Assumed, true) => Err(Text::new(
            "de status is `assumed`; zeg wat dat is, zoals `assumed = [\"names\", \"codes\"]`",
            "the status is `assumed`; say what is, such as `assumed = [\"names\", \"codes\"]`",
        )),
        _ => Ok(()),
    }
}

fn check_validity(what: &Text, from: Option<Day>, until: Option<Day>) -> Result<(), Text> {
    match (from, until) {
        (Some(from), Some(until)) if until <= from => Err(Text::new(
            format!(
                "{} eindigt voor het begin: `valid_until` is de eerste dag waarop zij niet meer geldt",
                what.nl
            ),
            format!(
                "{} ends before it begins: `valid_until` is the first day on which it no longer \
                 holds",
                what.en
            ),
        )),
        _ => Ok(()),
    }
}

/// A condition names another field, asks one thing of it, and only for codes that it has.
fn check_condition(layout: &Layout, field: &Field) -> Result<(), Text> {
    let Some(condition) = &field.required_when else {
        return Ok(());
    };
    let name = &field.name;
    if field.required == Required::Always {
        return Err(both!(
            "`{name}` is altijd verplicht; laat `required_when` weg, of `required = \"always\"`",
            "`{name}` is always required; leave `required_when` out, or `required = \"always\"`"
        ));
    }
    if !condition.is_clear() {
        return Err(both!(
            "`required_when` van `{name}` heeft precies een van `is`, `is_not` en `filled` nodig",
            "`required_when` of `{name}` needs exactly one of `is`, `is_not` and `filled`"
        ));
    }
    let others: Vec<&Field> = layout
        .fields
        .iter()
        .filter(|other| normalised(&other.name) == normalised(&condition.field))
        .collect();
    if others.is_empty() || condition.field == *name {
        let names: Vec<&str> = layout
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .filter(|other| other != name)
            .collect();
        let (other, hint) = (
            &condition.field,
            did_you_mean_text(&condition.field, &names),
        );
        return Err(Text::new(
            format!(
                "`required_when` van `{name}` noemt het veld `{other}`, en dat is geen ander veld{}",
                hint.nl
            ),
            format!(
                "`required_when` of `{name}` names the field `{other}`, which is no other field{}",
                hint.en
            ),
        ));
    }
    let known = |code: &String| {
        others.iter().any(|other| {
            other.codes.is_empty() || other.codes.keys().any(|own| own.eq_ignore_ascii_case(code))
        })
    };
    match condition
        .is
        .iter()
        .chain(&condition.is_not)
        .find(|code| !known(code))
    {
        None => Ok(()),
        Some(code) => Err(both!(
            "`required_when` van `{name}`: `{}` heeft geen code `{code}`",
            "`required_when` of `{name}`: `{}` has no code `{code}`",
            condition.field
        )),
    }
}

/// The situation of a fixed category lies beneath it.
fn check_fixed(rule: &CategoryRule) -> Result<(), Text> {
    let CategoryRule::Fixed {
        category,
        situation: Some(situation),
    } = rule
    else {
        return Ok(());
    };
    match LivingSituation::from_code(situation) {
        Some(found) if found.category() == *category => Ok(()),
        Some(found) => Err(both!(
            "de situatie `{situation}` hoort bij {}, niet bij {category}",
            "the situation `{situation}` belongs to {}, not to {category}",
            found.category()
        )),
        None => {
            let known: Vec<&str> = LivingSituation::all().map(LivingSituation::code).collect();
            let hint = did_you_mean_text(situation, &known);
            Err(Text::new(
                format!("de situatie `{situation}` bestaat niet{}", hint.nl),
                format!("the situation `{situation}` does not exist{}", hint.en),
            ))
        }
    }
}

/// A word of a layout as its file writes it.
fn key(word: impl serde::Serialize) -> String {
    toml::Value::try_from(word)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}
