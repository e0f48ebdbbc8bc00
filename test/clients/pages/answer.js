// It was loaded.
