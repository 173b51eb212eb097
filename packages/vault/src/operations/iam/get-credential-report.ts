/**
 * Gives the last report of all users and their keys.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetCredentialReport.html
 */
import { operation } from "../operation.ts";
import { account } from "./account.ts";
import { input } from "./members.ts";

export const getCredentialReport = operation({
  name: "GetCredentialReport",
  isReadOnly: true,
  input: input({}),
  permit: (_input, call) => call.authorize("iam:GetCredentialReport", account(call)),

  async run(_input, permit, call) {
    const { csv, generatedAt } = await call.vault.principals.credentialReports.get(permit);
    return {
      Content: Buffer.from(csv),
      ReportFormat: "text/csv",
      GeneratedTime: new Date(generatedAt),
    };
  },
});
