//! The look of every chart: which colours there are and what they are for.
//!
//! A chart is drawn in the light colours; [`themed`] then turns each into a CSS variable with that
//! colour as its fallback, so that the page's style decides and a lone SVG still looks right. The
//! series colours are told apart with the common forms of colour blindness (after Okabe and Ito,
//! "Color Universal Design", 2008), darkened for text.

use plotters::style::RGBColor;

/// A colour by its role.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Ink {
    /// The n-th series; they repeat after [`SERIES`].
    Series(usize),
    /// What was really observed.
    Observed,
    /// What is left over: the part of a whole that is not the subject.
    Rest,
    /// Numbers and labels of axes.
    Muted,
    /// Grid lines.
    Grid,
    /// The base line and limits.
    Axis,
}

/// Series colours before they repeat.
pub const SERIES: usize = 6;

const SERIES_INKS: [(u32, &str); SERIES] = [
    (0x2166AC, "--series-1"),
    (0xC8691C, "--series-2"),
    (0x15806A, "--series-3"),
    (0xA44A88, "--series-4"),
    (0x8A7A12, "--series-5"),
    (0x4A9FC9, "--series-6"),
];
const ROLE_INKS: [(u32, &str); 5] = [
    (0x1B1E24, "--observed"),
    (0x5C6370, "--muted"),
    (0xE4E6EA, "--grid"),
    (0xA9AEB8, "--axis"),
    (0x9BA1AC, "--rest"),
];

pub const FONT_FAMILY: &str = "Inter, system-ui, sans-serif";

impl Ink {
    fn entry(self) -> (u32, &'static str) {
        match self {
            Ink::Series(index) => SERIES_INKS[index % SERIES],
            Ink::Observed => ROLE_INKS[0],
            Ink::Muted => ROLE_INKS[1],
            Ink::Grid => ROLE_INKS[2],
            Ink::Axis => ROLE_INKS[3],
            Ink::Rest => ROLE_INKS[4],
        }
    }

    /// The light colour it is drawn in.
    pub fn colour(self) -> RGBColor {
        let [_, red, green, blue] = self.entry().0.to_be_bytes();
        RGBColor(red, green, blue)
    }
}

/// Turns the colours of a drawing into CSS variables.
pub fn themed(svg: &str) -> String {
    let inks = SERIES_INKS.iter().chain(&ROLE_INKS);
    inks.fold(svg.to_owned(), |svg, (colour, variable)| {
        svg.replace(&format!("\"#{colour:06X}\""), &format!("\"var({variable},#{colour:06X})\""))
    })
}

/// White around a chart that stands alone.
const MARGIN_PX: f64 = 16.0;

/// A chart as a file of its own: light colours on white, no variables of a page.
pub fn standalone(chart: &str, (width, height): (f64, f64)) -> String {
    let inks = SERIES_INKS.iter().chain(&ROLE_INKS);
    let plain = inks.fold(chart.to_owned(), |svg, (colour, variable)| {
        svg.replace(&format!("var({variable},#{colour:06X})"), &format!("#{colour:06X}"))
    });
    let (wide, high) = (width + 2.0 * MARGIN_PX, height + 2.0 * MARGIN_PX);
    let place =
        format!("<svg x=\"{MARGIN_PX}\" y=\"{MARGIN_PX}\" width=\"{width}\" height=\"{height}\" ");
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{wide}\" height=\"{high}\" \
         viewBox=\"0 0 {wide} {high}\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#FFFFFF\"/>\n{}</svg>\n",
        plain.replacen("<svg ", &place, 1)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_of_a_drawing_becomes_a_variable() {
        let svg = "<line stroke=\"#2166AC\"/><text fill=\"#5C6370\"/>";
        let themed = themed(svg);
        assert!(themed.contains("stroke=\"var(--series-1,#2166AC)\""), "{themed}");
        assert!(themed.contains("fill=\"var(--muted,#5C6370)\""), "{themed}");
    }

    #[test]
    fn a_standalone_chart_asks_nothing_of_a_page() {
        let svg = standalone(&themed("<svg a=\"b\"><line stroke=\"#2166AC\"/></svg>"), (9.0, 5.0));
        assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"41\""), "{svg}");
        assert!(
            svg.contains("height=\"5\" a=\"b\">") && svg.contains("stroke=\"#2166AC\""),
            "{svg}"
        );
        assert!(!svg.contains("var("), "{svg}");
    }

    #[test]
    fn no_two_roles_share_a_colour() {
        let mut colours: Vec<u32> =
            SERIES_INKS.iter().chain(&ROLE_INKS).map(|(colour, _)| *colour).collect();
        colours.sort_unstable();
        colours.dedup();
        assert_eq!(colours.len(), SERIES_INKS.len() + ROLE_INKS.len());
    }
}
