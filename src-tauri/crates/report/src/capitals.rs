//! Points in Chinese capitals (大写), which are hard to alter on paper.

use review::points::Points;

const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];

/// Points in capitals: `玖拾壹点叁贰分`, `捌拾肆点零伍分`, `玖拾点伍分`; whole points end in 整 so that nothing can be added:
/// `壹佰分整`.
#[must_use]
pub fn capitals(points: Points) -> String {
    let (whole, part) = (points.hundredths() / 100, points.hundredths() % 100);
    let mut text = whole_number(whole);
    if part == 0 {
        text.push_str("分整");
        return text;
    }
    text.push('点');
    text.push(digit(part / 10));
    if part % 10 != 0 {
        text.push(digit(part % 10));
    }
    text.push('分');
    text
}

fn digit(value: u32) -> char {
    usize::try_from(value).ok().and_then(|place| DIGITS.get(place)).copied().unwrap_or('零')
}

/// A whole number, four digits at a time; a run of zeros between digits is read once.
fn whole_number(value: u32) -> String {
    if value == 0 {
        return "零".to_owned();
    }
    let mut text = String::new();
    for (divisor, name) in [(100_000_000, "亿"), (10_000, "万"), (1, "")] {
        let group = value / divisor % 10_000;
        if group == 0 {
            continue;
        }
        let skipped = !text.is_empty() && (group < 1_000 || (value / divisor / 10_000).is_multiple_of(10));
        if skipped {
            text.push('零');
        }
        text.push_str(&four_digits(group));
        text.push_str(name);
    }
    text
}

fn four_digits(group: u32) -> String {
    let mut text = String::new();
    let mut skipped = false;
    for (divisor, name) in [(1_000, "仟"), (100, "佰"), (10, "拾"), (1, "")] {
        let value = group / divisor % 10;
        if value == 0 {
            skipped = !text.is_empty();
            continue;
        }
        if skipped {
            text.push('零');
            skipped = false;
        }
        text.push(digit(value));
        text.push_str(name);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_read_as_they_would_on_a_cheque() {
        for (hundredths, text) in [
            (0, "零分整"),
            (5, "零点零伍分"),
            (50, "零点伍分"),
            (1_000, "壹拾分整"),
            (1_250, "壹拾贰点伍分"),
            (8_405, "捌拾肆点零伍分"),
            (9_050, "玖拾点伍分"),
            (9_132, "玖拾壹点叁贰分"),
            (10_000, "壹佰分整"),
            (10_100, "壹佰零壹分整"),
            (101_000, "壹仟零壹拾分整"),
            (10_020_300, "壹拾万零贰佰零叁分整"),
            (4_294_967_295, "肆仟贰佰玖拾肆万玖仟陆佰柒拾贰点玖伍分"),
        ] {
            assert_eq!(capitals(Points::from_hundredths(hundredths)), text, "{hundredths}");
        }
    }
}
