"""The modelled standard library: modules whose waiting the engine decides."""
