"""Assessment of ability by GB/T 42195-2022: items, score, grade, and when to assess anew."""
