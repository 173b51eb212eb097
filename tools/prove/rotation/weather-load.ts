/** Requests to the weather service, so many a second whether or not they are answered. */
import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

export interface Answered {
  /** Of `Date.now()`, as the vault tells the time. */
  readonly sentAt: number;
  readonly endedAt: number;
  /** HTTP's status, or why there was no answer. */
  readonly status: number | string;
}

export class WeatherLoad {
  readonly answers: Answered[] = [];
  /** Each has a connection of its own: none can be closed, idle as it was, under a request. */
  readonly #agent = new Agent({ keepAlive: false });
  readonly #underWay = new Set<Promise<void>>();
  readonly #sending: Promise<void>;
  #isEnded = false;

  constructor(serviceUrl: string, perSecond: number) {
    this.#sending = this.#send(`${serviceUrl}/weather?city=Sydney`, 1000 / perSecond);
  }

  get failures(): readonly Answered[] {
    return this.answers.filter(({ status }) => status !== 200);
  }

  /** Resolves once the last is answered. */
  async stop(): Promise<void> {
    this.#isEnded = true;
    await this.#sending;
    await Promise.all(this.#underWay);
    this.#agent.destroy();
  }

  async #send(url: string, everyMilliseconds: number): Promise<void> {
    const beganAt = Date.now();
    for (let sent = 0; !this.#isEnded; sent++) {
      // By the clock: what a busy machine was late with comes all the same.
      await sleep(Math.max(0, beganAt + sent * everyMilliseconds - Date.now()));
      const one = this.#one(url);
      this.#underWay.add(one);
      void one.finally(() => this.#underWay.delete(one));
    }
  }

  async #one(url: string): Promise<void> {
    const sentAt = Date.now();
    const status = await new Promise<Answered["status"]>((resolve) => {
      const sent = request(url, { agent: this.#agent, timeout: 10_000 }, (reply) => {
        text(reply).then(
          () => resolve(reply.statusCode ?? 0),
          (error) => resolve(error.message),
        );
      });
      sent.once("timeout", () => sent.destroy(new Error("no answer in time")));
      sent.once("error", (error) => resolve(error.message));
      sent.end();
    });
    this.answers.push({ sentAt, endedAt: Date.now(), status });
  }
}
