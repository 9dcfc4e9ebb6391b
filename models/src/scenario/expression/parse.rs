//! From text to a tree as typed, with the byte of every part. Any text gives a tree or a fault.

use super::{Fault, Order, TEXT_BYTES_MAX};
use crate::describe::Recorded;
use crate::input::diagnostic::shown;
use crate::input::quantity;

/// Deepest nesting of parentheses, signs and `not`.
const DEPTH_MAX: usize = 32;

/// A part of an expression as typed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    /// Where it begins in the text, bytes.
    pub at: usize,
    /// Where it ends.
    pub end: usize,
    /// What it is.
    pub kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// Digits as typed, their value, and the unit; empty if there is none.
    Number {
        digits: String,
        value: f64,
        unit: String,
    },
    Name(String),
    Labelled {
        name: String,
        label: String,
    },
    Text(String),
    Call {
        name: String,
        arguments: Vec<Node>,
    },
    Negative(Box<Node>),
    Not(Box<Node>),
    Binary(Operator, Box<Node>, Box<Node>),
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Plus,
    Minus,
    Times,
    Over,
    Compare(Order),
    And,
    Or,
}

/// The word that a text begins with: a letter or `_`, then digits too.
fn word_of(text: &str) -> Option<&str> {
    let inside = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let word = &text[..text.find(|c| !inside(c)).unwrap_or(text.len())];
    word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_').then_some(word)
}

/// The tree of a text. What is `recorded` decides which words are ids of networks, and where a word
/// is both a metric and a unit.
pub(super) fn parse(text: &str, recorded: &Recorded) -> Result<Node, Fault> {
    if text.len() > TEXT_BYTES_MAX {
        let message = format!("an expression of {} bytes", text.len());
        return Err(Fault { at: 0, message, help: format!("at most {TEXT_BYTES_MAX} bytes") });
    }
    let mut parser = Parser { text, at: 0, depth: 0, recorded };
    parser.space();
    let node = parser.or()?;
    if parser.at < text.len() {
        let help = "put and, or or an operator between two parts; a comparison stands once";
        return Err(parser.unexpected(help));
    }
    Ok(node)
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
    recorded: &'t Recorded,
}

impl<'t> Parser<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    /// Takes a symbol and the space behind it, if it comes next.
    fn takes(&mut self, symbol: &str) -> bool {
        let next = self.rest().starts_with(symbol);
        if next {
            self.at += symbol.len();
            self.space();
        }
        next
    }

    /// The word that comes next: a letter or `_`, then digits too.
    fn word(&self) -> Option<&'t str> {
        word_of(self.rest())
    }

    fn takes_word(&mut self, word: &str) -> bool {
        self.word() == Some(word) && self.takes(word)
    }

    fn fault<T>(&self, message: String, help: &str) -> Result<T, Fault> {
        Err(Fault { at: self.at, message, help: help.to_owned() })
    }

    fn unexpected(&self, help: &str) -> Fault {
        let message = match self.rest().chars().next() {
            None => "the expression ends too early".to_owned(),
            Some(_) => format!("unexpected \"{}\"", shown(self.word().unwrap_or(self.first()))),
        };
        Fault { at: self.at, message, help: help.to_owned() }
    }

    /// The character that comes next, as text.
    fn first(&self) -> &'t str {
        let length = self.rest().chars().next().map_or(0, char::len_utf8);
        &self.rest()[..length]
    }

    /// Where the part read so far ends, the space behind it left out.
    fn end(&self) -> usize {
        self.text[..self.at].trim_end().len()
    }

    /// One level deeper, if there is one.
    fn deeper<T>(
        &mut self,
        inside: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        if self.depth == DEPTH_MAX {
            let help = format!("at most {DEPTH_MAX} levels");
            return self.fault("too deeply nested".to_owned(), &help);
        }
        self.depth += 1;
        let result = inside(self);
        self.depth -= 1;
        result
    }

    fn binary(left: Node, operator: Operator, right: Node) -> Node {
        let (at, end) = (left.at, right.end);
        Node { at, end, kind: Kind::Binary(operator, Box::new(left), Box::new(right)) }
    }

    fn or(&mut self) -> Result<Node, Fault> {
        let mut node = self.and()?;
        while self.takes_word("or") {
            node = Self::binary(node, Operator::Or, self.and()?);
        }
        Ok(node)
    }

    fn and(&mut self) -> Result<Node, Fault> {
        let mut node = self.not()?;
        while self.takes_word("and") {
            node = Self::binary(node, Operator::And, self.not()?);
        }
        Ok(node)
    }

    fn not(&mut self) -> Result<Node, Fault> {
        let at = self.at;
        if !self.takes_word("not") {
            return self.comparison();
        }
        let inner = self.deeper(Self::not)?;
        Ok(Node { at, end: inner.end, kind: Kind::Not(Box::new(inner)) })
    }

    fn comparison(&mut self) -> Result<Node, Fault> {
        // Longer symbols first.
        const ORDERS: [(&str, Order); 6] = [
            ("==", Order::Equal),
            ("!=", Order::Unequal),
            ("<=", Order::AtMost),
            (">=", Order::AtLeast),
            ("<", Order::Less),
            (">", Order::Greater),
        ];
        let left = self.sum()?;
        let found = ORDERS.into_iter().find(|(symbol, _)| self.takes(symbol));
        let Some((_, order)) = found else {
            if self.rest().starts_with('=') {
                return Err(self.unexpected("write == to compare"));
            }
            return Ok(left);
        };
        Ok(Self::binary(left, Operator::Compare(order), self.sum()?))
    }

    fn sum(&mut self) -> Result<Node, Fault> {
        let mut node = self.product()?;
        loop {
            let operator = match () {
                () if self.takes("+") => Operator::Plus,
                () if self.takes("-") => Operator::Minus,
                () => return Ok(node),
            };
            node = Self::binary(node, operator, self.product()?);
        }
    }

    fn product(&mut self) -> Result<Node, Fault> {
        let mut node = self.signed()?;
        loop {
            let operator = match () {
                () if self.takes("*") => Operator::Times,
                () if self.takes("/") => Operator::Over,
                () => return Ok(node),
            };
            node = Self::binary(node, operator, self.signed()?);
        }
    }

    fn signed(&mut self) -> Result<Node, Fault> {
        let at = self.at;
        if !self.takes("-") {
            return self.atom();
        }
        let inner = self.deeper(Self::signed)?;
        Ok(Node { at, end: inner.end, kind: Kind::Negative(Box::new(inner)) })
    }

    /// The metric of a network that comes next, such as `io.minted`: the id and the metric, with
    /// nothing between them.
    fn of_subject(&self) -> Option<&'t str> {
        let rest = self.rest();
        let is_next = |id: &str| rest.strip_prefix(id).is_some_and(|rest| rest.starts_with('.'));
        let known = self.recorded.subjects().into_iter().filter(|id| is_next(id)).map(str::len);
        let length = known.max().or_else(|| self.word().map(str::len))?;
        let metric = word_of(rest[length..].strip_prefix('.')?)?;
        Some(&rest[..length + 1 + metric.len()])
    }

    fn atom(&mut self) -> Result<Node, Fault> {
        let at = self.at;
        let kind = if let Some(name) = self.of_subject() {
            self.named(name)?
        } else if self.rest().starts_with(|c: char| c.is_ascii_digit()) {
            self.number()?
        } else if let Some(word) = self.word() {
            self.named(word)?
        } else if self.rest().starts_with(['"', '\'']) {
            Kind::Text(self.quoted()?)
        } else if self.takes("(") {
            let inner = self.deeper(Self::or)?;
            if !self.takes(")") {
                return Err(self.unexpected("close the parenthesis with )"));
            }
            inner.kind
        } else {
            return Err(self.unexpected("expected a number, a metric or a function here"));
        };
        Ok(Node { at, end: self.end(), kind })
    }

    /// A metric, one of its labels, or a function with its arguments.
    fn named(&mut self, word: &'t str) -> Result<Kind, Fault> {
        if matches!(word, "and" | "or" | "not") {
            return Err(self.unexpected("expected a number, a metric or a function here"));
        }
        self.takes(word);
        let name = word.to_owned();
        if self.takes("[") {
            if !self.rest().starts_with(['"', '\'']) {
                return Err(self.unexpected("write the label in quotes: name[\"label\"]"));
            }
            let label = self.quoted()?;
            if !self.takes("]") {
                return Err(self.unexpected("close the bracket with ]"));
            }
            return Ok(Kind::Labelled { name, label });
        }
        if !self.takes("(") {
            return Ok(Kind::Name(name));
        }
        let mut arguments = Vec::new();
        loop {
            arguments.push(self.deeper(Self::or)?);
            if self.takes(")") {
                return Ok(Kind::Call { name, arguments });
            }
            if !self.takes(",") {
                return Err(self.unexpected("put , between arguments and ) behind the last"));
            }
        }
    }

    /// A text in quotes of either kind; it cannot hold its own.
    fn quoted(&mut self) -> Result<String, Fault> {
        let quote = self.first();
        let start = self.at + quote.len();
        let Some(length) = self.text[start..].find(quote) else {
            return self.fault("the text has no end".to_owned(), "close the quote");
        };
        self.at = start + length + quote.len();
        self.space();
        Ok(self.text[start..start + length].to_owned())
    }

    /// Digits and the unit behind them: `30 s`, `5 %/d`, `100/d`, `2 USD/TiB/mo`.
    fn number(&mut self) -> Result<Kind, Fault> {
        let Some((value, rest)) = quantity::split_number(self.rest()) else {
            return self.fault("not a finite number".to_owned(), "write it as 1_000.5 or 2e9");
        };
        // The space behind the text is not part of `rest`.
        let end = self.at + self.rest().trim_end().len() - rest.len();
        let digits = self.text[self.at..end].trim_end().replace('_', "");
        self.at = end;
        self.space();
        let mut unit = self.unit_part(true).unwrap_or_default();
        loop {
            // "/" belongs to the unit if the word behind it is one, else it divides.
            let before = self.at;
            let Some(part) = self.takes("/").then(|| self.unit_part(false)).flatten() else {
                self.at = before;
                return Ok(Kind::Number { digits, value, unit });
            };
            unit = format!("{unit}/{part}");
        }
    }

    /// `%`, or a word that is a unit, with its power. Only behind digits may the name of a metric
    /// be a unit, and a function is none.
    fn unit_part(&mut self, behind_digits: bool) -> Option<String> {
        if behind_digits && self.takes("%") {
            return Some("%".to_owned());
        }
        let word = self.word().filter(|word| self.recorded.units.is_unit(word))?;
        let called = self.rest()[word.len()..].trim_start().starts_with('(');
        if called || !behind_digits && self.recorded.find(word).is_some() {
            return None;
        }
        self.takes(word);
        let power = |c: char| ('2'..='4').contains(&c);
        match self
            .rest()
            .strip_prefix('^')
            .and_then(|rest| rest.chars().next())
            .filter(|c| power(*c))
        {
            Some(digit) => {
                self.at += 2;
                self.space();
                Some(format!("{word}^{digit}"))
            }
            None => Some(word.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::describe::{Recorder, Section, metric};
    use crate::registry;
    use proptest::prelude::*;

    fn parsed(text: &str) -> Result<Node, Fault> {
        let wins = metric(Section::Other, "wins", "1", "Wins.", "model");
        let network = |id: &str| Recorder { id: id.to_owned(), ..Recorder::default() };
        let networks = Some(vec![network("io-2"), network("7net")]);
        let units = registry::units();
        let metrics = vec![wins];
        parse(text, &Recorded { metrics, units, networks, ..Recorded::default() })
    }

    /// The tree in parentheses, to see what binds to what.
    fn told(node: &Node) -> String {
        match &node.kind {
            Kind::Number { digits, unit, .. } if unit.is_empty() => digits.clone(),
            Kind::Number { digits, unit, .. } => format!("{digits}{unit}"),
            Kind::Name(name) => name.clone(),
            Kind::Labelled { name, label } => format!("{name}[{label}]"),
            Kind::Text(text) => format!("'{text}'"),
            Kind::Call { name, arguments } => {
                let inside: Vec<_> = arguments.iter().map(told).collect();
                format!("{name}({})", inside.join(","))
            }
            Kind::Negative(inner) => format!("(-{})", told(inner)),
            Kind::Not(inner) => format!("(not {})", told(inner)),
            Kind::Binary(operator, left, right) => {
                let sign = match operator {
                    Operator::Plus => "+",
                    Operator::Minus => "-",
                    Operator::Times => "*",
                    Operator::Over => "/",
                    Operator::Compare(_) => "?",
                    Operator::And => "and",
                    Operator::Or => "or",
                };
                format!("({}{sign}{})", told(left), told(right))
            }
        }
    }

    #[test]
    fn operators_bind_as_people_expect() {
        for (text, expected) in [
            ("a + b * c - d", "((a+(b*c))-d)"),
            ("a / b / c", "((a/b)/c)"),
            ("not a < 1 and b > 2 or c == 3", "(((not (a?1))and(b?2))or(c?3))"),
            ("a * -b", "(a*(-b))"),
            ("(a + b) * 2", "((a+b)*2)"),
            ("x / 2 USD/TiB/mo", "(x/2USD/TiB/mo)"),
            ("100/d + 5 %", "(100/d+5%)"),
            ("100 / wins", "(100/wins)"),
            ("5 / min(a, b)", "(5/min(a,b))"),
            ("5 min / 2", "(5min/2)"),
            ("3 km^2", "3km^2"),
            ("income['over 100 PiB'] > 2_000.5 FIL", "(income[over 100 PiB]?2000.5FIL)"),
            ("share(income, \"a b\")", "share(income,'a b')"),
            ("a.minted - b.minted['x'] * 1.5", "(a.minted-(b.minted[x]*1.5))"),
            ("io-2.minted - io", "(io-2.minted-io)"),
            ("7net.wins / 7", "(7net.wins/7)"),
            ("total(io-2.income)", "total(io-2.income)"),
        ] {
            let node = parsed(text).unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
            assert_eq!(told(&node), expected, "{text}");
        }
    }

    #[test]
    fn faults_name_the_byte() {
        for (text, at, word) in [
            ("", 0, "too early"),
            ("a +", 3, "too early"),
            ("a = b", 2, "unexpected \"=\""),
            ("a < b < c", 6, "unexpected \"<\""),
            ("a b", 2, "unexpected \"b\""),
            ("(a", 2, "too early"),
            ("a[large]", 2, "unexpected \"large\""),
            ("a[\"x", 2, "no end"),
            ("1e999 s", 0, "finite"),
            ("1 é ", 2, "unexpected \"é\""),
            ("f(a; b)", 3, "unexpected \";\""),
            ("a and or b", 6, "unexpected \"or\""),
            ("a. b", 1, "unexpected \".\""),
            ("a.b.c", 3, "unexpected \".\""),
        ] {
            let fault = parsed(text).expect_err(text);
            assert!(fault.at == at && fault.message.contains(word), "{text}: {fault:?}");
        }
        let deep = parsed(&"(".repeat(200)).expect_err("too deep");
        assert!(deep.message.contains("nested") && deep.at == DEPTH_MAX + 1, "{deep:?}");
        assert!(parsed(&"a+".repeat(1_000)).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]
        #[test]
        fn any_text_gives_a_tree_or_a_fault_inside_it(text in ".{0,60}") {
            if let Err(fault) = parsed(&text) {
                prop_assert!(fault.at <= text.len() && text.is_char_boundary(fault.at));
            }
        }
        #[test]
        fn texts_near_an_expression_do_too(
            text in "([a-c]|wins|min|s|%|[0-9]{1,3}|[-+*/(),<>=!^ .'\"\\[\\]]|and |not |é){0,24}",
        ) {
            if let Err(fault) = parsed(&text) {
                prop_assert!(fault.at <= text.len() && text.is_char_boundary(fault.at));
            }
        }
    }
}
