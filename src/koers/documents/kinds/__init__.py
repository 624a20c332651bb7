"""One builder a kind of document: what it is made of, in blocks with ids.

A new kind is a module here with a function that takes a ``Head`` (:mod:`koers.documents.content`)
and a text (:mod:`koers.records.text`), and gives a ``Document``. How that looks as PDF, ODT and
DOCX is the same for each kind.
"""
