//! Which language a text is in, as far as it can be told.

mod lexicon;
mod tally;

use super::normalise;
use tally::Tally;

/// The language of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    English,
    /// Reliably another language; its ISO 639-3 code.
    Other(&'static str),
    /// Too short or too mixed to tell; read as English.
    Uncertain,
}

impl Language {
    /// Its ISO 639-3 code; `None` where it can't be told.
    #[must_use]
    pub const fn code(self) -> Option<&'static str> {
        match self {
            Self::English => Some("eng"),
            Self::Other(code) => Some(code),
            Self::Uncertain => None,
        }
    }

    /// Whether this is the ISO 639-3 code of a language that can be told.
    #[must_use]
    pub fn is_code(code: &str) -> bool {
        whatlang::Lang::from_code(code).is_some()
    }

    /// The English name of the language of this code, if it can be told.
    #[must_use]
    pub fn name(code: &str) -> Option<&'static str> {
        whatlang::Lang::from_code(code).map(whatlang::Lang::eng_name)
    }
}

/// Below this many letters nobody can tell.
const MIN_LETTERS: u32 = 20;
/// Below this many letters of another script a text may be a name or a face.
const MIN_FOREIGN_LETTERS: u32 = 5;

/// Detects the language of a text. Allocates nothing where it is English without look-alikes.
///
/// English shows by its function words, Roman Urdu by its common words. What shows by the function
/// words of other languages is told apart by trigrams (whatlang); the rest is left to trigrams alone,
/// and believed only on 20 letters or more, with whatlang's own word that it is sure. A text mostly in
/// another script is no English whatever its length; but look-alike letters don't turn English into
/// Russian.
#[must_use]
pub fn detect(text: &str) -> Language {
    let tally = Tally::of(text);
    if tally.reads_english() && tally.foreign == 0 {
        return if tally.letters() < MIN_LETTERS { Language::Uncertain } else { Language::English };
    }
    if tally.foreign == 0 {
        return without_english(text, &tally);
    }
    let disguised = normalise(text);
    let read = Tally::of(disguised.as_str());
    // Accents keep their letters Latin; what is Latin only once look-alikes are read is a disguise.
    if read.ascii > tally.ascii + tally.accented {
        return if read.reads_english() { Language::English } else { without_english(disguised.as_str(), &read) };
    }
    if tally.reads_english() { Language::English } else { without_english(text, &tally) }
}

fn without_english(text: &str, tally: &Tally) -> Language {
    if tally.reads_roman_urdu() {
        return Language::Other("urd");
    }
    let foreign = tally.foreign >= MIN_FOREIGN_LETTERS && tally.foreign * 2 > tally.letters();
    if !foreign && tally.letters() < MIN_LETTERS {
        return Language::Uncertain;
    }
    match whatlang::detect(text) {
        Some(info) if foreign => Language::Other(info.lang().code()),
        // The words say that it is not English; trigrams need only say what else.
        Some(info) if tally.reads_foreign() && info.lang() != whatlang::Lang::Eng => {
            Language::Other(info.lang().code())
        }
        Some(info) if info.is_reliable() && info.lang() == whatlang::Lang::Eng => Language::English,
        Some(info) if info.is_reliable() && tally.english == 0 => Language::Other(info.lang().code()),
        _ => Language::Uncertain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn roman_urdu_is_not_read_as_english() {
        let missed: Vec<&str> = ROMAN_URDU.into_iter().filter(|t| detect(t) != Language::Other("urd")).collect();
        assert!(missed.len() <= 3, "{missed:#?}");
        assert!(ROMAN_URDU.into_iter().all(|t| detect(t) != Language::English));
    }

    #[test]
    fn english_with_slang_is_scored() {
        let lost: Vec<&str> = ENGLISH.into_iter().filter(|t| matches!(detect(t), Language::Other(_))).collect();
        assert_eq!(lost, [] as [&str; 0]);
        let told = ENGLISH.into_iter().filter(|t| detect(t) == Language::English).count();
        assert!(told >= 25, "only {told}");
    }

    #[test]
    fn other_languages_are_told() {
        let missed: Vec<_> = OTHERS.into_iter().filter(|(code, text)| detect(text) != Language::Other(code)).collect();
        assert!(missed.is_empty(), "{missed:#?}");
    }

    #[test]
    fn a_foreign_script_shows_at_once() {
        assert_eq!(detect("Чушь полная"), Language::Other("rus"));
        assert!(matches!(detect("完全是胡说"), Language::Other(_)));
        assert_eq!(detect("ok 谢谢"), Language::Uncertain);
    }

    const ROMAN_URDU: [&str; 40] = [
        "yeh sab jhoot hai aur sab ko pata hai",
        "aap log kab tak chup rahenge",
        "mujhe samajh nahi aati ke yeh kya ho raha hai",
        "bhai sahab pehle khabar to poori parh lo",
        "is mulk ka kuch nahi ho sakta",
        "hum ne to kabhi aisa nahi kaha tha",
        "tum kis ki baat kar rahe ho",
        "wo log kal bhi yahan aye thay",
        "itni garmi mein bijli bhi nahi hai",
        "mere bhai ne kal mujhe phone kiya",
        "kya baat hai janab bohat acha likha",
        "ap ko is ka jawab dena chahiye",
        "main to pehle hi keh raha tha",
        "sach bolna bhi ab mushkil ho gaya hai",
        "uski baat pe koi yaqeen nahi karta",
        "yar ye kya mazak hai",
        "aaj phir pani nahi aya hamare ghar",
        "kuch sharam karo tum log",
        "sirf baatein karte hain kaam nahi karte",
        "bus ab bohot ho gaya",
        "nhi yar aisa mat bolo",
        "kyun ke wo apne aap ko bara samajhta hai",
        "agar yeh sach hai to saboot do",
        "in logon ko koi nahi samjha sakta",
        "aur kitna intezar karna hoga",
        "tumhari baat theek hai lekin waqt nahi hai",
        "ye bht acha kaam kia hai apne",
        "kal se school band hain bachay ghar par hain",
        "jo hona tha wo ho gaya",
        "hamari sarkar ko kuch sochna chahiye",
        "mai ny kaha tha na k ye nahi chalega",
        "dil khush kar diya ap ne",
        "wahan koi doctor nahi milta",
        "hum sab ek hain yaad rakhna",
        "larki ne sab ko sach bata diya",
        "ab kya karein bolo",
        "itna paisa kahan se aya",
        "sab chor hain koi bhi acha nahi",
        "teri baat sun ke hansi aati hai",
        "mehengai ne gareeb ki kamar tor di hai",
    ];

    const ENGLISH: [&str; 40] = [
        "lol this dude aint got a clue what hes on about",
        "smh y'all really think rent is gonna come down",
        "nah bruh the ref was blind as a bat",
        "tbh i dont even care who wins anymore",
        "wtf is wrong with these people in city hall",
        "gonna be a long winter folks, stock up on tea",
        "imo the old ferry was way better",
        "she ate that interview and left no crumbs fr",
        "idk man sounds kinda sus to me",
        "omg stop it u guys are killing me haha",
        "This is, without doubt, the worst headline of the year.",
        "Ha ha ha, good one, mate, you had me there!",
        "jab rates r up again, thx to the nurses",
        "Mein Kampf jokes in a comment thread, really?",
        "Taxes went up, services went down, and nobody resigned.",
        "bruh moment lmao",
        "Kia dealers hum the same tune every spring.",
        "da boys from da block know whats up",
        "aye matey walk the plank already",
        "why tf would anyone pay 9 quid for a pint",
        "Ali and Khan both voted against the budget.",
        "wen u gonna fix dem potholes bro",
        "No. Just no. Try harder.",
        "same old same old, council gonna council",
        "ffs can someone turn off the autoplay videos",
        "Sheila from accounts reckons it's dodgy, and she's right.",
        "them lot couldnt run a bath",
        "bless him he tried innit",
        "Der Spiegel had this story weeks ago, catch up.",
        "c'est la vie, as they say, but who pays for it?",
        "ugh mondays amirite",
        "Que sera sera, said the mayor, and took the money.",
        "He's a proper muppet and so is his deputy.",
        "finna head out before traffic gets bad",
        "not gonna lie that goal was sick",
        "ok boomer, enjoy your free bus pass",
        "If Main Street floods again I'm moving to Maine.",
        "ain't no way they raised fares again",
        "thoughts n prayers wont fix da roof tho",
        "I have read it twice now and still do not see your point.",
    ];

    const OTHERS: [(&str, &str); 22] = [
        ("deu", "Warum wird hier eigentlich nie über die Mieten geredet?"),
        ("deu", "Das ist doch Unsinn und jeder weiß es."),
        ("fra", "Cet article est vraiment bien écrit, et les photos sont belles."),
        ("fra", "Je ne comprends pas pourquoi le maire refuse de répondre aux questions."),
        ("spa", "El artículo está muy bien escrito, gracias."),
        ("spa", "No entiendo por qué el alcalde se niega a contestar las preguntas de los vecinos."),
        ("ita", "Non capisco perché il sindaco non vuole rispondere alle domande dei cittadini."),
        ("por", "Não entendo por que o prefeito se recusa a responder às perguntas."),
        ("tur", "Bu makale gerçekten çok iyi yazılmış, teşekkürler."),
        ("pol", "Nie rozumiem, dlaczego burmistrz nie chce odpowiadać na pytania."),
        ("rus", "Не понимаю, почему мэр не отвечает на вопросы."),
        ("ara", "المقال مكتوب بشكل جيد حقا، شكرا لكم."),
        ("hin", "मुझे समझ नहीं आता कि मेयर जवाब क्यों नहीं देते"),
        ("urd", "مجھے سمجھ نہیں آتا کہ میئر جواب کیوں نہیں دیتے"),
        ("ind", "ini sudah keterlaluan, semua orang juga tahu dari dulu"),
        ("nld", "Het artikel is echt goed geschreven, bedankt."),
        ("nld", "Ik begrijp niet waarom de burgemeester weigert om vragen te beantwoorden."),
        ("swe", "Jag förstår inte varför borgmästaren vägrar svara på frågorna."),
        ("fin", "Artikkeli on todella hyvin kirjoitettu, kiitos."),
        ("ell", "Το άρθρο είναι πολύ καλογραμμένο, ευχαριστώ."),
        ("ukr", "Стаття справді добре написана, дякую."),
        ("vie", "Bài báo này được viết rất hay, cảm ơn các bạn."),
    ];
}
