//! Interrupted time series: level and slope of an observed series before and after a date.
//!
//! Segmented regression (Wagner et al. 2002), y = b0 + b1·t + b2·after + b3·(t − t0)·after, least squares, with standard
//! errors that allow for autocorrelation (Newey & West 1987). An agency that has only its own series would do this.

/// An estimate with its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coefficient {
    /// Estimate.
    pub value: f64,
    /// Standard error; of a broken series robust to autocorrelation.
    pub standard_error: f64,
}

/// A broken series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interrupted {
    /// Change of level at the break, in the unit of the series.
    pub level: Coefficient,
    /// Change of slope, in the unit of the series a point.
    pub slope: Coefficient,
}

const TERMS: usize = 4;

/// Fewest points on either side of the break. Source: judgement; two parameters are estimated on each.
const FEWEST: usize = 6;

/// Fits the broken line; `None` with fewer than six points before or after the break.
///
/// `at` is the number of the first point after the break.
pub fn interrupted_series(series: &[f64], at: usize) -> Option<Interrupted> {
    if at < FEWEST || series.len() < at + FEWEST {
        return None;
    }
    let row = |t: usize| -> [f64; TERMS] {
        let after = if t >= at { 1.0 } else { 0.0 };
        [1.0, t as f64, after, after * (t as f64 - at as f64)]
    };
    let mut squares = [[0.0; TERMS]; TERMS];
    let mut products = [0.0; TERMS];
    for (t, y) in series.iter().enumerate() {
        let x = row(t);
        for i in 0..TERMS {
            products[i] += x[i] * y;
            for j in 0..TERMS {
                squares[i][j] += x[i] * x[j];
            }
        }
    }
    let inverse = invert(squares)?;
    let dot =
        |a: &[f64; TERMS], b: &[f64; TERMS]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    let estimates = inverse.map(|line| dot(&line, &products));
    let residuals: Vec<f64> =
        series.iter().enumerate().map(|(t, y)| y - dot(&row(t), &estimates)).collect();
    let scores: Vec<[f64; TERMS]> =
        residuals.iter().enumerate().map(|(t, e)| row(t).map(|x| x * e)).collect();
    let meat = newey_west(&scores);
    let coefficient = |term: usize| {
        let line = inverse[term];
        let variance: f64 = (0..TERMS).map(|i| line[i] * dot(&meat[i], &line)).sum();
        let standard_error = variance.max(0.0).sqrt();
        Coefficient { value: estimates[term], standard_error }
    };
    Some(Interrupted { level: coefficient(2), slope: coefficient(3) })
}

/// Sum of products of scores with Bartlett weights over floor(4 (n / 100)^(2/9)) lags.
fn newey_west(scores: &[[f64; TERMS]]) -> [[f64; TERMS]; TERMS] {
    let n = scores.len();
    let lags = (4.0 * world::units::maths::pow(n as f64 / 100.0, 2.0 / 9.0)).floor() as usize;
    let mut sum = [[0.0; TERMS]; TERMS];
    for lag in 0..=lags.min(n - 1) {
        let weight = 1.0 - lag as f64 / (lags + 1) as f64;
        for t in lag..n {
            for i in 0..TERMS {
                for j in 0..TERMS {
                    let product = scores[t][i] * scores[t - lag][j];
                    sum[i][j] += weight * product;
                    if lag > 0 {
                        sum[j][i] += weight * product;
                    }
                }
            }
        }
    }
    sum
}

/// Inverse by Gauss and Jordan with pivots; `None` if there is none.
fn invert(mut matrix: [[f64; TERMS]; TERMS]) -> Option<[[f64; TERMS]; TERMS]> {
    let mut inverse = [[0.0; TERMS]; TERMS];
    for (i, line) in inverse.iter_mut().enumerate() {
        line[i] = 1.0;
    }
    for column in 0..TERMS {
        let largest =
            |a: &usize, b: &usize| matrix[*a][column].abs().total_cmp(&matrix[*b][column].abs());
        let pivot = (column..TERMS).max_by(largest)?;
        matrix.swap(column, pivot);
        inverse.swap(column, pivot);
        let value = matrix[column][column];
        if value.abs() < 1e-12 {
            return None;
        }
        for j in 0..TERMS {
            matrix[column][j] /= value;
            inverse[column][j] /= value;
        }
        for i in (0..TERMS).filter(|i| *i != column) {
            let factor = matrix[i][column];
            for j in 0..TERMS {
                matrix[i][j] -= factor * matrix[column][j];
                inverse[i][j] -= factor * inverse[column][j];
            }
        }
    }
    Some(inverse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_and_errors_agree_with_statsmodels() {
        // Source: statsmodels, OLS(y, [1, t, after, (t − t0)·after]).fit(cov_type="HAC", cov_kwds={"maxlags": 2}) on
        // y[t] = 50 + 0.5 t + (3t² mod 7) and, from t = 12 on, − 10 − 0.8 (t − 12).
        let series: Vec<f64> = (0..24)
            .map(|t| {
                let after = if t >= 12 { -10.0 - 0.8 * f64::from(t - 12) } else { 0.0 };
                50.0 + 0.5 * f64::from(t) + f64::from(3 * t * t % 7) + after
            })
            .collect();
        let fit = interrupted_series(&series, 12).unwrap();
        for (found, expected) in [
            (fit.level.value, LEVEL.0),
            (fit.level.standard_error, LEVEL.1),
            (fit.slope.value, SLOPE.0),
            (fit.slope.standard_error, SLOPE.1),
        ] {
            assert!((found / expected - 1.0).abs() < 1e-9, "{found} for {expected}");
        }
    }

    #[test]
    fn a_line_without_noise_is_found_exactly_and_short_series_are_refused() {
        let series: Vec<f64> =
            (0..20).map(|t| f64::from(t) + if t >= 8 { -5.0 } else { 0.0 }).collect();
        let fit = interrupted_series(&series, 8).unwrap();
        assert!((fit.level.value + 5.0).abs() < 1e-9 && fit.slope.value.abs() < 1e-9);
        assert_eq!(interrupted_series(&series, 3), None);
        assert_eq!(interrupted_series(&series, 17), None);
    }

    const LEVEL: (f64, f64) = (-11.651_515_151_515_126, 1.466_948_953_605_959_4);
    const SLOPE: (f64, f64) = (-1.002_797_202_797_210_3, 0.222_801_865_008_336_96);
}
