//! Which language a text is in, as far as it can be told.

use super::normalise;

/// The language of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    English,
    /// Reliably another language; its ISO 639-3 code.
    Other(&'static str),
    /// Too short or too mixed to tell; read as English.
    Uncertain,
}

/// Below this many letters nobody can tell.
const MIN_LETTERS: usize = 20;
/// A share of function words that no other language reaches.
const FUNCTION_WORD_SHARE: f64 = 0.15;
const ROMAN_URDU_SHARE: f64 = 0.25;

/// Common English words that few other languages share in this spelling, sorted.
const ENGLISH: [&str; 60] = [
    "about", "and", "are", "because", "been", "but", "by", "can", "could", "did", "does", "don't", "every", "for",
    "from", "had", "has", "have", "his", "how", "if", "it", "it's", "just", "know", "like", "make", "many", "more",
    "my", "never", "not", "of", "our", "out", "people", "she", "should", "some", "than", "that", "the", "their",
    "them", "there", "these", "they", "think", "this", "very", "what", "when", "which", "who", "why", "will", "with",
    "would", "you", "your",
];

/// Common words of Urdu and Hindi in Latin letters, sorted; none is English.
const ROMAN_URDU: [&str; 136] = [
    "aap", "aapko", "ab", "abhi", "agar", "aisa", "aise", "ap", "apka", "apko", "apna", "apne", "apni", "aur", "baat",
    "bahut", "bhai", "bhi", "bohat", "bohot", "dekh", "dekho", "dia", "fir", "gai", "gaya", "gya", "hai", "hain",
    "hamara", "hoga", "hoon", "hota", "hoti", "hu", "hua", "hui", "hum", "huwa", "hy", "ik", "inki", "iska", "iski",
    "isko", "itna", "jab", "jaise", "jao", "jaye", "jis", "jo", "ka", "kahan", "kaise", "kar", "karna", "karne",
    "karo", "karta", "karte", "kaun", "ke", "ki", "kia", "kis", "ko", "koi", "kon", "krna", "kro", "krta", "krte",
    "kuch", "kuchh", "kya", "kyu", "kyun", "kyunki", "lekin", "lia", "liye", "magar", "mein", "mera", "mere", "meri",
    "mujhe", "mujhy", "nahi", "nahin", "nai", "nhi", "ny", "phir", "raha", "rahe", "rahi", "rha", "rhe", "rhi",
    "saath", "sab", "sabko", "sala", "sath", "se", "sirf", "sy", "tak", "tera", "tere", "teri", "tha", "thi", "tu",
    "tujhe", "tujhy", "tum", "tumhara", "tumhare", "unki", "uska", "uski", "usko", "wahan", "wala", "wale", "wali",
    "wo", "woh", "yaar", "yahan", "yar", "ye", "yeh",
];

/// Detects the language of a text.
///
/// English shows by its function words, Roman Urdu by its own; everything else is left to trigrams
/// (whatlang), and believed only on 20 letters or more, with whatlang's own word that it is sure.
/// Look-alike letters don't turn English into Russian.
#[must_use]
pub fn detect(text: &str) -> Language {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    if letters < MIN_LETTERS {
        return Language::Uncertain;
    }
    let latin = text.chars().filter(char::is_ascii_alphabetic).count();
    if latin == letters {
        return detect_plain(text);
    }
    let disguised = normalise(text);
    let read_latin = disguised.as_str().chars().filter(char::is_ascii_alphabetic).count();
    // Accents keep their letters Latin; what is Latin only once look-alikes are read is a disguise.
    let accents = text.chars().filter(|c| ('\u{c0}'..='\u{24f}').contains(c)).count();
    if read_latin > latin + accents { detect_plain(disguised.as_str()) } else { detect_plain(text) }
}

fn detect_plain(text: &str) -> Language {
    let (mut words, mut english, mut urdu) = (0u32, 0u32, 0u32);
    for word in text.split(|c: char| !c.is_alphabetic() && c != '\'' && c != '’').filter(|w| !w.is_empty()) {
        let lower = word.to_lowercase().replace('’', "'");
        words += 1;
        english += u32::from(ENGLISH.binary_search(&lower.as_str()).is_ok());
        urdu += u32::from(ROMAN_URDU.binary_search(&lower.as_str()).is_ok());
    }
    let share = |count: u32| f64::from(count) / f64::from(words.max(1));
    if english >= 2 && english > urdu && share(english) >= FUNCTION_WORD_SHARE {
        return Language::English;
    }
    if urdu >= 3 && urdu > english && share(urdu) >= ROMAN_URDU_SHARE {
        return Language::Other("urd");
    }
    match whatlang::detect(text) {
        Some(info) if info.is_reliable() && info.lang() == whatlang::Lang::Eng => Language::English,
        Some(info) if info.is_reliable() && english == 0 => Language::Other(info.lang().code()),
        _ => Language::Uncertain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted() {
        assert!(ENGLISH.is_sorted() && ROMAN_URDU.is_sorted());
    }

    #[test]
    fn languages_are_told_apart() {
        let english = "You should have read the article before you wrote that.";
        assert_eq!(detect(english), Language::English);
        let german = "Das ist doch alles Unsinn, und der Minister weiß das ganz genau, aber er sagt nichts.";
        assert_eq!(detect(german), Language::Other("deu"));
        assert_eq!(detect("Это полная чушь, и министр это прекрасно знает."), Language::Other("rus"));
        assert_eq!(detect("yeh log kabhi nahi sudhrenge, in ko kuch bhi nahi ata hai"), Language::Other("urd"));
        assert_eq!(detect("Nonsense."), Language::Uncertain);
        assert_eq!(detect("1234 5678 !!"), Language::Uncertain);
    }

    #[test]
    fn lookalikes_stay_english() {
        let disguised = "Уоu аrе аn іdіоt аnd уоu shоuld nеvеr hаvе соmе hеrе";
        assert_eq!(detect(disguised), Language::English);
    }
}
