#!/usr/bin/env python3
"""Cut the embedded faces out of the published fonts. README.md beside this file says how to run it.

Needs fonttools. Every run on the same inputs writes the same bytes.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

LATIN = (
    set(range(0x20, 0x7F))
    | set(range(0xA0, 0x180))
    | set(range(0x2010, 0x2040))
    | set(range(0x2070, 0x209D))
    | set(range(0x2150, 0x218A))
    | set(range(0x2190, 0x21A0))
    | set(range(0x2460, 0x2500))
    | set(range(0x3000, 0x3030))
    | set(range(0xFF00, 0xFFF0))
    | {0x2103, 0x2116, 0x2122, 0x2212, 0x221A, 0x2248, 0x2264, 0x2265}
    | {0x25A0, 0x25A1, 0x25CB, 0x25CF, 0x2610, 0x2611, 0x2713, 0x2717}
)


def charset(codec):
    """Code points beyond ASCII that one of the national character sets holds."""
    found = set()
    for code_point in range(0x80, 0x10000):
        try:
            chr(code_point).encode(codec)
        except UnicodeEncodeError:
            continue
        found.add(code_point)
    return found


def level_one(gb2312):
    """GB 2312 without its second level of rarer characters (rows 56 to 87)."""
    return {c for c in gb2312 if chr(c).encode("gb2312")[0] < 0xA0 + 56}


def is_han(code_point):
    return 0x3400 <= code_point <= 0x9FFF or 0xF900 <= code_point <= 0xFAFF or code_point >= 0x20000


def cut(source, target, wanted, family, style):
    font = TTFont(source, recalcTimestamp=False)
    options = subset.Options()
    options.hinting = False
    options.layout_features = []
    options.glyph_names = False
    options.notdef_outline = True
    options.name_IDs = [0, 7, 13, 14]
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "STAT", "vhea", "vmtx", "gasp", "prep", "DSIG"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=set(wanted) & set(font.getBestCmap()))
    cutter.subset(font)
    # The licence reserves the published names for the unmodified fonts.
    names = font["name"]
    for name_id, text in {
        1: family,
        2: "Regular",
        3: f"{family} {style}",
        4: f"{family} {style}",
        6: f"{family.replace(' ', '')}-{style}",
    }.items():
        names.setName(text, name_id, 3, 1, 0x409)
    names.names = [n for n in names.names if n.platformID == 3 and n.langID == 0x409]
    font.save(target)
    print(f"{target.name}: {len(font.getBestCmap())} characters, {target.stat().st_size} bytes")


def main():
    serif, serif_bold, sans, kai = map(Path, sys.argv[1:5])
    here = Path(__file__).resolve().parent
    gbk, gb2312 = charset("gbk"), charset("gb2312")
    beyond_gbk = {c for c in TTFont(kai).getBestCmap() if is_han(c) and c not in gbk}
    cut(serif, here / "HengjianSong-Regular.ttf", gbk | LATIN, "Hengjian Song", "Regular")
    cut(serif_bold, here / "HengjianSong-Bold.ttf", gb2312 | LATIN, "Hengjian Song", "Bold")
    cut(sans, here / "HengjianHei-Medium.ttf", level_one(gb2312) | LATIN, "Hengjian Hei", "Medium")
    cut(kai, here / "HengjianKai-Regular.ttf", gb2312 | LATIN | beyond_gbk, "Hengjian Kai", "Regular")


main()
