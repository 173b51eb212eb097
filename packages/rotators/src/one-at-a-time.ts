/**
 * Work on one thing waits for the work on it before. A step that comes twice at once finds then
 * what the first one did; across hosts nothing hangs on this.
 */
export class OneAtATime {
  readonly #latest = new Map<string, Promise<unknown>>();

  async run<Result>(thing: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#latest.get(thing);
    const own = before === undefined ? work() : before.then(work, work);
    this.#latest.set(thing, own);
    try {
      return await own;
    } finally {
      if (this.#latest.get(thing) === own) this.#latest.delete(thing);
    }
  }
}
