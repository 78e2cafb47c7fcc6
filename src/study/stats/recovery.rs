//! A series under a policy against the same series without it: how deep it fell and how fast it came back.

/// What became of a series after a policy began; times in points after its start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RecoveryPath {
    /// Largest loss as a share of the counterfactual, 0 if it never lost.
    pub peak_loss: f64,
    /// Point of the largest loss.
    pub peak_at: usize,
    /// Points from the largest loss until half of it is made good; `None` if that did not happen.
    pub half_life: Option<usize>,
    /// Points from the start until it is back at nine tenths of the counterfactual for good; 0 if it never fell
    /// below, `None` if it was still below at the end.
    pub to_ninety: Option<usize>,
}

/// Compares two series from the start of the policy on; `None` if they are empty or the counterfactual is nothing.
pub fn recovery(policy: &[f64], counterfactual: &[f64]) -> Option<RecoveryPath> {
    let total: f64 = counterfactual.iter().sum();
    if policy.is_empty() || policy.len() != counterfactual.len() || total <= 0.0 {
        return None;
    }
    let losses: Vec<f64> = policy
        .iter()
        .zip(counterfactual)
        .map(|(own, other)| if *other > 0.0 { 1.0 - own / other } else { 0.0 })
        .collect();
    let (mut peak_at, mut peak_loss) = (0, 0.0);
    for (at, loss) in losses.iter().enumerate() {
        if *loss > peak_loss {
            (peak_at, peak_loss) = (at, *loss);
        }
    }
    let half_life = losses[peak_at..].iter().position(|loss| *loss <= peak_loss / 2.0);
    let to_ninety = match losses.iter().rposition(|loss| *loss > 0.1) {
        None => Some(0),
        Some(last) if last + 1 == losses.len() => None,
        Some(last) => Some(last + 1),
    };
    Some(RecoveryPath { peak_loss, peak_at, half_life, to_ninety })
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::units::maths;

    #[test]
    fn an_exponential_recovery_has_its_half_life() {
        let counterfactual = vec![100.0; 60];
        let policy: Vec<f64> =
            (0..60).map(|t| 100.0 - 80.0 * maths::pow(0.5, f64::from(t) / 10.0)).collect();
        let found = recovery(&policy, &counterfactual).unwrap();
        assert!((found.peak_loss - 0.8).abs() < 1e-12 && found.peak_at == 0);
        assert_eq!((found.half_life, found.to_ninety), (Some(10), Some(30)));
    }

    #[test]
    fn what_never_comes_back_has_no_time_and_what_never_falls_takes_none() {
        let stays = recovery(&[50.0; 9], &[100.0; 9]).unwrap();
        assert_eq!((stays.half_life, stays.to_ninety, stays.peak_loss), (None, None, 0.5));
        let never = recovery(&[101.0; 9], &[100.0; 9]).unwrap();
        assert_eq!((never.peak_loss, never.to_ninety), (0.0, Some(0)));
        assert_eq!(recovery(&[], &[]), None);
        assert_eq!(recovery(&[1.0], &[0.0]), None);
    }
}
