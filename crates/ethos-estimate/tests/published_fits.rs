//! Fits against closed forms and values published or computed independently.

mod common;
use common::*;
use ethos_estimate::Criterion::{Aic, Aicc, Bic};
use ethos_estimate::{
    Criterion, EstimateSettings, FittedCoefficient, Search, estimate, fit, hierarchical_models,
};

#[test]
fn closed_forms() {
    // Lincoln-Petersen.
    let two = table("10:60 01:40 11:20");
    close(
        fitted(&two, "[1,2]").unseen_total(),
        120.0,
        1e-12,
        "two lists",
    );
    // Bishop, Fienberg & Holland 1975, ch. 6, on the hepatitis A table.
    let t = table(HAV);
    let (y001, y010, y011, y100, y101, y110, y111) = (63.0, 55.0, 18.0, 69.0, 17.0, 21.0, 28.0);
    let n0 = |m| fitted(&t, m).unseen_total();
    close(
        n0("[12,13,23]"),
        y111 * y100 * y010 * y001 / (y110 * y101 * y011),
        1e-10,
        "saturated",
    );
    close(
        n0("[12,23]"),
        y100 * y001 / y101,
        1e-10,
        "one pair independent",
    );
    close(
        n0("[12,3]"),
        y001 * (y100 + y010 + y110) / (y101 + y011 + y111),
        1e-10,
        "one list independent",
    );
    // Independence: the larger root of (s1 - n) N^2 - s2 N + s3 = 0.
    let (a, b, c) = (
        y100 + y101 + y110 + y111,
        y010 + y011 + y110 + y111,
        y001 + y011 + y101 + y111,
    );
    let (s1, s2, s3) = (a + b + c, a * b + a * c + b * c, a * b * c);
    let n = 271.0;
    let root = (s2 + (s2 * s2 - 4.0 * (s1 - n) * s3).sqrt()) / (2.0 * (s1 - n));
    close(n + n0("[1,2,3]"), root, 1e-11, "independence");
}

/// Dataset, counts 001 010 011 100 101 110 111, and rows: model, parameters, deviance, df, AIC, BIC, n000, N, se log n000.
/// Source: `budapest_1996*` of <https://github.com/daroczig/david-snijders-2000>, fits recomputed with statsmodels.
#[test]
fn budapest() {
    let t96 = table("001:108 010:436 011:32 100:1758 101:25 110:238 111:9");
    let t9698 = table("001:1018 010:1194 011:372 100:1581 101:262 110:115 111:72");
    let rows = [
        (
            &t96, "[1,2,3]", 4, "37.3165", 3, "90.801", "114.263", "3423.37", "6029.37", "0.07391",
        ),
        (
            &t96, "[12,3]", 5, "36.1258", 2, "91.61", "120.938", "3979.64", "6585.64", "0.15755",
        ),
        (
            &t96, "[13,2]", 5, "16.5854", 2, "72.069", "101.397", "2955.11", "5561.11", "0.08004",
        ),
        (
            &t96, "[23,1]", 5, "17.0994", 2, "72.583", "101.911", "3722.82", "6328.82", "0.07734",
        ),
        (
            &t96, "[12,13]", 6, "5.215", 1, "62.699", "97.892", "1471.5", "4077.5", "0.20689",
        ),
        (
            &t96, "[12,23]", 6, "3.2748", 1, "60.759", "95.952", "7594.56", "10200.56", "0.22322",
        ),
        (
            &t96, "[13,23]", 6, "0.1943", 1, "57.678", "92.872", "3220.54", "5826.54", "0.08405",
        ),
        (
            &t96,
            "[12,13,23]",
            7,
            "0.0",
            0,
            "59.484",
            "100.543",
            "3912.95",
            "6518.95",
            "0.44574",
        ),
        (
            &t9698, "[1,2,3]", 4, "242.3359", 3, "305.092", "330.839", "6028.82", "10642.82",
            "0.04403",
        ),
        (
            &t9698, "[12,3]", 5, "88.5795", 2, "153.335", "185.519", "4167.17", "8781.17",
            "0.05239",
        ),
        (
            &t9698, "[13,2]", 5, "242.1582", 2, "306.914", "339.098", "6110.97", "10724.97",
            "0.05455",
        ),
        (
            &t9698, "[23,1]", 5, "73.3663", 2, "138.122", "170.306", "9098.67", "13712.67",
            "0.05698",
        ),
        (
            &t9698, "[12,13]", 6, "58.9289", 1, "125.685", "164.306", "3267.45", "7881.45",
            "0.06714",
        ),
        (
            &t9698, "[12,23]", 6, "17.7424", 1, "84.498", "123.119", "6142.97", "10756.97",
            "0.0737",
        ),
        (
            &t9698, "[13,23]", 6, "3.9311", 1, "70.687", "109.308", "16414.9", "21028.9", "0.10083",
        ),
        (
            &t9698,
            "[12,13,23]",
            7,
            "0.0",
            0,
            "68.756",
            "113.814",
            "12344.53",
            "16958.53",
            "0.1776",
        ),
    ];
    for (t, m, k, deviance, df, aic, bic, n0, n, se) in rows {
        let f = fitted(t, m);
        assert_eq!((f.parameters, f.df), (k, df), "{m}");
        digits(f.deviance, deviance, m);
        digits(f.criterion(Criterion::Aic), aic, m);
        digits(f.criterion(Criterion::Bic), bic, m);
        digits(f.unseen_total(), n0, m);
        digits(f.population(), n, m);
        digits(f.se_log(&[0]).unwrap(), se, m);
    }
    // The published interval of the unseen, 1,605 to 9,545, is exp(log n0 ± 2 se) from rounded numbers.
    let mut s = EstimateSettings::for_model("[12,13,23]");
    s.interval = Some(ethos_estimate::IntervalMethod::Delta);
    let u = estimate(&t96, &s, None).unwrap().unobserved;
    let (n0, se) = (u.estimate.unwrap(), u.se_log.unwrap());
    digits((n0.ln() - 2.0 * se).exp(), "1604.5", "lower");
    digits((n0.ln() + 2.0 * se).exp(), "9542.7", "upper");
}

/// Values of four-list and five-list registers; starred ones in the literature (Rcapture,
/// `MultipleSystemsEstimation` vignettes, Silverman, Chan & Vincent 2024), the others computed independently.
#[test]
fn register_tables() {
    let kosovo = table(KOSOVO);
    let korea = table(KOREA);
    let hiv = table(HIV);
    let lesbian = table(LESBIAN);
    let hav = table(HAV);
    let diabetes = table(DIABETES);
    let spina = indexed(&SPINA_BIFIDA);
    let congenital = indexed(&CONGENITAL);
    let uk5 = table(UKDAT_5);
    let uk = table(UKDAT);
    let orleans = table(NEW_ORLEANS_5);
    let rows = [
        (
            &korea,
            "[12,23]",
            "157.166667",
            "22.151101",
            "1.9270",
            1,
            "40.2677",
            "57.14081",
        ),
        (
            &korea,
            "[12,3]",
            "268.777778",
            "46.6558",
            "8.5669",
            2,
            "44.9077",
            "58.96860",
        ),
        (
            &korea,
            "[13,23]",
            "123.462963",
            "0.7434",
            "36.6833",
            1,
            "75.0240",
            "91.89711",
        ),
        (
            &korea,
            "[1,2,3]",
            "141.992647",
            "6.2975",
            "138.5548",
            3,
            "",
            "184.14431",
        ),
        (
            &kosovo,
            "[123,14,34]",
            "10356.518957",
            "785.902228",
            "9.3227",
            4,
            "132.7467",
            "203.0296",
        ),
        (
            &kosovo,
            "[123,134]",
            "12740.967742",
            "1600.7132",
            "1.0171",
            3,
            "126.4411",
            "203.1134",
        ),
        (
            &kosovo,
            "[134,12,23]",
            "18393.306115",
            "1738.8296",
            "10.2503",
            4,
            "133.6743",
            "203.9573",
        ),
        (
            &kosovo,
            "[1,2,3,4]",
            "7394.586663",
            "129.625974",
            "245.9387",
            10,
            "357.3627",
            "389.3095",
        ),
        (
            &hiv,
            "[12,3,4]",
            "12318.467677",
            "1188.722654",
            "7.6138",
            9,
            "86.6496",
            "119.9346",
        ),
        (
            &hiv,
            "[1,2,3,4]",
            "11124.578469",
            "904.753047",
            "13.0261",
            10,
            "90.0620",
            "117.7995",
        ),
        (
            &lesbian,
            "[12,14,23,24,34]",
            "6349.024216",
            "533.467128",
            "11.9745",
            5,
            "124.3271",
            "181.2208",
        ),
        (
            &lesbian,
            "[124,134,23]",
            "9908.611751",
            "1780.5080",
            "0.3454",
            2,
            "118.6980",
            "192.6599",
        ),
        (
            &hav,
            "[1,2,3]",
            "388.483495",
            "21.553092",
            "24.3568",
            3,
            "69.7479",
            "84.1564",
        ),
        (
            &hav,
            "[12,23]",
            "526.705882",
            "78.021745",
            "13.2026",
            1,
            "62.5937",
            "84.2064",
        ),
        (
            &hav,
            "[12,3]",
            "416.000000",
            "30.9429",
            "21.1443",
            2,
            "68.5353",
            "86.5459",
        ),
        (
            &hav,
            "[12,13,23]",
            "1312.764706",
            "517.9781",
            "0",
            0,
            "51.3911",
            "76.6059",
        ),
        (
            &diabetes,
            "[12,13,23,24,34]",
            "2771.191275",
            "145.089072",
            "7.6170",
            5,
            "112.7793",
            "169.1275",
        ),
        (
            &diabetes,
            "[13,24,34]",
            "2472.246549",
            "53.4570",
            "21.9723",
            7,
            "123.1346",
            "168.2131",
        ),
        (
            &spina,
            "[12,3]",
            "730.928571",
            "16.980229",
            "3.8599",
            2,
            "53.8311",
            "76.0278",
        ),
        (
            &spina,
            "[12,23]",
            "758.321429",
            "25.5216",
            "0.0033",
            1,
            "51.9745",
            "78.6106",
        ),
        (
            &congenital,
            "[12,13,45]",
            "620.470362",
            "14.826306",
            "30.5580",
            22,
            "161.5546",
            "200.1285",
        ),
        (
            &congenital,
            "[125,13,24,45]",
            "680.520782",
            "34.1069",
            "18.3316",
            18,
            "157.3281",
            "213.0461",
        ),
        (
            &uk5,
            "[123,25,34]",
            "25311.290613",
            "3638.301115",
            "13.6258",
            19,
            "124.8730",
            "195.8791",
        ),
        (
            &uk5,
            "[12,13,23,25,34]",
            "22991.331314",
            "3021.5884",
            "22.2036",
            20,
            "131.4509",
            "196.5398",
        ),
        (
            &uk,
            "[12,13,25,35,36,45]",
            "12349.5870",
            "",
            "",
            50,
            "",
            "244.119346",
        ),
        (
            &orleans,
            "[1,2,3,4,5]",
            "981.431367",
            "232.4881",
            "",
            25,
            "",
            "96.270262",
        ),
    ];
    for (t, m, n, se, deviance, df, aic, bic) in rows {
        let f = fitted(t, m);
        assert_eq!(f.df, df, "{m}");
        let checks = [
            (f.population(), n),
            (f.se(), se),
            (f.deviance, deviance),
            (f.criterion(Criterion::Aic), aic),
            (f.criterion(Criterion::Bic), bic),
        ];
        for (got, want) in checks {
            if !want.is_empty() {
                digits(got, want, m);
            }
        }
    }
}

/// Rcapture 1.4-4, `closedp.t`, model Mt on Kosovo at full precision. It stops at a relative change
/// of the deviance of 1e-8, so its estimate carries that many digits.
#[test]
fn rcapture_mt_kosovo() {
    let f = fitted(&table(KOSOVO), "[1,2,3,4]");
    close(f.population(), 7_394.586_662_300_237, 1e-9, "N");
    close(f.deviance, 245.938_736_426_072_84, 1e-11, "deviance");
    close(
        f.criterion(Criterion::Aic),
        357.362_741_143_606_1,
        1e-11,
        "AIC",
    );
    close(
        f.criterion(Criterion::Bic),
        389.309_540_243_137_86,
        1e-11,
        "BIC",
    );
}

/// The heterogeneous population of 20,000 in which every log-linear model falls short.
#[test]
fn deterministic_heterogeneity() {
    let t = table(HET1);
    for (m, n) in [
        ("[1,2,3]", "15194.817270"),
        ("[12,3]", "15240.712661"),
        ("[13,2]", "15301.576422"),
        ("[12,13]", "15517.578125"),
        ("[23,1]", "15365.779927"),
        ("[12,23]", "15593.264249"),
        ("[13,23]", "15633.518776"),
        ("[12,13,23]", "17161.303885"),
    ] {
        digits(fitted(&t, m).population(), n, m);
    }
    assert!(fitted(&t, "[12,13,23]").deviance.abs() < 1e-9);
}

/// Three lists and one covariate; values computed with an independent implementation.
#[test]
fn one_covariate() {
    let t = cov1();
    for (m, deviance, df, n00, n01, n, se) in [
        (
            "A+B+C+X",
            "66.687742",
            9,
            "1988.764903",
            "1084.140867",
            "4818.905770",
            "242.249188",
        ),
        (
            "X*(A+B+C)",
            "19.534677",
            6,
            "1667.732452",
            "1524.050533",
            "4937.782985",
            "271.331034",
        ),
        (
            "X*(A+B+C) + A:B",
            "3.093927",
            5,
            "2224.906192",
            "1940.871270",
            "5911.777462",
            "457.665854",
        ),
        (
            "X*(A+B+C) + A*B*X",
            "3.011543",
            4,
            "2194.444444",
            "2000.000000",
            "5940.444444",
            "475.807018",
        ),
        (
            "X*(A+B+C) + (A+B+C)^2",
            "0.104241",
            3,
            "3652.931238",
            "3168.950651",
            "8567.881889",
            "2206.368491",
        ),
    ] {
        let f = fitted(&t, m);
        assert_eq!(f.df, df, "{m}");
        digits(f.deviance, deviance, m);
        digits(f.unseen[0], n00, m);
        digits(f.unseen[1], n01, m);
        digits(f.population(), n, m);
        digits(f.se(), se, m);
    }
}

/// The global optimum of each search, as published or enumerated.
#[test]
fn best_models() {
    let search = |t: &ethos_estimate::CaptureTable, criterion, max_order| {
        let s = EstimateSettings {
            search: Some(Search::Exact),
            criterion: Some(criterion),
            max_order,
            interval: Some(ethos_estimate::IntervalMethod::Delta),
            ..EstimateSettings::default()
        };
        estimate(t, &s, None).unwrap().model.unwrap().notation
    };
    assert_eq!(search(&table(KOSOVO), Bic, None), "[123,14,34]");
    assert_eq!(search(&table(KOSOVO), Aic, None), "[123,134]");
    assert_eq!(search(&table(HIV), Bic, None), "[1,2,3,4]");
    assert_eq!(search(&table(LESBIAN), Bic, None), "[12,14,23,24,34]");
    assert_eq!(search(&table(LESBIAN), Aic, None), "[124,134,23]");
    assert_eq!(search(&table(DIABETES), Aic, None), "[12,13,23,24,34]");
    assert_eq!(search(&table(DIABETES), Bic, None), "[13,24,34]");
    assert_eq!(search(&table(KOREA), Bic, None), "[12,23]");
    assert_eq!(search(&indexed(&CONGENITAL), Bic, None), "[12,13,45]");
    assert_eq!(
        search(&indexed(&CONGENITAL), Aic, Some(3)),
        "[125,13,24,45]"
    );
    assert_eq!(search(&table(UKDAT_5), Bic, None), "[123,25,34]");
    assert_eq!(search(&table(UKDAT_5), Bic, Some(2)), "[12,13,23,25,34]");
    assert_eq!(search(&table(UKDAT_5), Aic, None), "[124,234,15,25,35,45]");
    assert_eq!(search(&table(NEW_ORLEANS_5), Bic, None), "[1,2,3,4,5]");
}

/// The best model of the United Kingdom by AIC has a fifth of the persons of the best by BIC.
#[test]
fn best_by_another_criterion() {
    let f = fitted(&table(UKDAT_5), "[124,234,15,25,35,45]");
    digits(f.criterion(Aic), "123.613464", "AIC");
    digits(f.population(), "5551.768742", "N");
}

/// New Orleans as `SparseMSE` 2.0.1 ships it: one person on the third and the fourth list where the
/// publication and `MultipleSystemsEstimation` have two. The same model is 53 persons away, and the count of parameters
/// decides which is best: terms at −∞ count here, as in Chan, Silverman & Vincent (2021).
#[test]
fn new_orleans_in_two_versions() {
    let t = table(&NEW_ORLEANS_5.replace("00110:2", "00110:1"));
    assert_eq!(t.observed(), 185.0);
    let settings = EstimateSettings {
        search: Some(Search::All),
        interval: Some(ethos_estimate::IntervalMethod::Delta),
        ..EstimateSettings::default()
    };
    let all = estimate(&t, &settings, None).unwrap();
    assert_eq!(all.model.unwrap().notation, "[1,2,3,4,5]");
    digits(all.population.estimate.unwrap(), "1034.151065", "N");
    // Terms at −∞ left out of the count of parameters.
    let best = hierarchical_models(5, 2)
        .iter()
        .filter_map(|m| fit(&t, m).ok().map(|f| (m.notation(t.lists(), &[]), f)))
        .map(|(name, f)| {
            let infinite = |c: &&FittedCoefficient| c.estimate == Some(f64::NEG_INFINITY);
            let away = f.coefficients.iter().filter(infinite).count() as f64;
            (f.criterion(Bic) - away * 185_f64.ln(), name, f.population())
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .unwrap();
    assert_eq!(best.1, "[15,35,45,2]");
    digits(best.2, "829.4", "N");
}

/// Averages over all hierarchical models with an estimate: arithmetic mean, Burnham-Anderson
/// standard error, top weight and log-scale mean; computed independently.
#[test]
fn model_averages() {
    let average = |t: &ethos_estimate::CaptureTable, criterion| {
        let s = EstimateSettings {
            criterion: Some(criterion),
            interval: Some(ethos_estimate::IntervalMethod::Delta),
            ..EstimateSettings::default()
        };
        estimate(t, &s, None).unwrap().average.unwrap()
    };
    let spina = indexed(&SPINA_BIFIDA);
    for (t, c, mean, se, top, log) in [
        (
            &table(KOSOVO),
            Aic,
            "14015.528319",
            "3335.928007",
            "0.449255",
            "13582.268350",
        ),
        (
            &table(KOSOVO),
            Aicc,
            "14006.922410",
            "3326.566965",
            "0.451300",
            "13575.179999",
        ),
        (
            &table(KOSOVO),
            Bic,
            "13183.733235",
            "3133.616717",
            "0.371110",
            "12673.440880",
        ),
        (
            &table(KOREA),
            Aic,
            "167.153767",
            "32.130164",
            "0.910519",
            "161.903053",
        ),
        (
            &table(KOREA),
            Bic,
            "189.110192",
            "54.170378",
            "0.713796",
            "174.753100",
        ),
        (
            &spina,
            Aic,
            "741.034378",
            "38.834699",
            "0.403042",
            "738.870833",
        ),
        (
            &table(HAV),
            Bic,
            "1262.315571",
            "537.745147",
            "0.941780",
            "1206.747773",
        ),
        (
            &table(DIABETES),
            Aic,
            "2972.665813",
            "491.129361",
            "0.137849",
            "2886.610013",
        ),
        (
            &table(DIABETES),
            Bic,
            "2581.278136",
            "136.371400",
            "0.338577",
            "2569.346376",
        ),
    ] {
        let a = average(t, c);
        digits(a.arithmetic.unwrap(), mean, "arithmetic");
        digits(a.se.unwrap(), se, "se");
        digits(a.top_weight.unwrap(), top, "weight");
        digits(a.estimate.unwrap(), log, "log scale");
    }
}
