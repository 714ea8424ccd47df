//! From drawn pages to a PDF file: fonts cut to the glyphs in use, and nothing in the file that depends on chance.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, FixedOffset};
use lopdf::{Dictionary, Object, StringFormat};
use printpdf::{
    Codepoint, Color, FontId, FontMetrics, Line, LinePoint, Mm, Op, PaintMode, ParsedFont, PdfDocument, PdfFont,
    PdfFontHandle, PdfPage, PdfSaveOptions, Point, Pt, RawImage, RawImageData, RawImageFormat, Rect, Rgb, TextItem,
    TextMatrix, XObject, XObjectId, XObjectTransform,
};
use subsetter::GlyphRemapper;

use crate::{
    error::ReportError,
    layout::{
        draw::{Colour, Glyph, Item, Picture},
        font::{Face, Fonts},
        page::Page,
    },
};

/// What the file says about itself.
pub(crate) struct About {
    /// The title that a reader shows.
    pub(crate) title: String,
    /// The author, may be empty.
    pub(crate) author: String,
    /// The time of making.
    pub(crate) made_at: DateTime<FixedOffset>,
    /// What the file's identifier is made from: the same seed gives the same file.
    pub(crate) seed: [u8; 16],
    /// Headings with their page, from 1.
    pub(crate) outline: Vec<(String, usize)>,
}

/// Writes pages as a file: the same pages and the same `about` give the same bytes.
///
/// # Errors
/// [`ReportError::Font`], [`ReportError::Write`].
pub(crate) fn write(fonts: &Fonts, pages: &[Page], about: &About) -> Result<Vec<u8>, ReportError> {
    let mut document = PdfDocument::new(&about.title);
    let cut = cut_fonts(fonts, pages)?;
    for (face, font) in &cut {
        document.resources.fonts.map.insert(font_id(*face), PdfFont::new(font.parsed.clone()));
    }
    document.metadata.info.author.clone_from(&about.author);
    document.metadata.info.creator = concat!("hengjian ", env!("CARGO_PKG_VERSION")).to_owned();
    document.metadata.info.producer = "printpdf".to_owned();
    for page in pages {
        let ops = Drawing { height: page.geometry.height, cut: &cut, document: &mut document, ops: vec![] }.draw(page);
        let paper = (Mm::from(Pt(page.geometry.width)), Mm::from(Pt(page.geometry.height)));
        document.pages.push(PdfPage::new(paper.0, paper.1, ops));
    }
    for (text, page) in &about.outline {
        document.add_bookmark(text, *page);
    }
    save(&document, about)
}

/// A face cut to the glyphs in use.
struct Cut {
    parsed: ParsedFont,
    remapper: GlyphRemapper,
}

fn font_id(face: Face) -> FontId {
    FontId(face.name().to_owned())
}

fn cut_fonts(fonts: &Fonts, pages: &[Page]) -> Result<BTreeMap<Face, Cut>, ReportError> {
    let mut used: BTreeMap<Face, BTreeSet<(u16, char)>> = BTreeMap::new();
    for item in pages.iter().flat_map(|page| &page.items) {
        if let Item::Text { face, glyphs, .. } = item {
            used.entry(*face).or_default().extend(glyphs.iter().map(|glyph| (glyph.id, glyph.character)));
        }
    }
    used.into_iter().map(|(face, glyphs)| Ok((face, cut_font(fonts, face, &glyphs)?))).collect()
}

fn cut_font(fonts: &Fonts, face: Face, glyphs: &BTreeSet<(u16, char)>) -> Result<Cut, ReportError> {
    let broken = || ReportError::Font { face: face.name() };
    let mut remapper = GlyphRemapper::new();
    for (glyph, _) in glyphs {
        remapper.remap(*glyph);
    }
    let bytes = subsetter::subset(face.bytes(), 0, &remapper).map_err(|_| broken())?;
    let whole = fonts.parsed(face);
    let mut characters = BTreeMap::new();
    let mut widths = BTreeMap::new();
    for (glyph, character) in glyphs {
        let id = remapper.get(*glyph).ok_or_else(broken)?;
        characters.insert(u32::from(*character), id);
        widths.insert(id, whole.glyph_hor_advance(ttf_parser::GlyphId(*glyph)).unwrap_or(0));
    }
    let metrics = FontMetrics { ascent: whole.ascender(), descent: whole.descender() };
    let name = Some(format!("{}+{}", subset_tag(glyphs), face.name()));
    let mut parsed = ParsedFont::with_glyph_data(bytes, 0, name, characters, widths, whole.units_per_em(), metrics);
    let bounds = whole.global_bounding_box();
    parsed.pdf_font_metrics.x_min = bounds.x_min;
    parsed.pdf_font_metrics.y_min = bounds.y_min;
    parsed.pdf_font_metrics.x_max = bounds.x_max;
    parsed.pdf_font_metrics.y_max = bounds.y_max;
    parsed.pdf_font_metrics.us_weight_class = whole.weight().to_number();
    Ok(Cut { parsed, remapper })
}

/// Six capitals that mark a subset (ISO 32000-1, 9.6.4), made from the glyphs in it.
fn subset_tag(glyphs: &BTreeSet<(u16, char)>) -> String {
    const LETTERS: &[u8; 26] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    // FNV-1a: a tag must differ between subsets, it need not resist anybody.
    let mut hash: u32 = 0x811c_9dc5;
    for (glyph, _) in glyphs {
        for byte in glyph.to_be_bytes() {
            hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        }
    }
    let mut tag = String::new();
    for _ in 0..6 {
        let letter = usize::try_from(hash % 26).unwrap_or(0);
        tag.push(char::from(LETTERS[letter]));
        hash /= 26;
    }
    tag
}

/// The operations of one page.
struct Drawing<'a> {
    height: f32,
    cut: &'a BTreeMap<Face, Cut>,
    document: &'a mut PdfDocument,
    ops: Vec<Op>,
}

impl Drawing<'_> {
    fn draw(mut self, page: &Page) -> Vec<Op> {
        let mut fill: Option<Colour> = None;
        for item in &page.items {
            match item {
                Item::Text { face, size, colour, x, y, glyphs } => {
                    self.fill_colour(&mut fill, *colour);
                    self.text(*face, *size, *x, *y, glyphs);
                }
                Item::Fill { x, y, width, height, colour } => {
                    self.fill_colour(&mut fill, *colour);
                    let rectangle = Rect {
                        x: short(*x),
                        y: self.up(*y + *height),
                        width: short(*width),
                        height: short(*height),
                        mode: Some(PaintMode::Fill),
                        winding_order: None,
                    };
                    self.ops.push(Op::DrawRectangle { rectangle });
                }
                Item::Stroke { points, width, colour, closed } => {
                    self.ops.push(Op::SetOutlineColor { col: rgb(*colour) });
                    self.ops.push(Op::SetOutlineThickness { pt: Pt(*width) });
                    let points = points
                        .iter()
                        .map(|(x, y)| LinePoint { p: Point { x: short(*x), y: self.up(*y) }, bezier: false })
                        .collect();
                    self.ops.push(Op::DrawLine { line: Line { points, is_closed: *closed } });
                }
                Item::Picture { x, y, width, picture } => self.picture(*x, *y, *width, picture),
            }
        }
        self.ops
    }

    fn up(&self, y: f32) -> Pt {
        short(self.height - y)
    }

    fn fill_colour(&mut self, current: &mut Option<Colour>, wanted: Colour) {
        if *current != Some(wanted) {
            *current = Some(wanted);
            self.ops.push(Op::SetFillColor { col: rgb(wanted) });
        }
    }

    fn text(&mut self, face: Face, size: f32, x: f32, y: f32, glyphs: &[Glyph]) {
        let Some(cut) = self.cut.get(&face) else { return };
        let codes = glyphs
            .iter()
            .filter_map(|glyph| {
                let id = cut.remapper.get(glyph.id)?;
                // A TJ number moves back by thousandths of an em.
                let offset = (-glyph.extra / size * 1_000.0).round();
                Some(Codepoint::with_cid(id, if offset == 0.0 { 0.0 } else { offset }, glyph.character.to_string()))
            })
            .collect();
        self.ops.extend([
            Op::StartTextSection,
            Op::SetFont { font: PdfFontHandle::External(font_id(face)), size: Pt(size) },
            Op::SetTextMatrix { matrix: TextMatrix::Translate(short(x), self.up(y)) },
            Op::ShowText { items: vec![TextItem::GlyphIds(codes)] },
            Op::EndTextSection,
        ]);
    }

    fn picture(&mut self, x: f32, y: f32, width: f32, picture: &Picture) {
        let id = XObjectId(format!("Picture{}", self.document.resources.xobjects.map.len() + 1));
        let image = RawImage {
            pixels: RawImageData::U8(picture.rgb.clone()),
            width: usize::from(picture.width),
            height: usize::from(picture.height),
            data_format: RawImageFormat::RGB8,
            tag: vec![],
        };
        self.document.resources.xobjects.map.insert(id.clone(), XObject::Image(image));
        let height = width * f32::from(picture.height) / f32::from(picture.width.max(1));
        let transform = XObjectTransform {
            translate_x: Some(short(x)),
            translate_y: Some(self.up(y + height)),
            scale_x: Some(width),
            scale_y: Some(height),
            no_auto_scale: true,
            ..XObjectTransform::default()
        };
        self.ops.push(Op::UseXobject { id, transform });
    }
}

/// Hundredths of a point: finer than any printer, and short in the file.
fn short(length: f32) -> Pt {
    Pt((length * 100.0).round() / 100.0)
}

const fn rgb(colour: Colour) -> Color {
    Color::Rgb(Rgb { r: colour.0, g: colour.1, b: colour.2, icc_profile: None })
}

/// Serialises, with the identifier, the dates and the mended details that the writer leaves to chance.
fn save(document: &PdfDocument, about: &About) -> Result<Vec<u8>, ReportError> {
    let failed = |error: &dyn std::fmt::Display| ReportError::Write { reason: error.to_string() };
    let options = PdfSaveOptions { subset_fonts: false, image_optimization: None, ..PdfSaveOptions::default() };
    let mut warnings = vec![];
    let mut file = printpdf::serialize::to_lopdf_doc(document, &options, &mut warnings);
    "1.7".clone_into(&mut file.version);
    let id = Object::String(about.seed.to_vec(), StringFormat::Hexadecimal);
    file.trailer.set("ID", Object::Array(vec![id.clone(), id]));
    let stamp = about.made_at.format("D:%Y%m%d%H%M%S").to_string() + &offset(&about.made_at);
    let info = file.trailer.get(b"Info").and_then(Object::as_reference).map_err(|e| failed(&e))?;
    let info = file.get_object_mut(info).and_then(Object::as_dict_mut).map_err(|e| failed(&e))?;
    for key in ["CreationDate", "ModDate"] {
        info.set(key, Object::string_literal(stamp.clone()));
    }
    // Entries of a printing standard that this file does not claim.
    for key in ["GTS_PDFXVersion", "Trapped", "Identifier", "Keywords", "Subject"] {
        info.remove(key.as_bytes());
    }
    let root = file.trailer.get(b"Root").and_then(Object::as_reference).map_err(|e| failed(&e))?;
    let catalogue = file.get_object_mut(root).and_then(Object::as_dict_mut).map_err(|e| failed(&e))?;
    if catalogue.has(b"Outlines") {
        catalogue.set("PageMode", Object::Name(b"UseOutlines".to_vec()));
    }
    catalogue.set("Lang", Object::string_literal("zh-CN"));
    let mut preferences = Dictionary::new();
    preferences.set("DisplayDocTitle", Object::Boolean(true));
    catalogue.set("ViewerPreferences", Object::Dictionary(preferences));
    file.compress();
    let mut bytes = vec![];
    file.save_to(&mut bytes).map_err(|e| failed(&e))?;
    Ok(bytes)
}

/// The zone as PDF writes it: `+08'00'`.
fn offset(time: &DateTime<FixedOffset>) -> String {
    let zone = time.format("%:z").to_string();
    zone.split_once(':').map_or_else(|| "Z".to_owned(), |(hours, minutes)| format!("{hours}'{minutes}'"))
}
