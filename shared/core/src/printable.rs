//! Text that others wrote, made fit for a line that a person reads.

use std::fmt::Write as _;

/// The text with control characters, line breaks and characters that reorder or hide text escaped, cut at `length`
/// characters with `…`.
pub fn printable(text: &str, length: usize) -> String {
    let mut escaped = text.chars().flat_map(|c| {
        // Quotes and backslashes are no danger in a line.
        let plain = matches!(c, '"' | '\'' | '\\').then_some(c);
        plain.into_iter().chain(plain.is_none().then(|| c.escape_debug()).into_iter().flatten())
    });
    let mut line: String = escaped.by_ref().take(length).collect();
    if escaped.next().is_some() {
        line.pop();
        line.push('…');
    }
    line
}

/// The same JSON, with characters that a terminal obeys, or that reorder or hide text, written as `\uXXXX`. Those below
/// U+0020 are escaped by any writer of JSON; the others it leaves as they are.
pub fn printable_json(json: &str) -> String {
    json.chars().fold(String::with_capacity(json.len()), |mut plain, c| {
        if c == '\u{7f}' || !c.is_ascii() && c.escape_debug().len() > 1 {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string does not fail.
                let _ = write!(plain, "\\u{unit:04x}");
            }
        } else {
            plain.push(c);
        }
        plain
    })
}

/// The text as SNS takes it in a subject: printable ASCII, everything else as `?`.
pub fn ascii(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).collect()
}

/// The text in at most `length` ASCII characters, the middle left out where it is longer: the ends of a name say most.
pub fn shortened(text: &str, length: usize) -> String {
    let text = ascii(text);
    if text.len() <= length {
        return text;
    }
    let kept = length.saturating_sub(2);
    let head = kept / 2;
    let tail = text.len() - (kept - head);
    // The text is ASCII by now, so any index is at a character.
    format!("{}..{}", text.get(..head).unwrap_or_default(), text.get(tail..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_or_disguises_a_line() {
        let cases = [
            ("plain text, \"quoted\" 'too' C:\\", "plain text, \"quoted\" 'too' C:\\"),
            ("two\r\nlines", "two\\r\\nlines"),
            ("\u{1b}[31mred", "\\u{1b}[31mred"),
            ("right\u{202e}to left", "right\\u{202e}to left"),
            ("zero\u{200b}width", "zero\\u{200b}width"),
            ("Grüße", "Grüße"),
        ];
        for (text, want) in cases {
            assert_eq!(printable(text, 100), want);
        }
        assert_eq!(printable("abcdef", 4), "abc…");
        assert_eq!(printable("abcd", 4), "abcd");
    }

    #[test]
    fn json_reads_back_as_it_was_and_nothing_of_it_is_obeyed() {
        let text = "\u{7f}\u{9b}31m right\u{202e}to left \u{2028} \u{fffe} tag\u{e0041} Grüße 表 🦀 \u{1b}\n\"\\";
        let json = serde_json::to_string(text).unwrap();
        let plain = printable_json(&json);
        assert_eq!(serde_json::from_str::<String>(&plain).unwrap(), text);
        assert!(
            plain.contains("\\u007f\\u009b31m right\\u202eto left \\u2028 \\ufffe tag\\udb40\\udc41 Grüße 表 🦀"),
            "{plain}"
        );
    }

    #[test]
    fn a_shortened_name_keeps_both_ends() {
        assert_eq!(shortened("role/team/orders-api-production", 17), "role/te..oduction");
        assert_eq!(shortened("short", 17), "short");
        assert_eq!(shortened("größe", 17), "gr??e");
    }
}
