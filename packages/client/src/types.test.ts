import { expectTypeOf, test } from "vitest";
import * as z from "zod";
import type { JsonReference, ParameterTree, Reference, Secret } from "./index.ts";
import { clientOfMemory } from "./memory-store.fixture.ts";

test("references have the types of what they refer to", () => {
  const { secrets } = clientOfMemory();
  const schema = z.object({ apiKey: z.string(), port: z.string().transform(Number) });

  expectTypeOf(secrets.parameter("/a")).toEqualTypeOf<Reference<string>>();
  expectTypeOf(secrets.binary("a")).toEqualTypeOf<Reference<Uint8Array>>();
  expectTypeOf(secrets.byPath("/a")).toEqualTypeOf<ParameterTree>();
  expectTypeOf(secrets.json("a")).toEqualTypeOf<JsonReference<unknown>>();
  expectTypeOf(secrets.json("a", schema)).toEqualTypeOf<
    JsonReference<{ apiKey: string; port: number }>
  >();
  expectTypeOf(secrets.json("a", schema).field("apiKey")).toEqualTypeOf<Reference<string>>();
  expectTypeOf(secrets.firstOf(secrets.parameter("/a"), secrets.env("A"))).toEqualTypeOf<
    Reference<string>
  >();
  expectTypeOf(secrets.json("a", schema).get).returns.resolves.toEqualTypeOf<
    Secret<{ apiKey: string; port: number }>
  >();
  expectTypeOf(secrets.use<string, number>).returns.resolves.toBeNumber();
  // @ts-expect-error a secret is not its text: only reveal() gives that.
  expectTypeOf<Secret<string>>().toExtend<string>();
});
