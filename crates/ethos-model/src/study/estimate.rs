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
    /// How the interval is made.
    pub interval: Option<Interval>,
    /// Whether the model is selected again in every replicate.
    pub reselect: Option<bool>,
    /// Bootstrap replicates.
    pub replicates: Option<u32>,
    /// Confidence level, between 0.5 and 1.
    pub level: Option<f64>,
    /// Seed of the random streams.
    pub seed: Option<u64>,
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
