/**
 * The file of `--rotators`: at which addresses functions are, by ARN, and which ARNs stand for a
 * built-in rotator. What it says of types and endpoints is the rotator host's to read.
 */
import { readFileSync } from "node:fs";
import { millisecondsOf } from "./built-in-wire.ts";

export type FunctionEntry = FunctionAtEndpoint | FunctionOfType;

/** Whatever speaks Lambda's Invoke API. */
export interface FunctionAtEndpoint {
  /** With a path it is the whole address, else the place of Lambda's own paths. */
  readonly endpoint: string;
  /** Whether it knows the step revokeSecret, and testSecret of any version. */
  readonly revokes: boolean;
  /** How long its old keys live at least; undefined where that is left to the vault. */
  readonly graceMilliseconds?: number | undefined;
  /** How long it may take for a step. */
  readonly stepMilliseconds: number;
  /** Requests are signed, as AWS wants them. */
  readonly isSigned: boolean;
}

/** A name for a built-in rotator. */
export interface FunctionOfType {
  readonly type: string;
  readonly role: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export type FunctionEntries = ReadonlyMap<string, FunctionEntry>;

/** The file is off; the message says where. */
export class RotatorsFileError extends Error {
  override readonly name = "RotatorsFileError";
}

const functionArn = /^arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[\w-]{1,64}(?::[\w$-]{1,128})?$/;
const roleArn = /^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]+$/;

const timeoutSecondsDefault = 60;
/** What Lambda lets a function take at most. */
const timeoutSecondsMax = 900;

/** Throws RotatorsFileError. */
export function readRotatorsFile(path: string): FunctionEntries {
  return parseRotators(contentOf(path));
}

/** Throws RotatorsFileError. */
export function parseRotators(text: string): FunctionEntries {
  const { functions = {}, types, endpoints = [], ...others } = members(jsonOf(text), "the file");
  refuseOthers(others, "the file");
  checkEndpoints(endpoints);
  if (types !== undefined) members(types, "types");
  const entries = Object.entries(members(functions, "functions"));
  return new Map(entries.map(([arn, entry]) => [checkedArn(arn), entryOf(arn, entry)]));
}

/** They are the rotator host's to allow. */
function checkEndpoints(endpoints: unknown): void {
  const isUrl = (each: unknown) => typeof each === "string" && /^https?:\/\/./.test(each);
  if (Array.isArray(endpoints) && endpoints.every((each) => isUrl(each) && URL.canParse(each)))
    return;
  throw new RotatorsFileError("endpoints is no list of http or https URLs");
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new RotatorsFileError(`it can't be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RotatorsFileError("it is no JSON");
  }
}

function checkedArn(arn: string): string {
  if (functionArn.test(arn)) return arn;
  throw new RotatorsFileError(`'${arn}' is not the ARN of a function`);
}

function entryOf(arn: string, entry: unknown): FunctionEntry {
  const given = members(entry, arn);
  return given.endpoint === undefined ? ofType(arn, given) : atEndpoint(arn, given);
}

function atEndpoint(arn: string, given: Members): FunctionAtEndpoint {
  const { endpoint, revokes = false, credentials, ...more } = given;
  const { gracePeriod, timeoutSeconds = timeoutSecondsDefault, ...others } = more;
  refuseOthers(others, arn);
  const url = typeof endpoint === "string" ? URL.parse(endpoint) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "") {
    throw new RotatorsFileError(`the endpoint of ${arn} is no http or https URL`);
  }
  if (typeof revokes !== "boolean") {
    throw new RotatorsFileError(`revokes of ${arn} is neither true nor false`);
  }
  if (credentials !== undefined && credentials !== "environment") {
    throw new RotatorsFileError(`credentials of ${arn} can only be "environment"`);
  }
  return {
    endpoint: url.href,
    revokes,
    ...(gracePeriod !== undefined && { graceMilliseconds: graceOf(arn, gracePeriod, revokes) }),
    stepMilliseconds: stepOf(arn, timeoutSeconds),
    isSigned: credentials !== undefined,
  };
}

function graceOf(arn: string, gracePeriod: unknown, revokes: boolean): number {
  const milliseconds = typeof gracePeriod === "string" ? millisecondsOf(gracePeriod) : undefined;
  if (milliseconds === undefined) {
    throw new RotatorsFileError(`gracePeriod of ${arn} is no time such as 30m, 24h or 7d`);
  }
  if (revokes) return milliseconds;
  throw new RotatorsFileError(`${arn} has a gracePeriod, but not "revokes": true`);
}

function stepOf(arn: string, timeoutSeconds: unknown): number {
  const seconds = Number.isInteger(timeoutSeconds) ? Number(timeoutSeconds) : 0;
  if (seconds >= 1 && seconds <= timeoutSecondsMax) return seconds * 1000;
  throw new RotatorsFileError(
    `timeoutSeconds of ${arn} is no whole number from 1 to ${timeoutSecondsMax}`,
  );
}

function ofType(arn: string, given: Members): FunctionOfType {
  const { type, role, metadata = {}, ...others } = given;
  refuseOthers(others, arn);
  if (typeof type !== "string" || type === "") {
    throw new RotatorsFileError(`${arn} has neither an endpoint nor a type`);
  }
  if (typeof role !== "string" || !roleArn.test(role)) {
    throw new RotatorsFileError(`the role of ${arn} is not the ARN of a role`);
  }
  const entries = Object.entries(members(metadata, `metadata of ${arn}`));
  const texts = entries.map(([key, value]) => {
    if (typeof value === "string") return [key, value] as const;
    throw new RotatorsFileError(`${key} in the metadata of ${arn} is no text`);
  });
  return { type, role, metadata: Object.fromEntries(texts) };
}

type Members = Readonly<Record<string, unknown>>;

function members(value: unknown, name: string): Members {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (isObject) return value as Members;
  throw new RotatorsFileError(`${name} is no JSON object`);
}

/** A member that means nothing would be a setting that nobody follows. */
function refuseOthers(others: Members, name: string): void {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw new RotatorsFileError(`${name} has an unknown member ${unknown}`);
}
