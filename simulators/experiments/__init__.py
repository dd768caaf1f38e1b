"""One description of an experiment: system, expert, quantizer, class, reward and deployment, joined once.

An experiment is the mirror image of a statement. A statement says what it assumes and which symbols it needs; an
experiment says what holds (`facts`), computes the symbols, and measures what the statement bounds.
"""
