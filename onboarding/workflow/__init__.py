"""The twelve steps, their criteria and the machine that moves between them. Reads only."""
