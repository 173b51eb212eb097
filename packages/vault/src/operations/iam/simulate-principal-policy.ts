/**
 * Tells what the policies of a user, group or role would say to a request that nobody made, with
 * more policies added where they are given.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */
import type { Simulation } from "../../authorization/simulate.ts";
import {
  existingHolder,
  type HeldPolicy,
  holderArn,
  type PolicyHolder,
} from "../../principals/policies/policy-holders.ts";
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, policyArn } from "./members.ts";
import {
  callerFrom,
  checkedActions,
  inputPolicies,
  invalidInput,
  keysFrom,
  onlyBoundary,
  ownerFrom,
  policyInputs,
  resourcePolicyFrom,
  simulationMembers,
  simulatorOf,
} from "./simulation-input.ts";
import { simulationOutput } from "./simulation-output.ts";

export const simulatePrincipalPolicy = operation({
  name: "SimulatePrincipalPolicy",
  isReadOnly: true,
  input: input({
    PolicySourceArn: required(policyArn),
    PolicyInputList: policyInputs,
    ...simulationMembers,
  }),

  async permit({ PolicySourceArn }, call) {
    const holder = await call.vault.principals.policyHolders.locate(PolicySourceArn);
    return call.authorize("iam:SimulatePrincipalPolicy", holder);
  },

  async run(input, permit, call) {
    const { CallerArn, ResourcePolicy, ResourceArns = [] } = input;
    checkedActions(input.ActionNames, ResourceArns);
    const holder = existingHolder(permit.resource);
    if (ResourcePolicy !== undefined && CallerArn === undefined && holder.kind !== "user") {
      throw invalidInput("CallerArn is required where ResourcePolicy is given.");
    }
    const { policyHolders } = call.vault.principals;
    const held = await policyHolders.policiesOf(holder);
    const boundary = await policyHolders.boundaryOf(holder);
    const caller = CallerArn === undefined ? asCaller(holder) : callerFrom(CallerArn);
    const simulate = simulatorOf(
      {
        caller,
        policies: [
          ...held.map(simulated),
          ...inputPolicies("PolicyInputList", input.PolicyInputList),
        ],
        boundary:
          onlyBoundary(input.PermissionsBoundaryPolicyInputList) ??
          (boundary && simulated(boundary)),
        resourcePolicy: resourcePolicyFrom(ResourcePolicy),
        resourceOwner: ownerFrom(input.ResourceOwner, caller.accountId),
        keys: keysFrom(input.ContextEntries, knownOf(caller, holder)),
      },
      input,
    );
    return simulationOutput(input, simulate);
  },
});

/** The simulator's names: a managed policy's own, and "role_reader_policy" for one that is inline. */
function simulated({ name, arn, document, holder }: HeldPolicy) {
  return { id: arn === undefined ? `${holder.kind}_${holder.name}_${name}` : name, document };
}

function asCaller(holder: PolicyHolder): Simulation["caller"] {
  const { accountId, name, uniqueId } = holder;
  const arn = holderArn(holder);
  const common = { arn, accountId, principalId: uniqueId };
  return holder.kind === "role"
    ? { ...common, type: "AssumedRole", userName: undefined, roleArn: arn }
    : { ...common, type: "IAMUser", userName: name, roleArn: undefined };
}

/** What any request of the caller's would bring along. A group is nobody. */
function knownOf(caller: Simulation["caller"], holder: PolicyHolder) {
  if (holder.kind === "group") return {};
  const tags = holder.tags.map(({ key, value }) => [
    `aws:principaltag/${key.toLowerCase()}`,
    value,
  ]);
  return {
    "aws:principalarn": caller.arn,
    "aws:principalaccount": caller.accountId,
    "aws:username": caller.userName,
    "aws:userid": caller.userName === undefined ? undefined : caller.principalId || undefined,
    ...Object.fromEntries(tags),
  };
}
