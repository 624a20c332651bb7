"""What happens when something breaks: a source that answers badly, a site that is killed."""
