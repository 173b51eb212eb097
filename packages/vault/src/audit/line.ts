/**
 * An audit event as one line of JSON: the compact form that travels to the store, that the chain
 * hashes and that the database keeps. So two rules hold: a line holds only texts, integers and
 * nulls, and every text is well-formed Unicode, since a lone surrogate would not come back from
 * UTF-8 as it went in.
 */
import type { AuditEvent, AuditIdentity } from "./event.ts";

/** A line's fields, in the order of `fieldNames`. */
export type Fields = readonly (string | number | null)[];

/** The names of a line's fields, in their order. */
export const fieldNames = [
  "time",
  "event_id",
  "request_id",
  "scope",
  "service",
  "operation",
  "is_read_only",
  "identity",
  "username",
  "access_key_id",
  "source_address",
  "user_agent",
  "resource",
  "other_resources",
  "request_parameters",
  "response_elements",
  "error_code",
  "error_message",
  "version_id",
  "latency_microseconds",
  "count",
  "encoded_authorization_message",
] as const;

export type FieldName = (typeof fieldNames)[number];

/** Where each field stands in a line. */
export const places = Object.fromEntries(
  fieldNames.map((name, place) => [name, place]),
) as Readonly<Record<FieldName, number>>;

// CloudTrail's own bounds: texts are cut, parameters and elements left out. They hold for what an
// unauthenticated request claims too, or a stranger's long key id would fill the disk.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
const textCharactersMax = 1024;
const elementsCharactersMax = 100 * 1024;

export function lineOf(event: AuditEvent): string {
  const { time, eventId, requestId } = event;
  // The ids are the vault's own UUIDs: there is nothing in them to escape.
  return `[${Math.round(time)},"${eventId}","${requestId}",${headOf(event)},${restOf(event)}]`;
}

/**
 * The line of an event's fields. A line ends with its last field that isn't null: so the lines of
 * events from before the last columns were added stay as they were hashed.
 */
export function lineFrom(fields: Fields): string {
  return JSON.stringify(fields.slice(0, fields.findLastIndex((field) => field !== null) + 1));
}

/** The fields as JSON, without the brackets around. */
function wellFormedMembers(fields: Fields): string {
  let json = JSON.stringify(fields);
  // JSON escapes lone surrogates, and nothing else, as \ud800 to \udfff.
  if (json.includes("\\ud")) {
    json = JSON.stringify(
      fields.map((field) => (typeof field === "string" ? field.toWellFormed() : field)),
    );
  }
  return json.slice(1, -1);
}

/** What a head tells beside the caller and its operation, and its text. */
interface Head
  extends Pick<
    AuditEvent,
    | "service"
    | "isReadOnly"
    | "accountId"
    | "region"
    | "accessKeyId"
    | "sourceAddress"
    | "userAgent"
  > {
  readonly text: string;
}

/** By the caller and its operation: from where, and with what, is mostly as it was before. */
const heads = new WeakMap<AuditIdentity, Map<string, Head>>();

/** The fields from `scope` to `user_agent`, without brackets. */
function headOf(event: AuditEvent): string {
  const { identity, operation } = event;
  if (identity === undefined) return headText(event);
  let ofIdentity = heads.get(identity);
  if (ofIdentity === undefined) {
    ofIdentity = new Map();
    heads.set(identity, ofIdentity);
  }
  const known = ofIdentity.get(operation);
  if (known !== undefined && tellsTheSame(known, event)) return known.text;
  const { service, isReadOnly, accountId, region, accessKeyId, sourceAddress, userAgent } = event;
  const text = headText(event);
  const shown = { service, isReadOnly, accountId, region, accessKeyId, sourceAddress, userAgent };
  ofIdentity.set(operation, { ...shown, text });
  return text;
}

function tellsTheSame(head: Head, event: AuditEvent): boolean {
  return (
    head.service === event.service &&
    head.isReadOnly === event.isReadOnly &&
    head.accountId === event.accountId &&
    head.region === event.region &&
    head.accessKeyId === event.accessKeyId &&
    head.sourceAddress === event.sourceAddress &&
    head.userAgent === event.userAgent
  );
}

function headText(event: AuditEvent): string {
  const { identity } = event;
  return wellFormedMembers([
    cut(scopeText(event)),
    cut(event.service),
    cut(event.operation),
    event.isReadOnly ? 1 : 0,
    identity === undefined ? null : identityText(identity),
    identity === undefined ? null : usernameOf(identity),
    cut(event.accessKeyId),
    event.sourceAddress,
    cut(event.userAgent),
  ]);
}

/** The fields behind `user_agent`, without brackets. */
function restOf(event: AuditEvent): string {
  const { resources, encodedAuthorizationMessage } = event;
  const fields = [
    resources[0] ?? null,
    resources.length > 1 ? JSON.stringify(resources.slice(1)) : null,
    bounded(event.requestParameters),
    event.responseElements === null ? null : bounded(event.responseElements),
    event.errorCode ?? null,
    event.errorMessage === undefined ? null : cut(event.errorMessage),
    event.versionId ?? null,
    Math.round(event.latencyMicroseconds),
    event.count,
  ];
  if (encodedAuthorizationMessage !== undefined) fields.push(encodedAuthorizationMessage);
  return wellFormedMembers(fields);
}

export function cut(text: string): string {
  return text.length > textCharactersMax ? text.slice(0, textCharactersMax) : text;
}

export function scopeText(scope: { readonly accountId: string; readonly region: string }): string {
  return `${scope.accountId}/${scope.region}`;
}

function identityText(identity: AuditIdentity): string {
  const { type, arn, principalId, accountId, sessionIssuerArn, sessionIssuedAt } = identity;
  const { sessionExpiresAt, webIdentitySubject, sourceIdentity, isRotation } = identity;
  const further = { webIdentitySubject, sourceIdentity, isRotation };
  return JSON.stringify([
    type,
    arn,
    principalId,
    accountId,
    sessionIssuerArn ?? null,
    sessionIssuedAt ?? null,
    // How long it lives is the same few digits in most lines, which when it ends is not.
    ...(sessionIssuedAt === undefined || sessionExpiresAt === undefined
      ? []
      : [sessionExpiresAt - sessionIssuedAt]),
    // Few have any, and the texts of all others stay as they have always been.
    ...(Object.values(further).every((each) => each === undefined) ? [] : [further]),
  ]);
}

/** What LookupEvents calls Username: the user's or the session's name. */
export function usernameOf({ type, arn, webIdentitySubject }: AuditIdentity): string {
  if (webIdentitySubject !== undefined) return webIdentitySubject;
  return type === "Root" ? "root" : arn.slice(arn.lastIndexOf("/") + 1);
}

/** The value as JSON, or nothing where it is longer than a record may hold. */
function bounded(value: unknown): string | null {
  const json = JSON.stringify(value) as string | undefined;
  return json === undefined || json.length > elementsCharactersMax ? null : json;
}

/** The event that a line's fields came from. */
export function eventOf(fields: Fields): AuditEvent {
  const text = (name: FieldName) => (fields[places[name]] ?? null) as string | null;
  const json = (name: FieldName) => {
    const field = text(name);
    return field === null ? undefined : JSON.parse(field);
  };
  const number = (name: FieldName) => fields[places[name]] as number;
  const [accountId = "", region = ""] = (text("scope") ?? "").split("/", 2);
  const resource = text("resource");
  return {
    eventId: text("event_id") ?? "",
    requestId: text("request_id") ?? "",
    time: number("time"),
    service: text("service") ?? "",
    operation: text("operation") ?? "",
    isReadOnly: number("is_read_only") === 1,
    accountId,
    region,
    identity: identityOf(json("identity")),
    accessKeyId: text("access_key_id") ?? "",
    sourceAddress: text("source_address") ?? "",
    userAgent: text("user_agent") ?? "",
    resources: resource === null ? [] : [resource, ...(json("other_resources") ?? [])],
    requestParameters: json("request_parameters"),
    responseElements: json("response_elements") ?? null,
    errorCode: text("error_code") ?? undefined,
    errorMessage: text("error_message") ?? undefined,
    versionId: text("version_id") ?? undefined,
    latencyMicroseconds: number("latency_microseconds"),
    count: number("count"),
    encodedAuthorizationMessage: text("encoded_authorization_message") ?? undefined,
  };
}

/** The events of lines, without those that somebody damaged. */
export function eventsOf(lines: readonly string[]): AuditEvent[] {
  return lines.flatMap((line) => {
    try {
      const event = eventOf(JSON.parse(line) as Fields);
      return canBeNoted(event) ? [event] : [];
    } catch {
      return [];
    }
  });
}

/** Whether what is noted of an event (`sightings.ts`) is of the kind that a database takes. */
function canBeNoted({ identity, ...event }: AuditEvent): boolean {
  const { time, service, operation, accessKeyId, accountId, resources, versionId = "" } = event;
  const { arn, principalId, sessionIssuerArn = "" } = identity ?? { arn: "", principalId: "" };
  const { sessionIssuedAt = 0, sessionExpiresAt = 0 } = identity ?? {};
  const words: readonly unknown[] = [service, operation, accessKeyId];
  const texts: readonly unknown[] = [accountId, ...resources, versionId];
  const whose: readonly unknown[] = [arn, principalId, sessionIssuerArn];
  return (
    [time, sessionIssuedAt, sessionExpiresAt].every(Number.isSafeInteger) &&
    words.every((word) => typeof word === "string") &&
    [...texts, ...whose].every((text) => typeof text === "string" && !text.includes("\0"))
  );
}

function identityOf(parts: unknown): AuditIdentity | undefined {
  if (parts === undefined) return undefined;
  const [type, arn, principalId, accountId, sessionIssuerArn, sessionIssuedAt, ...rest] = parts as [
    AuditIdentity["type"],
    string,
    string,
    string,
    string | null,
    number | null,
    ...(number | Partial<AuditIdentity>)[],
  ];
  const lifetime = rest.find((each) => typeof each === "number");
  const further = rest.find((each) => typeof each === "object");
  return {
    type,
    arn,
    principalId,
    accountId,
    sessionIssuerArn: sessionIssuerArn ?? undefined,
    sessionIssuedAt: sessionIssuedAt ?? undefined,
    ...(lifetime !== undefined && { sessionExpiresAt: (sessionIssuedAt ?? 0) + lifetime }),
    ...further,
  };
}
