//! What regression needs of matrices: sums of products and triangular factors, in an order of operations that no machine changes.
//!
//! Own code because libraries choose their arithmetic by the processor (fused multiply-add, wide sums), so that their results differ in the
//! last bits from machine to machine, and results here must not.

/// A symmetric positive definite matrix as its lower triangular factor, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    size: usize,
    lower: Vec<f64>,
}

impl Factor {
    /// The factor of a symmetric matrix given row by row (its lower half is read); `None` if it is not positive definite.
    pub fn of(matrix: &[f64], size: usize) -> Option<Factor> {
        let mut lower = vec![0.0; size * size];
        for row in 0..size {
            for column in 0..=row {
                let dot: f64 = lower[row * size..row * size + column]
                    .iter()
                    .zip(&lower[column * size..column * size + column])
                    .map(|(a, b)| a * b)
                    .sum();
                let rest = matrix[row * size + column] - dot;
                lower[row * size + column] = if row == column {
                    if rest <= matrix[row * size + row].abs() * 1e-12 {
                        return None;
                    }
                    rest.sqrt()
                } else {
                    rest / lower[column * size + column]
                };
            }
        }
        Some(Factor { size, lower })
    }

    /// `L⁻¹ b`: its squares add up to `bᵀ A⁻¹ b`.
    pub fn whiten(&self, values: &[f64]) -> Vec<f64> {
        let mut solved: Vec<f64> = Vec::with_capacity(self.size);
        for row in 0..self.size {
            let line = &self.lower[row * self.size..][..self.size];
            let dot: f64 = line.iter().zip(&solved).map(|(a, b)| a * b).sum();
            solved.push((values[row] - dot) / line[row]);
        }
        solved
    }

    /// `A⁻¹ b`.
    pub fn solve(&self, values: &[f64]) -> Vec<f64> {
        let mut solved = self.whiten(values);
        for row in (0..self.size).rev() {
            solved[row] /= self.lower[row * self.size + row];
            let value = solved[row];
            for (column, other) in solved[..row].iter_mut().enumerate() {
                *other -= self.lower[row * self.size + column] * value;
            }
        }
        solved
    }

    /// `bᵀ A⁻¹ b`.
    pub fn distance(&self, values: &[f64]) -> f64 {
        self.whiten(values).iter().map(|value| value * value).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_solves_and_measures_what_it_should() {
        // [[4, 2, 0], [2, 5, 1], [0, 1, 3]]: determinant 44; x = (1, −2, 3) gives (0, −5, 7).
        let matrix = [4.0, 2.0, 0.0, 2.0, 5.0, 1.0, 0.0, 1.0, 3.0];
        let factor = Factor::of(&matrix, 3).unwrap();
        let solved = factor.solve(&[0.0, -5.0, 7.0]);
        for (found, expected) in solved.iter().zip([1.0, -2.0, 3.0]) {
            assert!((found - expected).abs() < 1e-12, "{solved:?}");
        }
        assert!((factor.distance(&[0.0, -5.0, 7.0]) - (10.0 + 21.0)).abs() < 1e-12);
        assert_eq!(Factor::of(&[1.0, 2.0, 2.0, 1.0], 2), None);
        assert_eq!(Factor::of(&[1.0, 1.0, 1.0, 1.0], 2), None);
    }
}
