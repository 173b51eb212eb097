/** Verifies the audit chain of a stopped vault's data folder, offline. */
