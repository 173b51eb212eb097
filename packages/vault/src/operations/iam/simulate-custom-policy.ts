/**
 * Tells what policies that are given would say to a request that nobody made.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { account } from "./account.ts";
import { input } from "./members.ts";
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

export const simulateCustomPolicy = operation({
  name: "SimulateCustomPolicy",
  isReadOnly: true,
  input: input({ PolicyInputList: required(policyInputs), ...simulationMembers }),
  permit: (_input, call) => call.authorize("iam:SimulateCustomPolicy", account(call)),

  run(input, _permit, call) {
    const { accountId } = call.scope;
    const { CallerArn, ResourcePolicy, ResourceArns = [] } = input;
    checkedActions(input.ActionNames, ResourceArns);
    if (ResourcePolicy !== undefined && CallerArn === undefined) {
      throw invalidInput("CallerArn is required where ResourcePolicy is given.");
    }
    const caller = callerFrom(CallerArn ?? `arn:aws:iam::${accountId}:user/simulated`);
    const simulate = simulatorOf(
      {
        caller,
        policies: inputPolicies("PolicyInputList", input.PolicyInputList),
        boundary: onlyBoundary(input.PermissionsBoundaryPolicyInputList),
        resourcePolicy: resourcePolicyFrom(ResourcePolicy),
        resourceOwner: ownerFrom(input.ResourceOwner, caller.accountId),
        keys: keysFrom(
          input.ContextEntries,
          CallerArn === undefined
            ? {}
            : { "aws:principalarn": CallerArn, "aws:username": caller.userName },
        ),
      },
      input,
    );
    return simulationOutput(input, simulate);
  },
});
