//! A report as one page that needs nothing else: read in a browser, printed, or put on a site as it is.

use super::table::{Cell, Row, Table, duration, moment, number, parts, took};
use crate::service::transparency::{
    Became, ReportedPeriod, SMALL_SECTION, SectionKind, SectionRow, TransparencyReport,
};
use crate::text::legible;
use askama::Template;
use jiff::tz::TimeZone;

#[derive(Template)]
#[template(path = "report/page.html")]
struct Page<'a> {
    site: String,
    /// Such as "1 October 2026 to 31 October 2026".
    days: String,
    period: &'a ReportedPeriod,
    made: String,
    /// What is missing, if something is.
    gaps: Vec<String>,
    tiles: Vec<Tile>,
    tables: Vec<Table>,
}

/// One figure that stands out.
struct Tile {
    label: &'static str,
    figure: String,
    beside: String,
}

/// The report's page.
pub(super) fn page(report: &TransparencyReport) -> Result<String, askama::Error> {
    let period = &report.period;
    let day = |day: jiff::civil::Date| day.strftime("%-d %B %Y").to_string();
    let days =
        if period.from == period.to { day(period.from) } else { format!("{} to {}", day(period.from), day(period.to)) };
    let page = Page {
        site: legible(&report.site.name),
        days,
        period,
        made: moment(period.made_at),
        gaps: gaps(period),
        tiles: tiles(report),
        tables: tables(report),
    };
    page.render()
}

fn gaps(period: &ReportedPeriod) -> Vec<String> {
    let mut gaps = Vec::new();
    if !period.over {
        gaps.push("The last day was not over when this report was made.".to_owned());
    }
    match period.complete_from {
        None => gaps.push("No comment has come in yet.".to_owned()),
        Some(first) if first.to_zoned(TimeZone::UTC).date() >= period.from => {
            gaps.push(format!(
                "The first comment that is known came in on {} (UTC): of anything before, this report knows nothing.",
                moment(first)
            ));
        }
        Some(_) => {}
    }
    gaps
}

fn tiles(report: &TransparencyReport) -> Vec<Tile> {
    let machine = report.machine;
    let share = Cell::share(machine.published + machine.rejected, machine.all()).text;
    let tile = |label, figure: u64, beside: String| Tile { label, figure: number(figure), beside };
    let appeals = report.appeals;
    let median = report.waiting.median_seconds.map(|seconds| format!("half of them within {}", duration(seconds)));
    vec![
        tile("Comments submitted", report.submitted.comments, format!("edits: {}", number(report.submitted.edits))),
        tile(
            "Decided by the machine alone",
            machine.published + machine.rejected,
            format!("{share} of what it judged"),
        ),
        tile("Decided by people", report.people.all(), median.unwrap_or_default()),
        tile("Kept from readers by a decision", report.restrictions, "each with a statement of reasons".to_owned()),
        tile(
            "Appeals received",
            appeals.received,
            format!("{} upheld, {} open", number(appeals.upheld), number(appeals.open)),
        ),
    ]
}

fn tables(report: &TransparencyReport) -> Vec<Table> {
    let (machine, people) = (report.machine, report.people);
    let mut tables = vec![
        Table {
            id: "machine",
            heading: "What the machine decided",
            lead: vec![
                "Every comment is judged when it comes in, and again whenever its author edits it. What the rules and scores leave \
                 open is held for a person."
                    .to_owned(),
            ],
            caption: "Decisions on comments and edits, with nobody looking",
            columns: vec!["Outcome", "Decisions", "Share"],
            rows: parts(
                machine.all(),
                &[
                    ("Published", machine.published),
                    ("Held for a person", machine.held),
                    ("Rejected", machine.rejected),
                ],
            ),
        },
        Table {
            id: "held",
            heading: "What became of what was held",
            lead: Vec::new(),
            caption: "Decisions to hold, by what had become of the comment when this report was made",
            columns: vec!["Then", "Held", "Share"],
            rows: parts(machine.held, &became(machine.held_then)),
        },
        Table {
            id: "people",
            heading: "What people decided",
            lead: vec![format!(
                "Decisions that were taken back by whoever made them: {}; they count nowhere else. Comments withdrawn by authors or the \
                 platform: {}; erased with their author: {}.",
                number(people.taken_back),
                number(report.withdrawn.withdrawn),
                number(report.withdrawn.erased)
            )],
            caption: "Decisions of people that stand",
            columns: vec!["Outcome", "Decisions", "Share"],
            rows: parts(people.all(), &[("Published", people.published), ("Rejected", people.rejected)]),
        },
        reasons(report),
        overturned(report),
    ];
    tables.extend(audit_samples(report));
    tables.extend([
        times(report),
        appeals(report),
        reader_reports(report),
        sections(report),
        policies(report),
        models(report),
    ]);
    tables
}

fn became(became: Became) -> [(&'static str, u64); 4] {
    [
        ("Published", became.published),
        ("Rejected", became.rejected),
        ("Withdrawn or erased", became.withdrawn),
        ("Waiting", became.waiting),
    ]
}

fn reasons(report: &TransparencyReport) -> Table {
    let row = |reason: &crate::service::transparency::ReasonRow| {
        let cells = vec![
            Cell::count(reason.rejected_by_machine),
            Cell::count(reason.held),
            Cell::count(reason.rejected_by_people),
            Cell::bar(reason.share_by_machine),
        ];
        Row::of(legible(&reason.words), cells).with_code(&reason.code)
    };
    Table {
        id: "reasons",
        heading: "Reasons",
        lead: vec![
            "A decision with two reasons counts under both, so these do not add up to the decisions.".to_owned(),
        ],
        caption: "Decisions to hold or reject, by reason",
        columns: vec![
            "Reason",
            "Rejected by the machine",
            "Held by it",
            "Rejected by people",
            "Decided by the machine alone",
        ],
        rows: report.reasons.iter().map(row).collect(),
    }
}

fn overturned(report: &TransparencyReport) -> Table {
    let row = |head: &str, proportion: crate::service::transparency::Proportion| {
        let [share, bounds] = Cell::between(proportion);
        Row::of(head, vec![Cell::count(proportion.of), Cell::count(proportion.hits), share, bounds])
    };
    Table {
        id: "overturned",
        heading: "How often people overturned the machine",
        lead: vec![
            "This is about comments on which the machine had decided by itself and that a person then looked at: because readers \
             reported them, because their authors appealed, or because a moderator came upon them. They are not drawn evenly from \
             all decisions, so this is no error rate of the machine: those that nobody questioned are not in it."
                .to_owned(),
        ],
        caption: "First decisions of people on what the machine had decided; intervals with a confidence of 95 %, after Clopper and Pearson",
        columns: vec!["The machine had", "Looked at", "Overturned", "Share", "Interval"],
        rows: vec![
            row("Published it", report.overturned.published),
            row("Rejected it", report.overturned.rejected),
        ],
    }
}

fn audit_samples(report: &TransparencyReport) -> Option<Table> {
    let samples = report.audit_samples?;
    let row = |head: &str, proportion: crate::service::transparency::Proportion| {
        let [share, bounds] = Cell::between(proportion);
        Row::of(head, vec![Cell::count(proportion.of), Cell::count(proportion.hits), share, bounds])
    };
    Some(Table {
        id: "audit-samples",
        heading: "Error rates from audit samples",
        lead: vec![
            "Drawn evenly from all decisions of the machine, and judged by people who did not know what it had decided.".to_owned(),
        ],
        caption: "Decisions sampled; intervals with a confidence of 95 %, after Clopper and Pearson",
        columns: vec!["The machine had", "Sampled", "Wrong", "Share", "Interval"],
        rows: vec![row("Published it", samples.wrongly_published), row("Rejected it", samples.wrongly_rejected)],
    })
}

fn times(report: &TransparencyReport) -> Table {
    Table {
        id: "times",
        heading: "How long it took",
        lead: Vec::new(),
        caption: "Times of people's decisions, as far as they are known",
        columns: vec!["From … to", "Known of", "Median", "Nine in ten within"],
        rows: vec![
            took("Held to decided", report.waiting),
            took("Taken up by a person to decided", report.handling),
            took("Appeal to answer", report.appeals.answered),
        ],
    }
}

fn appeals(report: &TransparencyReport) -> Table {
    let appeals = report.appeals;
    Table {
        id: "appeals",
        heading: "Appeals by authors",
        lead: Vec::new(),
        caption: "Appeals received in the period, by how they stood when this report was made",
        columns: vec!["Outcome", "Appeals", "Share"],
        rows: parts(
            appeals.received,
            &[
                ("Upheld: the decision was reversed", appeals.upheld),
                ("Declined: the decision stands", appeals.declined),
                ("Withdrawn or erased", appeals.withdrawn),
                ("Open", appeals.open),
            ],
        ),
    }
}

fn reader_reports(report: &TransparencyReport) -> Table {
    let reports = report.reader_reports;
    Table {
        id: "reports",
        heading: "Reports by readers",
        lead: vec![format!(
            "Once enough readers report a published comment, it is taken from the page until a person has decided. Single reports are \
             not kept after that, so their number is not known. Reports of this period on which nobody has decided yet: {}.",
            number(reports.undecided)
        )],
        caption: "Comments that readers' reports sent back, by what had become of them when this report was made",
        columns: vec!["Then", "Comments", "Share"],
        rows: parts(reports.sent_back, &became(reports.then)),
    }
}

fn sections(report: &TransparencyReport) -> Table {
    let row = |row: &SectionRow| {
        let figures = row.figures;
        let head = match (row.kind, &row.name) {
            (SectionKind::Named, Some(name)) => legible(name),
            (SectionKind::Named | SectionKind::None, _) => "No section".to_owned(),
            (SectionKind::Small, _) => "Smaller sections".to_owned(),
        };
        let machine = figures.published_by_machine + figures.rejected_by_machine;
        let counts = [
            figures.submitted,
            figures.published_by_machine,
            figures.held,
            figures.rejected_by_machine,
            figures.published_by_people,
            figures.rejected_by_people,
        ];
        let share = Cell::share(machine, machine + figures.held);
        Row::of(head, counts.map(Cell::count).into_iter().chain([share]).collect())
    };
    Table {
        id: "sections",
        heading: "By section",
        lead: vec![format!(
            "By the article's section when the comment came in. Sections with fewer than {SMALL_SECTION} decisions are counted together."
        )],
        caption: "Comments and decisions, by section",
        columns: vec![
            "Section",
            "Submitted",
            "Published by the machine",
            "Held by it",
            "Rejected by it",
            "Published by people",
            "Rejected by people",
            "Decided by the machine alone",
        ],
        rows: report.sections.iter().map(row).collect(),
    }
}

fn policies(report: &TransparencyReport) -> Table {
    let row = |policy: &crate::service::transparency::PolicyRow| {
        let time = |at: Option<crate::comment::Timestamp>, otherwise: &str| {
            Cell::text(at.map_or_else(|| otherwise.to_owned(), moment))
        };
        let until = if policy.number.is_some() { "in force" } else { "–" };
        let number = policy.number.map_or_else(|| "Not kept here".to_owned(), |number| format!("Number {number}"));
        let cells = vec![time(policy.from, "–"), time(policy.until, until), Cell::count(policy.decisions)];
        Row::of(number, cells).with_code(&policy.revision)
    };
    Table {
        id: "policies",
        heading: "Policies in force",
        lead: vec!["What the editors decide: thresholds, rules and word lists. Times are UTC.".to_owned()],
        caption: "Policies that were in force in the period, with the machine's decisions by them",
        columns: vec!["Policy and revision", "From", "Until", "Decisions"],
        rows: report.policies.iter().map(row).collect(),
    }
}

fn models(report: &TransparencyReport) -> Table {
    let whole = report.models.iter().map(|model| model.decisions).sum();
    let row = |model: &crate::service::transparency::ModelRow| {
        let cells = vec![
            Cell::text(moment(model.first)),
            Cell::text(moment(model.last)),
            Cell::count(model.decisions),
            Cell::share(model.decisions, whole),
        ];
        Row::of("Models", cells).with_code(&model.revision)
    };
    Table {
        id: "models",
        heading: "Models that scored",
        lead: vec!["A program estimates from the words how many readers would find a comment abusive or off-topic. Times are UTC.".to_owned()],
        caption: "Models by which the machine decided",
        columns: vec!["Models and revision", "First decision", "Last decision", "Decisions", "Share"],
        rows: report.models.iter().map(row).collect(),
    }
}
