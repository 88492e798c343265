//! The tables of the suites.

use super::Section;
use crate::cli::evaluate::table::{Table, count, percent, share};
use crate::training::evaluation::suites::SuitesReport;
use crate::training::suite::{EvasionCasesReport, EvasionReport, FairnessReport, FunctionalReport};

/// What a classifier must be able to do; whom it treats how; how it is dodged.
pub fn sections(report: &SuitesReport) -> Vec<Section> {
    let section = |name, title, tables| Section { name, title, tables };
    let evasion = report.evasion.as_ref().map(rewritten).into_iter().chain([disguised(&report.disguised)]);
    vec![
        section("suites", "Functions", vec![attributes(&report.functional), functions(&report.functional)]),
        section("fairness", "Fairness", vec![fairness(&report.fairness)]),
        section("evasion", "Evasion", evasion.collect()),
    ]
}

fn rows(n: usize) -> String {
    count(n as u64)
}

fn attributes(report: &FunctionalReport) -> Table {
    let note = "Right: the mean of the shares right among abusive and among harmless texts. The best threshold is \
                chosen on these texts: an upper bound.";
    let columns = ["attribute", "texts", "abusive", "AUC", "right at .5", "right at best", "best"];
    let mut table = Table::new("Suite of functions, by attribute", &columns, note);
    for (attribute, m) in &report.attributes {
        let rights = [m.balanced_at_half, m.balanced_at_best].map(percent);
        let counts = [attribute.to_string(), rows(m.cases), rows(m.abusive), share(m.auc)];
        table.row(counts.into_iter().chain(rights).chain([share(Some(m.best_threshold))]));
    }
    table
}

fn functions(report: &FunctionalReport) -> Table {
    let columns = ["function", "expected", "attribute", "texts", "mean score", "right at .5", "right at best"];
    let mut table = Table::new("Suite of functions, one by one", &columns, "");
    for f in &report.functions {
        let expected = if f.abusive { "abusive" } else { "harmless" };
        let named = [f.name.clone(), expected.to_owned(), f.attribute.to_string(), rows(f.cases)];
        let rights = [f.right_at_half, f.right_at_best].map(percent);
        table.row(named.into_iter().chain([share(Some(f.mean_score))]).chain(rights));
    }
    table
}

/// How many groups are shown; `--json` has all.
const GROUPS: usize = 12;

fn fairness(report: &FairnessReport) -> Table {
    let note = format!(
        "TOXICITY; the {GROUPS} of {} groups with the lowest BPSN. BPSN: harmless texts that name the group against abusive ones that name none; BNSP: abusive ones \
         that name it against harmless ones that name none. False positives and negatives at .5; the positives run from {} to {} of a group's harmless texts; {} of those that name none.",
        report.terms.len(),
        percent(report.false_positives.min),
        percent(report.false_positives.max),
        percent(report.false_positives.background)
    );
    let columns = ["group", "set", "AUC", "BPSN", "BNSP", "false positives", "false negatives"];
    let mut table = Table::new("Fairness", &columns, &note);
    let mut terms: Vec<_> = report.terms.iter().collect();
    terms.sort_by(|a, b| a.bpsn_auc.unwrap_or(1.0).total_cmp(&b.bpsn_auc.unwrap_or(1.0)));
    for t in terms.into_iter().take(GROUPS) {
        let areas = [t.subgroup_auc, t.bpsn_auc, t.bnsp_auc].map(share);
        let rates = [t.false_positive_rate, t.false_negative_rate].map(percent);
        table.row([t.name.clone(), t.set.clone()].into_iter().chain(areas).chain(rates));
    }
    let (within, bpsn, bnsp) = (report.subgroup_auc, report.bpsn_auc, report.bnsp_auc);
    for (name, areas) in
        [("worst of all", [within.min, bpsn.min, bnsp.min]), ("mean of all", [within.mean, bpsn.mean, bnsp.mean])]
    {
        let cells = areas.map(|v| share(Some(v)));
        let dash = || "-".to_owned();
        table.row([name.to_owned(), dash()].into_iter().chain(cells).chain([dash(), dash()]));
    }
    table
}

fn rewritten(report: &EvasionReport) -> Table {
    let note = format!(
        "TOXICITY on {} rows, {} of them abusive; plain: AUC {}, {} caught at 5 % false positives. Lost: of the AUC, \
         where only the abusive rows are rewritten, and where all are.",
        rows(report.rows),
        rows(report.abusive),
        share(report.plain.auc),
        percent(report.plain.recall)
    );
    let columns = ["technique", "AUC", "lost", "lost, all rewritten", "caught", "false positives"];
    let mut table = Table::new("Evasion, dev rows rewritten", &columns, &note);
    for (technique, m) in &report.techniques {
        let areas = [m.auc_abusive_attacked, m.drop_abusive_attacked, m.drop_both_attacked].map(share);
        let rates = [m.recall_attacked, m.false_positive_rate_attacked].map(percent);
        table.row(std::iter::once(technique.name().to_owned()).chain(areas).chain(rates));
    }
    let means = [report.mean_drop_abusive_attacked, report.mean_drop_both_attacked].map(|v| share(Some(v)));
    let dash = || "-".to_owned();
    let first = ["mean".to_owned(), dash()].into_iter().chain(means);
    table.row(first.chain([percent(report.mean_recall_attacked), dash()]));
    table
}

fn disguised(report: &EvasionCasesReport) -> Table {
    let columns = ["technique", "texts", "abusive right at .5", "harmless right at .5", "AUC"];
    let mut table = Table::new("Evasion, texts written in disguise", &columns, "");
    for (technique, m) in &report.techniques {
        let rights = [m.abusive_right, m.harmless_right].map(percent);
        let named = [technique.name().to_owned(), rows(m.cases)];
        table.row(named.into_iter().chain(rights).chain([share(m.auc)]));
    }
    let rights = [report.mean_abusive_right, report.mean_harmless_right].map(percent);
    table.row(["all".to_owned(), rows(report.cases)].into_iter().chain(rights).chain([share(report.auc)]));
    table
}
