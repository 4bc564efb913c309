"""What was agreed, what happened, what is owed."""
