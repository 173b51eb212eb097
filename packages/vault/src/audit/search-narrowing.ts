/** What a query of LookupEvents wants of an event, and where such events can lie. */
import type { AuditAttribute, AuditQuery } from "./event.ts";
import { timeOfEventId } from "./event-id.ts";
import { type FieldName, type Fields, places, scopeText } from "./line.ts";
import { resourceTypeOf } from "./resource-type.ts";
import { nameOf, writeSighted } from "./sightings.ts";

export interface Narrowing {
  /** Milliseconds since the epoch, inclusive. */
  readonly from: number;
  readonly until: number;
  /** The name that was sighted wherever there is such an event; undefined to look everywhere. */
  readonly sighted: number | undefined;
  /** Whether a text of lines can hold such an event: quickly, and sometimes wrongly yes. */
  mayHold(text: string): boolean;
  holds(fields: Fields): boolean;
  /** There can be no such event. */
  readonly isEmpty: boolean;
}

interface Attribute {
  readonly sighted?: string;
  /** A text that is part of the event's line. */
  readonly holding?: string;
  /** The only time at which there can be such an event. */
  readonly at?: number;
  holds(fields: Fields): boolean;
}

const fieldsOf = {
  EventId: "event_id",
  EventName: "operation",
  EventSource: "service",
  Username: "username",
  ResourceName: "resource",
  AccessKeyId: "access_key_id",
} as const satisfies Partial<Record<AuditAttribute, FieldName>>;

export function narrowingOf(query: AuditQuery): Narrowing {
  const scope = scopeText(query);
  const attribute = attributeOf(query.attribute);
  const inScope = JSON.stringify(scope);
  const holding = attribute?.holding && JSON.stringify(attribute.holding);
  return {
    from: Math.max(query.from ?? 0, attribute?.at ?? 0),
    until: Math.min(
      query.until ?? Number.MAX_SAFE_INTEGER,
      attribute?.at ?? Number.MAX_SAFE_INTEGER,
    ),
    sighted: attribute?.sighted === undefined ? undefined : nameOf(scope, attribute.sighted),
    mayHold: (text) => text.includes(inScope) && (holding === undefined || text.includes(holding)),
    holds: (fields) => fields[places.scope] === scope && attribute?.holds(fields) === true,
    isEmpty: attribute === undefined,
  };
}

/** Undefined where no event can be so. */
function attributeOf(attribute: AuditQuery["attribute"]): Attribute | undefined {
  if (attribute === undefined) return { holds: () => true };
  const { key, value } = attribute;
  if (key === "ReadOnly") {
    if (value !== "true" && value !== "false") return undefined;
    const wanted = value === "true" ? 1 : 0;
    const holds = (fields: Fields) => fields[places.is_read_only] === wanted;
    return wanted === 1 ? { holds } : { sighted: writeSighted, holds };
  }
  if (key === "ResourceType") {
    return { holds: (fields) => resourceTypeOf(String(fields[places.resource])) === value };
  }
  const word = key === "EventSource" ? serviceOf(value) : value;
  if (word === undefined) return undefined;
  const place = places[fieldsOf[key]];
  const holds = (fields: Fields) => fields[place] === word;
  if (key !== "EventId") return { sighted: word, holding: word, holds };
  const at = timeOfEventId(value);
  return at === undefined ? undefined : { at, holding: word, holds };
}

/** "kms" of "kms.amazonaws.com"; nothing of what no service is called. */
function serviceOf(eventSource: string): string | undefined {
  const domain = ".amazonaws.com";
  return eventSource.endsWith(domain) ? eventSource.slice(0, -domain.length) : undefined;
}
