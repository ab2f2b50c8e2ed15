"""From a case to a plan with its proof, or to the reason why there is none: pure, no files, only a stopwatch."""
