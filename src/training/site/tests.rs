use super::*;

/// A decision on the comment `id`, of article `id / 4`, that says `toxicity` and nothing else.
pub fn decision(id: usize, text: &str, toxicity: f32) -> Decision {
    let mut labels = [f32::NAN; crate::classifier::COLUMNS];
    labels[Attribute::Toxicity.index()] = toxicity;
    Decision {
        id: format!("comment-{id}"),
        text: text.to_owned(),
        labels,
        moderator: None,
        article: None,
        sampled: 1.0,
    }
}
