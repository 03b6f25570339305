"""The program `cevns`: spectra, counts, fits and scans without writing Python.

main           the program, its options and most of its commands
experiments    commands of published experiments
scan           scans of parameters
terminal       arguments and tables
"""
