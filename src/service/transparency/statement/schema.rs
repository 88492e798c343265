//! The names and limits of the DSA Transparency Database, as its API of July 2025 has them.
//!
//! Source: the documentation at <https://transparency.dsa.ec.europa.eu/page/api-documentation> and the database's own code,
//! <https://github.com/digital-services-act/transparency-database>.

/// Most statements that the database takes in one call.
pub const MOST_AT_ONCE: usize = 100;

/// Characters of a ground, legal or contractual, and of an address.
pub const GROUND_CHARACTERS: usize = 500;
/// Characters of an explanation.
pub const EXPLANATION_CHARACTERS: usize = 2_000;
/// Characters of the facts.
pub const FACTS_CHARACTERS: usize = 5_000;

pub(super) const REMOVED: &str = "DECISION_VISIBILITY_CONTENT_REMOVED";
pub(super) const DISABLED: &str = "DECISION_VISIBILITY_CONTENT_DISABLED";
pub(super) const ILLEGAL: &str = "DECISION_GROUND_ILLEGAL_CONTENT";
pub(super) const INCOMPATIBLE: &str = "DECISION_GROUND_INCOMPATIBLE_CONTENT";
pub(super) const TEXT: &str = "CONTENT_TYPE_TEXT";
pub(super) const VOLUNTARY: &str = "SOURCE_VOLUNTARY";
pub(super) const OTHER_NOTIFICATION: &str = "SOURCE_TYPE_OTHER_NOTIFICATION";
pub(super) const FULLY: &str = "AUTOMATED_DECISION_FULLY";
pub(super) const PARTIALLY: &str = "AUTOMATED_DECISION_PARTIALLY";
pub(super) const NOT_AUTOMATED: &str = "AUTOMATED_DECISION_NOT_AUTOMATED";

pub(super) const SPEECH: &str = "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH";
pub(super) const CYBER_VIOLENCE: &str = "STATEMENT_CATEGORY_CYBER_VIOLENCE";
pub(super) const PRIVACY: &str = "STATEMENT_CATEGORY_DATA_PROTECTION_AND_PRIVACY_VIOLATIONS";
pub(super) const OTHER: &str = "STATEMENT_CATEGORY_OTHER_VIOLATION_TC";

/// Every category that there is.
pub const CATEGORIES: [&str; 16] = [
    "STATEMENT_CATEGORY_ANIMAL_WELFARE",
    "STATEMENT_CATEGORY_CONSUMER_INFORMATION",
    CYBER_VIOLENCE,
    "STATEMENT_CATEGORY_CYBER_VIOLENCE_AGAINST_WOMEN",
    PRIVACY,
    SPEECH,
    "STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS",
    "STATEMENT_CATEGORY_NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS",
    "STATEMENT_CATEGORY_NOT_SPECIFIED_NOTICE",
    OTHER,
    "STATEMENT_CATEGORY_PROTECTION_OF_MINORS",
    "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY",
    "STATEMENT_CATEGORY_SCAMS_AND_FRAUD",
    "STATEMENT_CATEGORY_SELF_HARM",
    "STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS",
    "STATEMENT_CATEGORY_VIOLENCE",
];

pub(super) const BULLYING: &str = "KEYWORD_CYBER_BULLYING_INTIMIDATION";
pub(super) const ADULT: &str = "KEYWORD_ADULT_SEXUAL_MATERIAL";
pub(super) const LANGUAGE: &str = "KEYWORD_LANGUAGE_REQUIREMENTS";

/// The keywords that can be said of comments: of all there are, those about goods, traders, images and trademarks are left
/// out, and `KEYWORD_OTHER`, which asks for words of its own.
pub const KEYWORDS: [&str; 29] = [
    ADULT,
    "KEYWORD_AGE_SPECIFIC_RESTRICTIONS",
    "KEYWORD_AGE_SPECIFIC_RESTRICTIONS_MINORS",
    "KEYWORD_BULLYING_AGAINST_GIRLS",
    "KEYWORD_CONTENT_PROMOTING_EATING_DISORDERS",
    "KEYWORD_COORDINATED_HARM",
    "KEYWORD_COPYRIGHT_INFRINGEMENT",
    BULLYING,
    "KEYWORD_CYBER_HARASSMENT",
    "KEYWORD_CYBER_HARASSMENT_AGAINST_WOMEN",
    "KEYWORD_CYBER_INCITEMENT",
    "KEYWORD_CYBER_STALKING",
    "KEYWORD_DEFAMATION",
    "KEYWORD_DISCRIMINATION",
    "KEYWORD_FEMALE_GENDERED_DISINFORMATION",
    "KEYWORD_GROOMING_SEXUAL_ENTICEMENT_MINORS",
    "KEYWORD_HATE_SPEECH",
    "KEYWORD_HIDDEN_ADVERTISEMENT",
    "KEYWORD_IMPERSONATION_ACCOUNT_HIJACKING",
    "KEYWORD_INCITEMENT_AGAINST_WOMEN",
    "KEYWORD_INCITEMENT_VIOLENCE_HATRED",
    LANGUAGE,
    "KEYWORD_MISINFORMATION_DISINFORMATION",
    "KEYWORD_PHISHING",
    "KEYWORD_RIGHT_TO_BE_FORGOTTEN",
    "KEYWORD_RISK_PUBLIC_HEALTH",
    "KEYWORD_SELF_MUTILATION",
    "KEYWORD_SUICIDE",
    "KEYWORD_TERRORIST_CONTENT",
];

/// The countries of the European Economic Area, which are all that there can be.
pub const COUNTRIES: [&str; 30] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT",
    "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// The category and the keywords of a reason, where the site says nothing else. What ombud's own words leave open is a
/// violation of the site's terms: no score says that something is against a law.
pub(super) fn category(code: &str) -> (&'static str, &'static [&'static str]) {
    match code {
        "threshold.TOXICITY"
        | "threshold.SEVERE_TOXICITY"
        | "threshold.INSULT"
        | "threshold.IDENTITY_ATTACK"
        | "moderator.abuse"
        | "moderator.hate" => (SPEECH, &[]),
        "threshold.THREAT" | "moderator.threat" => (CYBER_VIOLENCE, &[BULLYING]),
        "threshold.SEXUALLY_EXPLICIT" => (OTHER, &[ADULT]),
        "language.unsupported" => (OTHER, &[LANGUAGE]),
        "moderator.personal_data" => (PRIVACY, &[]),
        _ => (OTHER, &[]),
    }
}

/// A text of at most so many characters.
pub(super) fn cut(text: &str, characters: usize) -> String {
    if text.chars().nth(characters).is_none() {
        return text.to_owned();
    }
    text.chars().take(characters - 1).chain(['…']).collect()
}
