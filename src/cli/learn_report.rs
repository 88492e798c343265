//! The report of `ombud learn`, for people.

use crate::classifier::Check;
use crate::comment::Attribute;
use crate::training::site::curve::{Point, Spread};
use crate::training::site::people::Person;
use crate::training::site::{Report, Taught};

/// Prints what was learned, every check, and the verdict. `done`: what was done with the model, in a sentence.
pub fn print(report: &Report, done: &str) {
    println!(
        "{} decisions: {} to learn from, {} held out and never learned from",
        report.decisions, report.learned_from, report.held_out
    );
    aside(report.corrections, "of them are corrections of scores, sent by a platform");
    aside(report.outranked, "more corrections of texts that moderators decided about; the decisions count");
    aside(report.replaced, "decided again later by the same person; the last decision counts");
    aside(report.unscored, "in another language or without a word, which are never scored");
    aside(report.held_out_again, "left out, as the same text is held out");
    for (reason, count) in &report.untaught {
        aside(*count, &format!("rejected for \"{reason}\", which teaches no attribute"));
    }
    println!("\nWhat they teach");
    println!("  {:<18} {:>8} {:>12} {:>10}", "", "it holds", "it does not", "head taken");
    for Taught { attribute, positives, negatives, blend } in &report.attributes {
        println!("  {:<18} {positives:>8} {negatives:>12} {:>8.0} %", attribute.name(), blend * 100.0);
    }
    let repeats = report.repeats;
    if repeats.decisions > 0 {
        println!(
            "\nOn texts decided more than once: {} of {} decisions go against most others",
            repeats.contradict, repeats.decisions
        );
    }
    print_people(&report.people);
    println!("\nChecks against the model in force: on the decisions held out, and on the suites");
    println!("  {:<44} {:>8} {:>8} {:>8}", "", "before", "after", "margin");
    for Check { name, before, after, margin, passed } in &report.checks {
        let verdict = if *passed { "passed" } else { "FAILED" };
        println!("  {name:<44} {before:>8.4} {after:>8.4} {margin:>8.4}  {verdict}");
    }
    let failed: Vec<&str> = report.checks.iter().filter(|c| !c.passed).map(|c| c.name.as_str()).collect();
    println!();
    if report.promoted {
        println!("Take it: every check passed. {done}");
    } else {
        println!("Keep the model in force: {} failed. {done}", failed.join("; "));
    }
}

fn aside(count: usize, what: &str) {
    if count > 0 {
        println!("  {count} {what}");
    }
}

fn print_people(people: &[Person]) {
    if people.is_empty() {
        return;
    }
    println!("\nWho decided");
    println!("  {:<24} {:>9} {:>7} {:>10} {:>18}", "", "decisions", "weight", "agreement", "against others");
    for Person { moderator, decisions, share, agreement, repeats, contradicts } in people {
        let agreement = agreement.map_or_else(|| "-".to_owned(), |a| format!("{a:.2}"));
        let against = format!("{} of {}", repeats.contradict, repeats.decisions);
        let mark = if *contradicts { "  contradicts the others: look into it" } else { "" };
        println!("  {moderator:<24} {decisions:>9} {:>5.0} % {agreement:>10} {against:>18}{mark}", share * 100.0);
    }
}

/// Prints a learning curve.
pub fn print_curve(attribute: Attribute, points: &[Point]) {
    let figure = |s: &Spread| format!("{:.4} ({:.4} to {:.4})", s.mean, s.low, s.high);
    println!("{attribute}: mean over the orders (least to greatest)");
    println!(
        "{:>9}  {:<26} {:<26} {:<26} {:>10}",
        "decisions", "AUC", "average precision", "calibration error", "head taken"
    );
    for point in points {
        println!(
            "{:>9}  {:<26} {:<26} {:<26} {:>8.0} %",
            point.decisions,
            figure(&point.auc),
            figure(&point.average_precision),
            figure(&point.calibration_error),
            point.blend.mean * 100.0
        );
    }
}
