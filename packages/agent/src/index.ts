/** Role credentials for workloads, found by unmodified AWS SDKs the way they look for them on AWS. */
export {};
