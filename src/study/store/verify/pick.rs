//! Which runs are made again: at random, but the same for everybody who verifies the same folder.

/// So many of the numbers below `all`, in rising order; all of them if there are no more.
///
/// The pick follows from the manifest's hash and a number of the reader's choice. Who writes a folder can try until the
/// usual pick looks good, but not for the number that a reader will choose.
pub fn pick(manifest: &str, choice: u64, all: u64, wanted: u64) -> Vec<u64> {
    if wanted >= all {
        return (0..all).collect();
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update(format!("crackdown verify\n{manifest}\n{choice}\n").as_bytes());
    let mut words = hasher.finalize_xof();
    let mut picked = std::collections::BTreeSet::new();
    while (picked.len() as u64) < wanted {
        let mut bytes = [0; 16];
        words.fill(&mut bytes);
        // 128 bits: no number is noticeably more likely than another.
        picked.insert((u128::from_le_bytes(bytes) % u128::from(all)) as u64);
    }
    picked.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pick_follows_from_manifest_and_choice_and_reaches_every_run() {
        let picked = pick("manifest", 0, 1000, 10);
        assert_eq!(picked.len(), 10);
        assert!(picked.is_sorted() && *picked.last().unwrap() < 1000);
        assert_eq!(picked, pick("manifest", 0, 1000, 10));
        assert_ne!(picked, pick("manifest", 1, 1000, 10));
        assert_ne!(picked, pick("another", 0, 1000, 10));
        assert_eq!(pick("manifest", 0, 3, 7), [0, 1, 2]);
        let all: std::collections::BTreeSet<u64> =
            (0..100).flat_map(|choice| pick("manifest", choice, 7, 2)).collect();
        assert_eq!(all.len(), 7);
    }
}
