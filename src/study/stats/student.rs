//! Student's t distribution, for intervals of means over few replications.

use super::share::reaches;
use world::units::maths;

/// P(|T| ≤ t) for Student's t with a whole number of degrees of freedom.
///
/// Source: Abramowitz & Stegun (1964), 26.7.3 and 26.7.4: finite sums, so no iteration has to converge.
fn probability_within(t: f64, degrees: u32) -> f64 {
    let n = f64::from(degrees);
    let cosine_squared = n / (n + t * t);
    let sine = t / (n + t * t).sqrt();
    let even = degrees.is_multiple_of(2);
    // Terms of the sum: each follows from the one before by (k - 1) / k · cos².
    let (first, mut k) = if even { (1.0, 2.0) } else { (cosine_squared.sqrt(), 3.0) };
    let mut term = first;
    let mut sum = if degrees == 1 { 0.0 } else { first };
    while k <= n - 2.0 {
        term *= (k - 1.0) / k * cosine_squared;
        sum += term;
        k += 2.0;
    }
    if even {
        sine * sum
    } else {
        (maths::atan(t / n.sqrt()) + sine * sum) * std::f64::consts::FRAC_2_PI
    }
}

/// The value that a Student t variable stays below with probability `p`, between 0.5 and 1.
///
/// # Panics
/// Without degrees of freedom, or with `p` outside [0.5, 1).
pub fn student_quantile(p: f64, degrees: u32) -> f64 {
    assert!(degrees > 0 && (0.5..1.0).contains(&p), "no such quantile: p {p}, {degrees} degrees");
    reaches(2.0 * p - 1.0, |t| probability_within(t, degrees))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_agree_with_reference_values() {
        // Source: regularised incomplete beta function of mpmath 1.3 at 30 digits.
        for (degrees, expected) in REFERENCE {
            let value = student_quantile(0.975, degrees);
            assert!((value / expected - 1.0).abs() < 1e-9, "{degrees}: {value}");
        }
        assert!(student_quantile(0.5, 7) < 1e-12);
    }

    const REFERENCE: [(u32, f64); 11] = [
        (1, 12.706_204_736_174_7),
        (2, 4.302_652_729_749_464),
        (3, 3.182_446_305_283_71),
        (4, 2.776_445_105_197_794),
        (5, 2.570_581_835_636_316),
        (9, 2.262_157_162_798_206),
        (10, 2.228_138_851_986_275),
        (19, 2.093_024_054_408_31),
        (29, 2.045_229_642_132_704),
        (99, 1.984_216_951_586_417),
        (500, 1.964_719_837_467_368),
    ];
}
