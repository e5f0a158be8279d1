from fontTools.ttLib import TTFont

from tutor.typeset.fonts import INTER, MONO, inter_files, mono_files


def test_the_font_files_hold_the_families_with_all_weights() -> None:
    for family, files in ((INTER, inter_files()), (MONO, mono_files())):
        assert "Italic" not in files[0].name
        for file in files:
            font = TTFont(file, lazy=True)
            assert font["name"].getBestFamilyName() == family
            weight = next(axis for axis in font["fvar"].axes if axis.axisTag == "wght")
            assert weight.minValue <= 400 <= 600 <= weight.maxValue
            font.close()
