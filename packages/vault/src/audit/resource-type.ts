/** CloudTrail's resource types for the ARNs that this vault knows. */

/** GLOB patterns over ARNs: `arn:partition:service:region:account:resource`. */
const patterns: Readonly<Record<string, string>> = {
  "AWS::SecretsManager::Secret": "arn:*:secretsmanager:*:*:secret:*",
  "AWS::SSM::Parameter": "arn:*:ssm:*:*:parameter/*",
  "AWS::KMS::Key": "arn:*:kms:*:*:key/*",
  "AWS::KMS::Alias": "arn:*:kms:*:*:alias/*",
  "AWS::IAM::User": "arn:*:iam::*:user/*",
  "AWS::IAM::Role": "arn:*:iam::*:role/*",
  "AWS::IAM::Group": "arn:*:iam::*:group/*",
  "AWS::IAM::InstanceProfile": "arn:*:iam::*:instance-profile/*",
  "AWS::IAM::Policy": "arn:*:iam::*:policy/*",
};

const expressions = Object.entries(patterns).map(
  ([type, pattern]) => [type, new RegExp(`^${pattern.replaceAll("*", ".*")}$`, "s")] as const,
);

/** "AWS::SecretsManager::Secret" for a secret's ARN; undefined for an ARN of no known type. */
export function resourceTypeOf(arn: string): string | undefined {
  return expressions.find(([, expression]) => expression.test(arn))?.[0];
}
