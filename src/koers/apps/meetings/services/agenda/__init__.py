"""The agenda that makes itself: which subjects there are (``candidates``), and keeping the rows in
step (``rows``)."""
