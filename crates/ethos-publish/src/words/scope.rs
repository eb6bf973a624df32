//! Whom an estimate speaks of, in one sentence.

use ethos_model::category::Language;
use ethos_model::study::Scope;

/// `Mensen van 18 t/m 64 jaar die in een Nederlandse gemeente zijn ingeschreven, in de
/// categorieën 1, 2, 3, 5 en 6 of met onbekende situatie.`
pub fn sentence(scope: &Scope, language: Language) -> String {
    let ages = match (scope.ages.first(), scope.ages.last()) {
        (0, None) => language
            .pick("van alle leeftijden", "of all ages")
            .to_owned(),
        (first, None) => match language {
            Language::Nl => format!("van {first} jaar of ouder"),
            Language::En => format!("aged {first} and over"),
        },
        (first, Some(last)) => match language {
            Language::Nl => format!("van {first} t/m {last} jaar"),
            Language::En => format!("aged {first} to {last}"),
        },
    };
    let registered = match (scope.registered, language) {
        (true, Language::Nl) => " die in een Nederlandse gemeente zijn ingeschreven",
        (true, Language::En) => " registered in a Dutch municipality",
        (false, Language::Nl) => ", ook wie nergens is ingeschreven",
        (false, Language::En) => ", those registered nowhere included",
    };
    let mut numbers: Vec<u8> = scope.categories.clone();
    numbers.sort_unstable();
    numbers.dedup();
    let categories = listed(
        &numbers.iter().map(ToString::to_string).collect::<Vec<_>>(),
        language.pick("en", "and"),
    );
    // Stays longer than a lifetime: every stay counts.
    let short = if !numbers.contains(&3) || scope.short_stay_days > 36_500 {
        String::new()
    } else {
        match language {
            Language::Nl => format!(
                " (in tijdelijke opvang, 3, alleen verblijven van hoogstens {} dagen)",
                scope.short_stay_days
            ),
            Language::En => format!(
                " (in temporary shelter, 3, only stays of at most {} days)",
                scope.short_stay_days
            ),
        }
    };
    match language {
        Language::Nl => format!(
            "Mensen {ages}{registered}, in de categorieën {categories}{short}, of dakloos in een onbekende situatie."
        ),
        Language::En => format!(
            "People {ages}{registered}, in categories {categories}{short}, or homeless in an unknown situation."
        ),
    }
}

/// `a, b and c`.
pub fn listed(items: &[String], and: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} {and} {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_scope_reads() {
        assert_eq!(
            sentence(&Scope::default(), Language::Nl),
            "Mensen van 18 t/m 64 jaar die in een Nederlandse gemeente zijn ingeschreven, \
             in de categorieën 1, 2, 3, 5 en 6 (in tijdelijke opvang, 3, alleen verblijven van hoogstens \
             92 dagen), of dakloos in een onbekende situatie."
        );
        let wide = Scope {
            ages: "0-119".parse().unwrap(),
            registered: false,
            categories: vec![2, 1],
            short_stay_days: 30,
        };
        assert_eq!(
            sentence(&wide, Language::En),
            "People aged 0 to 119, those registered nowhere included, in categories 1 and 2, \
             or homeless in an unknown situation."
        );
    }
}
