/** What both of IAM's simulations are asked: members, and what they mean. */
import { compilePolicy } from "../../authorization/compile.ts";
import { contextKeysOf } from "../../authorization/context-keys.ts";
import {
  type SimulatedPolicy,
  type Simulation,
  type SimulationResult,
  simulator,
} from "../../authorization/simulate.ts";
import type { KeySource, KeyValues } from "../../authorization/types.ts";
import { ApiError } from "../../errors.ts";
import { parseIamArn } from "../../principals/arns.ts";
import { type Infer, list, refused, required, string, structure } from "../../shapes/shapes.ts";
import { paging, policyDocument } from "./members.ts";

const keyTypes = [
  "string",
  "stringList",
  "numeric",
  "numericList",
  "boolean",
  "booleanList",
  "ip",
  "ipList",
  "binary",
  "binaryList",
  "date",
  "dateList",
] as const;

const contextEntries = list(
  structure({
    ContextKeyName: string({ min: 5, max: 256 }),
    ContextKeyValues: list(string()),
    ContextKeyType: string({ enum: keyTypes }),
  }),
);

export const policyInputs = list(policyDocument);
const resourceName = string({ min: 1, max: 2048 });

export const simulationMembers = {
  PermissionsBoundaryPolicyInputList: policyInputs,
  ActionNames: required(list(string({ min: 3, max: 128 }))),
  ResourceArns: list(resourceName),
  ResourcePolicy: policyDocument,
  ResourceOwner: resourceName,
  CallerArn: resourceName,
  ContextEntries: contextEntries,
  ResourceHandlingOption: refused("there is no EC2 here whose scenarios it could name."),
  ...paging,
};

/** AWS says no numbers; these keep a question from taking longer than others can wait. */
const evaluationsMax = 10_000;
/** Of the policies, over all evaluations: about two seconds of work. */
const charactersEvaluatedMax = 64 * 1024 * 1024;

interface Asked {
  readonly ActionNames: readonly string[];
  readonly ResourceArns?: readonly string[] | undefined;
}

export function checkedActions(
  actions: readonly string[],
  resources: readonly string[],
): readonly string[] {
  const strange = actions.find((action) => !/^[\w-]+:[\w-]+$/.test(action));
  if (strange !== undefined) throw invalidInput(`Invalid action name: ${strange}`);
  const notArn = resources.find(
    (arn) => arn !== "*" && !/^arn:[^:]*:[^:]+(?::[^:]*){2}:./s.test(arn),
  );
  if (notArn !== undefined) throw invalidInput(`Resource ${notArn} must be in ARN format or "*".`);
  if (actions.length * resources.length > evaluationsMax) {
    throw invalidInput(`At most ${evaluationsMax} pairs of an action and a resource.`);
  }
  return actions;
}

/** Documents as the results call them: "PolicyInputList.1". */
export function inputPolicies(
  member: string,
  documents: readonly string[] = [],
): readonly SimulatedPolicy[] {
  return documents.map((document, at) => ({ id: `${member}.${at + 1}`, document }));
}

export function onlyBoundary(
  documents: readonly string[] | undefined,
): SimulatedPolicy | undefined {
  const [boundary, ...others] = inputPolicies("PermissionsBoundaryPolicyInputList", documents);
  if (others.length > 0) throw invalidInput("Only one permissions boundary can be simulated.");
  return boundary;
}

export function resourcePolicyFrom(document: string | undefined): SimulatedPolicy | undefined {
  return document === undefined ? undefined : { id: "ResourcePolicy", document };
}

/** The user whom a resource policy is asked about. */
export function callerFrom(arn: string): Simulation["caller"] {
  const user = parseIamArn(arn);
  if (user?.type !== "user") throw invalidInput(`CallerArn ${arn} is not the ARN of an IAM user.`);
  const { accountId, name } = user;
  return { type: "IAMUser", arn, accountId, principalId: "", userName: name, roleArn: undefined };
}

export function ownerFrom(arn: string | undefined, callerAccountId: string): string {
  if (arn === undefined) return callerAccountId;
  const accountId = /^(?:arn:aws:iam::)?(\d{12})(?::.*)?$/.exec(arn)?.[1];
  if (accountId === undefined) throw invalidInput(`Invalid resource owner: ${arn}`);
  return accountId;
}

/** The context that is given, and where that says nothing what is known of the caller. */
export function keysFrom(
  entries: Infer<typeof contextEntries> | undefined = [],
  known: Readonly<Record<string, string | undefined>>,
): KeySource {
  const given = new Map<string, KeyValues>();
  for (const {
    ContextKeyName: name,
    ContextKeyValues: values = [],
    ContextKeyType: type,
  } of entries) {
    if (name === undefined || type === undefined) {
      throw invalidInput("A context entry needs a name and a type.");
    }
    const isList = type.endsWith("List");
    if (!isList && values.length > 1) {
      throw invalidInput(`Context key ${name} of type ${type} has more than one value.`);
    }
    const wrong = values.find((value) => !isOfType(value, type.replace("List", "")));
    if (wrong !== undefined)
      throw invalidInput(`Context key ${name} has a value that is no ${type}.`);
    if (values.length > 0) given.set(name.toLowerCase(), isList ? values : values[0]);
  }
  const all = new Map([...Object.entries(known), ...given]);
  return (lowerName) => all.get(lowerName);
}

function isOfType(value: string, type: string): boolean {
  if (type === "numeric") return value.trim() !== "" && Number.isFinite(Number(value));
  if (type === "boolean") return /^(?:true|false)$/i.test(value);
  if (type === "date") return !Number.isNaN(Date.parse(value)) || /^\d+$/.test(value);
  return true;
}

export function simulatorOf(
  simulation: Simulation,
  { ActionNames, ResourceArns = [] }: Asked,
): (action: string, resource: string) => SimulationResult {
  const { policies, boundary, resourcePolicy } = simulation;
  const characters = [...policies, boundary, resourcePolicy].reduce(
    (sum, policy) => sum + (policy?.document.length ?? 0),
    0,
  );
  const evaluations = ActionNames.length * Math.max(1, ResourceArns.length);
  if (characters * evaluations > charactersEvaluatedMax) {
    throw invalidInput("The policies are too long for so many actions and resources.");
  }
  return asInput(() => simulator(simulation));
}

/** A policy that is malformed is the question's fault here, not a document's that is stored. */
function asInput<Made>(make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    throw error instanceof ApiError ? invalidInput(error.message) : error;
  }
}

/** The context keys that identity policies ask about. */
export function keysAskedBy(documents: readonly string[]): readonly string[] {
  return asInput(() => contextKeysOf(documents.map((each) => compilePolicy(each, "identity"))));
}

export function invalidInput(message: string): ApiError {
  return new ApiError("InvalidInput", message);
}
