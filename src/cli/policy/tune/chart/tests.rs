use super::*;
use crate::policy::tuning::Tally;

/// A dial of eleven positions: the less is read, the more errors there are.
fn chart(per_day: Option<u32>) -> Chart {
    let point = |at: u32| Point {
        reviewed: f64::from(10 - at) / 50.0,
        errors: Tally { of: at * 100, hits: at * at / 8 },
        kept: (3..7).contains(&at),
    };
    let points: Vec<Point> = (0..11).map(point).collect();
    Chart {
        title: "Abuse, of what is published unseen, by how much is read",
        target: 0.01,
        error: 0.05,
        per_day,
        now: points[8],
        found: points[6],
        points,
    }
}

#[test]
fn a_terminal_shows_it() {
    insta::assert_snapshot!(chart(Some(3000)).text(), @r#"
    Abuse, of what is published unseen, by how much is read
           2 % |'
               |      '     '
               |                  '
               |                        '     '     '     '
               |                                                '
               |
               |.     .
           1 % |------------N------------------------------------------------
               |                  .
               |                        C
               |                              o     o
               |
               |                                          o
               |
           0 % |                                                .     .
               +-------------------------------------------------------------
                0 a day                                             600 a day
    N now, C candidate, o promised, . not promised, ' up to so much, --- asked
    "#);
}

#[test]
fn the_drawing_shows_it() {
    let drawing = Drawing::of(&[chart(None)]).render().unwrap();
    insta::assert_snapshot!(drawing, @r##"
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 660 300" width="660" height="300" role="img" font-family="sans-serif" font-size="12" fill="#1a1a1a">
    <rect width="660" height="300" fill="#ffffff"/>
    <g transform="translate(0 0)"><title>Abuse, of what is published unseen, by how much is read</title><desc>Asked: at most 1 %. Now: 1 %, 4 % read. Candidate: 0.67 %, 8 % read.</desc>
    <text x="70" y="24" font-size="14" font-weight="bold">Abuse, of what is published unseen, by how much is read</text>
    <path d="M70 44V244H620" fill="none" stroke="#1a1a1a"/>
    <text x="64" y="48" text-anchor="end">2 %</text><text x="64" y="248" text-anchor="end">0 %</text>
    <text x="70" y="262">0 %</text><text x="620" y="262" text-anchor="end">20 %</text><text x="345" y="262" text-anchor="middle">left for moderators</text>
    <path d="M70 144.0H620" stroke="#9b1c1c" stroke-dasharray="8 4"/><text x="620" y="144.0" dy="-5" text-anchor="end" fill="#9b1c1c">asked: at most 1 %</text>
    <path d="M510.0 95.3L455.0 86.9L400.0 87.4L345.0 89.7L290.0 92.1L235.0 75.5L180.0 64.3L125.0 56.3L70.0 50.3" fill="none" stroke="#767676" stroke-dasharray="2 3"/>
    <path d="M565.0 244.0L510.0 244.0L455.0 210.7L400.0 194.0L345.0 184.0L290.0 177.3L235.0 158.3L180.0 144.0L125.0 132.9L70.0 124.0" fill="none" stroke="#1f4e79"/>
    <path d="M455.0 210.7L400.0 194.0L345.0 184.0L290.0 177.3" fill="none" stroke="#1f4e79" stroke-width="4"/>
    <circle cx="180.0" cy="144.0" r="5" fill="#ffffff" stroke="#1a1a1a" stroke-width="2"/><text x="189.0" y="144.0" dy="-7" text-anchor="start" paint-order="stroke" stroke="#ffffff" stroke-width="4">now: 1 %, 4 % read</text>
    <circle cx="290.0" cy="177.3" r="5" fill="#1a1a1a"/><text x="299.0" y="177.3" dy="16" text-anchor="start" paint-order="stroke" stroke="#ffffff" stroke-width="4">candidate: 0.67 %, 8 % read</text>
    <text x="70" y="284" font-size="11">Line: seen in the labelled comments; thick where it is promised. Dotted: the true share is up to so much.</text>
    </g>
    </svg>
    "##);
}

#[test]
fn axes_end_at_plain_numbers() {
    let ends = [0.0101, 0.013, 0.05, 0.22, 0.71, 0.99].map(|value| percent(tidy(value)));
    assert_eq!(ends, ["1.5 %", "1.5 %", "5 %", "30 %", "100 %", "100 %"]);
}

#[test]
fn nothing_read_and_no_error_can_be_drawn() {
    let nothing = Point { reviewed: 0.0, errors: Tally { of: 1000, hits: 0 }, kept: true };
    let unknown = Point { reviewed: 1.0, errors: Tally::default(), kept: false };
    let chart = Chart { points: vec![unknown, nothing], now: unknown, found: nothing, ..chart(None) };
    assert!(chart.text().contains('C') && !chart.text().contains("NaN"));
    let drawing = Drawing::of(&[chart]).render().unwrap();
    assert!(!drawing.contains("NaN") && !drawing.contains("inf"), "{drawing}");
}
