//! The embedded faces, which of them has a character, and what none has.

use std::{cell::RefCell, collections::BTreeSet};

use ttf_parser::Face as Parsed;

use crate::error::ReportError;

/// What is drawn where no font has the character: the mark that typesetters leave for a sort they lack (U+3013).
pub(crate) const GETA: char = '〓';

/// An embedded face; `assets/fonts/README.md` says what each holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Face {
    /// Song (宋体), for body text.
    Song,
    /// Bold Song, for titles.
    SongBold,
    /// Hei (黑体), for headings of the first level.
    Hei,
    /// Kai (楷体), for headings of the second level and as the last resort for rare characters.
    Kai,
}

impl Face {
    /// All faces.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 4] = [Self::Song, Self::SongBold, Self::Hei, Self::Kai];

    /// The font file.
    pub(crate) const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Song => include_bytes!("../../../../../assets/fonts/HengjianSong-Regular.ttf"),
            Self::SongBold => include_bytes!("../../../../../assets/fonts/HengjianSong-Bold.ttf"),
            Self::Hei => include_bytes!("../../../../../assets/fonts/HengjianHei-Medium.ttf"),
            Self::Kai => include_bytes!("../../../../../assets/fonts/HengjianKai-Regular.ttf"),
        }
    }

    /// The PostScript name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Song => "HengjianSong-Regular",
            Self::SongBold => "HengjianSong-Bold",
            Self::Hei => "HengjianHei-Medium",
            Self::Kai => "HengjianKai-Regular",
        }
    }

    /// Where a character is looked for, in this order.
    const fn chain(self) -> [Self; 4] {
        match self {
            Self::Song => [Self::Song, Self::Kai, Self::SongBold, Self::Hei],
            Self::SongBold => [Self::SongBold, Self::Song, Self::Kai, Self::Hei],
            Self::Hei => [Self::Hei, Self::SongBold, Self::Song, Self::Kai],
            Self::Kai => [Self::Kai, Self::Song, Self::SongBold, Self::Hei],
        }
    }

    const fn index(self) -> usize {
        match self {
            Self::Song => 0,
            Self::SongBold => 1,
            Self::Hei => 2,
            Self::Kai => 3,
        }
    }
}

/// A character as it will be drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    /// The face that has it.
    pub(crate) face: Face,
    /// The character drawn: the one asked for, or [`GETA`].
    pub(crate) character: char,
    /// The glyph.
    pub(crate) id: u16,
    /// Its advance in em.
    pub(crate) advance: f32,
}

/// The faces, read; and the characters that were asked for in vain.
pub(crate) struct Fonts {
    faces: [Parsed<'static>; 4],
    missing: RefCell<BTreeSet<char>>,
}

impl Fonts {
    /// Reads the embedded faces.
    ///
    /// # Errors
    /// [`ReportError::Font`] where an embedded file is damaged.
    pub(crate) fn load() -> Result<Self, ReportError> {
        let parse = |face: Face| Parsed::parse(face.bytes(), 0).map_err(|_| ReportError::Font { face: face.name() });
        Ok(Self {
            faces: [parse(Face::Song)?, parse(Face::SongBold)?, parse(Face::Hei)?, parse(Face::Kai)?],
            missing: RefCell::default(),
        })
    }

    /// The parsed face.
    pub(crate) const fn parsed(&self, face: Face) -> &Parsed<'static> {
        &self.faces[face.index()]
    }

    /// The character in the wanted face or the first that has it; [`GETA`] and a note where none has.
    pub(crate) fn find(&self, wanted: Face, character: char) -> Option<Found> {
        self.look_up(wanted, character).or_else(|| {
            self.missing.borrow_mut().insert(character);
            self.look_up(wanted, GETA)
        })
    }

    fn look_up(&self, wanted: Face, character: char) -> Option<Found> {
        wanted.chain().into_iter().find_map(|face| {
            let parsed = self.parsed(face);
            let id = parsed.glyph_index(character)?;
            let units = f32::from(parsed.units_per_em());
            let advance = f32::from(parsed.glyph_hor_advance(id)?) / units;
            Some(Found { face, character, id: id.0, advance })
        })
    }

    /// The characters that no face has, in order of their code points.
    pub(crate) fn missing(&self) -> Vec<char> {
        self.missing.borrow().iter().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_characters_of_names_are_found_in_some_face() {
        let fonts = Fonts::load().unwrap();
        for rare in "𠮷䶮龘镕喆堃犇㛃".chars() {
            for face in Face::ALL {
                let found = fonts.find(face, rare).unwrap();
                assert_eq!(found.character, rare, "{rare} in {face:?}");
            }
        }
        assert_eq!(fonts.missing(), []);
    }

    #[test]
    fn what_no_face_has_is_drawn_as_geta_and_reported() {
        let fonts = Fonts::load().unwrap();
        assert_eq!(fonts.find(Face::Song, '😀').unwrap().character, GETA);
        assert_eq!(fonts.find(Face::Kai, '\u{202e}').unwrap().character, GETA);
        assert_eq!(fonts.missing(), ['\u{202e}', '😀']);
    }
}
