//! Rules that compare deliveries: with the sender's previous one, with other senders', and
//! two files of one check with each other.

use std::collections::BTreeSet;

use ethos_model::finding::{Finding, Fingerprint, Text};

use super::book::RuleBook;
use super::engine::written;
use super::lang::{
    self, Env, FieldNames, Lanes, Logic, Measure, Num, Own, PeerKind, Scratch, Shown, Single,
    Slots, TRUE, UNDECIDED, Whose, logic, number,
};
use super::rule::{Detail, Each, Finds, Place, Rule, Scope};
use crate::summary::Summary;

impl RuleBook {
    /// What is remarkable in a delivery beside its sender's previous one.
    pub fn against_previous(&self, this: &Summary, last: &Summary) -> Vec<Finding> {
        let beside = Beside {
            this,
            last: Some(last),
            ..Beside::of(this)
        };
        self.compare(Scope::Previous, &beside)
    }

    /// What is remarkable in a delivery beside those of other senders.
    pub fn against_peers(&self, this: &Summary, peers: &[&Summary]) -> Vec<Finding> {
        let beside = Beside {
            peers,
            ..Beside::of(this)
        };
        self.compare(Scope::Peers, &beside)
    }

    /// What is remarkable in a file beside another of the same check.
    pub fn beside_file(&self, this: &Summary, other: &Summary) -> Vec<Finding> {
        let beside = Beside {
            other: Some(other),
            ..Beside::of(this)
        };
        self.compare(Scope::Files, &beside)
    }

    fn compare(&self, scope: Scope, beside: &Beside<'_>) -> Vec<Finding> {
        let mut findings = Vec::new();
        for rule in self.rules() {
            let here = rule.is_for_kind(
                beside.this.layout.as_deref(),
                beside.this.kind,
                beside.this.made,
            );
            if rule.scope == scope && here {
                self.ask(rule, beside, &mut findings);
            }
        }
        findings
    }

    fn ask(&self, rule: &Rule, beside: &Beside<'_>, findings: &mut Vec<Finding>) {
        let Finds::Condition {
            find, shows, each, ..
        } = &rule.finds
        else {
            return;
        };
        let env = Env {
            scope: rule.scope,
            names: &NoFields,
            parameters: self.parameters(),
            facts: None,
            keyed: each.is_some(),
        };
        let mut slots = Slots::default();
        let Ok(find) = lang::compile(find, &env, &mut slots) else {
            return;
        };
        let shows = shows
            .as_ref()
            .and_then(|shows| lang::compile_shown(shows, &env, &mut slots).ok());
        let keys = each.map_or_else(|| vec![String::new()], |each| beside.keys(each));
        for key in keys {
            if !beside.holds(&find, &slots, &key) {
                continue;
            }
            let shown = shows
                .as_ref()
                .map(|(num, how)| beside.shown(num, *how, &slots, &key));
            let mut after = Text::default();
            let message = match (each, shown) {
                (Some(each), _) => {
                    let usual = beside.usual(&find, &slots, &key, Measure::Each);
                    beside.told(*each, &key, usual)
                }
                (None, Some(shown)) if beside.last.is_some() || !beside.peers.is_empty() => {
                    if let Some((shows, how)) = &shows {
                        let unit = unit(&rule.message);
                        after = beside.explained(&find, (shows, *how, &unit), &slots, &key);
                    }
                    shown
                }
                (None, Some(shown)) => shown,
                (None, None) => {
                    let name = beside.other.map(|other| other.file.clone());
                    let name = name.unwrap_or_default();
                    Text::new(name.clone(), name)
                }
            };
            let detail = Detail {
                message,
                ..Detail::default()
            };
            let mut finding = rule.finding(beside.this.file.as_str(), &Place::default(), &detail);
            let message = finding.message.make_mut();
            message.nl += &after.nl;
            message.en += &after.en;
            finding.fingerprint = Fingerprint::of(&finding, findings.len() as u64 + 1);
            findings.push(finding);
        }
    }
}

/// The unit that a message gives its figure, where that is a share: what stands beside it is one too.
fn unit(message: &Text) -> Text {
    let of = |text: &str, unit: &'static str| {
        let has = text.contains(&format!("{{}}{unit}"));
        if has { unit } else { "" }
    };
    Text::new(of(&message.nl, " procent"), of(&message.en, " per cent"))
}

/// What a figure may be without a rule saying something of it; `None` for no bound.
#[derive(Copy, Clone, PartialEq, Debug)]
struct Usual {
    low: Option<f64>,
    high: Option<f64>,
}

impl Usual {
    fn words(self) -> Option<Text> {
        let whole = |value: f64| written(value, Shown::Number).en;
        Some(match (self.low.map(whole), self.high.map(whole)) {
            (Some(low), Some(high)) if low == high => {
                Text::new(format!("gewoon is {low}"), format!("usual is {low}"))
            }
            (Some(low), Some(high)) => Text::new(
                format!("gewoon is {low} tot en met {high}"),
                format!("usual is {low} to {high}"),
            ),
            (Some(low), None) => Text::new(
                format!("gewoon is minstens {low}"),
                format!("usual is at least {low}"),
            ),
            (None, Some(high)) => Text::new(
                format!("gewoon is hoogstens {high}"),
                format!("usual is at most {high}"),
            ),
            (None, None) => return None,
        })
    }
}

/// A delivery and what it is compared with.
#[derive(Copy, Clone)]
struct Beside<'a> {
    this: &'a Summary,
    last: Option<&'a Summary>,
    other: Option<&'a Summary>,
    peers: &'a [&'a Summary],
    /// A figure that the delivery is taken to have in place of its own.
    trial: Option<(Measure, f64)>,
}

impl<'a> Beside<'a> {
    fn of(this: &'a Summary) -> Self {
        Self {
            this,
            last: None,
            other: None,
            peers: &[],
            trial: None,
        }
    }

    /// What the figure may be beside the previous delivery, found by asking the rule itself:
    /// whatever it is made of, what it says is usual is what it does not find.
    fn usual(&self, find: &Logic, slots: &Slots, key: &str, measure: Measure) -> Option<Usual> {
        const FAR: f64 = 1e9;
        let last = measured(self.last?, measure, "", key).round();
        // Beyond that, figures are no delivery's, and steps of one are none.
        if !(0.0..=FAR).contains(&last) {
            return None;
        }
        let finds = |value: f64| {
            let trial = Some((measure, value));
            Self { trial, ..*self }.holds(find, slots, key)
        };
        if finds(last) {
            return None;
        }
        // The last value on this side of `last` that the rule does not find.
        let edge = |up: bool, limit: f64| {
            let (mut fine, mut step) = (last, 1.0);
            let mut found = loop {
                let next: f64 = if up { fine + step } else { fine - step };
                let next = if up { next.min(limit) } else { next.max(limit) };
                if finds(next) {
                    break next;
                }
                if next == limit {
                    return None;
                }
                fine = next;
                step *= 2.0;
            };
            while (found - fine).abs() > 1.0 {
                let middle = f64::midpoint(fine, found).floor();
                if finds(middle) {
                    found = middle;
                } else {
                    fine = middle;
                }
            }
            Some(fine)
        };
        Some(Usual {
            low: edge(false, 0.0),
            high: edge(true, FAR),
        })
    }

    /// What was, and what is usual, of what a finding shows, in its unit.
    fn explained(
        &self,
        find: &Logic,
        (shows, how, unit): (&Num, Shown, &Text),
        slots: &Slots,
        key: &str,
    ) -> Text {
        if let Some(last) = self.last {
            let was = Beside::of(last).shown(shows, how, slots, key);
            let usual = match shows {
                Num::Slot(at) => match slots.singles.get(*at) {
                    Some(Single::Measure {
                        measure,
                        key,
                        whose: Whose::This,
                    }) if key.is_empty() => self.usual(find, slots, "", *measure),
                    _ => None,
                },
                _ => None,
            };
            let usual = usual.and_then(Usual::words);
            let usual = usual.map_or_else(Text::default, |usual| {
                Text::new(format!("; {}", usual.nl), format!("; {}", usual.en))
            });
            return Text::new(
                format!(" Vorige levering: {}{}{}.", was.nl, unit.nl, usual.nl),
                format!(" Previous delivery: {}{}{}.", was.en, unit.en, usual.en),
            );
        }
        let mut values = self.of_peers(shows, slots, key);
        values.sort_by(f64::total_cmp);
        let Some(last) = values.len().checked_sub(1) else {
            return Text::default();
        };
        let [low, middle, high] =
            [last / 4, last / 2, last - last / 4].map(|at| written(values[at], how));
        Text::new(
            format!(
                " De middelste andere afzender heeft {}{}; de middelste helft {} tot en met {}{}.",
                middle.nl, unit.nl, low.nl, high.nl, unit.nl
            ),
            format!(
                " The median other sender has {}{}; the middle half {} to {}{}.",
                middle.en, unit.en, low.en, high.en, unit.en
            ),
        )
    }

    /// A figure of each of the other senders that has it.
    fn of_peers(&self, of: &Num, slots: &Slots, key: &str) -> Vec<f64> {
        let values = self.peers.iter().map(|peer| {
            let columns = Beside::of(peer).lanes(slots, key, false);
            let lanes = Lanes {
                columns: &columns,
                rows: 1,
            };
            number(of, &lanes, &mut Scratch::default())
        });
        values.flatten().filter(|value| !value.is_nan()).collect()
    }

    /// The keys that a rule goes through, in order.
    fn keys(&self, each: Each) -> Vec<String> {
        let of = |summary: &Summary| {
            let counts = match each {
                Each::Category => &summary.categories,
                Each::Product => &summary.products,
                Each::Month => &summary.months,
            };
            counts.keys().cloned().collect::<Vec<String>>()
        };
        let mut keys = BTreeSet::new();
        for summary in [Some(self.this), self.last].into_iter().flatten() {
            keys.extend(of(summary));
        }
        for peer in self.peers {
            keys.extend(of(peer));
        }
        keys.into_iter()
            .map(|key| format!("{}{key}", prefix(each)))
            .collect()
    }

    /// A key and its numbers, in words.
    fn told(&self, each: Each, key: &str, usual: Option<Usual>) -> Text {
        let bare = key.get(1..).unwrap_or_default();
        let now = measured(self.this, Measure::Each, "", key);
        let (nl, en) = match each {
            Each::Category if bare == "unknown" => (
                "categorie onbekend".to_owned(),
                "category unknown".to_owned(),
            ),
            Each::Category => (format!("categorie {bare}"), format!("category {bare}")),
            Each::Product => (
                format!("productcategorie {bare}"),
                format!("product category {bare}"),
            ),
            Each::Month => (bare.to_owned(), bare.to_owned()),
        };
        if let Some(last) = self.last {
            let before = measured(last, Measure::Each, "", key);
            let usual = usual.and_then(Usual::words);
            let usual = usual.map_or_else(Text::default, |usual| {
                Text::new(format!(", {}", usual.nl), format!(", {}", usual.en))
            });
            return Text::new(
                format!("{nl} (nu {now}, vorige levering {before}{})", usual.nl),
                format!("{en} (now {now}, previous delivery {before}{})", usual.en),
            );
        }
        let share = |summary: &Summary| {
            let count = measured(summary, Measure::Each, "", key);
            100.0 * count / measured(summary, Measure::Accepted, "", "")
        };
        let whole = |share: f64| written(share.round(), Shown::Number).en;
        let here = whole(share(self.this));
        let there = self.peers.iter().map(|peer| share(peer));
        let there = whole(median(there.filter(|share| !share.is_nan()).collect()));
        Text::new(
            format!(
                "{nl} ({now} rijen, {here} procent; de middelste andere afzender heeft {there} \
                 procent)"
            ),
            format!(
                "{en} ({now} rows, {here} per cent; the median other sender has {there} per cent)"
            ),
        )
    }

    /// Whether the condition holds. How many persons two files share is counted only where the
    /// rest of the condition leaves it open.
    fn holds(&self, find: &Logic, slots: &Slots, key: &str) -> bool {
        let answer = |shared: bool| {
            let columns = self.lanes(slots, key, shared);
            let lanes = Lanes {
                columns: &columns,
                rows: 1,
            };
            logic(find, &lanes, &mut Scratch::default())
                .first()
                .copied()
                .unwrap_or(UNDECIDED)
        };
        match answer(false) {
            TRUE => true,
            UNDECIDED if slots.singles.contains(&Single::SharedPersons) => answer(true) == TRUE,
            _ => false,
        }
    }

    fn shown(&self, num: &Num, how: Shown, slots: &Slots, key: &str) -> Text {
        let columns = self.lanes(slots, key, true);
        let lanes = Lanes {
            columns: &columns,
            rows: 1,
        };
        let value = number(num, &lanes, &mut Scratch::default());
        written(value.first().copied().unwrap_or(f64::NAN), how)
    }

    fn lanes(&self, slots: &Slots, key: &str, shared: bool) -> Vec<Vec<f64>> {
        let singles = slots.singles.iter();
        singles
            .map(|single| vec![self.single(single, slots, key, shared)])
            .collect()
    }

    fn single(&self, single: &Single, slots: &Slots, each: &str, shared: bool) -> f64 {
        let yes = |holds: bool| f64::from(u8::from(holds));
        let both = |ask: &dyn Fn(&Summary, &Summary) -> Option<bool>| {
            let answer = self.other.and_then(|other| ask(self.this, other));
            answer.map_or(f64::NAN, yes)
        };
        match single {
            Single::Measure {
                measure,
                key,
                whose: Whose::This,
            } if key.is_empty() && self.trial.is_some_and(|(trial, _)| trial == *measure) => {
                self.trial.map_or(f64::NAN, |(_, value)| value)
            }
            Single::Measure {
                measure,
                key,
                whose,
            } => {
                let whose = match whose {
                    Whose::This => Some(self.this),
                    Whose::Last => self.last,
                    Whose::Other => self.other,
                };
                whose.map_or(f64::NAN, |summary| measured(summary, *measure, key, each))
            }
            Single::Peer(PeerKind::Count, _) => self.peers.len() as f64,
            Single::Peer(kind, of) => {
                let values = self.of_peers(of, slots, each);
                let middle = median(values.clone());
                match kind {
                    PeerKind::Median => middle,
                    _ => median(values.iter().map(|value| (value - middle).abs()).collect()),
                }
            }
            Single::SharedPersons if shared => {
                let other = self.other;
                let count = other.and_then(|other| self.this.shared_persons(other));
                count.unwrap_or(f64::NAN)
            }
            Single::Aggregate(_) | Single::SharedPersons => f64::NAN,
            Single::SameSender => both(&|a, b| Some(a.sender? == b.sender?)),
            Single::SameLayout => both(&|a, b| Some(a.layout.as_ref()? == b.layout.as_ref()?)),
            Single::SameBytes => both(&|a, b| Some(a.sha256 == b.sha256)),
            Single::SamePeriod => both(&|a, b| Some(a.period? == b.period?)),
        }
    }
}

/// The median; missing of none.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let Some(last) = values.len().checked_sub(1) else {
        return f64::NAN;
    };
    f64::midpoint(values[last / 2], values[values.len() / 2])
}

/// The letter before a key that tells what it is a key of.
fn prefix(each: Each) -> char {
    match each {
        Each::Category => 'c',
        Each::Product => 'p',
        Each::Month => 'm',
    }
}

/// A measure of a delivery.
fn measured(summary: &Summary, measure: Measure, key: &str, each: &str) -> f64 {
    let counted = |counts: &std::collections::BTreeMap<String, u64>, key: &str| {
        counts.get(key).copied().unwrap_or(0) as f64
    };
    let tally = &summary.tally;
    match measure {
        Measure::Rows => tally.rows() as f64,
        Measure::Accepted => tally.accepted as f64,
        Measure::Rejected => tally.rejected as f64,
        Measure::SetAside => tally.set_aside as f64,
        Measure::Duplicates => tally.duplicate as f64,
        Measure::Persons => summary.persons.map_or(f64::NAN, |persons| persons as f64),
        Measure::WithoutNumber => summary.without_number as f64,
        Measure::Open => summary.open as f64,
        Measure::Ended => summary.ended as f64,
        Measure::Women => summary.women as f64,
        Measure::Children => summary.children as f64,
        Measure::MedianStay => summary.median_stay.unwrap_or(f64::NAN),
        Measure::MedianAge => summary.median_age.unwrap_or(f64::NAN),
        Measure::Category => counted(&summary.categories, key),
        Measure::Product => counted(&summary.products, key),
        Measure::Month => counted(&summary.months, key),
        Measure::Each => match each.split_at_checked(1) {
            Some(("c", key)) => counted(&summary.categories, key),
            Some(("p", key)) => counted(&summary.products, key),
            Some(("m", key)) => counted(&summary.months, key),
            _ => f64::NAN,
        },
    }
}

/// Sets a measure of a delivery in an example; false for one that is not known.
pub(super) fn set_measure(summary: &mut Summary, name: &str, value: f64) -> bool {
    let count = value.max(0.0) as u64;
    let (name, key) = match name.split_once('(') {
        Some((name, key)) => (name, key.trim_end_matches(')').trim_matches('"')),
        None => (name, ""),
    };
    match (name, key.is_empty()) {
        ("rejected", true) => summary.tally.rejected = count,
        ("set_aside", true) => summary.tally.set_aside = count,
        ("duplicates", true) => summary.tally.duplicate = count,
        ("accepted", true) => summary.tally.accepted = count,
        ("persons", true) => summary.persons = Some(count),
        ("without_number", true) => summary.without_number = count,
        ("open", true) => summary.open = count,
        ("ended", true) => summary.ended = count,
        ("women", true) => summary.women = count,
        ("children", true) => summary.children = count,
        ("median_stay", true) => summary.median_stay = Some(value),
        ("median_age", true) => summary.median_age = Some(value),
        ("category", false) => drop(summary.categories.insert(key.to_owned(), count)),
        ("product", false) => drop(summary.products.insert(key.to_owned(), count)),
        ("month", false) => drop(summary.months.insert(key.to_owned(), count)),
        _ => return false,
    }
    true
}

/// Deliveries as a whole have no fields.
struct NoFields;

impl FieldNames for NoFields {
    fn own(&self, _: &str) -> Own {
        Own::Unknown
    }

    fn all(&self) -> Vec<String> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(accepted: u64, category: u64) -> Summary {
        let mut summary = Summary {
            layout: Some("monitor-dakloosheid/2025".into()),
            ..Summary::default()
        };
        assert!(set_measure(&mut summary, "accepted", accepted as f64));
        assert!(set_measure(&mut summary, "category(2)", category as f64));
        summary
    }

    fn message(findings: &[Finding], code: &str) -> Text {
        let finding = findings.iter().find(|finding| finding.code == *code);
        finding
            .map(|finding| Text::clone(&finding.message))
            .unwrap_or_default()
    }

    #[test]
    fn a_share_is_told_beside_a_share() {
        let book = RuleBook::shipped();
        let of = |rejected: u64| {
            let mut of = summary(400 - rejected, 80);
            assert!(set_measure(&mut of, "rejected", rejected as f64));
            of
        };
        let found = book.against_previous(&of(200), &of(4));
        let rejected = message(&found, "VGL10");
        assert_eq!(
            rejected.nl,
            "50 procent van de rijen is afgekeurd. Vorige levering: 1 procent."
        );
        assert!(rejected.en.ends_with("Previous delivery: 1 per cent."));
    }

    #[test]
    fn a_finding_says_what_is_what_was_and_what_is_usual() {
        let book = RuleBook::shipped();
        let found = book.against_previous(&summary(150, 20), &summary(400, 80));
        let rows = message(&found, "VGL01");
        assert!(rows.nl.contains("150"), "{}", rows.nl);
        // 400 / 1.5 and 1.5 × 400; by chance less.
        assert!(
            rows.nl
                .ends_with("Vorige levering: 400; gewoon is 267 tot en met 600."),
            "{}",
            rows.nl
        );
        let category = message(&found, "VGL02");
        assert!(
            category
                .en
                .contains("now 20, previous delivery 80, usual is 42 to 130"),
            "{}",
            category.en
        );
        // Where numbers are further apart than one, nothing is usual.
        let found = book.against_previous(&summary(150, 20), &summary(u64::MAX, 80));
        let rows = message(&found, "VGL01").en;
        assert!(rows.contains("150") && !rows.contains("usual"), "{rows}");
        // What is said to be usual is not found, and one more is.
        for (count, is_found) in [(42, false), (41, true), (130, false), (131, true)] {
            let found = book.against_previous(&summary(400, count), &summary(400, 80));
            let told = message(&found, "VGL02").nl;
            assert_eq!(!told.is_empty(), is_found, "{count}: {told}");
        }
    }
}
