//! Drawing: lines over time, and horizontal bars. Everything is placed in whole pixels; what is escaped is escaped by the
//! library, apart from the words for readers of screens.

use std::io;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::words::{escaped, short};
use crate::kernel::{Day, Language, Rupiah};

/// What can go wrong when a picture is written.
pub(in crate::sales) type Fault = DrawingAreaErrorKind<io::Error>;
type Canvas<'s> = DrawingArea<SVGBackend<'s>, Shift>;

const INK: RGBColor = RGBColor(38, 34, 28);
const GREY: RGBColor = RGBColor(107, 99, 87);
const PALE: RGBColor = RGBColor(232, 226, 214);
const GREEN: RGBColor = RGBColor(47, 93, 58);
const SAND: RGBColor = RGBColor(201, 146, 62);
const RED: RGBColor = RGBColor(161, 38, 13);

const WIDTH: u32 = 720;
const EDGE: i32 = 16;
/// Where what is drawn begins, below the title.
const TOP: i32 = 64;
const ROW: i32 = 42;
/// How long the longest bar is: beside it stands its figure.
const LONGEST_BAR: i32 = 470;

/// What stands above a picture, and what is read aloud in its place.
#[derive(Debug, Clone)]
pub(in crate::sales) struct Heading {
    /// What it shows.
    pub(in crate::sales) title: String,
    /// Of which days.
    pub(in crate::sales) days: String,
    /// What it says, in a sentence.
    pub(in crate::sales) said: String,
}

/// A day, or a week, with what it came to this year and a Hijri year before.
#[derive(Debug, Clone, Copy)]
pub(in crate::sales) struct Point {
    pub(in crate::sales) day: Day,
    pub(in crate::sales) amount: Rupiah,
    /// None where the year before has no such day.
    pub(in crate::sales) last_year: Option<Rupiah>,
}

/// One bar.
#[derive(Debug, Clone)]
pub(super) struct Bar {
    /// What it is about.
    pub(super) label: String,
    /// How long it is; below zero it is red.
    pub(super) amount: i64,
    /// What stands beside it.
    pub(super) figure: String,
    /// Whether it is one to look at.
    pub(super) stands_out: bool,
}

fn font(size: i32, color: RGBColor, side: HPos) -> TextStyle<'static> {
    let font = ("sans-serif", size).into_font();
    TextStyle { font, color: color.to_backend_color(), pos: Pos::new(side, VPos::Top) }
}

fn write(canvas: &Canvas<'_>, text: &str, at: (i32, i32), style: TextStyle<'static>) -> Result<(), Fault> {
    canvas.draw(&Text::new(text.to_owned(), at, style))
}

fn sheet(heading: &Heading, height: i32, draw: impl FnOnce(&Canvas<'_>) -> Result<(), Fault>) -> Result<String, Fault> {
    let mut svg = String::new();
    {
        let canvas = SVGBackend::with_string(&mut svg, (WIDTH, height.unsigned_abs())).into_drawing_area();
        canvas.fill(&WHITE)?;
        write(&canvas, &heading.title, (EDGE, 12), font(22, INK, HPos::Left))?;
        write(&canvas, &heading.days, (EDGE, 38), font(16, GREY, HPos::Left))?;
        draw(&canvas)?;
        canvas.present()?;
    }
    Ok(spoken(&svg, heading))
}

/// With the words that readers of screens say: the picture's name first, then what it shows.
fn spoken(svg: &str, heading: &Heading) -> String {
    let (opening, rest) = svg.split_once('>').unwrap_or((svg, ""));
    let (title, days, said) = (escaped(&heading.title), escaped(&heading.days), escaped(&heading.said));
    format!("{opening} role=\"img\">\n<title>{title}, {days}</title>\n<desc>{said}</desc>{rest}")
}

/// A picture that says that there is nothing to show.
pub(super) fn nothing(heading: &Heading) -> Result<String, Fault> {
    sheet(heading, 160, |canvas| write(canvas, &heading.said, (EDGE, 92), font(18, GREY, HPos::Left)))
}

/// How much of `of` pixels a part of a whole takes.
fn pixels(part: u64, whole: u64, of: i32) -> i32 {
    let length = i128::from(part).saturating_mul(i128::from(of)).checked_div(i128::from(whole)).unwrap_or(0);
    i32::try_from(length).unwrap_or(of).clamp(0, of)
}

/// Horizontal bars, each under its label with its figure at its end, and lines of text below them.
pub(super) fn bars(heading: &Heading, bars: &[Bar], notes: &[String]) -> Result<String, Fault> {
    let count = |length: usize| i32::try_from(length).unwrap_or(i32::MAX);
    let notes_at = TOP.saturating_add(count(bars.len()).saturating_mul(ROW));
    let height = notes_at.saturating_add(count(notes.len()).saturating_mul(24)).saturating_add(EDGE);
    let longest = bars.iter().map(|bar| bar.amount.unsigned_abs()).max().unwrap_or(0);
    sheet(heading, height, |canvas| {
        for (bar, row) in bars.iter().zip(0_i32..) {
            let top = TOP.saturating_add(row.saturating_mul(ROW));
            write(canvas, &bar.label, (EDGE, top), font(17, INK, HPos::Left))?;
            let color = match (bar.amount < 0, bar.stands_out) {
                (true, _) => RED,
                (false, true) => GREEN,
                (false, false) => SAND,
            };
            let length = pixels(bar.amount.unsigned_abs(), longest, LONGEST_BAR).max(1);
            let (from, to) = (top.saturating_add(20), top.saturating_add(34));
            let right = EDGE.saturating_add(length);
            canvas.draw(&Rectangle::new([(EDGE, from), (right, to)], color.filled()))?;
            let beside = (right.saturating_add(8), from.saturating_sub(1));
            write(canvas, &bar.figure, beside, font(16, INK, HPos::Left))?;
        }
        for (note, row) in notes.iter().zip(0_i32..) {
            let top = notes_at.saturating_add(row.saturating_mul(24));
            write(canvas, note, (EDGE, top), font(15, GREY, HPos::Left))?;
        }
        Ok(())
    })
}

/// A line for this year, and a thinner one for the same days of the Hijri year before.
pub(in crate::sales) fn turnover(heading: &Heading, points: &[Point], language: Language) -> Result<String, Fault> {
    let both = || points.iter().flat_map(|it| [Some(it.amount), it.last_year]).flatten().map(|it| it.0);
    let (high, low) = (both().max().unwrap_or(0).max(1), both().min().unwrap_or(0).min(0));
    let high = high.saturating_add(high.div_euclid(12)).saturating_add(1);
    let last = i32::try_from(points.len().saturating_sub(1)).unwrap_or(i32::MAX).max(1);
    let (this_year, year_before) = match language {
        Language::Indonesian => ("Tahun ini", "Hari Hijriah yang sama tahun lalu"),
        Language::English => ("This year", "Same Hijri days last year"),
    };
    let name = |place: &i32| {
        let point = usize::try_from(*place).ok().and_then(|place| points.get(place));
        point.map(|point| crate::sales::labels::short_day(point.day, language)).unwrap_or_default()
    };
    sheet(heading, 400, |canvas| {
        legend(canvas, (EDGE, 70), (this_year, GREEN, 4))?;
        legend(canvas, (EDGE.saturating_add(140), 70), (year_before, SAND, 2))?;
        let mut chart = ChartBuilder::on(canvas)
            .margin(EDGE)
            .margin_top(96)
            .margin_right(28)
            .x_label_area_size(30)
            .y_label_area_size(70)
            .build_cartesian_2d(0..last, low..high)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(PALE)
            .axis_style(GREY)
            .x_labels(6)
            .y_labels(6)
            .x_label_formatter(&name)
            .y_label_formatter(&|amount: &i64| short(*amount))
            .label_style(("sans-serif", 16).into_font().color(&GREY))
            .draw()?;
        let style = |color: RGBColor, width: u32| ShapeStyle::from(&color).stroke_width(width);
        let before = points.iter().zip(0_i32..).filter_map(|(it, place)| Some((place, it.last_year?.0)));
        chart.draw_series(LineSeries::new(before, style(SAND, 2)))?;
        let this = || points.iter().zip(0_i32..).map(|(it, place)| (place, it.amount.0));
        chart.draw_series(LineSeries::new(this(), style(GREEN, 4)))?;
        // A line between two points is none when there is only one.
        if points.len() == 1 {
            chart.draw_series(this().map(|at| Circle::new(at, 5, GREEN.filled())))?;
        }
        Ok(())
    })
}

fn legend(canvas: &Canvas<'_>, (x, y): (i32, i32), (text, color, width): (&str, RGBColor, u32)) -> Result<(), Fault> {
    let middle = y.saturating_add(8);
    let line = vec![(x, middle), (x.saturating_add(28), middle)];
    canvas.draw(&PathElement::new(line, ShapeStyle::from(&color).stroke_width(width)))?;
    write(canvas, text, (x.saturating_add(36), y), font(16, INK, HPos::Left))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn heading() -> Heading {
        Heading { title: "Omzet <b>".into(), days: "November & Desember".into(), said: "</desc><script>".into() }
    }

    #[test]
    fn what_people_wrote_cannot_become_markup() {
        let bar = Bar {
            label: "<script>alert(1)</script> & \"x\"".into(),
            amount: 5,
            figure: "Rp5".into(),
            stands_out: true,
        };
        let svg = bars(&heading(), &[bar], &["<img src=x>".into()]).unwrap();
        assert!(!svg.contains("<script") && !svg.contains("<img") && !svg.contains("<b>"), "{svg}");
        assert!(svg.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp;"), "{svg}");
        assert_eq!(svg.matches("<title>").count(), 1);
        assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>") && svg.contains(" role=\"img\">"));
    }

    proptest! {
        #[test]
        fn any_figures_can_be_drawn(
            points in proptest::collection::vec((-9_000_000_000_000_000..9_000_000_000_000_000_i64, any::<bool>()), 0..40),
        ) {
            let points: Vec<Point> = points
                .iter()
                .zip(0_u64..)
                .map(|((amount, known), place)| Point {
                    day: Day::from_ymd_opt(2026, 11, 1).unwrap() + chrono::Days::new(place),
                    amount: Rupiah(*amount),
                    last_year: known.then_some(Rupiah(amount / 2)),
                })
                .collect();
            let drawn = turnover(&heading(), &points, Language::Indonesian).unwrap();
            prop_assert!(!drawn.contains("NaN") && !drawn.contains("inf"));
            let shown: Vec<Bar> = points
                .iter()
                .map(|it| Bar { label: "x".into(), amount: it.amount.0, figure: "y".into(), stands_out: false })
                .collect();
            prop_assert!(bars(&heading(), &shown, &[]).is_ok());
        }
    }
}
