"""A new company walked through all twelve steps over HTTP, by the pages people use: rehearsal, demo and proof in one."""
