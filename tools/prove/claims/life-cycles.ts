/** What Terraform's AWS provider asks from apply to destroy, by the AWS SDK for JavaScript. */
import type { Claim } from "../claim.ts";
import { passedTests } from "../tests.ts";

const resources: Readonly<Record<string, readonly string[]>> = {
  "secrets: aws_secretsmanager_secret, _version, _policy, _rotation": ["secretsmanager-terraform"],
  "parameters: aws_ssm_parameter": ["ssm-life-cycle"],
  "identities: aws_iam_user, _access_key, _group, _role, _instance_profile": [
    "iam-users",
    "iam-groups",
    "iam-roles",
    "iam-instance-profiles",
  ],
  "policies and providers: aws_iam_policy, _openid_connect_provider": [
    "iam-policies",
    "iam-oidc-providers",
  ],
  "keys: aws_kms_key, _alias, _key_policy, _grant": ["kms-keys", "kms-policies", "kms-grants"],
};

export const lifeCycles: Claim = {
  name: "life-cycles",
  says: "each resource is made, read, changed in place, tagged, deleted and made again, as Terraform does",
  async run({ root, print }) {
    for (const [what, names] of Object.entries(resources)) {
      const files = names.map((name) => `packages/vault/tests/api/${name}.test.ts`);
      print(`${what}: ${await passedTests({ root }, files)} tests`);
    }
  },
};
