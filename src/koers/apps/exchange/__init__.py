"""Tables of measures and actions in and out: read, mapped, checked, written in one go, taken back;
export is import."""
