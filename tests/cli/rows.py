"""Mistakes to put into the lines of an input file."""


def changed(number, column, value):
    """A change of lines without header: ``value`` in a column of the file's row ``number`` (the
    header is row 1)."""

    def change(lines):
        lines[number - 2] = [*lines[number - 2]]
        lines[number - 2][column] = value
        return lines

    return change
