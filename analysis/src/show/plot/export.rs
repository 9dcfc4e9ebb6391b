//! Charts as files, for papers and slides.

use std::fs;
use std::path::Path;

use super::Drawing;
use crate::Error;

/// Writes each chart as `<id>.svg` and `<id>.png` into a folder, which is made if need be. An id is
/// a file name without an ending: letters, digits, `-` and `_`; other characters become `-`.
///
/// # Errors
///
/// [`Error::Io`] if a file cannot be written.
pub fn export(folder: &Path, charts: &[(String, Drawing)]) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(Error::at(folder))?;
    for (id, drawing) in charts {
        let safe = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
        let name: String = id.chars().map(safe).collect();
        let svg = folder.join(format!("{name}.svg"));
        fs::write(&svg, drawing.file()).map_err(Error::at(&svg))?;
        drawing.write_png(&folder.join(format!("{name}.png")))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::plot::{Ink, Mark};

    #[test]
    fn every_chart_is_two_files_with_a_safe_name() {
        let folder = tempfile::tempdir().unwrap();
        let figures = folder.path().join("deep/figures");
        let bar = Mark::Bar { corner: (1.0, 1.0), opposite: (9.0, 9.0), ink: Ink::Muted };
        let (width_px, height_px) = (20.0, 10.0);
        let drawing =
            Drawing { title: String::new(), width_px, height_px, marks: vec![bar], reading: None };
        export(&figures, &[("supply/../stack".to_owned(), drawing)]).unwrap();
        let svg = fs::read_to_string(figures.join("supply----stack.svg")).unwrap();
        assert!(svg.starts_with("<svg xmlns=") && !svg.contains("var("), "{svg}");
        let png = fs::read(figures.join("supply----stack.png")).unwrap();
        assert!(png.starts_with(b"\x89PNG"));
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(matches!(export(&file, &[]), Err(Error::Io { .. })));
    }
}
