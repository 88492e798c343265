//! What each n-gram says about abuse, and sums of it in whole numbers.

use super::abuse::COLUMNS;

/// Weights of each bucket, in units of the model's scale.
pub type NgramTable = Vec<[i8; COLUMNS]>;

/// Sums of weight × idf and of idf², both in steps of the idf. Holds 30,000 rows at least, whatever they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NgramSum {
    pub weights: [i32; COLUMNS],
    pub squares: i32,
}

/// A product of two bytes fits 16 bits, which every processor multiplies eight at a time.
#[inline]
#[expect(clippy::trivially_copy_pass_by_ref, reason = "of a row in a register, the compiler makes single bytes")]
fn products(weights: &[i8; COLUMNS], idf: u8) -> [i16; COLUMNS] {
    let mut products = [0; COLUMNS];
    for (product, weight) in products.iter_mut().zip(weights) {
        *product = i16::from(*weight) * i16::from(idf);
    }
    products
}

impl NgramSum {
    /// Adds a bucket's weights with its idf.
    #[inline]
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "of a row in a register, the compiler makes single bytes")]
    pub fn add_row(&mut self, weights: &[i8; COLUMNS], idf: u8) {
        for (sum, product) in self.weights.iter_mut().zip(products(weights, idf)) {
            *sum += i32::from(product);
        }
        self.squares += i32::from(idf) * i32::from(idf);
    }

    /// Takes a bucket away so many times.
    #[inline]
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "of a row in a register, the compiler makes single bytes")]
    pub fn take_row(&mut self, weights: &[i8; COLUMNS], idf: u8, times: u8) {
        for (sum, product) in self.weights.iter_mut().zip(products(weights, idf)) {
            *sum -= i32::from(product) * i32::from(i16::from(times));
        }
        self.squares -= i32::from(idf) * i32::from(idf) * i32::from(times);
    }

    /// Adds a sum.
    #[inline]
    pub fn add(&mut self, other: &Self) {
        for (sum, other) in self.weights.iter_mut().zip(other.weights) {
            *sum += other;
        }
        self.squares += other.squares;
    }
}

/// [`NgramSum`]s added up, for texts of any length.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NgramTotal {
    pub weights: [i64; COLUMNS],
    pub squares: i64,
}

impl NgramTotal {
    /// Adds a sum.
    #[inline]
    pub fn add(&mut self, sum: &NgramSum) {
        for (total, sum) in self.weights.iter_mut().zip(sum.weights) {
            *total += i64::from(sum);
        }
        self.squares += i64::from(sum.squares);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_rows_fit() {
        let mut sum = NgramSum::default();
        let (weights, idf) = ([i8::MIN, i8::MAX, 1, -1, 0, 2, 3, 4], u8::MAX);
        sum.add_row(&weights, idf);
        assert_eq!(sum.weights[..4], [-128 * 255, 127 * 255, 255, -255]);
        assert_eq!(sum.squares, 255 * 255);
        for _ in 0..100 {
            sum.take_row(&weights, idf, u8::MAX);
        }
        let mut total = NgramTotal::default();
        total.add(&sum);
        assert_eq!(total.weights, weights.map(|weight| i64::from(weight) * 255 * (1 - 100 * 255)));
        assert_eq!(total.squares, 255 * 255 * (1 - 100 * 255));
    }
}
