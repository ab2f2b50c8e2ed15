"""From a case to a plan with its proof, or to the reason why there is none. Pure: no files, no clock but the stopwatch."""
