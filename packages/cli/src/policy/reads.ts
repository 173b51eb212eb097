/** When each secret and parameter was last read, as far as the audit trail goes back. */
import { awsFailure } from "../aws-failure.ts";
import type { Item } from "./inventory.ts";
import { holderArn } from "./smallest-change.ts";
import { type TrailEvent, trail } from "./trail.ts";

const readingOperations = new Set([
  "BatchGetSecretValue",
  "GetParameter",
  "GetParameterHistory",
  "GetParameters",
  "GetParametersByPath",
  "GetSecretValue",
]);

/** Of each of the two services. */
const eventsMax = 2000;

export interface LastReads {
  /** ISO time, or undefined where the trail has no such read. */
  of(item: Pick<Item, "arn" | "name">): string | undefined;
  /** What to know of it: the trail may be longer than what is read of it, or closed to the caller. */
  readonly notes: readonly string[];
}

/** By those whose events are `counted`. */
export async function lastReads(
  counted: (event: TrailEvent) => boolean,
  from: Date,
): Promise<LastReads> {
  const last = new Map<string, string>();
  const notes = new Set<string>();
  for (const service of ["secretsmanager", "ssm"]) {
    try {
      const isWhole = await readService(service, from, (event) => {
        const isRead = event.errorCode === undefined && readingOperations.has(event.eventName);
        if (!isRead || !counted(event)) return;
        for (const name of namesIn(event)) if (!last.has(name)) last.set(name, event.eventTime);
      });
      if (!isWhole) notes.add("the trail is long: older reads were not looked at");
    } catch (error) {
      // When something was read only adds to what may be read.
      if (awsFailure(error) === undefined) throw error;
      notes.add(`the audit trail can't be read: ${(error as Error).name}`);
    }
  }
  return {
    of: ({ arn, name }) => newest([arn, name, ...pathsOf(name)], last),
    notes: [...notes],
  };
}

async function readService(
  service: string,
  from: Date,
  take: (event: TrailEvent) => void,
): Promise<boolean> {
  const events = trail({
    eventsMax,
    from,
    attribute: { key: "EventSource", value: `${service}.amazonaws.com` },
    purpose: `looking for reads in ${service}`,
  });
  for (;;) {
    const { value, done } = await events.next();
    if (done) return value.isWhole;
    take(value);
  }
}

export function isBy(roleArn: string) {
  return ({ userIdentity: { arn = "", sessionContext } }: TrailEvent): boolean =>
    sessionContext?.sessionIssuer?.arn === roleArn || holderArn(arn) === roleArn;
}

/** The ARNs and names that a request was about: CloudTrail on AWS has them as they were given. */
function namesIn({ resources = [], requestParameters }: TrailEvent): string[] {
  const { secretId, name, names, path } = requestParameters ?? {};
  const given = [secretId, name, names, typeof path === "string" && path.replace(/\/?$/, "/")]
    .flat()
    .filter((each) => typeof each === "string");
  return [...resources.flatMap(({ ARN }) => ARN ?? []), ...given];
}

/** The paths that a read of everything below them may have named: `/`, `/app/`, `/app/prod/`. */
function pathsOf(name: string): string[] {
  return [...name.matchAll(/\//g)].map(({ index }) => name.slice(0, index + 1));
}

function newest(keys: readonly string[], last: ReadonlyMap<string, string>): string | undefined {
  const times = keys.flatMap((key) => last.get(key) ?? []);
  return times.toSorted().at(-1);
}
