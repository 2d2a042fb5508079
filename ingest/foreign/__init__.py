"""Other people's devices in their own tongues: decoded, known by name, and said again in ours."""
