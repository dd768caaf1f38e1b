"""Which action tokenizer, and how many bins: answered from demonstrations, before training."""
