import pytest

from tutor.typeset.cache import Recent


def test_the_value_unused_for_longest_goes_first() -> None:
    memory: Recent[str, int] = Recent(2)
    memory.put("a", 1)
    memory.put("b", 2)
    assert memory.get("a") == 1
    memory.put("c", 3)
    assert (memory.get("a"), memory.get("b"), memory.get("c")) == (1, None, 3)
    assert len(memory) == 2


def test_no_room_is_refused() -> None:
    with pytest.raises(ValueError, match="room"):
        Recent[str, int](0)
