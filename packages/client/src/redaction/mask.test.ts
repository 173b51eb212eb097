import fc from "fast-check";
import { expect, test } from "vitest";
import { Mask, redacted } from "./mask.ts";
import { StreamMasking } from "./stream-masking.ts";

// Two letters only, so that forms overlap, touch, and begin and end alike.
const letters = (constraints: fc.StringConstraints) =>
  fc.string({ unit: fc.constantFrom("a", "b"), ...constraints });
const forms = fc.array(letters({ minLength: 8, maxLength: 14 }), { minLength: 1, maxLength: 4 });

/** Text that often holds a form, or its beginning. */
const cases = forms.chain((forms) => {
  const piece = fc.oneof(
    fc.constantFrom(...forms),
    fc.tuple(fc.constantFrom(...forms), fc.nat(14)).map(([form, end]) => form.slice(0, end)),
    letters({ maxLength: 6 }),
    fc.constantFrom(".", "é"),
  );
  return fc.record({
    forms: fc.constant(forms),
    text: fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join("")),
  });
});

/** Marks the characters of each occurrence, one by one. */
function naive(forms: readonly string[], text: string): string {
  const isMasked = Array.from(text, () => false);
  for (const form of forms) {
    for (let at = 0; at < text.length; at++) {
      if (text.startsWith(form, at)) isMasked.fill(true, at, at + form.length);
    }
  }
  const marked = Array.from(text, (character, at) => (isMasked[at] ? "#" : character)).join("");
  return marked.replace(/#+/g, redacted);
}

function maskOf(forms: readonly string[]): Mask {
  const mask = new Mask();
  for (const form of forms) mask.add(form);
  return mask;
}

test("every character of every occurrence is masked, as a naive search has it", () => {
  fc.assert(
    fc.property(cases, ({ forms, text }) => {
      expect(maskOf(forms).masked(text)).toBe(naive(forms, text));
    }),
    { numRuns: 2000 },
  );
});

test("any split of a text gives the same masked text", () => {
  const split = cases.chain((given) =>
    fc.record({ ...constants(given), cuts: fc.array(fc.nat(given.text.length)) }),
  );
  fc.assert(
    fc.property(split, ({ forms, text, cuts }) => {
      const mask = maskOf(forms);
      const masking = new StreamMasking(() => mask);
      const ends = [...cuts.sort((one, other) => one - other), text.length];
      const passed = ends.map((end, at) => masking.next(text.slice(ends[at - 1] ?? 0, end)));
      expect(passed.join("") + masking.last()).toBe(naive(forms, text));
    }),
    { numRuns: 2000 },
  );
});

function constants(given: { forms: string[]; text: string }) {
  return { forms: fc.constant(given.forms), text: fc.constant(given.text) };
}

test("holds back nothing but what may be a value's beginning", () => {
  const mask = maskOf(["abcdefgh", "abcdefgh-and-long"]);
  const masking = new StreamMasking(() => mask);
  expect(masking.next("a prompt: ")).toBe("a prompt: ");
  expect(masking.next("abc")).toBe("");
  expect(masking.next("dx")).toBe("abcdx");
  expect(masking.next("abcdefgh-and")).toBe("");
  expect(masking.next("!")).toBe("[redacted]-and!");
});
