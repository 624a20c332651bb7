"""What a decision does: fill itself from plan and figures, pass its steps, become a document."""
