/**
 * Makes a report of all users and their keys, unless there is one of the last four hours.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateCredentialReport.html
 */
import { operation } from "../operation.ts";
import { account } from "./account.ts";
import { lastUseOfKey } from "./last-uses.ts";
import { input } from "./members.ts";

export const generateCredentialReport = operation({
  name: "GenerateCredentialReport",
  isReadOnly: true,
  input: input({}),
  permit: (_input, call) => call.authorize("iam:GenerateCredentialReport", account(call)),

  async run(_input, permit, call) {
    const isNew = await call.vault.principals.credentialReports.generate(permit, (keyId) =>
      lastUseOfKey(call, keyId),
    );
    if (!isNew) return { State: "COMPLETE" };
    const Description = "No report exists. Starting a new report generation task";
    return { State: "STARTED", Description };
  },
});
