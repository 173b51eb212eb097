/** What an application's own types come out as: `tsc` is what runs this. */
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SSM, SSMClient } from "@aws-sdk/client-ssm";
import { fetch as undiciFetch } from "undici";
import { expectTypeOf, test } from "vitest";
import { z } from "zod";
import {
  basic,
  bearer,
  type ClientErrorCode,
  createSecrets,
  type JsonReference,
  type Reference,
  redact,
  type Secret,
  type SecretsError,
  template,
} from "./index.ts";

const secrets = createSecrets({ push: false });

test("references have the type of their value", () => {
  expectTypeOf(secrets.parameter("/a", { label: "live" })).toEqualTypeOf<Reference<string>>();
  expectTypeOf(secrets.secret("a").peek).returns.toEqualTypeOf<Secret<string>>();
  expectTypeOf(secrets.binary("a").get).returns.resolves.toEqualTypeOf<Secret<Uint8Array>>();
  expectTypeOf(secrets.env("A")).toEqualTypeOf<Reference<string>>();
  const bytesOrText = () => secrets.firstOf(secrets.secret("a"), secrets.binary("b") as never);
  expectTypeOf(bytesOrText).returns.toEqualTypeOf<Reference<string>>();
  // @ts-expect-error: a chain of text and bytes has no type.
  secrets.firstOf(secrets.secret("a"), secrets.binary("b"));
  // @ts-expect-error: a secret has no labels.
  secrets.secret("a", { label: "live" });
});

test("JSON has the type of its schema's output, and unknown without one", () => {
  const schema = z.object({ apiKey: z.string(), limit: z.coerce.number().default(5) });
  const stripe = secrets.json("prod/stripe", schema);
  expectTypeOf(stripe).toEqualTypeOf<JsonReference<{ apiKey: string; limit: number }>>();
  expectTypeOf(stripe.field).returns.toEqualTypeOf<Reference<string>>();
  expectTypeOf(secrets.json("prod/stripe")).toEqualTypeOf<JsonReference<unknown>>();
  expectTypeOf(secrets.json<{ a: 1 }>("a")).toEqualTypeOf<JsonReference<{ a: 1 }>>();
});

test("use gives its call the value, and returns what that resolves with", () => {
  const use = () => secrets.use(secrets.binary("a"), async (bytes) => bytes.length);
  expectTypeOf(use).returns.resolves.toEqualTypeOf<number>();
});

test("a secret is nothing that text can be made of by mistake", () => {
  const secret = () => secrets.secret("a").peek();
  expectTypeOf(secret).returns.not.toExtend<string>();
  expectTypeOf(secret).returns.toHaveProperty("isStale").toEqualTypeOf<boolean>();
  expectTypeOf(secret).returns.toHaveProperty("fetchedAt").toEqualTypeOf<Date>();
});

test("fetch is Node's, or the one that was given", () => {
  const token = secrets.secret("a");
  const value = bearer(token);
  const rules = { "https://api.provider.example": { header: "authorization", value } };
  expectTypeOf(secrets.fetch(rules)).toEqualTypeOf<typeof globalThis.fetch>();
  expectTypeOf(secrets.fetch(rules, undiciFetch)).toEqualTypeOf<typeof undiciFetch>();
  expectTypeOf(basic("user", token)).toEqualTypeOf(template`Token ${token}`);
  // @ts-expect-error: bytes are no header.
  bearer(secrets.binary("a"));
});

test("any client and any credential provider of the AWS SDK fit", () => {
  createSecrets({ push: false, clients: { ssm: new SSMClient() } });
  createSecrets({
    push: false,
    clients: { ssm: new SSM(), secretsManager: {} as SecretsManagerClient },
  });
  const { credentials } = new SSMClient().config;
  createSecrets({ push: false, credentials: () => credentials() });
});

test("errors have a closed union of codes", () => {
  expectTypeOf<SecretsError["code"]>().toEqualTypeOf<ClientErrorCode>();
  expectTypeOf<"NotFound">().toExtend<ClientErrorCode>();
  expectTypeOf<"Whatever">().not.toExtend<ClientErrorCode>();
  expectTypeOf(redact).toEqualTypeOf<(text: string) => string>();
});
