//! The frame of every page: style, script, nothing that is loaded from elsewhere.

use super::plot;
use crate::html;

const STYLE: &str = include_str!("style.css");
/// Sorts a table by the heading that is clicked; the page is whole without it.
const SORT: &str = include_str!("sort.js");

/// A page around its body: style and script are in it, nothing is loaded.
pub fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{body}</main>\n\
         <script>\n{SORT}\n{}</script>\n</body>\n</html>\n",
        html::escape(title),
        plot::SCRIPT
    )
}
