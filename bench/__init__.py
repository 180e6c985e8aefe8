"""Speed as ratios: each row of ours against a reference run beside it, in shuffled rounds of one run."""
