/** Goes through the trail and says what of whose policies was not used, and what would be left. */
import { type Caller, globalRegion } from "../aws.ts";
import { clearProgress, showProgress } from "../terminal/progress.ts";
import type { Account, Entity, HeldPolicy } from "./account.ts";
import { isAwsManaged } from "./apply-narrowing.ts";
import { listOf, type PolicyDocument, parseDocument } from "./document.ts";
import { tracedServices } from "./event-needs.ts";
import { servicesAccessed } from "./last-accessed.ts";
import { narrowPolicy } from "./narrow.ts";
import { trail } from "./trail.ts";
import { type UnusedGrant, unusedGrants } from "./unused.ts";
import { Usage } from "./usage.ts";

/** At CloudTrail's two lookups a second this takes eight minutes on AWS. */
const eventsMax = 50_000;

export interface Narrowing {
  readonly policy: HeldPolicy;
  readonly before: PolicyDocument;
  readonly after: PolicyDocument;
  readonly unused: readonly UnusedGrant[];
}

export interface Findings {
  /** Requests of the entities that were asked about. */
  readonly requests: number;
  /** Those that made none. */
  readonly idle: readonly Entity[];
  /** Only policies of which something was not used. */
  readonly narrowings: readonly Narrowing[];
  readonly replay: Replay;
  /** Whose trails were read: requests elsewhere were not seen. */
  readonly regions: readonly string[];
  /** False where the trail is longer than what is read of it at most. */
  readonly isWhole: boolean;
}

export interface Replay {
  /** Allowed requests of everyone who has one of the policies. */
  readonly requests: number;
  /** What they did that the narrowed policies would deny. */
  readonly lost: readonly string[];
  /** What they did that today's policies don't explain, so that it can't be replayed. */
  readonly unexplained: readonly string[];
}

export async function findUnused(
  account: Account,
  asked: readonly Entity[],
  caller: Caller,
  from: Date,
): Promise<Findings> {
  const usage = new Usage(account);
  const regions = regionsOf(asked, caller);
  let isWhole = true;
  for (const region of regions) isWhole = (await readTrail(region, from, usage)) && isWhole;
  showProgress("judging the requests again");
  await usage.judge(caller);

  const narrowings: Narrowing[] = [];
  const affected = new Set<Entity>();
  const accesses = new Accesses(from);
  for (const policy of distinctPolicies(asked)) {
    const holders = holdersOf(policy, account);
    const before = parseDocument(policy.document);
    const uses = usage.uses.filter(
      (use) => use.policy === policy.name && holders.includes(use.entity),
    );
    const traced: ReadonlySet<string> = isWhole ? tracedServices : new Set();
    const accessed = asksBeyond(before, traced) ? await accesses.of(holders) : undefined;
    const narrowed = narrowPolicy(
      before,
      (index) => uses.filter(({ statementIndex }) => statementIndex === index),
      { traced, accessed },
    );
    const unused = unusedGrants(before, narrowed);
    if (unused.length === 0) continue;
    narrowings.push({ policy, before, after: narrowed.document, unused });
    for (const holder of holders) affected.add(holder);
  }
  clearProgress();
  return {
    requests: sum(asked.map((entity) => usage.eventsOf(entity))),
    idle: asked.filter((entity) => usage.eventsOf(entity) === 0),
    narrowings,
    replay: {
      requests: sum([...affected].map((entity) => usage.eventsOf(entity))),
      lost: usage.replay(affected, (policy) => asNarrowed(policy, narrowings)),
      unexplained: usage.unexplained(affected),
    },
    regions,
    isWhole,
  };
}

/** Those that the policies name, the caller's, and that of the global services. */
function regionsOf(entities: readonly Entity[], { region }: Caller): string[] {
  const documents = distinctPolicies(entities).map(({ document }) => document);
  const named = documents.flatMap((text) =>
    [...text.matchAll(/arn:[\w-]+:[\w-]+:([a-z]+(?:-[a-z]+)+-\d):/g)].map(([, name = ""]) => name),
  );
  return [...new Set([region, globalRegion, ...named])];
}

/** Whether all of it was read. */
async function readTrail(region: string, from: Date, usage: Usage): Promise<boolean> {
  const events = trail({ eventsMax, from, region, purpose: `reading the trail of ${region}` });
  for (;;) {
    const { value, done } = await events.next();
    if (done) return value.isWhole;
    usage.add(value);
  }
}

/** Each policy once. One that AWS left the document out of can't be judged. */
function distinctPolicies(entities: readonly Entity[]): HeldPolicy[] {
  const found: HeldPolicy[] = [];
  for (const policy of entities.flatMap(({ policies }) => policies)) {
    if (policy.document !== "" && !found.some((each) => isSame(each, policy))) found.push(policy);
  }
  return found;
}

/** AWS's own policies are narrowed for each holder apart, since they can't be changed for all. */
function isSame(one: HeldPolicy, other: HeldPolicy): boolean {
  if (one.name !== other.name) return false;
  if (one.arn === undefined || !isAwsManaged(one.arn)) return true;
  return one.holder.type === other.holder.type && one.holder.name === other.holder.name;
}

function holdersOf(policy: HeldPolicy, { entities }: Account): Entity[] {
  return entities.filter(({ policies }) => policies.some((each) => isSame(each, policy)));
}

function asNarrowed(policy: HeldPolicy, narrowings: readonly Narrowing[]): HeldPolicy | undefined {
  const narrowing = narrowings.find((each) => isSame(each.policy, policy));
  if (narrowing === undefined) return policy;
  if (narrowing.after.Statement.length === 0) return undefined;
  return { ...policy, document: JSON.stringify(narrowing.after) };
}

function asksBeyond({ Statement }: PolicyDocument, traced: ReadonlySet<string>): boolean {
  return Statement.some(
    ({ Effect, Action, NotAction }) =>
      Effect === "Allow" &&
      (NotAction !== undefined ||
        listOf(Action).some((pattern) => !traced.has(pattern.split(":")[0]?.toLowerCase() ?? ""))),
  );
}

/** Last-accessed data, asked for once for each entity. */
class Accesses {
  readonly #from: Date;
  readonly #known = new Map<Entity, ReadonlySet<string> | undefined>();

  constructor(from: Date) {
    this.#from = from;
  }

  /** undefined if it isn't known of one of them. */
  async of(entities: readonly Entity[]): Promise<ReadonlySet<string> | undefined> {
    const all = new Set<string>();
    for (const entity of entities) {
      if (!this.#known.has(entity)) {
        showProgress(`asking which services ${entity.name} has used`);
        this.#known.set(entity, await servicesAccessed(entity.arn, this.#from));
      }
      const services = this.#known.get(entity);
      if (services === undefined) return undefined;
      for (const service of services) all.add(service);
    }
    return all;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
