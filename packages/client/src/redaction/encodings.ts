/**
 * The forms in which a value may stand in a log: as it is, line by line, and in base64, base64url,
 * hexadecimal, URL and JSON encoding; of a value that is JSON, those of each string in it as well.
 */

/** What is shorter is not masked: "admin" or "5432" stands all over a log by chance. */
export const shortestMasked = 8;

/** Each form once, in no order; none is shorter than `shortestMasked`. */
export function formsOf(value: string | Uint8Array): Set<string> {
  const forms = new Set<string>();
  if (typeof value === "string") {
    for (const text of textsIn(value)) addTextForms(text, forms);
  } else {
    addByteForms(Buffer.from(value), forms);
  }
  return forms;
}

/** The value, its longer lines, and, where it is JSON, the strings in it. */
function* textsIn(value: string): Generator<string> {
  yield value;
  const lines = value.split(/\r?\n/);
  if (lines.length > 1) yield* lines.filter((line) => !line.startsWith("-----"));
  if (!/^\s*[[{"]/.test(value)) return;
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    return;
  }
  const waiting = [parsed];
  while (waiting.length > 0) {
    const inner = waiting.pop();
    if (typeof inner === "string") yield inner;
    else if (typeof inner === "object" && inner !== null) waiting.push(...Object.values(inner));
  }
}

function addTextForms(text: string, forms: Set<string>): void {
  if (text.length < shortestMasked) return;
  const wellFormed = text.toWellFormed();
  const escaped = JSON.stringify(text).slice(1, -1);
  const urlEncoded = encodeURIComponent(wellFormed);
  for (const form of [
    text,
    escaped,
    // A message that quotes JSON, in a log of JSON lines.
    JSON.stringify(escaped).slice(1, -1),
    urlEncoded,
    urlEncoded.replace(/%[0-9A-F]{2}/g, (byte) => byte.toLowerCase()),
    new URLSearchParams([["", text]]).toString().slice(1),
  ]) {
    addBoth(form, forms);
  }
  addByteForms(Buffer.from(wellFormed), forms);
}

function addByteForms(bytes: Buffer, forms: Set<string>): void {
  if (bytes.length < shortestMasked) return;
  const hex = bytes.toString("hex");
  for (const form of [bytes.toString("latin1"), hex, hex.toUpperCase(), ...base64Forms(bytes)]) {
    forms.add(form);
  }
}

/** As text, and as its bytes look read one by one: the masking of streams works on bytes. */
function addBoth(form: string, forms: Set<string>): void {
  forms.add(form);
  forms.add(Buffer.from(form).toString("latin1"));
}

/**
 * Alone, with and without padding, and amid other bytes ("user:password") at each of the three
 * alignments. There the characters at the seams, which also hold bits of the neighbours, are left
 * out; a seam shows four bits of the value at most.
 */
function* base64Forms(bytes: Buffer): Generator<string> {
  const whole = bytes.toString("base64");
  yield whole;
  yield bytes.toString("base64url");
  for (const shift of [0, 1, 2]) {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes]);
    const start = shift === 0 ? 0 : shift + 1;
    const end = Math.floor((shifted.length * 8) / 6);
    const form = shifted.toString("base64").slice(start, end);
    yield form;
    yield form.replaceAll("+", "-").replaceAll("/", "_");
  }
}
