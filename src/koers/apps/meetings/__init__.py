"""The monthly meetings and the papers that they run on."""
