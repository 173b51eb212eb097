/**
 * What is derived from several rows: made anew only when one of them has changed, which their
 * bodies tell, since storage hands out the same frozen object until a row changes.
 */
export class Derived<Holder extends object, Made> {
  readonly #made = new WeakMap<Holder, { from: readonly unknown[]; made: Made }>();

  /** What was made last for the holder, if it was made of the very same; else what `make` makes. */
  of(holder: Holder, from: readonly unknown[], make: () => Made): Made {
    const known = this.#made.get(holder);
    if (known !== undefined && areSame(known.from, from)) return known.made;
    const made = make();
    this.#made.set(holder, { from, made });
    return made;
  }
}

function areSame(some: readonly unknown[], others: readonly unknown[]): boolean {
  return some.length === others.length && some.every((one, at) => one === others[at]);
}
