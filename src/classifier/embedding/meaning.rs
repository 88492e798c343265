//! What a text is about, as a point among others.

/// How many numbers a meaning has.
pub const DIMENSIONS: usize = 128;

/// A vector of length 1: texts about the same thing point the same way.
#[derive(Clone, PartialEq)]
pub struct Meaning([f32; DIMENSIONS]);

impl Meaning {
    /// The direction of a vector; `None` if it has none.
    #[must_use]
    pub fn toward(mut vector: [f32; DIMENSIONS]) -> Option<Self> {
        let length = dot(&vector, &vector).sqrt();
        if !length.is_normal() {
            return None;
        }
        for value in &mut vector {
            *value /= length;
        }
        Some(Self(vector))
    }

    /// The direction in which most of these meanings point; `None` if there are none.
    #[must_use]
    pub fn centre<'a>(meanings: impl Iterator<Item = &'a Self>) -> Option<Self> {
        let mut sum = [0.0; DIMENSIONS];
        for meaning in meanings {
            for (sum, value) in sum.iter_mut().zip(&meaning.0) {
                *sum += value;
            }
        }
        Self::toward(sum)
    }

    /// The cosine of the angle between two meanings, -1 to 1.
    #[must_use]
    pub fn cosine(&self, other: &Self) -> f32 {
        dot(&self.0, &other.0)
    }

    /// The numbers.
    #[must_use]
    pub const fn as_array(&self) -> &[f32; DIMENSIONS] {
        &self.0
    }
}

/// In eight lanes, which the compiler turns into vector instructions; always in the same order.
fn dot(one: &[f32; DIMENSIONS], other: &[f32; DIMENSIONS]) -> f32 {
    let mut lanes = [0.0f32; 8];
    for (one, other) in one.as_chunks::<8>().0.iter().zip(other.as_chunks::<8>().0) {
        for lane in 0..8 {
            lanes[lane] += one[lane] * other[lane];
        }
    }
    lanes.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn along(axis: usize, length: f32) -> [f32; DIMENSIONS] {
        std::array::from_fn(|k| if k == axis { length } else { 0.0 })
    }

    #[test]
    fn length_does_not_matter_and_direction_does() {
        let (one, same) = (Meaning::toward(along(3, 5.0)).unwrap(), Meaning::toward(along(3, 0.1)).unwrap());
        assert!((one.cosine(&same) - 1.0).abs() < 1e-6);
        let other = Meaning::toward(along(4, 2.0)).unwrap();
        assert!(one.cosine(&other).abs() < 1e-6);
        let centre = Meaning::centre([&one, &other].into_iter()).unwrap();
        assert!((centre.cosine(&one) - 0.5f32.sqrt()).abs() < 1e-6);
    }

    #[test]
    fn nothing_points_nowhere() {
        assert!(Meaning::toward([0.0; DIMENSIONS]).is_none());
        assert!(Meaning::centre(std::iter::empty()).is_none());
    }
}
