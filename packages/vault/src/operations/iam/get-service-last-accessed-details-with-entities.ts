/**
 * Gives, of a report, the users and roles that could use a service, the latest to use it first.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetServiceLastAccessedDetailsWithEntities.html
 */

import { pageInOrder } from "../../principals/page.ts";
import { holderArn } from "../../principals/policies/policy-holders.ts";
import { grantsService } from "../../principals/reports/granted-services.ts";
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { account } from "./account.ts";
import { lastUsesOfAll } from "./last-uses.ts";
import { input, jobId, paging, serviceNamespace } from "./members.ts";
import { pageMembers, pageRequest } from "./pages.ts";

export const getServiceLastAccessedDetailsWithEntities = operation({
  name: "GetServiceLastAccessedDetailsWithEntities",
  isReadOnly: true,
  input: input({
    JobId: required(jobId),
    ServiceNamespace: required(serviceNamespace),
    ...paging,
  }),
  permit: (_input, call) =>
    call.authorize("iam:GetServiceLastAccessedDetailsWithEntities", account(call)),

  async run(input, permit, call) {
    const { accessReports } = call.vault.principals;
    const report = await accessReports.get(permit, input.JobId, call.principal.arn);
    const { documents, users } = await accessReports.subject(report);
    const namespace = input.ServiceNamespace;
    const isGranted = documents.some((document) => grantsService(document, namespace));
    const uses = (await lastUsesOfAll(call, isGranted ? users : [], report.createdAt)).filter(
      ({ service }) => service === namespace,
    );
    const lastTimes = new Map(uses.toReversed().map(({ entity, time }) => [entity.uniqueId, time]));
    const timeOf = ({ uniqueId }: { uniqueId: string }) => lastTimes.get(uniqueId) ?? 0;
    const entities = isGranted ? users.toSorted((a, b) => timeOf(b) - timeOf(a)) : [];
    const page = pageInOrder(entities, pageRequest(input), ({ uniqueId }) => uniqueId);
    return {
      JobStatus: "COMPLETED",
      JobCreationDate: new Date(report.createdAt),
      JobCompletionDate: new Date(report.createdAt),
      EntityDetailsList: page.items.map((entity) => ({
        EntityInfo: {
          Arn: holderArn(entity),
          Name: entity.name,
          Type: entity.kind.toUpperCase(),
          Id: entity.uniqueId,
          Path: entity.path,
        },
        LastAuthenticated: lastTimes.has(entity.uniqueId) ? new Date(timeOf(entity)) : undefined,
      })),
      ...pageMembers(page),
    };
  },
});
