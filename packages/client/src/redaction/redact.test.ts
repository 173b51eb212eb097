import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { redact } from "./redact.ts";
import { redactStream } from "./redact-stream.ts";
import { remember } from "./seen-values.ts";

describe("redact", () => {
  const value = 'pä55"w0rd/with+all&of it\nand a second line';

  test.each([
    ["as it is", value],
    ["base64", Buffer.from(value).toString("base64")],
    ["base64url", Buffer.from(value).toString("base64url")],
    ["hexadecimal", Buffer.from(value).toString("hex")],
    ["upper-case hexadecimal", Buffer.from(value).toString("hex").toUpperCase()],
    ["URL-encoded", encodeURIComponent(value)],
    ["a form's field", new URLSearchParams({ value }).toString().slice("value=".length)],
    ["JSON", JSON.stringify(value).slice(1, -1)],
    ["JSON in JSON", JSON.stringify(JSON.stringify(value)).slice(3, -3)],
    ["one of its lines", "and a second line"],
  ])("masks a value in %s", (_, form) => {
    remember(value);
    expect(redact(`before ${form} after`)).toBe("before [redacted] after");
  });

  test("masks a value amid others in base64, but for four bits at a seam", () => {
    remember("correct-horse-battery");
    for (const user of ["ann", "anna", "hanna"]) {
      const header = Buffer.from(`${user}:correct-horse-battery`).toString("base64");
      expect(redact(`Basic ${header}`)).toMatch(/^Basic \S{4,8}\[redacted\].?=?=?$/);
    }
  });

  test("masks the strings in a JSON secret", () => {
    remember(JSON.stringify({ db: [{ user: "ann", password: "wJalrXUtnFEMI" }] }));
    expect(redact("ann used wJalrXUtnFEMI")).toBe("ann used [redacted]");
  });

  test("masks bytes", () => {
    remember(new Uint8Array([1, 2, 3, 250, 251, 252, 253, 254, 255]));
    expect(redact("010203fafbfcfdfeff AQID+vv8/f7/ AQID-vv8_f7_")).toBe(
      "[redacted] [redacted] [redacted]",
    );
  });

  test("leaves what is shorter than 8 characters, and what was never seen", () => {
    remember("admin");
    expect(redact("admin of eu-west-1")).toBe("admin of eu-west-1");
  });

  test("forgets the oldest beyond 10,000, but not what was seen again since", () => {
    remember("value number one, again");
    remember("the very first value");
    for (let count = 0; count < 5_000; count++) remember(`value number ${count}.`);
    remember("value number one, again");
    for (let count = 0; count < 5_000; count++) remember(`further value ${count}.`);
    expect(redact("value number one, again")).toBe("[redacted]");
    expect(redact("further value 4999.")).toBe("[redacted]");
    expect(redact("the very first value")).toBe("the very first value");
  });

  test("is pino's hook", () => {
    remember('whsec_"quoted"');
    const lines: string[] = [];
    const log = pino({ hooks: { streamWrite: redact } }, { write: (line) => lines.push(line) });
    log.error({ headers: { authorization: 'Bearer whsec_"quoted"' } }, "sent %s", 'whsec_"quoted"');
    expect(JSON.parse(lines.join(""))).toMatchObject({
      headers: { authorization: "Bearer [redacted]" },
      msg: "sent [redacted]",
    });
  });
});

describe("redactStream", () => {
  const values = ["sk_test_streamed", "ключ от квартиры"];

  test("masks values however the bytes are split", async () => {
    for (const value of values) remember(value);
    const text = Buffer.from(`é ${values[0]}${values[0]} and ${values[1]}, ключ`);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(text.length)), async (cuts) => {
        const ends = [...cuts.sort((one, other) => one - other), text.length];
        const chunks = ends.map((end, at) => text.subarray(ends[at - 1] ?? 0, end));
        expect((await through(chunks)).toString()).toBe("é [redacted] and [redacted], ключ");
      }),
    );
  });

  test("passes bytes that are no text unharmed", async () => {
    const bytes = Buffer.from(Array.from({ length: 512 }, (_, at) => (at * 167) % 256));
    expect(await through([bytes.subarray(0, 100), bytes.subarray(100)])).toEqual(bytes);
  });
});

async function through(chunks: readonly Uint8Array[]): Promise<Buffer> {
  const stream = redactStream();
  const passed: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => passed.push(chunk));
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await once(stream, "end");
  return Buffer.concat(passed);
}

test("redactConsole masks what the console prints, until it is undone", () => {
  const at = (file: string) => JSON.stringify(fileURLToPath(new URL(file, import.meta.url)));
  const program = `
    const { redactConsole } = await import(${at("redaction.ts")});
    const { remember } = await import(${at("seen-values.ts")});
    remember("sk_test_printed");
    const undo = redactConsole();
    console.log("%s!", "sk_test_printed", { deep: { key: ["sk_test_printed"] } });
    console.error(new Error("sk_test_printed").message);
    console.table([{ key: "sk_test_printed" }]);
    undo();
    console.log("sk_test_printed");
    process.exit();
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    encoding: "utf8",
  });
  const lines = stdout.trimEnd().split("\n");
  expect(lines[0]).toBe("[redacted]! { deep: { key: [ '[redacted]' ] } }");
  expect(lines.slice(1, -1).join("\n")).toContain("[redacted]");
  expect(lines.slice(0, -1).join("\n")).not.toContain("sk_test");
  expect(lines.at(-1)).toBe("sk_test_printed");
  expect(stderr).toBe("[redacted]\n");
});
