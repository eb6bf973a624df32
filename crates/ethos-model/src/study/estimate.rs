//! The `[estimate]` section: how the people no list saw are estimated.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The estimate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EstimateSection {
    /// A house method whole; single settings below override it and are listed as departures.
    #[serde(default)]
    pub preset: Preset,
    /// Lists that enter the capture table; all of the study's lists when empty.
    #[serde(default)]
    pub lists: Vec<String>,
    /// A fixed model in place of a search: a formula, or generators such as `[12,13]`.
    pub model: Option<String>,
    /// How the model is searched.
    pub search: Option<Search>,
    /// What the search minimises.
    pub criterion: Option<Criterion>,
    /// Highest order of interaction between lists.
    pub max_order: Option<u8>,
    /// Largest p-value with which a pair of lists enters a forward search; 0.02 if absent.
    pub p_value: Option<f64>,
    /// Odds ratios between lists that are known or supposed: every fit holds them and estimates no
    /// such term.
    #[serde(default)]
    pub odds_ratio: Vec<HeldOddsRatio>,
    /// How the interval is made.
    pub interval: Option<Interval>,
    /// Whether the model is selected again in every replicate.
    pub reselect: Option<bool>,
    /// Bootstrap replicates.
    pub replicates: Option<u32>,
    /// Seconds after which each date is answered from the replicates drawn by then. Such an answer is
    /// not the same in every run, and says so.
    pub max_seconds: Option<f64>,
    /// Confidence level, between 0.5 and 1.
    pub level: Option<f64>,
    /// Seed of the random streams.
    pub seed: Option<u64>,
    /// Where a list cannot see some ages (`coverage` of its sources): whether these people are
    /// estimated from the lists that can see them alone, instead of lending them the dependence
    /// seen where the list looks.
    #[serde(default)]
    pub no_borrow: bool,
    /// Whether the panel is made: what other assumptions do to the number. It stands under
    /// `internal/`, in the estimate of each date.
    #[serde(default)]
    pub panel: bool,
    /// Odds ratios between lists that are possible though the model leaves them out: the headline
    /// gives the range of the estimate over them. Makes the panel too.
    #[serde(default)]
    pub dependence: Vec<Dependence>,
}

/// An odds ratio between lists that is known or supposed rather than estimated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HeldOddsRatio {
    /// The lists: two or more.
    pub lists: Vec<String>,
    /// The odds ratio; 1 is independence.
    pub value: f64,
}

impl HeldOddsRatio {
    /// Whether it names two lists or more, each once, and an odds ratio that can be held.
    fn check(&self) -> Result<(), String> {
        two_or_more(&self.lists, "estimate.odds_ratio")?;
        // The bounds of the estimator: beyond them a list would all but determine another.
        let possible = (-20_f64).exp()..=20_f64.exp();
        if !possible.contains(&self.value) {
            return Err(format!(
                "`value` of `estimate.odds_ratio` must be a positive number between e^-20 and e^20, as in `1.5`; it is {}",
                self.value
            ));
        }
        Ok(())
    }
}

/// Refuses fewer than two lists, or one twice.
fn two_or_more(lists: &[String], what: &str) -> Result<(), String> {
    let mut names: Vec<&str> = lists.iter().map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    if names.len() < 2 || names.len() < lists.len() {
        return Err(format!(
            "`{what}` must name two lists or more, each once; it has `{}`",
            lists.join("`, `")
        ));
    }
    Ok(())
}

impl EstimateSection {
    /// Whether its settings go together, with `covariates` or without.
    pub(super) fn check(&self, covariates: bool) -> Result<(), String> {
        let bad = |text: &str| Err(text.to_owned());
        if self.level.is_some_and(|level| !(0.5..1.0).contains(&level)) {
            return bad("`level` must lie between 0.5 and 1");
        }
        if self.model.is_some() && self.search.is_some() {
            return bad("`model` fixes the model and `search` looks for one; keep one of them");
        }
        let forward = self.search == Some(Search::Forward);
        if forward && covariates {
            return bad(
                "`search = \"forward\"` is for tables without covariates; leave [strata] out, or ask for `stepwise`",
            );
        }
        if forward && (self.criterion.is_some() || self.max_order.is_some()) {
            return bad(
                "`search = \"forward\"` goes by p-values over pairs; `criterion` and `max_order` belong to other searches",
            );
        }
        if let Some(p) = self.p_value {
            if !forward {
                return bad("`p_value` belongs to `search = \"forward\"`");
            }
            if !(p > 0.0 && p < 1.0) {
                return Err(format!("`p_value` must lie between 0 and 1; it is {p}"));
            }
        }
        if let Some(seconds) = self.max_seconds
            && !(seconds.is_finite() && seconds > 0.0)
        {
            return Err(format!(
                "`max_seconds` must be a number of seconds above 0; it is {seconds}"
            ));
        }
        for (at, held) in self.odds_ratio.iter().enumerate() {
            held.check()?;
            let same = |other: &HeldOddsRatio| {
                other.lists.len() == held.lists.len()
                    && other.lists.iter().all(|name| held.lists.contains(name))
            };
            if self.odds_ratio[..at].iter().any(same) {
                return Err(format!(
                    "`estimate.odds_ratio` holds `{}` at two values",
                    held.lists.join(":")
                ));
            }
        }
        self.dependence.iter().try_for_each(Dependence::check)
    }
}

/// Odds ratios between lists that are declared possible.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dependence {
    /// The lists: two or more.
    pub lists: Vec<String>,
    /// The smallest and the largest odds ratio; 1 is independence.
    pub odds_ratios: [f64; 2],
}

impl Dependence {
    /// Whether it names two lists or more, each once, and a rising range of odds ratios.
    fn check(&self) -> Result<(), String> {
        two_or_more(&self.lists, "estimate.dependence")?;
        let [lower, upper] = self.odds_ratios;
        let possible = 0.001..=1000.0;
        if !(possible.contains(&lower) && possible.contains(&upper) && lower <= upper) {
            return Err(format!(
                "`odds_ratios` of `estimate.dependence` must rise within 0.001 to 1000, as in `[0.5, 2.0]`; they are {lower} and {upper}"
            ));
        }
        Ok(())
    }
}

/// A house method.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// Fixed covariate skeleton, exact search over list interactions in every replicate, BIC,
    /// percentile interval of the semiparametric bootstrap.
    #[default]
    Honest,
    /// Stepwise search and parametric bootstrap, after what Statistics Netherlands has
    /// published of its method; "like" because its own settings are not public.
    CbsLike,
}

macro_rules! keyed {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $key:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "lowercase")]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            /// The word used in the study file and on the command line.
            pub fn key(self) -> &'static str {
                match self { $(Self::$variant => $key,)+ }
            }
        }
    };
}

keyed! {
    /// How the model is searched.
    Search {
        /// Every hierarchical model over the list interactions.
        Exact = "exact";
        /// Forward and backward steps over list and covariate terms.
        Stepwise = "stepwise";
        /// Pairs of lists enter by the p-value of their overlap; without covariates
        /// (Chan, Silverman & Vincent 2021).
        Forward = "forward";
    }
}

keyed! {
    /// What a search minimises.
    Criterion {
        /// Akaike (1974).
        Aic = "aic";
        /// Akaike with the small-sample correction of Hurvich and Tsai (1989).
        Aicc = "aicc";
        /// Schwarz (1978), with n the persons observed.
        Bic = "bic";
    }
}

keyed! {
    /// How the interval is made.
    Interval {
        /// Log-normal from the delta method.
        Delta = "delta";
        /// Profile likelihood (Cormack 1992).
        Profile = "profile";
        /// Parametric bootstrap.
        Parametric = "parametric";
        /// Semiparametric bootstrap.
        Semiparametric = "semiparametric";
        /// Non-parametric bootstrap.
        Nonparametric = "nonparametric";
    }
}
