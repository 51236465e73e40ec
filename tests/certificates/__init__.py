"""Certificate texts and slips: reading, judging, and what the world really sends."""
