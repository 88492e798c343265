//! How like articles that have nothing to do with it a text is: what its likeness to its own is measured by.

use crate::classifier::embedding::Meaning;

/// How many articles are nearest.
const NEAREST: usize = 5;

/// A text among unrelated articles (the cohort of speaker recognition's score normalisation; the nearest
/// alone count in its adaptive form: Matějka et al. 2017).
#[derive(Debug, Default, PartialEq)]
pub(super) struct Others {
    /// Mean of the cosines with them, -1 to 1.
    pub mean: f32,
    /// Their standard deviation.
    pub spread: f32,
    /// Mean of the highest few: articles on the same subject are the ones to tell from.
    pub nearest: f32,
    /// The share of them that the text is nearer to than to its own article, 0 to 1.
    pub above: f32,
}

impl Others {
    /// `own_cosine` is the text's cosine with its own article.
    #[expect(clippy::cast_precision_loss, reason = "counts of articles")]
    pub fn of(text: &Meaning, own_cosine: f32, others: &[Meaning]) -> Self {
        if others.is_empty() {
            return Self::default();
        }
        let mut cosines: Vec<f32> = others.iter().map(|other| text.cosine(other)).collect();
        let count = cosines.len() as f32;
        let mean = cosines.iter().sum::<f32>() / count;
        let squares = cosines.iter().map(|cosine| cosine * cosine).sum::<f32>() / count;
        let above = cosines.iter().filter(|cosine| **cosine > own_cosine).count() as f32 / count;
        let few = cosines.len().min(NEAREST);
        cosines.select_nth_unstable_by(few - 1, |a, b| b.total_cmp(a));
        let nearest = cosines[..few].iter().sum::<f32>() / few as f32;
        Self { mean, spread: (squares - mean * mean).max(0.0).sqrt(), nearest, above }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classifier::embedding::DIMENSIONS;

    /// At this cosine from the first axis.
    fn at(cosine: f32) -> Meaning {
        let mut vector = [0.0; DIMENSIONS];
        (vector[0], vector[1]) = (cosine, (1.0 - cosine * cosine).sqrt());
        Meaning::toward(vector).unwrap()
    }

    #[test]
    fn a_text_is_placed_among_others() {
        let others: Vec<Meaning> = [0.9, 0.1, 0.8, 0.0, 0.7, 0.6, 0.5, -0.4].map(at).into();
        let found = Others::of(&at(1.0), 0.65, &others);
        assert!((found.mean - 0.4).abs() < 1e-6);
        assert!((found.nearest - 0.7).abs() < 1e-6, "{found:?}");
        assert!((found.above - 0.375).abs() < 1e-6);
        assert!((found.spread - 0.18f32.sqrt() * 1.0).abs() < 0.02, "{found:?}");
        assert!((Others::of(&at(1.0), 0.0, &others[..1]).nearest - 0.9).abs() < 1e-6, "fewer than a few");
        assert_eq!(Others::of(&at(1.0), 0.5, &[]), Others::default());
    }
}
