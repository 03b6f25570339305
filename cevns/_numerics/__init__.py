"""Mathematics that knows nothing of physics: polynomials, panels, tables of functions."""
