/**
 * Lists, for each service that is named, the policies by which a user, group or role can use it.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPoliciesGrantingServiceAccess.html
 */

import { pageInOrder } from "../../principals/page.ts";
import { existingHolder } from "../../principals/policies/policy-holders.ts";
import { grantsService } from "../../principals/reports/granted-services.ts";
import { list, required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, paging, policyArn, serviceNamespace } from "./members.ts";
import { pageMembers, pageRequest } from "./pages.ts";

const servicesAPage = 100;

export const listPoliciesGrantingServiceAccess = operation({
  name: "ListPoliciesGrantingServiceAccess",
  isReadOnly: true,
  input: input({
    Marker: paging.Marker,
    Arn: required(policyArn),
    ServiceNamespaces: required(list(serviceNamespace, { min: 1, max: 200 })),
  }),

  async permit({ Arn }, call) {
    const holder = await call.vault.principals.policyHolders.locate(Arn);
    return call.authorize("iam:ListPoliciesGrantingServiceAccess", holder);
  },

  async run({ Marker, ServiceNamespaces }, permit, call) {
    const holder = existingHolder(permit.resource);
    const policies = await call.vault.principals.policyHolders.policiesOf(holder);
    const request = { ...pageRequest({ Marker }), limit: servicesAPage };
    const page = pageInOrder(ServiceNamespaces, request, (namespace) => namespace);
    const entries = page.items.map((namespace) => ({
      ServiceNamespace: namespace,
      Policies: policies
        .filter(({ document }) => grantsService(document, namespace))
        .map(({ name, arn, holder: { kind, name: EntityName } }) =>
          arn === undefined
            ? { PolicyName: name, PolicyType: "INLINE", EntityType: kind.toUpperCase(), EntityName }
            : { PolicyName: name, PolicyType: "MANAGED", PolicyArn: arn },
        ),
    }));
    return { PoliciesGrantingServiceAccess: entries, ...pageMembers(page) };
  },
});
