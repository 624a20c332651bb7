"""Results to Vega-Lite specifications, and those to SVG."""
