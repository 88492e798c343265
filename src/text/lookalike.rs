//! Characters that pass for others: our own short table of what is used to dodge filters.

/// Folds that hold anywhere: typographic quotes, and letters dressed up as symbols that NFKD leaves.
pub(super) fn always(c: char) -> char {
    match c {
        '‘' | '’' | 'ʼ' | 'ʹ' | '′' | '`' => '\'',
        '“' | '”' | '„' | '«' | '»' => '"',
        '‐' | '‑' | '‒' | '–' | '—' | '−' => '-',
        '\u{1f150}'..='\u{1f169}' => letter(c, '\u{1f150}'),
        '\u{1f170}'..='\u{1f189}' => letter(c, '\u{1f170}'),
        // Regional indicators: flags become their country's code, words spelled with flags become words.
        '\u{1f1e6}'..='\u{1f1ff}' => letter(c, '\u{1f1e6}'),
        'ı' => 'i',
        'ł' => 'l',
        'ø' => 'o',
        'đ' => 'd',
        _ => c,
    }
}

fn letter(c: char, first: char) -> char {
    let place = u8::try_from(u32::from(c) - u32::from(first)).unwrap_or(0);
    char::from(b'a' + place)
}

/// The Latin letter that `c` is hard to tell from, in any font. A word of nothing but such letters is
/// read as Latin.
pub(super) const fn strict(c: char) -> Option<char> {
    Some(match c {
        'а' | 'α' | 'ɑ' => 'a',
        'е' | 'ҽ' => 'e',
        'о' | 'ο' | 'օ' => 'o',
        'р' | 'ρ' => 'p',
        'с' | 'ϲ' | 'ᴄ' => 'c',
        'у' | 'γ' | 'ү' => 'y',
        'х' => 'x',
        'і' | 'ι' | 'ɩ' | 'ⅰ' => 'i',
        'ј' | 'ϳ' => 'j',
        'ѕ' | 'ꜱ' => 's',
        'ԁ' | 'ɗ' => 'd',
        'ԛ' => 'q',
        'ԝ' | 'ω' => 'w',
        'һ' | 'հ' => 'h',
        'ν' | 'ѵ' => 'v',
        'ո' => 'n',
        'ս' | 'υ' => 'u',
        'ɡ' => 'g',
        'ⅼ' | 'ӏ' | 'ǀ' => 'l',
        _ => return None,
    })
}

/// As [`strict`], and letters that pass only beside Latin ones, or as capitals (В, Н, Т).
pub(super) const fn beside_latin(c: char) -> Option<char> {
    match strict(c) {
        Some(latin) => Some(latin),
        None => Some(match c {
            'в' | 'β' | 'ь' | 'ʙ' => 'b',
            'н' | 'ʜ' => 'h',
            'т' | 'τ' | 'ᴛ' => 't',
            'м' | 'μ' | 'ᴍ' => 'm',
            'к' | 'κ' | 'ᴋ' => 'k',
            'п' | 'η' | 'ɴ' => 'n',
            'и' | 'ц' | 'ᴜ' => 'u',
            'г' | 'ʀ' => 'r',
            'з' | 'ε' | 'є' | 'ᴇ' => 'e',
            'σ' | 'ᴏ' => 'o',
            'ғ' | 'ꜰ' => 'f',
            'ɪ' => 'i',
            'ʟ' => 'l',
            'ᴀ' => 'a',
            'ᴅ' => 'd',
            'ᴘ' => 'p',
            'ɢ' => 'g',
            _ => return None,
        }),
    }
}

/// The letter that a digit or symbol stands for in "leet" writing.
pub(super) const fn leet(c: char) -> Option<char> {
    Some(match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        _ => return None,
    })
}
