/** Masks a text that comes in pieces exactly as if it came at once, and holds back no more than it must. */
import { type Mask, redacted } from "./mask.ts";

export class StreamMasking {
  readonly #mask: () => Mask;
  /** What came and isn't passed on yet, as a value may have begun in it. */
  #held = "";
  /** How many characters of it belong to a value that began before. */
  #heldMasked = 0;
  /** The last that was passed on is a `[redacted]`; what touches it belongs to it. */
  #isRunOpen = false;

  /** `mask` is asked for each piece, as there may be more to mask by then. */
  constructor(mask: () => Mask) {
    this.#mask = mask;
  }

  next(piece: string): string {
    const text = this.#held + piece;
    const mask = this.#mask();
    return this.#pass(mask, text, mask.unfinishedFrom(text));
  }

  last(): string {
    return this.#pass(this.#mask(), this.#held, this.#held.length);
  }

  /** The masked text before `cut`; the rest is held. */
  #pass(mask: Mask, text: string, cut: number): string {
    if (cut === 0) {
      this.#held = text;
      return "";
    }
    let passed = "";
    let at = 0;
    for (const [from, to] of mask.runs(text, this.#heldMasked)) {
      if (from >= cut) break;
      passed += text.slice(at, from);
      if (from > 0 || !this.#isRunOpen) passed += redacted;
      at = to;
    }
    if (at < cut) passed += text.slice(at, cut);
    this.#isRunOpen = at >= cut;
    this.#held = text.slice(cut);
    this.#heldMasked = Math.max(0, at - cut);
    return passed;
  }
}
