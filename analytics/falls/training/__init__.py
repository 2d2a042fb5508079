"""From recorded trials to a model and its figures. Nothing here runs in the live system."""
