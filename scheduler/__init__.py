"""The scheduler: `solving` makes plans and explanations out of cases and knows nothing else."""
