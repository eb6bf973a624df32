//! One list with repeated contacts against singleRcapture 0.2.3 (R 4.2.2) on the Dutch irregular
//! migrants of 1995: every figure of the families that exist here.
#![allow(clippy::excessive_precision)] // as the peer printed them

mod common;

use common::{close, migrants};
use ethos_estimate::{
    Family, RepeatedEstimate, RepeatedSettings, Status, estimate_repeated, lognormal_interval,
};

/// What `estimatePopsize(…, method = "IRLS")` returned.
struct Peer {
    family: Family,
    formula: &'static str,
    estimate: f64,
    variance: f64,
    normal: (f64, f64),
    lognormal: (f64, f64),
    log_likelihood: f64,
    aic: f64,
    bic: f64,
    /// Estimate and standard error, in order.
    coefficients: &'static [(f64, f64)],
}

const PEERS: [Peer; 10] = [
    Peer {
        family: Family::ZtPoisson,
        formula: "1",
        estimate: 7_079.928_149_532_837,
        variance: 133_774.099_991_253_78,
        normal: (6_363.068_542_362_911, 7_796.787_756_702_763),
        lognormal: (6_411.057_440_011_548, 7_847.536_964_226_849),
        log_likelihood: -901.951_907_055_550_4,
        aic: 1_805.903_814_111_100_7,
        bic: 1_811.442_841_166_924_6,
        coefficients: &[(-1.175_647_930_735_508_3, 0.055_914_716_381_208_49)],
    },
    Peer {
        family: Family::ZtPoisson,
        formula: "sex + age + nation",
        estimate: 12_690.353_652_567_715,
        variance: 7_885_812.212_744_094,
        normal: (7_186.443_871_059_369_5, 18_194.263_434_076_063),
        lognormal: (8_431.275_183_678_004, 19_718.320_451_679_567),
        log_likelihood: -848.450_400_952_786_4,
        aic: 1_712.900_801_905_572_7,
        bic: 1_757.213_018_352_164_7,
        coefficients: &[
            (-1.341_066_127_560_523_8, 0.214_887_015_826_703_86),
            (0.397_179_258_669_493_6, 0.163_015_533_504_606_7),
            (-0.974_605_806_809_722_3, 0.408_242_033_300_912_13),
            (-1.092_599_016_841_312_4, 0.301_625_945_953_706_6),
            (0.189_998_028_285_597_1, 0.194_000_700_166_903_9),
            (-0.910_636_098_095_576_8, 0.300_809_207_258_844_3),
            (-2.336_396_213_541_769_3, 1.013_564_546_712_248_7),
            (-1.675_391_695_746_745, 0.602_774_364_500_062_4),
        ],
    },
    Peer {
        family: Family::ZtPoisson,
        formula: "sex + age + nation + reason",
        estimate: 12_691.451_689_409_238,
        variance: 7_893_334.410_191_197,
        normal: (7_184.917_471_344_537, 18_197.985_907_473_936),
        lognormal: (8_430.748_796_555_825, 19_723.378_102_650_735),
        log_likelihood: -848.448_118_037_701,
        aic: 1_714.896_236_075_402,
        bic: 1_764.747_479_577_817_8,
        coefficients: &[
            (-1.331_786_210_991_016_1, 0.254_855_690_729_300_64),
            (0.397_406_300_493_098_44, 0.163_048_884_689_771_97),
            (-0.974_631_874_353_720_3, 0.408_241_724_801_721_5),
            (-1.092_405_032_941_186, 0.301_636_855_453_584_04),
            (0.189_967_657_427_233_68, 0.193_998_790_337_160_5),
            (-0.911_294_208_013_766_7, 0.300_966_354_780_673_7),
            (-2.336_651_574_164_466_4, 1.013_570_806_568_677),
            (-1.674_529_121_273_373_7, 0.602_908_937_500_179_5),
            (-0.010_930_698_211_035_301, 0.161_529_557_306_944_54),
        ],
    },
    Peer {
        family: Family::Zelterman,
        formula: "1",
        estimate: 9_424.555_193_858_565,
        variance: 467_815.788_689_425_56,
        normal: (8_083.997_441_308_914, 10_765.112_946_408_217),
        lognormal: (8_198.640_984_658_052, 10_888.315_745_645_838),
        log_likelihood: -594.690_998_748_654_2,
        aic: 1_191.381_997_497_308_5,
        bic: 1_196.921_024_553_132_4,
        coefficients: &[(-2.196_009_510_358_067_5, 0.077_925_500_382_605)],
    },
    Peer {
        family: Family::Zelterman,
        formula: "sex + age + nation",
        estimate: 16_129.387_021_576_433,
        variance: 9_865_291.322_877_092,
        normal: (9_973.324_126_268_799, 22_285.449_916_884_067),
        lognormal: (11_178.050_821_089_46, 23_717.375_854_101_85),
        log_likelihood: -557.874_089_017_410_7,
        aic: 1_131.748_178_034_821_4,
        bic: 1_176.060_394_481_413_4,
        coefficients: &[
            (-2.764_845_724_583_249_6, 0.333_900_491_208_072_4),
            (0.530_798_252_977_615_7, 0.231_953_413_619_457_45),
            (-0.566_420_376_287_812, 0.433_782_555_495_576_5),
            (-1.056_931_618_420_117_6, 0.447_667_986_474_715_5),
            (0.582_930_146_512_011, 0.306_597_010_177_163_4),
            (-0.649_750_995_189_172_8, 0.424_486_488_726_570_85),
            (-1.712_942_599_926_798, 1.049_401_444_401_560_2),
            (-1.043_713_934_836_832_3, 0.656_526_250_864_506_7),
        ],
    },
    Peer {
        family: Family::Zelterman,
        formula: "sex + age + nation + reason",
        estimate: 16_188.300_499_869_51,
        variance: 10_024_148.321_913_246,
        normal: (9_982.871_184_249_21, 22_393.729_815_489_81),
        lognormal: (11_201.447_435_238_237, 23_843.055_053_084_005),
        log_likelihood: -557.514_348_097_639,
        aic: 1_133.028_696_195_278,
        bic: 1_182.879_939_697_693_8,
        coefficients: &[
            (-2.603_106_129_268_262, 0.382_103_036_580_521_75),
            (0.534_686_562_180_168_7, 0.232_015_370_225_869_85),
            (-0.566_888_279_685_609_7, 0.433_837_231_013_219),
            (-1.056_324_897_437_543_7, 0.447_647_583_089_464_9),
            (0.579_354_316_780_212, 0.306_655_123_196_651_7),
            (-0.664_307_942_635_880_6, 0.424_919_665_166_185_96),
            (-1.720_082_938_324_032_8, 1.049_546_474_178_514),
            (-1.030_106_950_704_146_5, 0.656_730_349_197_401_7),
            (-0.189_301_062_134_678_48, 0.219_774_136_512_550_12),
        ],
    },
    Peer {
        family: Family::Chao,
        formula: "1",
        estimate: 9_273.510_928_961_88,
        variance: 439_039.843_944_062_8,
        normal: (7_974.837_189_658_935, 10_572.184_668_264_823),
        lognormal: (8_084.677_216_638_068, 10_690.128_544_655_834),
        log_likelihood: -594.690_998_748_654_2,
        aic: 1_191.381_997_497_308_5,
        bic: 1_196.921_024_553_132_4,
        coefficients: &[(-2.196_009_510_358_067_5, 0.077_925_500_382_605)],
    },
    Peer {
        family: Family::Chao,
        formula: "sex + age + nation",
        estimate: 15_983.829_355_603_924,
        variance: 9_773_651.076_891_47,
        normal: (9_856.425_489_388_53, 22_111.233_221_819_32),
        lognormal: (11_061.547_453_651_732, 23_544.975_702_203_697),
        log_likelihood: -557.874_089_017_410_7,
        aic: 1_131.748_178_034_821_4,
        bic: 1_176.060_394_481_413_4,
        coefficients: &[
            (-2.764_845_724_583_249_6, 0.333_900_491_208_072_4),
            (0.530_798_252_977_615_7, 0.231_953_413_619_457_45),
            (-0.566_420_376_287_812, 0.433_782_555_495_576_5),
            (-1.056_931_618_420_117_6, 0.447_667_986_474_715_5),
            (0.582_930_146_512_011, 0.306_597_010_177_163_4),
            (-0.649_750_995_189_172_8, 0.424_486_488_726_570_85),
            (-1.712_942_599_926_798, 1.049_401_444_401_560_2),
            (-1.043_713_934_836_832_3, 0.656_526_250_864_506_7),
        ],
    },
    Peer {
        family: Family::Chao,
        formula: "sex + age + nation + reason",
        estimate: 16_042.196_150_091_166,
        variance: 9_931_206.469_495_967,
        normal: (9_865.601_563_073_185, 22_218.790_737_109_146),
        lognormal: (11_084.590_340_311_512, 23_669.975_694_547_77),
        log_likelihood: -557.514_348_097_639,
        aic: 1_133.028_696_195_278,
        bic: 1_182.879_939_697_693_8,
        coefficients: &[
            (-2.603_106_129_268_262, 0.382_103_036_580_521_75),
            (0.534_686_562_180_168_7, 0.232_015_370_225_869_85),
            (-0.566_888_279_685_609_7, 0.433_837_231_013_219),
            (-1.056_324_897_437_543_7, 0.447_647_583_089_464_9),
            (0.579_354_316_780_212, 0.306_655_123_196_651_7),
            (-0.664_307_942_635_880_6, 0.424_919_665_166_185_96),
            (-1.720_082_938_324_032_8, 1.049_546_474_178_514),
            (-1.030_106_950_704_146_5, 0.656_730_349_197_401_7),
            (-0.189_301_062_134_678_48, 0.219_774_136_512_550_12),
        ],
    },
    Peer {
        family: Family::ZotPoisson,
        formula: "1",
        estimate: 2_455.561_251_466_456_3,
        variance: 24_472.828_847_546_305,
        normal: (2_148.948_524_653_389_5, 2_762.173_978_279_523),
        lognormal: (2_221.070_672_436_643_7, 2_851.267_191_702_532),
        log_likelihood: -165.524_541_074_504_6,
        aic: 333.049_082_149_009_2,
        bic: 338.588_109_204_833_24,
        coefficients: &[(-0.241_121_660_821_263_46, 0.112_650_424_939_814_57)],
    },
];

type Margin = (
    &'static str,
    &'static str,
    u64,
    f64,
    f64,
    (f64, f64),
    (f64, f64),
);

/// What `stratifyPopsize` returned for `ztpoisson`, sex + age + nation: covariate, level, observed,
/// estimate, standard error, normal and log-normal limits.
#[rustfmt::skip]
const STRATA: [Margin; 10] = [
    ("sex", "female", 398, 3_811.092_366_128_830_7, 1_153.974_851_923_545_9, (1_549.343_217_293_739_1, 6_072.841_514_963_922), (2_189.043_861_132_023_3, 6_902.139_710_104_063)),
    ("sex", "male", 1482, 8_879.261_286_438_885, 1_812.081_299_048_658_8, (5_327.647_203_244_959, 12_430.875_369_632_81), (6_090.775_169_424_231, 13_354.888_680_461_172)),
    ("age", "<40", 1769, 10_506.899_361_025_042, 2_017.231_393_875_449_4, (6_553.198_480_545_629_5, 14_460.600_241_504_453), (7_359.413_992_912_259, 15_426.465_321_924_71)),
    ("age", ">40", 111, 2_183.454_291_542_675, 1_132.451_224_682_219_8, (-36.109_323_082_751_87, 4_403.017_906_168_102), (872.012_983_975_722_7, 5_754.881_091_351_615)),
    ("nation", "American and Australia", 173, 708.368_762_309_483_3, 132.818_294_495_240_62, (448.049_688_610_777_2, 968.687_836_008_189_4), (504.608_622_690_533_4, 1_037.331_299_141_969_8)),
    ("nation", "Asia", 284, 2_742.314_693_109_248, 655.092_885_361_565_8, (1_458.356_231_272_152_9, 4_026.273_154_946_343), (1_755.254_815_409_170_3, 4_391.589_703_063_172)),
    ("nation", "North Africa", 1023, 3_055.203_314_156_983_7, 201.238_742_493_788_9, (2_660.782_626_575_027_3, 3_449.624_001_738_94), (2_697.489_959_755_033_4, 3_489.333_277_193_73)),
    ("nation", "Rest of Africa", 243, 2_058.153_290_451_111_4, 493.261_237_480_581_4, (1_091.379_030_019_513_3, 3_024.927_550_882_709_5), (1_318.746_642_624_865_7, 3_305.785_731_588_337_5)),
    ("nation", "Surinam", 64, 2_386.454_394_223_589, 2_380.188_198_446_098, (-2_278.628_751_158_036_3, 7_051.537_539_605_215), (505.245_978_282_557_64, 12_288.008_101_427_888)),
    ("nation", "Turkey", 93, 1_739.859_198_317_300_8, 1_008.179_350_502_786_9, (-236.136_018_625_144_74, 3_715.854_415_259_746), (638.049_735_767_233, 5_068.959_148_507_030_5)),
];
fn answer(family: Family, formula: &str) -> RepeatedEstimate {
    let settings = RepeatedSettings {
        family: Some(family),
        model: Some(formula.into()),
        ..RepeatedSettings::default()
    };
    estimate_repeated(&migrants(), &settings, None).expect("an answer")
}

/// What the peer's variance has more than ours, from the rates that its coefficients give.
///
/// With the rates known, ours is Σ u (1 + u) over the persons counted, u unseen for each, which for
/// Chao without covariates adds up to the published variance of Chao (1987, f2 (r²/2 + r³ + r⁴/4)
/// with r = f1/f2; test below). For Chao and the zero-one-truncated Poisson the peer has
/// Σ (1 − π) (1 + u)² with π the chance to be counted: the persons seen outside the window, who are
/// in the population for certain, are treated as if they too had been weighted up. The two agree
/// where everybody seen is counted.
fn excess(family: Family, formula: &str) -> f64 {
    let table = migrants();
    let a = answer(family, formula);
    let level = |s: usize, name: &str| {
        let f = table.factors().iter().position(|f| f.name == name).unwrap();
        format!(
            "{name}{}",
            table.factors()[f].levels[table.stratum_levels(s)[f]]
        )
    };
    let mut sum = 0.0;
    for s in 0..table.strata() {
        let names = ["sex", "age", "nation", "reason"].map(|n| level(s, n));
        let eta: f64 = a
            .model
            .coefficients
            .iter()
            .filter(|c| c.term == "(Intercept)" || names.contains(&c.term))
            .map(|c| c.estimate.unwrap())
            .sum();
        let row = a.strata.iter().find(|r| {
            r.by.len() == 4 && r.by.iter().all(|(k, v)| names.contains(&format!("{k}{v}")))
        });
        let unseen = row.unwrap().unobserved.unwrap();
        if unseen == 0.0 {
            continue;
        }
        let (lambda, z): (f64, f64) = if family == Family::Chao {
            let l = 2.0 * eta.exp();
            (l, l + l * l / 2.0)
        } else {
            let l = eta.exp();
            (l, l.exp() - 1.0 - l)
        };
        let u = 1.0 / z;
        let counted = unseen / u;
        let chance = (-lambda).exp() * z;
        sum += counted * ((1.0 - chance) * (1.0 + u) * (1.0 + u) - u * (1.0 + u));
    }
    sum
}

#[test]
fn every_figure_of_the_peer() {
    for peer in &PEERS {
        let a = answer(peer.family, peer.formula);
        let what = |figure: &str| format!("{:?} {} {figure}", peer.family, peer.formula);
        let p = &a.population;
        assert_eq!(p.status, Status::Ok, "{}", what("status"));
        close(p.estimate.unwrap(), peer.estimate, 1e-8, &what("estimate"));
        let model = &a.model;
        assert_eq!(model.formula, peer.formula);
        close(
            model.log_likelihood.unwrap(),
            peer.log_likelihood,
            1e-8,
            &what("log-likelihood"),
        );
        close(model.aic.unwrap(), peer.aic, 1e-8, &what("aic"));
        close(model.bic.unwrap(), peer.bic, 1e-8, &what("bic"));
        assert_eq!(model.coefficients.len(), peer.coefficients.len());
        for (ours, theirs) in model.coefficients.iter().zip(peer.coefficients) {
            // The peer stops its iterations at a relative change of the likelihood of 1e-8, which
            // leaves its coefficients good to about 1e-7 in the slowest direction.
            let se = ours.se.unwrap();
            let gap = (ours.estimate.unwrap() - theirs.0).abs();
            assert!(gap <= 1e-6 * se, "{} {gap}", what(&ours.term));
            close(se, theirs.1, 1e-6, &what(&ours.term));
        }
        let se = p.se.unwrap();
        let row = a.estimators.iter().find(|r| {
            r.estimator == peer.family.name() && r.formula.as_deref() == Some(peer.formula)
        });
        let row = row.unwrap();
        assert_eq!((row.estimate, row.se), (p.estimate, p.se));
        assert_eq!(
            (row.lognormal.lower, row.lognormal.upper),
            (p.lower, p.upper)
        );
        let same = matches!(peer.family, Family::ZtPoisson | Family::Zelterman);
        if same {
            close(se * se, peer.variance, 1e-7, &what("variance"));
            close(
                row.normal.lower.unwrap(),
                peer.normal.0,
                1e-7,
                &what("normal"),
            );
            close(
                row.normal.upper.unwrap(),
                peer.normal.1,
                1e-7,
                &what("normal"),
            );
            close(
                p.lower.unwrap(),
                peer.lognormal.0,
                1e-7,
                &what("log-normal"),
            );
            close(
                p.upper.unwrap(),
                peer.lognormal.1,
                1e-7,
                &what("log-normal"),
            );
        } else {
            // Ours is smaller by a known amount; with it the intervals are the peer's too.
            let more = excess(peer.family, peer.formula);
            assert!(more > 0.0);
            let variance = se * se + more;
            close(variance, peer.variance, 1e-7, &what("variance"));
            let n = 1880.0;
            let (lower, upper) = lognormal_interval(n, peer.estimate - n, variance, 0.95);
            close(lower, peer.lognormal.0, 1e-7, &what("log-normal"));
            close(upper, peer.lognormal.1, 1e-7, &what("log-normal"));
            let half = 1.959_963_984_540_054 * variance.sqrt();
            close(peer.estimate - half, peer.normal.0, 1e-6, &what("normal"));
            close(peer.estimate + half, peer.normal.1, 1e-6, &what("normal"));
            // The difference in the standard error is below one per cent.
            close(se, peer.variance.sqrt(), 0.01, &what("se"));
        }
    }
}

#[test]
fn every_margin_of_the_peer() {
    let a = answer(Family::ZtPoisson, "sex + age + nation");
    for (name, level, observed, estimate, se, normal, lognormal) in STRATA {
        let row = a
            .strata
            .iter()
            .find(|r| r.by.len() == 1 && r.by.get(name).is_some_and(|l| l == level));
        let row = row.unwrap_or_else(|| panic!("{name}={level}"));
        assert_eq!(row.observed, observed as f64);
        close(row.estimate.unwrap(), estimate, 1e-7, level);
        close(row.se.unwrap(), se, 1e-7, level);
        close(row.lower.unwrap(), lognormal.0, 1e-7, level);
        close(row.upper.unwrap(), lognormal.1, 1e-7, level);
        let half = 1.959_963_984_540_054 * row.se.unwrap();
        close(
            (row.estimate.unwrap() - half).max(observed as f64),
            normal.0.max(observed as f64),
            1e-7,
            level,
        );
        close(row.estimate.unwrap() + half, normal.1, 1e-7, level);
    }
}

/// Closed forms and fits on the frequencies alone, by hand.
#[test]
fn figures_of_the_frequencies() {
    let a = answer(Family::ZtPoisson, "1");
    let of = |name: &str| a.estimator(name).unwrap().estimate.unwrap();
    assert!((of("ztpoisson") - 7_079.928_150).abs() < 1e-6);
    let lambda = a.model.coefficients[0].estimate.unwrap().exp();
    assert!((lambda - 0.308_618_951_2).abs() < 1e-10);
    assert!((of("chao") - 9_273.510_929).abs() < 1e-6);
    assert!((of("chao-bias-corrected") - 9_228.858_696).abs() < 1e-6);
    assert!((of("zelterman") - 9_424.555_194).abs() < 1e-6);
    assert!((of("chao-modified") - 2_874.80).abs() < 0.005);
    let ratio = a.tests.ratio.unwrap();
    close(ratio, 1645.0 * 37.0 / (183.0 * 183.0), 1e-12, "ratio");
    assert_eq!(
        a.frequencies
            .iter()
            .map(|f| (f.times, f.observed))
            .collect::<Vec<_>>(),
        [(1, 1645), (2, 183), (3, 37), (4, 13), (5, 1), (6, 1)]
    );
    // The fit has as many persons, seen as often, as were observed.
    let persons: f64 = a.frequencies.iter().map(|f| f.expected.unwrap()).sum();
    assert!((persons - 1880.0).abs() < 0.05, "{persons}");
}

/// The published regression: van der Heijden, Bustami, Cruyff, Engbersen & van Houwelingen (2003).
#[test]
fn the_published_estimate() {
    let a = answer(Family::ZtPoisson, "sex + age + nation");
    assert!((a.population.estimate.unwrap() - 12_690.35).abs() < 0.005);
    let row = a.estimator("ztpoisson").unwrap();
    assert!((row.se.unwrap() - 2_808.17).abs() < 0.005);
    assert!((row.normal.lower.unwrap() - 7_186.0).abs() < 0.5);
    assert!((row.normal.upper.unwrap() - 18_194.0).abs() < 0.5);
    for code in ["one-inflation", "overdispersion", "few-repeats"] {
        assert!(a.diagnostics.iter().any(|d| d.code == code), "{code}");
    }
}

/// With covariates the peer prints 917,411,450,753 and 341,691,579,306 persons for the
/// zero-one-truncated Poisson (standard errors 1.7e15 and 6e13) with the warning that its iterations
/// stopped half a step short: nobody over forty, and nobody from Turkey or Surinam, was seen three times,
/// so that those rates have no estimate but zero, and the population none but infinity. There is no
/// number to compare with; here there is a proof.
#[test]
fn where_the_peer_prints_a_trillion() {
    for formula in ["sex + age + nation", "sex + age + nation + reason"] {
        let a = answer(Family::ZotPoisson, formula);
        assert_eq!(a.population.status, Status::NotEstimable);
        assert_eq!(a.population.estimate, None);
        assert!(!a.model.existence.exists);
        let reason = a.estimator("zotpoisson").unwrap().reason.clone().unwrap();
        // The only one from Surinam seen twice is over forty, and named so.
        for level in ["age=>40", "nation=Turkey"] {
            assert!(reason.contains(level), "{reason}");
        }
    }
}

/// One-inflation by the likelihood ratio: without covariates the one-inflated model of the peer has
/// log-likelihood −873.852444236606, that of the zero-one-truncated Poisson plus a free share of ones
/// (Böhning & van der Heijden 2019). The score test must see the same departure.
#[test]
fn the_one_inflated_likelihood_is_that_without_the_ones() {
    let zot = answer(Family::ZotPoisson, "1")
        .model
        .log_likelihood
        .unwrap();
    let (ones, more) = (1645.0_f64, 235.0_f64);
    let n = ones + more;
    let inflated = ones * (ones / n).ln() + more * (more / n).ln() + zot;
    close(inflated, -873.852_444_236_605_72, 1e-10, "one-inflated");
    let plain = answer(Family::ZtPoisson, "1");
    let ratio = 2.0 * (inflated - plain.model.log_likelihood.unwrap());
    let score = plain.tests.one_inflation.unwrap();
    // Both are χ² of one degree far in the tail, 56 and 70: of a size, not equal.
    assert!(
        (0.6..1.7).contains(&(score.z * score.z / ratio)),
        "{} {ratio}",
        score.z
    );
    assert!(score.p < 1e-12);
}
