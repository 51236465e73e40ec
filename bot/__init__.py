"""The running program: processes, wiring, channels and the web."""
