"""Two versions of a text beside each other, block by block."""

from __future__ import annotations

from dataclasses import dataclass

from koers.records.text import Block, SectionedText, said, shown


@dataclass(frozen=True)
class Difference:
    """A block that differs; '' where it is not in that version."""

    heading: str
    old: str
    new: str

    @property
    def what(self) -> str:
        if not self.old:
            return "toegevoegd"
        return "gewijzigd" if self.new else "weggehaald"


def differences(old: SectionedText, new: SectionedText) -> list[Difference]:
    """What differs, in the order of the new text, then what is gone."""
    before = {block.id: block for block in old.blocks}
    after = {block.id: block for block in new.blocks}
    found = []
    for identity, block in after.items():
        heading, was = new.heading_of(identity), before.get(identity)
        if was is None:
            found.append(Difference(heading, "", _words(block)))
        elif _words(was) != _words(block):
            found.append(Difference(heading, _words(was), _words(block)))
    gone = (block for identity, block in before.items() if identity not in after)
    found += [Difference(old.heading_of(block.id), _words(block), "") for block in gone]
    return found


def _words(block: Block) -> str:
    return said(shown(block))
