/**
 * Inputs for the fuzz test, derived from an operation's declared shape: nearly right ones that
 * reach deep into the vault, and hostile ones at every place where a caller may write something.
 */
import fc from "fast-check";
import type { Shape } from "../../src/shapes/shapes.ts";

/** What is there in the vault under test, by the member that names it. */
export type Known = Readonly<Record<string, readonly string[]>>;

const magicNames = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "then"];

const strangeText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    ...magicNames,
    ...["", " ", "\0", "/", "//", "..", "*", "?", "${aws:username}", "%00", "%", "\r\n", "\u2028"],
    ...[
      "\ud800",
      "a\udfffb",
      "\ufeff",
      "é🔑",
      "\u0007",
      "]]>",
      "&lt;",
      "'\"",
      "arn:",
      "arn:aws:::::",
    ],
    ...["arn:aws:ssm:us-east-1:123456789012:parameter/", "alias/", "alias/aws/ssm", "-1", "1e999"],
    "arn:aws:secretsmanager:us-east-1:123456789012:secret:\ud800-AAAAAA",
    "arn:aws:iam::123456789012:role/__proto__",
    '{"Version":"2012-10-17","Statement":[]}',
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"__proto__":{}}}}',
    "[".repeat(5000),
    "(a+)+$",
  ),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.string({ maxLength: 40 }),
);

const strangeNumber = fc.oneof(
  fc.constantFrom(0, -0, -1, 1e21, 2 ** 31, 2 ** 53, -(2 ** 63), 0.5, 5e-324, Number.MAX_VALUE),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

/** Anything that JSON can say, small, and with magic names. */
const strangeJson: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(null, true, false, "", "true", [], {}),
    strangeText,
    strangeNumber,
    fc.array(tie("any"), { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.oneof(fc.constantFrom(...magicNames), strangeText), tie("any")), {
        maxLength: 3,
      })
      .map((entries) => Object.fromEntries(entries)),
  ),
})).any;

/** An input of the shape: mostly what the operation asks for, with something strange in between. */
export function inputOf(shape: Shape<unknown>, known: Known): fc.Arbitrary<unknown> {
  return nearly(shape, "", known);
}

function nearly(shape: Shape<unknown>, name: string, known: Known): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 40, arbitrary: fitting(shape, name, known) },
    { weight: 1, arbitrary: strangeJson },
  );
}

function fitting(shape: Shape<unknown>, name: string, known: Known): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case "structure":
      return structureOf(shape, known);
    case "list":
      return listOf(shape.member === undefined ? strangeJson : nearly(shape.member, name, known));
    case "map":
      return fc
        .array(fc.tuple(textOf(shape, name, known), nearly(shape.member ?? shape, name, known)), {
          maxLength: 4,
        })
        .map((entries) => Object.fromEntries(entries));
    case "boolean":
      return fc.oneof(
        { weight: 8, arbitrary: fc.boolean() },
        { weight: 1, arbitrary: fc.constantFrom("true", "False", "yes") },
      );
    case "integer":
      return fc.oneof(
        { weight: 6, arbitrary: fc.integer({ min: 1, max: 60 }) },
        { weight: 1, arbitrary: strangeNumber },
      );
    case "timestamp":
      return fc.oneof(
        fc.integer({ min: 0, max: 4_000_000_000 }),
        strangeNumber,
        fc.constantFrom("2026-01-01T00:00:00Z", "now", "+275760-09-13T00:00:00.001Z"),
      );
    case "blob":
      return fc.oneof(
        fc.constantFrom("", "====", "AA", "AA==", "not base64!", ...(known[name] ?? [])),
        fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes).toString("base64")),
        fc.constantFrom(4096, 4097, 6144, 6145, 65_536, 65_537).map(base64Of),
      );
    default:
      return textOf(shape, name, known);
  }
}

function structureOf({ members = {} }: Shape<unknown>, known: Known): fc.Arbitrary<unknown> {
  const declared = Object.entries(members).map(([name, member]) => {
    // Members that are refused by name would hide everything else about a request.
    const presence = member.isRequired ? 30 : member.refusal === undefined ? 1 : 0.03;
    const given = nearly(member, name, known).map((value): [string, unknown][] => [[name, value]]);
    return fc.oneof(
      { weight: Math.round(presence * 100), arbitrary: given },
      { weight: 100, arbitrary: fc.constant<[string, unknown][]>([]) },
    );
  });
  const undeclared = fc.oneof(
    { weight: 8, arbitrary: fc.constant<[string, unknown][]>([]) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.oneof(fc.constantFrom(...magicNames), strangeText), strangeJson)
        .map((entry): [string, unknown][] => [entry]),
    },
  );
  return fc
    .tuple(...declared, undeclared)
    .map((entries) => Object.fromEntries(entries.flat(1) as [string, unknown][]));
}

function listOf(item: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 12, arbitrary: fc.array(item, { maxLength: 4 }) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(item, fc.constantFrom(11, 51, 101))
        .map(([one, count]) => Array.from({ length: count }, () => one)),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom("a", {}, []).map((one) => Array.from({ length: 6000 }, () => one)),
    },
  );
}

function textOf(shape: Shape<unknown>, name: string, known: Known): fc.Arbitrary<string> {
  const says = shape.constraints.map((constraint) => constraint.says).join("\n");
  const limits = [...says.matchAll(/length (?:greater|less) than or equal to (\d+)/g)];
  const boundaries = limits.flatMap(([, limit]) => [-1, 0, 1].map((by) => Number(limit) + by));
  const names = /enum value set: \[(.*)\]/.exec(says)?.[1]?.split(", ") ?? [];
  const fitting = [...names, ...(known[name] ?? [])];
  return fc.oneof(
    { weight: 8, arbitrary: fitting.length > 0 ? fc.constantFrom(...fitting) : plainText },
    { weight: 2, arbitrary: plainText },
    { weight: 2, arbitrary: strangeText },
    {
      weight: boundaries.length > 0 ? 1 : 0,
      arbitrary: fc
        .tuple(fc.constantFrom("a", "/", "é", "🔑"), fc.constantFrom(0, ...boundaries))
        .map(([unit, length]) => unit.repeat(Math.max(0, length))),
    },
  );
}

const plainText = fc.string({
  unit: fc.constantFrom(..."abcXYZ019/_-.:+=@"),
  minLength: 1,
  maxLength: 40,
});

function base64Of(length: number): string {
  return Buffer.alloc(length, 7).toString("base64");
}
