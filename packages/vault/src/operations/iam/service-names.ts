/** The services that there are here, by their namespaces, in the order of those, as AWS calls them. */
export const serviceNames: ReadonlyMap<string, string> = new Map([
  ["cloudtrail", "AWS CloudTrail"],
  ["iam", "AWS Identity and Access Management"],
  ["kms", "AWS Key Management Service"],
  ["organizations", "AWS Organizations"],
  ["secretsmanager", "AWS Secrets Manager"],
  ["ssm", "AWS Systems Manager"],
  ["sts", "AWS Security Token Service"],
]);
