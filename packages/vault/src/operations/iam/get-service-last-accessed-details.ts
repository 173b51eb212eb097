/**
 * Gives a report of which services something gives access to, and who used each last. Attempts
 * that were denied count, as on AWS.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetServiceLastAccessedDetails.html
 */

import { pageOf } from "../../principals/page.ts";
import { holderArn } from "../../principals/policies/policy-holders.ts";
import { grantsService } from "../../principals/reports/granted-services.ts";
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { account } from "./account.ts";
import { type EntityUse, lastUsesOfAll } from "./last-uses.ts";
import { input, jobId, paging } from "./members.ts";
import { pageMembers, pageRequest } from "./pages.ts";
import { serviceNames } from "./service-names.ts";

export const getServiceLastAccessedDetails = operation({
  name: "GetServiceLastAccessedDetails",
  isReadOnly: true,
  input: input({ JobId: required(jobId), ...paging }),
  permit: (_input, call) => call.authorize("iam:GetServiceLastAccessedDetails", account(call)),

  async run(input, permit, call) {
    const { accessReports } = call.vault.principals;
    const report = await accessReports.get(permit, input.JobId, call.principal.arn);
    const { documents, users } = await accessReports.subject(report);
    const granted = [...serviceNames].filter(([namespace]) =>
      documents.some((document) => grantsService(document, namespace)),
    );
    const page = pageOf(granted, pageRequest(input), ([namespace]) => namespace);
    const uses = await lastUsesOfAll(call, users, report.createdAt);
    const isByAction = report.granularity === "ACTION_LEVEL";
    return {
      JobStatus: "COMPLETED",
      JobType: report.granularity,
      JobCreationDate: new Date(report.createdAt),
      ServicesLastAccessed: page.items.map(([namespace, name]) => {
        const used = uses.filter(({ service }) => service === namespace);
        return {
          ServiceName: name,
          ...lastAuthenticated(used[0]),
          ServiceNamespace: namespace,
          TotalAuthenticatedEntities: new Set(used.map(({ entity }) => entity.uniqueId)).size,
          ...(isByAction && used.length > 0 && { TrackedActionsLastAccessed: actions(used) }),
        };
      }),
      JobCompletionDate: new Date(report.createdAt),
      ...pageMembers(page),
    };
  },
});

function lastAuthenticated(use: EntityUse | undefined) {
  if (use === undefined) return {};
  return {
    LastAuthenticated: new Date(use.time),
    LastAuthenticatedEntity: holderArn(use.entity),
    LastAuthenticatedRegion: use.region,
  };
}

/** Each action once, with its latest use. */
function actions(used: readonly EntityUse[]) {
  const latest = new Map(used.toReversed().map((use) => [use.operation, use]));
  return [...latest]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([operation, { entity, time, region }]) => ({
      ActionName: operation,
      LastAccessedEntity: holderArn(entity),
      LastAccessedTime: new Date(time),
      LastAccessedRegion: region,
    }));
}
