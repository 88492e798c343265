//! What a dial would do, drawn: errors over how much is read. For a terminal, and as SVG.
//!
//! Nothing in it is said by colour alone.

use crate::policy::tuning::{Point, percent};
use askama::Template;
use std::fmt::Write as _;

/// One promise along its dial.
pub struct Chart {
    pub title: &'static str,
    /// The share that was asked for.
    pub target: f64,
    /// The chance of error of the upper bounds.
    pub error: f64,
    /// How many comments come in a day, if that is known.
    pub per_day: Option<u32>,
    pub points: Vec<Point>,
    pub now: Point,
    pub found: Point,
}

/// The part that is shown: 0 to these.
#[derive(Clone, Copy)]
struct Frame {
    read: f64,
    errors: f64,
}

// Characters of a terminal.
const COLUMNS: usize = 60;
const LINES: usize = 14;

impl Chart {
    fn frame(&self) -> Frame {
        let read = self.now.reviewed.max(self.found.reviewed) * 2.0;
        let seen = self.now.errors.share().max(self.found.errors.upper_bound(self.error)).max(self.target);
        Frame { read: tidy(read.clamp(0.02, 1.0)), errors: tidy((seen * 1.3).min(1.0)) }
    }

    /// How much is read, on the axis.
    fn read(&self, share: f64) -> String {
        self.per_day.map_or_else(|| percent(share), |per_day| format!("{:.0} a day", f64::from(per_day) * share))
    }

    /// The points of which anything is known, from where most is read.
    fn known(&self) -> impl Iterator<Item = &Point> {
        self.points.iter().filter(|point| point.errors.of > 0)
    }

    /// For a terminal, 76 columns wide.
    pub fn text(&self) -> String {
        let frame = self.frame();
        let mut grid = vec![[' '; COLUMNS + 1]; LINES + 1];
        let mut mark = |read: f64, errors: f64, sign: char| {
            if let (Some(column), Some(line)) = (place(read / frame.read, COLUMNS), place(errors / frame.errors, LINES))
            {
                grid[LINES - line][column] = sign;
            }
        };
        for column in 0..=COLUMNS {
            #[expect(clippy::cast_precision_loss, reason = "a column")]
            mark(column as f64 / COLUMNS as f64 * frame.read, self.target, '-');
        }
        for point in self.known() {
            mark(point.reviewed, point.errors.upper_bound(self.error), '\'');
        }
        for point in self.known() {
            mark(point.reviewed, point.errors.share(), if point.kept { 'o' } else { '.' });
        }
        mark(self.now.reviewed, self.now.errors.share(), 'N');
        mark(self.found.reviewed, self.found.errors.share(), 'C');

        let mut text = format!("{}\n", self.title);
        let target = place(self.target / frame.errors, LINES).map(|line| LINES - line);
        for (line, cells) in grid.iter().enumerate() {
            let label = match line {
                line if Some(line) == target => percent(self.target),
                0 => percent(frame.errors),
                LINES => percent(0.0),
                _ => String::new(),
            };
            let cells: String = cells.iter().collect();
            let _ = writeln!(text, "{label:>10} |{}", cells.trim_end());
        }
        let (left, right) = (self.read(0.0), self.read(frame.read));
        let _ = writeln!(text, "{:>11}+{}", "", "-".repeat(COLUMNS + 1));
        let _ = writeln!(text, "{:>12}{left}{right:>width$}", "", width = COLUMNS + 1 - left.chars().count());
        text += "N now, C candidate, o promised, . not promised, ' up to so much, --- asked\n";
        text
    }
}

/// Up to the next 1, 1.5, 2, 3, 5 or 7 of its power of ten, so that axes end at plain numbers.
fn tidy(value: f64) -> f64 {
    let power = 10_f64.powf(value.log10().floor());
    let steps = [1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0];
    let found = steps.iter().map(|step| step * power).find(|end| *end >= value * (1.0 - 1e-9));
    found.unwrap_or(value).min(1.0)
}

/// Where a part of the frame lies among so many steps; `None` outside.
fn place(part: f64, steps: usize) -> Option<usize> {
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "few")]
    let step = (0.0..=1.0).contains(&part).then(|| (part * steps as f64).round() as usize);
    step
}

/// The charts, one below the other.
#[derive(Template)]
#[template(path = "tune/drawing.svg")]
pub struct Drawing {
    height: u32,
    panels: Vec<Panel>,
}

/// A chart in the drawing's own units, about a pixel each.
struct Panel {
    title: &'static str,
    described: String,
    /// How far down it begins.
    down: u32,
    target: (String, String),
    /// Ends of the axes.
    top: String,
    left: String,
    right: String,
    /// Lines, as an SVG path has them: the estimate, the part of it that is promised, and the upper bound.
    estimate: String,
    promised: String,
    bound: String,
    now: Mark,
    found: Mark,
}

struct Mark {
    x: String,
    y: String,
    label: String,
    anchor: &'static str,
    label_x: String,
}

// Where the lines stand within a panel. The template has the same frame.
const LEFT: f64 = 70.0;
const RIGHT: f64 = 620.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = 244.0;
/// From one panel to the next.
const PANEL: u32 = 300;

impl Drawing {
    pub fn of(charts: &[Chart]) -> Self {
        let panels: Vec<Panel> =
            (0..).step_by(PANEL as usize).zip(charts).map(|(down, chart)| Panel::of(chart, down)).collect();
        Self { height: PANEL * u32::try_from(panels.len()).unwrap_or(0), panels }
    }
}

impl Panel {
    fn of(chart: &Chart, down: u32) -> Self {
        let frame = chart.frame();
        let x = |read: f64| LEFT + (RIGHT - LEFT) * (read / frame.read);
        let y = |errors: f64| BOTTOM - (BOTTOM - TOP) * (errors / frame.errors);
        let line = |height: &dyn Fn(&Point) -> Option<f64>| {
            let mut path = String::new();
            let mut drawn = false;
            for point in chart.known() {
                let within = height(point).filter(|h| point.reviewed <= frame.read && *h <= frame.errors);
                if let Some(height) = within {
                    let step = if drawn { 'L' } else { 'M' };
                    let _ = write!(path, "{step}{:.1} {:.1}", x(point.reviewed), y(height));
                }
                drawn = within.is_some();
            }
            path
        };
        let mark = |point: &Point, name: &str| {
            let (read, errors) = (point.reviewed.min(frame.read), point.errors.share().min(frame.errors));
            let left = x(read) > f64::midpoint(LEFT, RIGHT);
            Mark {
                x: format!("{:.1}", x(read)),
                y: format!("{:.1}", y(errors)),
                label: format!("{name}: {}, {} read", rounded(point.errors.share()), chart.read(short(point.reviewed))),
                anchor: if left { "end" } else { "start" },
                label_x: format!("{:.1}", if left { x(read) - 9.0 } else { x(read) + 9.0 }),
            }
        };
        let (now, found) = (mark(&chart.now, "now"), mark(&chart.found, "candidate"));
        Self {
            title: chart.title,
            described: format!(
                "Asked: at most {}. {}. {}.",
                percent(chart.target),
                capital(&now.label),
                capital(&found.label)
            ),
            down,
            target: (format!("{:.1}", y(chart.target)), format!("asked: at most {}", percent(chart.target))),
            top: percent(frame.errors),
            left: chart.read(0.0),
            right: chart.read(frame.read),
            estimate: line(&|point| Some(point.errors.share())),
            promised: line(&|point| point.kept.then(|| point.errors.share())),
            bound: line(&|point| Some(point.errors.upper_bound(chart.error))),
            now,
            found,
        }
    }
}

/// A share in percent, to two decimals where it has them.
fn rounded(share: f64) -> String {
    percent(short(share))
}

/// A share to a hundredth of a percent.
fn short(share: f64) -> f64 {
    (share * 10_000.0).round() / 10_000.0
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests;
