import pytest

from tutor.typeset.outlines import joined, shape, transformed


def test_relative_and_absolute_data_say_the_same() -> None:
    relative = shape("M 0 0m 1 2h 3v 4l -1 -1c 1 0 2 0 2 1Z ", flipped=False)
    absolute = shape("M 1 2H 4V 6L 3 5C 4 5 5 5 5 6Z", flipped=False)
    assert relative.path == absolute.path
    assert absolute.path == (
        ("M", 1, 2), ("L", 4, 2), ("L", 4, 6), ("L", 3, 5), ("C", 4, 5, 5, 5, 5, 6), ("Z",),
    )
    assert absolute.bounds == (1, 2, 5, 6)


def test_fonts_grow_upwards_and_pages_downwards() -> None:
    assert shape("M 0 1L 2 3", flipped=True).path == (("M", 0, -1), ("L", 2, -3))


def test_a_move_after_closing_starts_from_where_the_curve_began() -> None:
    path = shape("M 5 5l 1 0l 0 1Z m 10 0l 1 0Z", flipped=False).path
    assert path[4:] == (("M", 15, 5), ("L", 16, 5), ("Z",))


def test_a_quadratic_curve_becomes_the_cubic_one_with_the_same_points() -> None:
    (_, curve) = shape("M 0 0Q 3 6 6 0", flipped=False).path
    assert curve == ("C", 2, 4, 4, 4, 6, 0)


def test_repeated_operands_repeat_the_command() -> None:
    assert shape("M 0 0L 1 1 2 2", flipped=False).path[1:] == (("L", 1, 1), ("L", 2, 2))


@pytest.mark.parametrize("data", ["M 0 0A 1 1 0 0 0 2 2", "M 0 0L 1", "M 0 0Z 1"])
def test_unknown_data_is_refused(data: str) -> None:
    with pytest.raises(ValueError, match="unexpected"):
        shape(data, flipped=False)


def test_equal_outlines_are_one_object() -> None:
    data = "M 0 0L 1 1L 0 1Z"
    assert shape(data, True).path is shape(str(data), True).path


def test_a_space_has_no_outline() -> None:
    assert shape("M 0 0", flipped=True).path == ()


def test_pieces_of_a_bracket_become_one_outline() -> None:
    data = "M 0 0L 1 0L 1 2Z"
    bracket = joined(((data, 0.0, 0.0), (data, 0.0, -1.5)))
    assert bracket.joined
    assert bracket.bounds == (0, -3.5, 1, 0)


def test_a_transform_moves_every_point() -> None:
    assert transformed("M 1 0L 0 1", 0.0, 2.0, -1.0, 0.0).path == (("M", 0, 2), ("L", -1, 0))
