/**
 * Asks for a report of which services a user, role, group or policy gives access to, and when
 * each was last used.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateServiceLastAccessedDetails.html
 */
import { parseIamArn } from "../../principals/arns.ts";
import { required, string } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, policyArn } from "./members.ts";

export const generateServiceLastAccessedDetails = operation({
  name: "GenerateServiceLastAccessedDetails",
  isReadOnly: true,
  input: input({
    Arn: required(policyArn),
    Granularity: string({ enum: ["SERVICE_LEVEL", "ACTION_LEVEL"] }),
  }),

  async permit({ Arn }, call) {
    const { policies, policyHolders } = call.vault.principals;
    const isPolicy = parseIamArn(Arn)?.type === "policy";
    const subject = isPolicy
      ? await policies.locate(call.scope.accountId, Arn)
      : await policyHolders.locate(Arn);
    return call.authorize("iam:GenerateServiceLastAccessedDetails", subject);
  },

  async run({ Granularity = "SERVICE_LEVEL" }, permit, call) {
    const JobId = await call.vault.principals.accessReports.generate(permit, {
      accountId: call.scope.accountId,
      granularity: Granularity,
      requestedBy: call.principal.arn,
    });
    return { JobId };
  },
});
