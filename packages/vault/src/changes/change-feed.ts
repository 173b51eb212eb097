/**
 * The change feed: tells each reader, in the order of commits, of what happened to the secrets and
 * parameters that it may describe. A stream is no queue but a place in the history, so a slow
 * reader costs nothing but its place, and whoever comes back goes on where it was.
 */
import type { Permit } from "../authorization/authorize.ts";
import type { Resource } from "../authorization/types.ts";
import { EventStream, type ServerSentEvent } from "../event-stream.ts";
import type { Scope } from "../scope.ts";
import type { SharedStorage } from "../storage/storage.ts";
import { type FeedEntry, scopeOf } from "./entry.ts";
import type { ChangeHistory, Commit } from "./history.ts";
import { type OpenStream, OpenStreams, type StreamLimits } from "./open-streams.ts";

/** Beside its comments a heartbeat moves the reader's last id, so that quiet readers keep up. */
const heartbeatMilliseconds = 15_000;

/** All changes of an account in a region. */
export interface FeedResource extends Resource {
  readonly scope: Scope;
}

export interface Reader {
  /** Whose streams are counted together: of a role, all its sessions'. */
  readonly principalArn: string;
  /** The last commit that it has heard of; undefined for one that begins now. */
  readonly lastEventId: number | undefined;
  /** What it may hear of as of now; undefined once it may hear nothing more at all. */
  judge(): Promise<Judge | undefined>;
}

/** Whether the reader may hear of an entry. */
export type Judge = (entry: FeedEntry) => Promise<boolean>;

export class ChangeFeed {
  readonly #history: ChangeHistory;
  readonly #streams: OpenStreams;
  readonly #nodes: Pick<SharedStorage, "catchUp"> | undefined;

  /** `nodes` where others write too. */
  constructor(
    history: ChangeHistory,
    limits: StreamLimits,
    nodes: Pick<SharedStorage, "catchUp"> | undefined,
  ) {
    this.#history = history;
    this.#streams = new OpenStreams(limits);
    this.#nodes = nodes;
    history.watch(() => this.#streams.wake());
  }

  /** What watching is asked on. */
  resource(scope: Scope): FeedResource {
    return { arn: "*", accountId: scope.accountId, tags: {}, scope };
  }

  /** From `lastEventId` on, or from now. Throws Throttling where too many streams are open. */
  async open(
    permit: Permit<"claviger:WatchChanges", FeedResource>,
    reader: Reader,
  ): Promise<EventStream> {
    const { scope } = permit.resource;
    const stream = this.#streams.open(reader.principalArn);
    try {
      const newest = await this.#history.newest();
      // Behind it, so that what comes in between is told of twice and not never.
      const quiet = await this.#history.quietMilliseconds();
      const events = this.#events(stream, scope, reader, newest);
      return new EventStream(events, () => stream.close(), quiet);
    } catch (error) {
      stream.close();
      throw error;
    }
  }

  async *#events(
    stream: OpenStream,
    scope: Scope,
    { lastEventId, judge: judgeOf }: Reader,
    newest: number,
  ): AsyncGenerator<ServerSentEvent> {
    try {
      // A last id from the future is another history's: of before a backup was restored.
      let position = lastEventId === undefined || lastEventId > newest ? newest : lastEventId;
      if (lastEventId === position || lastEventId === undefined) yield { id: String(position) };
      else yield reset(position);
      for (;;) {
        stream.look();
        const { commits, isWhole } = await this.#history.after(position);
        const last = commits.at(-1)?.counter;
        // Nobody hears of what happened after it was acknowledged that they may not: by this or
        // any other node.
        if (last !== undefined) await this.#nodes?.catchUp(last);
        const judge = await judgeOf();
        if (judge === undefined || stream.isClosed) return;
        if (!isWhole) {
          position = await this.#history.newest();
          yield reset(position);
          continue;
        }
        for (const commit of commits) yield* eventsOf(commit, scope, judge);
        position = last ?? position;
        if (commits.length > 0) continue;
        yield { id: String(position) };
        await stream.sleep(heartbeatMilliseconds);
      }
    } finally {
      stream.close();
    }
  }
}

/** The last of a commit's events carries its id: whoever is cut off before hears all of it again. */
async function* eventsOf(
  { counter, entries }: Commit,
  scope: Scope,
  mayHear: Judge,
): AsyncGenerator<ServerSentEvent> {
  const heard: FeedEntry[] = [];
  for (const entry of entries) {
    const { accountId, region } = scopeOf(entry);
    const isHere = accountId === scope.accountId && region === scope.region;
    if (isHere && (await mayHear(entry))) heard.push(entry);
  }
  for (const [at, entry] of heard.entries()) {
    const id = at === heard.length - 1 ? String(counter) : undefined;
    yield { id, event: entry.event, data: dataOf(entry) };
  }
}

function dataOf(entry: FeedEntry) {
  const { arn, name, type, kind, time, tags } = entry;
  const about = { arn, name, type };
  const at = new Date(time).toISOString();
  if (entry.event === "notice") {
    return { ...about, kind, time: at, owner: tags.owner, detail: entry.detail };
  }
  const { version, stages, labels } = entry;
  return { ...about, version, stages, labels, kind, time: at };
}

/** What the reader has missed can't be told any more: it is to read anew what it holds. */
function reset(position: number): ServerSentEvent {
  return { id: String(position), event: "reset", data: {} };
}
