/**
 * The change feed joined to the cache. It is opened with the first call to a configured endpoint,
 * and an event has what it is about fetched anew at once.
 */
import type { ChangedResource, Entries } from "./cache/entries.ts";
import type { ChangeEvent } from "./change-feed/change-event.ts";
import type { FeedState, Watch } from "./change-feed/watch-changes.ts";
import type { SignedTransport } from "./transport/signed-transport.ts";
import type { Service, Transport } from "./transport/transport.ts";

/** What a commit may take from the time that it is given until every reader sees it. */
const commitMillisecondsMax = 10_000;

export class Push {
  /** Nothing that is held was asked for earlier. */
  readonly #createdAt = performance.now();
  readonly #transport: SignedTransport;
  #entries: Entries | undefined;
  readonly #watched = new Set<string>();
  readonly #watches: Watch[] = [];
  #isClosed = false;

  constructor(transport: SignedTransport) {
    this.#transport = transport;
  }

  /** Whom to tell; they are behind the transport, so they come after it. */
  tell(entries: Entries): void {
    this.#entries = entries;
  }

  /** The transport, whose first call opens the feed. */
  get transport(): Transport {
    const { region } = this.#transport;
    return {
      region,
      send: (service, ...call) => {
        this.#open(service);
        return this.#transport.send(service, ...call);
      },
    };
  }

  close(): void {
    this.#isClosed = true;
    for (const watch of this.#watches) watch.close();
  }

  #open(service: Service): void {
    const endpoint = this.#transport.configuredEndpoint(service);
    if (endpoint === undefined || this.#watched.has(endpoint.href) || this.#isClosed) return;
    this.#watched.add(endpoint.href);
    void this.#watch(endpoint);
  }

  async #watch(endpoint: URL): Promise<void> {
    const { watchChanges } = await import("./change-feed/watch-changes.ts");
    if (this.#isClosed) return;
    const { region, credentials } = this.#transport;
    const onState = (state: FeedState, quietMilliseconds = 0) => {
      // What changed after a value was fetched and before this moment was not heard of.
      const atRisk = performance.now() - this.#createdAt + commitMillisecondsMax;
      if (state === "begun" && quietMilliseconds < atRisk) this.#outdate(() => true);
    };
    const watch = watchChanges({
      endpoint,
      region,
      credentials,
      onState,
      onReset: () => this.#outdate(() => true),
      onEvent: (event) => this.#heard(event),
    });
    this.#watches.push(watch);
  }

  #heard({ type, name, arn }: ChangeEvent): void {
    const resource: ChangedResource = {
      service: type === "secret" ? "secretsmanager" : "ssm",
      name,
      arn,
    };
    this.#outdate((isAbout) => isAbout?.(resource) === true);
  }

  #outdate(concerns: (isAbout: ((resource: ChangedResource) => boolean) | undefined) => boolean) {
    for (const entry of this.#entries?.all() ?? []) {
      const { isAbout } = entry.address;
      if (isAbout !== undefined && concerns(isAbout)) entry.outdate();
    }
  }
}
