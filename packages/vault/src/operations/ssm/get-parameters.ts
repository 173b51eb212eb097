/** GetParameters: up to ten at once. One name that the caller may not read denies the call. */
import type { Permit } from "../../authorization/authorize.ts";
import { ApiError } from "../../errors.ts";
import { duplicateNames } from "../../parameters/errors.ts";
import type { ParameterResource, ReadVersion } from "../../parameters/parameters.ts";
import { boolean, required, structure } from "../../shapes/shapes.ts";
import { type Call, type Output, operation } from "../operation.ts";
import { parameterNames } from "./members.ts";
import { noteReads, parameterOutput } from "./output.ts";
import { isUnanswerable, secretOutput } from "./secret-reference.ts";

export const getParameters = operation({
  name: "GetParameters",
  isReadOnly: true,
  input: structure({
    Names: required(parameterNames),
    WithDecryption: boolean(),
  }),

  async permit({ Names }, call) {
    const { parameters } = call.vault;
    const located = await Promise.all(
      Names.map(async (name) => parameters.locate(call.scope, name)),
    );
    return located.map((parameter) => call.authorize("ssm:GetParameters", parameter));
  },

  async run({ Names, WithDecryption }, permits, call) {
    if (new Set(Names).size < Names.length) throw duplicateNames();
    const found: Found[] = [];
    const invalid: string[] = [];
    for (const [at, permit] of permits.entries()) {
      const one = await findOne(call, permit, WithDecryption);
      if (one === undefined) invalid.push(Names[at] ?? "");
      else found.push(one);
    }
    found.sort((one, other) => (one.name < other.name ? -1 : 1));
    const Parameters = [];
    for (const { read, secret } of found) {
      Parameters.push(secret ?? (await parameterOutput(call, read, WithDecryption)));
    }
    noteReads(
      call,
      found.flatMap(({ read }) => read ?? []),
    );
    return { Parameters, InvalidParameters: invalid };
  },
});

type Found = { readonly name: string } & (
  | { readonly read: ReadVersion; readonly secret?: undefined }
  | { readonly read?: undefined; readonly secret: NonNullable<Output> }
);

const missing = new Set(["ParameterNotFound", "ParameterVersionNotFound"]);

/** A version or a secret; undefined where AWS counts the name among the invalid ones. */
async function findOne(
  call: Call,
  permit: Permit<"ssm:GetParameters", ParameterResource>,
  isDecrypted: boolean | undefined,
): Promise<Found | undefined> {
  const { name, secretId } = permit.resource.named;
  const isExpected = (error: ApiError) =>
    secretId === undefined ? missing.has(error.code) : isUnanswerable(error);
  try {
    const secret = await secretOutput(call, permit.resource, isDecrypted);
    if (secret !== undefined) return { name, secret };
    return { name, read: await call.vault.parameters.read(permit) };
  } catch (error) {
    if (error instanceof ApiError && isExpected(error)) return undefined;
    throw error;
  }
}
