"""What is measured where, the judgement, its run in the background, and the proposal that
follows."""
