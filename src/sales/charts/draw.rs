//! Drawing of line and bar charts. All positions are whole pixels. The library escapes all text except the description
//! for screen readers.

use std::io;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::text::{escape, short_amount};
use crate::kernel::{Day, Language, Rupiah};

/// Error of the drawing library.
pub(in crate::sales) type ChartError = DrawingAreaErrorKind<io::Error>;
type Canvas<'s> = DrawingArea<SVGBackend<'s>, Shift>;

const INK: RGBColor = RGBColor(38, 34, 28);
const GREY: RGBColor = RGBColor(107, 99, 87);
const PALE: RGBColor = RGBColor(232, 226, 214);
const GREEN: RGBColor = RGBColor(47, 93, 58);
const SAND: RGBColor = RGBColor(201, 146, 62);
const RED: RGBColor = RGBColor(161, 38, 13);

const WIDTH: u32 = 720;
const EDGE: i32 = 16;
/// The top of the drawing, below the title.
const TOP: i32 = 64;
const ROW: i32 = 42;
/// The length of the longest bar; the figure is printed beside it.
const MAX_BAR_LENGTH: i32 = 470;

/// Title and description of a chart.
#[derive(Debug, Clone)]
pub(in crate::sales) struct Heading {
    pub(in crate::sales) title: String,
    pub(in crate::sales) days: String,
    /// The content in a sentence, for screen readers.
    pub(in crate::sales) description: String,
}

/// Turnover of a day or week, and of a Hijri year before.
#[derive(Debug, Clone, Copy)]
pub(in crate::sales) struct Point {
    pub(in crate::sales) day: Day,
    pub(in crate::sales) amount: Rupiah,
    /// `None` if the year before has no such day.
    pub(in crate::sales) last_year: Option<Rupiah>,
}

#[derive(Debug, Clone)]
pub(super) struct Bar {
    pub(super) label: String,
    /// The length; bars below zero are red.
    pub(super) amount: i64,
    /// The text beside the bar.
    pub(super) figure: String,
    pub(super) is_highlighted: bool,
}

fn font(size: i32, color: RGBColor, side: HPos) -> TextStyle<'static> {
    let font = ("sans-serif", size).into_font();
    TextStyle { font, color: color.to_backend_color(), pos: Pos::new(side, VPos::Top) }
}

fn draw_text(canvas: &Canvas<'_>, text: &str, at: (i32, i32), style: TextStyle<'static>) -> Result<(), ChartError> {
    canvas.draw(&Text::new(text.to_owned(), at, style))
}

fn draw_canvas(
    heading: &Heading,
    height: i32,
    draw: impl FnOnce(&Canvas<'_>) -> Result<(), ChartError>,
) -> Result<String, ChartError> {
    let mut svg = String::new();
    {
        let canvas = SVGBackend::with_string(&mut svg, (WIDTH, height.unsigned_abs())).into_drawing_area();
        canvas.fill(&WHITE)?;
        draw_text(&canvas, &heading.title, (EDGE, 12), font(22, INK, HPos::Left))?;
        draw_text(&canvas, &heading.days, (EDGE, 38), font(16, GREY, HPos::Left))?;
        draw(&canvas)?;
        canvas.present()?;
    }
    Ok(add_description(&svg, heading))
}

/// Adds the title and the description for screen readers.
fn add_description(svg: &str, heading: &Heading) -> String {
    let (opening, rest) = svg.split_once('>').unwrap_or((svg, ""));
    let (title, days, description) = (escape(&heading.title), escape(&heading.days), escape(&heading.description));
    format!("{opening} role=\"img\">\n<title>{title}, {days}</title>\n<desc>{description}</desc>{rest}")
}

/// Draws a chart without data.
pub(super) fn draw_empty(heading: &Heading) -> Result<String, ChartError> {
    draw_canvas(heading, 160, |canvas| draw_text(canvas, &heading.description, (EDGE, 92), font(18, GREY, HPos::Left)))
}

/// The part of `of` pixels that `part` is of `whole`.
fn pixels(part: u64, whole: u64, of: i32) -> i32 {
    let length = i128::from(part).saturating_mul(i128::from(of)).checked_div(i128::from(whole)).unwrap_or(0);
    i32::try_from(length).unwrap_or(of).clamp(0, of)
}

/// Draws horizontal bars, each below its label and with its figure at the end, and notes below them.
pub(super) fn draw_bars(heading: &Heading, bars: &[Bar], notes: &[String]) -> Result<String, ChartError> {
    let count = |length: usize| i32::try_from(length).unwrap_or(i32::MAX);
    let notes_at = TOP.saturating_add(count(bars.len()).saturating_mul(ROW));
    let height = notes_at.saturating_add(count(notes.len()).saturating_mul(24)).saturating_add(EDGE);
    let longest = bars.iter().map(|bar| bar.amount.unsigned_abs()).max().unwrap_or(0);
    draw_canvas(heading, height, |canvas| {
        for (bar, row) in bars.iter().zip(0_i32..) {
            let top = TOP.saturating_add(row.saturating_mul(ROW));
            draw_text(canvas, &bar.label, (EDGE, top), font(17, INK, HPos::Left))?;
            let color = match (bar.amount < 0, bar.is_highlighted) {
                (true, _) => RED,
                (false, true) => GREEN,
                (false, false) => SAND,
            };
            let length = pixels(bar.amount.unsigned_abs(), longest, MAX_BAR_LENGTH).max(1);
            let (from, to) = (top.saturating_add(20), top.saturating_add(34));
            let right = EDGE.saturating_add(length);
            canvas.draw(&Rectangle::new([(EDGE, from), (right, to)], color.filled()))?;
            let figure_at = (right.saturating_add(8), from.saturating_sub(1));
            draw_text(canvas, &bar.figure, figure_at, font(16, INK, HPos::Left))?;
        }
        for (note, row) in notes.iter().zip(0_i32..) {
            let top = notes_at.saturating_add(row.saturating_mul(24));
            draw_text(canvas, note, (EDGE, top), font(15, GREY, HPos::Left))?;
        }
        Ok(())
    })
}

/// Draws a line for this year, and a thinner one for the same days of the Hijri year before.
pub(in crate::sales) fn draw_turnover(
    heading: &Heading,
    points: &[Point],
    language: Language,
) -> Result<String, ChartError> {
    let amounts =
        || points.iter().flat_map(|point| [Some(point.amount), point.last_year]).flatten().map(|amount| amount.0);
    let (high, low) = (amounts().max().unwrap_or(0).max(1), amounts().min().unwrap_or(0).min(0));
    let high = high.saturating_add(high.div_euclid(12)).saturating_add(1);
    let last = i32::try_from(points.len().saturating_sub(1)).unwrap_or(i32::MAX).max(1);
    let (this_year, year_before) = match language {
        Language::Indonesian => ("Tahun ini", "Hari Hijriah yang sama tahun lalu"),
        Language::English => ("This year", "Same Hijri days last year"),
    };
    let label = |index: &i32| {
        let point = usize::try_from(*index).ok().and_then(|index| points.get(index));
        point.map(|point| crate::sales::labels::short_day(point.day, language)).unwrap_or_default()
    };
    draw_canvas(heading, 400, |canvas| {
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
            .x_label_formatter(&label)
            .y_label_formatter(&|amount: &i64| short_amount(*amount))
            .label_style(("sans-serif", 16).into_font().color(&GREY))
            .draw()?;
        let style = |color: RGBColor, width: u32| ShapeStyle::from(&color).stroke_width(width);
        let before = points.iter().zip(0_i32..).filter_map(|(point, x)| Some((x, point.last_year?.0)));
        chart.draw_series(LineSeries::new(before, style(SAND, 2)))?;
        let this_year_line = || points.iter().zip(0_i32..).map(|(point, x)| (x, point.amount.0));
        chart.draw_series(LineSeries::new(this_year_line(), style(GREEN, 4)))?;
        // A line needs two points.
        if points.len() == 1 {
            chart.draw_series(this_year_line().map(|at| Circle::new(at, 5, GREEN.filled())))?;
        }
        Ok(())
    })
}

fn legend(
    canvas: &Canvas<'_>,
    (x, y): (i32, i32),
    (text, color, width): (&str, RGBColor, u32),
) -> Result<(), ChartError> {
    let middle = y.saturating_add(8);
    let line = vec![(x, middle), (x.saturating_add(28), middle)];
    canvas.draw(&PathElement::new(line, ShapeStyle::from(&color).stroke_width(width)))?;
    draw_text(canvas, text, (x.saturating_add(36), y), font(16, INK, HPos::Left))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn heading() -> Heading {
        Heading { title: "Omzet <b>".into(), days: "November & Desember".into(), description: "</desc><script>".into() }
    }

    #[test]
    fn text_of_people_is_escaped() {
        let bar = Bar {
            label: "<script>alert(1)</script> & \"x\"".into(),
            amount: 5,
            figure: "Rp5".into(),
            is_highlighted: true,
        };
        let svg = draw_bars(&heading(), &[bar], &["<img src=x>".into()]).unwrap();
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
                .map(|((amount, known), offset)| Point {
                    day: Day::from_ymd_opt(2026, 11, 1).unwrap() + chrono::Days::new(offset),
                    amount: Rupiah(*amount),
                    last_year: known.then_some(Rupiah(amount / 2)),
                })
                .collect();
            let svg = draw_turnover(&heading(), &points, Language::Indonesian).unwrap();
            prop_assert!(!svg.contains("NaN") && !svg.contains("inf"));
            let bars: Vec<Bar> = points
                .iter()
                .map(|point| Bar { label: "x".into(), amount: point.amount.0, figure: "y".into(), is_highlighted: false })
                .collect();
            prop_assert!(draw_bars(&heading(), &bars, &[]).is_ok());
        }
    }
}
