"""The pages of the plan, a module for each part of it."""
