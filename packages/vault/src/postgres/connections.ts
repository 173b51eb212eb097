/**
 * A bounded number of connections, lent one by one. When one is lost, or a new one leads to
 * another server, all that are older are given up with it: what is idle would fail next. While
 * there are none and none can be made, whoever asks is refused at once, and one attempt after
 * another is made here.
 */
import type pg from "pg";
import { BackOff } from "../back-off.ts";
import { Unavailable } from "../unavailable.ts";
import { Connection } from "./connection.ts";

/** Longest wait for a connection that others use. */
const waitMilliseconds = 4_000;

interface Waiting {
  readonly timer: NodeJS.Timeout;
  resolve(connection: Connection): void;
  reject(error: Error): void;
}

export interface ConnectionsState {
  /** False while there is no connection and none can be made: fewer than wanted serve as well. */
  readonly isReachable: boolean;
  readonly inUse: number;
  readonly idle: number;
}

export class Connections {
  readonly #settings: pg.ClientConfig;
  readonly #max: number;
  readonly #closing = new AbortController();
  readonly #open = new Set<Connection>();
  readonly #idle: Connection[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #lostListeners: (() => void)[] = [];
  #opening = 0;
  #server: string | undefined;
  /** Set while no connection can be made. */
  #outage: Unavailable | undefined;

  constructor(settings: pg.ClientConfig, max: number) {
    this.#settings = settings;
    this.#max = max;
  }

  onLost(listener: () => void): void {
    this.#lostListeners.push(listener);
  }

  /** For the metrics. */
  get state(): ConnectionsState {
    const idle = this.#idle.length;
    const isReachable = this.#outage === undefined || this.#open.size > 0;
    return { isReachable, inUse: this.#open.size - idle, idle };
  }

  /** Lends a connection, which must be given back. Throws Unavailable. */
  async take(): Promise<Connection> {
    if (this.#closing.signal.aborted) throw new Unavailable("The database is closed");
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#outage !== undefined) return this.#wait(this.#outage);
    if (this.#open.size + this.#opening >= this.#max) return this.#wait();
    return this.#grow().catch((outage) => this.#idle.pop() ?? this.#wait(outage));
  }

  /** Of a connection that was given up meanwhile this is its end. */
  giveBack(connection: Connection): void {
    if (connection.isBroken || !this.#open.has(connection)) {
      connection.close();
      if (this.#waiting.length > 0) void this.#growForWaiting();
      return;
    }
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(connection);
    else settle(next).resolve(connection);
  }

  /** Makes a connection that isn't counted and that nobody else is lent. */
  async openOwn(): Promise<Connection> {
    const connection = await Connection.open(this.#settings);
    if (this.#closing.signal.aborted) {
      connection.close();
      throw new Unavailable("The database is closed");
    }
    // Its loss was told when nobody listened yet, if the server left right behind its first answer.
    if (connection.isBroken) {
      throw new Unavailable("The database can't be reached: it ended the connection");
    }
    this.#meet(connection.server);
    connection.on("lost", () => this.#lose());
    return connection;
  }

  /** Refuses who waits and comes; connections that are lent end when they are given back. */
  close(): void {
    this.#closing.abort();
    this.#refuseWaiting(new Unavailable("The database is closed"));
    this.#giveUp();
  }

  /** For a connection that others use. While no more can be made, only where there are any. */
  async #wait(outage?: Unavailable): Promise<Connection> {
    if (outage !== undefined && this.#open.size === 0) {
      throw new Unavailable(outage.message, { hint: outage.hint });
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(new Unavailable("The database is too busy: no connection became free"));
      }, waitMilliseconds);
      const waiting = { timer, resolve, reject };
      this.#waiting.push(waiting);
    });
  }

  /** Tells that what came over the connections so far may be of a server that is gone. */
  #lose(): void {
    this.#giveUp();
    for (const listener of this.#lostListeners) listener();
  }

  #giveUp(): void {
    this.#open.clear();
    for (const connection of this.#idle.splice(0)) connection.close();
  }

  async #grow(): Promise<Connection> {
    this.#opening += 1;
    try {
      const connection = await this.openOwn();
      this.#open.add(connection);
      this.#outage = undefined;
      return connection;
    } catch (error) {
      void this.#recover(error as Unavailable);
      throw error;
    } finally {
      this.#opening -= 1;
    }
  }

  async #growForWaiting(): Promise<void> {
    if (this.#open.size + this.#opening >= this.#max) return;
    await this.#grow().then(
      (connection) => this.giveBack(connection),
      () => {},
    );
  }

  /** Fails who would wait for nothing, and tries until a connection is made. */
  async #recover(outage: Unavailable): Promise<void> {
    if (this.#open.size === 0) this.#refuseWaiting(outage);
    const isTrying = this.#outage !== undefined;
    this.#outage = outage;
    if (isTrying) return;
    const backOff = new BackOff();
    while (this.#outage !== undefined && !this.#closing.signal.aborted) {
      await backOff.pause(this.#closing.signal);
      await this.#growForWaiting();
    }
  }

  #refuseWaiting(reason: Unavailable): void {
    for (const waiting of this.#waiting.splice(0)) settle(waiting).reject(reason);
  }

  #meet(server: string): void {
    const before = this.#server;
    this.#server = server;
    if (before !== undefined && before !== server) this.#lose();
  }
}

function settle(waiting: Waiting): Waiting {
  clearTimeout(waiting.timer);
  return waiting;
}
