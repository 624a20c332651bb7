"""A text that comes in once more: what stayed the same is the same block, and keeps its id."""

from __future__ import annotations

from collections.abc import Sequence

from koers.records.text import Section, same_blocks


def as_before(old: Sequence[Section], new: Sequence[Section]) -> tuple[Section, ...]:
    """The new sections with the keys and ids of the old ones that they are: a section of the same
    heading, and in it the blocks that are equal or clearly the same paragraph."""
    waiting: dict[str, list[Section]] = {}
    for section in old:
        waiting.setdefault(_plain(section.heading), []).append(section)
    found = []
    for section in new:
        was = waiting.get(_plain(section.heading))
        found.append(_as_section(was.pop(0), section) if was else section)
    return tuple(found)


def _plain(heading: str) -> str:
    return " ".join(heading.lower().split())


def _as_section(old: Section, new: Section) -> Section:
    pairs = same_blocks(old.blocks, new.blocks)
    blocks = tuple(
        block.model_copy(update={"id": pairs[n].id}) if n in pairs else block
        for n, block in enumerate(new.blocks)
    )
    return new.model_copy(update={"key": old.key, "blocks": blocks})
