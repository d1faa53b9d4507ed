//! Columns that line up; where the line is too short, the last column gives way, then the first, and they wrap.

use crate::paper::wrapped;

/// One row: a text for each column.
pub type Row = Vec<String>;

/// Between two columns.
const GAP: usize = 2;

/// The first column is never narrower.
const FIRST_LEAST: usize = 16;

/// Nor is the last, unless its cells are shorter.
const LAST_LEAST: usize = 24;

/// Nor is any other.
const MIDDLE_LEAST: usize = 12;

/// The widths of columns for a set of rows.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    indent: usize,
    widths: Vec<usize>,
}

impl Columns {
    /// Columns that hold all the rows after an indent, in lines of `width` characters where the least widths allow it.
    pub fn of(rows: &[Row], indent: usize, width: usize) -> Self {
        let mut widths: Vec<usize> = Vec::new();
        for row in rows {
            for (place, cell) in row.iter().enumerate() {
                let length = cell.chars().count();
                match widths.get_mut(place) {
                    Some(widest) => *widest = length.max(*widest),
                    None => widths.push(length),
                }
            }
        }
        let gaps = GAP.saturating_mul(widths.len().saturating_sub(1));
        let mut over = indent.saturating_add(gaps).saturating_add(widths.iter().sum()).saturating_sub(width);
        let is_one = widths.len() == 1;
        if let Some(last) = widths.last_mut().filter(|_| !is_one) {
            over = over.saturating_sub(shrink(last, over, LAST_LEAST));
        }
        if let Some(first) = widths.first_mut() {
            over = over.saturating_sub(shrink(first, over, FIRST_LEAST));
        }
        for middle in widths.iter_mut().skip(1) {
            over = over.saturating_sub(shrink(middle, over, MIDDLE_LEAST));
        }
        Self { indent, widths }
    }

    /// A row in lines.
    pub fn lines(&self, row: &[String]) -> Vec<String> {
        let cells: Vec<Vec<String>> = row.iter().zip(&self.widths).map(|(cell, width)| wrapped(cell, *width)).collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or_default();
        let mut lines = Vec::with_capacity(height);
        for place in 0..height {
            let mut line = " ".repeat(self.indent);
            for (column, (cell, width)) in cells.iter().zip(&self.widths).enumerate() {
                let gap = if column == 0 { 0 } else { GAP };
                let text = cell.get(place).map_or("", String::as_str);
                line.push_str(&format!("{:gap$}{text:width$}", ""));
            }
            lines.push(line.trim_end().to_owned());
        }
        lines
    }

    /// A whole table.
    pub fn table(rows: &[Row], indent: usize, width: usize) -> Vec<String> {
        let columns = Self::of(rows, indent, width);
        rows.iter().flat_map(|row| columns.lines(row)).collect()
    }
}

/// Makes a column narrower by as much as is asked for, but not narrower than `least`; answers by how much.
fn shrink(column: &mut usize, asked: usize, least: usize) -> usize {
    let given = asked.min(column.saturating_sub(least));
    *column = column.saturating_sub(given);
    given
}

/// A row of literal texts.
pub fn row<const N: usize>(cells: [&str; N]) -> Row {
    cells.map(str::to_owned).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stand_under_each_other() {
        let table = Columns::table(&[row(["a", "100%", "x"]), row(["longer", "6 cm", ""])], 2, 40);
        assert_eq!(table, ["  a       100%  x", "  longer  6 cm"]);
    }

    #[test]
    fn the_first_column_wraps_where_the_line_is_too_short() {
        let table = Columns::table(&[row(["length of the painful area, share of the first value", "100%"])], 0, 30);
        assert!(table.len() > 1 && table.iter().all(|line| line.chars().count() <= 30), "{table:?}");
        assert!(table.first().unwrap().ends_with("100%"), "{table:?}");
        assert_eq!(Columns::table(&[], 0, 30), Vec::<String>::new());
    }
}
