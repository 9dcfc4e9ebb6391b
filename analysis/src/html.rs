//! Just enough HTML: text that cannot break out of its element.

/// Text made safe for elements and quoted attributes.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// A section of the page.
pub fn section(id: &str, title: &str, lead: &str, body: &str) -> String {
    format!("<h2 id=\"{id}\">{title}</h2>\n<p class=\"lead\">{lead}</p>\n{body}")
}

/// How a marked word or number is meant.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Good: a target met, a check that held.
    Pass,
    /// Worth a look; changes no verdict.
    Warn,
    /// Bad: stands in the way of a pass.
    Fail,
    /// Neither good nor bad.
    Note,
}

impl Tone {
    /// The name of its class in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Tone::Pass => "pass",
            Tone::Warn => "warn",
            Tone::Fail => "fail",
            Tone::Note => "note",
        }
    }
}

/// A cell of a table.
#[derive(Debug)]
pub enum Cell {
    /// Text, left-aligned.
    Text(String),
    /// Right-aligned with tabular figures.
    Number(String),
    /// A number and its range in brackets, which goes below it.
    Range(String),
    /// A verdict in one word. A failure tints its row.
    Mark(Tone, &'static str),
    /// A number beyond what is allowed.
    Beyond(String),
    /// A number that was judged.
    Judged(Tone, String),
    /// A command, ready to be copied.
    Command(String),
    /// A sentence, which wants room.
    Words(String),
    /// Text in the font for code.
    Code(String),
}

impl Cell {
    /// A cell of text.
    pub fn text(text: impl Into<String>) -> Self {
        Cell::Text(text.into())
    }

    /// A right-aligned cell of a number.
    pub fn number(text: impl Into<String>) -> Self {
        Cell::Number(text.into())
    }

    fn html(&self) -> String {
        match self {
            Cell::Text(text) => format!("<td>{}</td>", escape(text)),
            Cell::Words(text) => format!("<td class=\"wordy\">{}</td>", escape(text)),
            Cell::Number(text) => format!("<td class=\"number\">{}</td>", escape(text)),
            Cell::Range(text) => {
                let text = escape(text).replacen(" [", "<br>[", 1);
                format!("<td class=\"number\">{text}</td>")
            }
            Cell::Code(text) => format!("<td><code>{}</code></td>", escape(text)),
            Cell::Mark(tone, word) => {
                let class = tone.class();
                format!("<td><span class=\"mark {class}\">{}</span></td>", escape(word))
            }
            Cell::Judged(tone, text) => {
                let class = tone.class();
                format!("<td class=\"number mark {class}\">{}</td>", escape(text))
            }
            Cell::Command(text) => {
                format!("<td><code class=\"command\">{}</code></td>", escape(text))
            }
            Cell::Beyond(text) => {
                format!("<td class=\"number beyond\">{}</td>", escape(text))
            }
        }
    }
}

/// A table with a heading row. Headings of numbers start with '#', which is not shown.
pub fn table(headings: &[&str], rows: &[Vec<Cell>]) -> String {
    let heading = |text: &&str| match text.strip_prefix('#') {
        Some(text) => format!("<th class=\"number\" scope=\"col\">{}</th>", escape(text)),
        None => format!("<th scope=\"col\">{}</th>", escape(text)),
    };
    let head: String = headings.iter().map(heading).collect();
    let body: String = rows
        .iter()
        .map(|cells| {
            let failed = cells.iter().any(|cell| matches!(cell, Cell::Mark(Tone::Fail, _)));
            let class = if failed { " class=\"failed\"" } else { "" };
            format!("<tr{class}>{}</tr>\n", cells.iter().map(Cell::html).collect::<String>())
        })
        .collect();
    format!(
        "<div class=\"scroll\"><table><thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\
         </table></div>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_break_out() {
        assert_eq!(escape("<a href=\"x\">'&'"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;");
    }

    #[test]
    fn cells_and_headings_are_escaped() {
        let html =
            table(&["#<n>", "t"], &[vec![Cell::number("<1"), Cell::Mark(Tone::Fail, "fail")]]);
        assert!(html.contains("<th class=\"number\" scope=\"col\">&lt;n&gt;</th>"), "{html}");
        assert!(html.contains("<td class=\"number\">&lt;1</td>"), "{html}");
        assert!(html.contains("mark fail") && html.contains("<tr class=\"failed\">"), "{html}");
    }
}
