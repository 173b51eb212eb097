/**
 * From an event to a rotator's step and its reply. What is thrown is a RotationFailure or an
 * InvalidEvent, whose messages hold no value: whatever else went wrong is told by its name.
 */
import { InvalidEvent, parseEvent, type RotationEvent, texts } from "./event.ts";
import { checkMetadata } from "./metadata.ts";
import { keyNameOf, RotationFailure, type Rotator } from "./rotator.ts";
import { SecretVersions } from "./secret-versions.ts";
import { runStep, type StepReply } from "./steps.ts";

export interface Surroundings {
  readonly rotators: ReadonlyMap<string, Rotator>;
  /** Whether what the event doesn't say may be found in this process's environment. */
  readonly hasOwnIdentity: boolean;
  readonly signal: AbortSignal;
}

/** Rejects with RotationFailure or InvalidEvent. */
export async function invoke(given: unknown, surroundings: Surroundings): Promise<StepReply> {
  const event = parseEvent(given);
  if (!surroundings.hasOwnIdentity && event.aws.credentials === undefined) {
    throw new InvalidEvent("Credentials are missing.");
  }
  const { type, metadata } = surroundings.hasOwnIdentity ? configured(event) : event;
  const rotator = surroundings.rotators.get(type ?? "");
  if (rotator === undefined) throw new InvalidEvent("Type names no rotator of this host.");
  checkMetadata(rotator, metadata ?? {});
  return take(event, rotator, metadata ?? {}, surroundings.signal);
}

async function take(
  event: RotationEvent,
  rotator: Rotator,
  metadata: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<StepReply> {
  const { step, secretArn, token, oldVersionId, aws } = event;
  const versions = new SecretVersions(aws, secretArn, event.rotationToken);
  const keyName = keyNameOf(token);
  const rotation = { secretArn, token, oldVersionId, keyName, metadata, versions, aws, signal };
  try {
    signal.throwIfAborted();
    return await runStep[step](rotator, rotation);
  } catch (error) {
    throw told(error);
  } finally {
    versions.close();
  }
}

/** On AWS nobody writes `Claviger` into the event: the function's own variables say it. */
function configured(event: RotationEvent) {
  const { CLAVIGER_ROTATOR_TYPE, CLAVIGER_ROTATOR_METADATA } = process.env;
  return {
    type: event.type ?? CLAVIGER_ROTATOR_TYPE,
    metadata: event.metadata ?? metadataOf(CLAVIGER_ROTATOR_METADATA),
  };
}

function metadataOf(json: string | undefined): Record<string, string> {
  if (json === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new InvalidEvent("CLAVIGER_ROTATOR_METADATA must be JSON.");
  }
  return texts(value, "CLAVIGER_ROTATOR_METADATA");
}

/** What the vault, and AWS, say of a right that is missing: names alone. */
const deniedForm =
  /^User: [\w:/+=,.@-]+ is not authorized to perform: [\w:]+ on resource: [\w:/+=,.@*-]+/;

/** Messages of drivers, SDKs and providers may quote what was sent. */
function told(error: unknown): Error {
  if (error instanceof RotationFailure || error instanceof InvalidEvent) return error;
  const {
    name = "Error",
    message = "",
    code,
    cause,
  } = error as Partial<Record<string, string>> & {
    cause?: object;
  };
  if (name === "TimeoutError" || name === "AbortError") {
    return new RotationFailure("The step took too long.");
  }
  const [denial] = name.startsWith("AccessDenied") ? (deniedForm.exec(message) ?? []) : [];
  if (denial !== undefined) return new RotationFailure(`${denial}.`);
  const inner = code ?? (cause as { code?: string } | undefined)?.code;
  return new RotationFailure(`The step failed: ${inner ? `${name}, ${inner}` : name}.`);
}
