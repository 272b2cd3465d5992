"""Every SQL statement of the project, and the only importer of `sqlcipher3`."""
