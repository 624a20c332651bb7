"""Settings, urls, base templates, components and static files."""
