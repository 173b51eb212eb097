/** A stand-in for Cloudflare's API tokens of a user: they overlap, each with its policies. */
import { randomUUID } from "node:crypto";
import { KeyRegister, type RegisteredKey, secretPart } from "./key-register.ts";
import {
  bearer,
  type ProviderReply,
  type ProviderRequest,
  type StandIn,
  type StandInOptions,
  startStandIn,
} from "./stand-in.ts";

const root = "/client/v4/user/tokens";

/** What a token needs that manages others. */
export const editsTokens = [{ effect: "allow", permission_groups: ["API Tokens Write"] }];

export async function startCloudflare(
  options: StandInOptions & { readonly keysMax?: number } = {},
): Promise<StandIn & { readonly register: KeyRegister }> {
  const register = new KeyRegister({
    newValue: () => secretPart(30),
    keysMax: options.keysMax ?? 50,
  });
  const asManager = (request: ProviderRequest, answer: () => ProviderReply): ProviderReply => {
    const by = register.byValue(bearer(request));
    if (by === undefined) return failure(401, 1000, "Invalid API Token");
    const maySo = JSON.stringify(by.attributes.policies).includes("API Tokens Write");
    return maySo ? answer() : failure(403, 9109, "Unauthorized to access requested resource");
  };
  const one = (request: ProviderRequest, answer: (key: RegisteredKey) => ProviderReply) =>
    asManager(request, () => {
      const key = register.byId(request.parameters.id);
      return key === undefined ? failure(404, 1003, "API token not found") : answer(key);
    });
  const standIn = await startStandIn(
    {
      [`GET ${root}/verify`]: (request) => {
        const by = register.byValue(bearer(request));
        if (by === undefined) return failure(401, 1000, "Invalid API Token");
        return success({ id: by.id, status: "active" });
      },
      [`GET ${root}`]: (request) =>
        asManager(request, () => {
          const size = Math.min(Number(request.query.get("per_page") ?? 20), 50);
          const from = (Number(request.query.get("page") ?? 1) - 1) * size;
          return success(register.live.slice(from, from + size).map(shown));
        }),
      [`GET ${root}/:id`]: (request) => one(request, (key) => success(shown(key))),
      [`POST ${root}`]: (request) =>
        asManager(request, () => {
          const { name, policies } = request.json ?? {};
          if (typeof name !== "string" || !Array.isArray(policies)) {
            return failure(400, 1001, "Invalid request");
          }
          const id = randomUUID().replaceAll("-", "");
          const key = register.make(name, { policies }, id);
          if (key === undefined) return failure(400, 1002, "Too many tokens");
          return success({ ...shown(key), value: key.value });
        }),
      [`DELETE ${root}/:id`]: (request) =>
        one(request, ({ id }) => {
          register.revoke(id);
          return success({ id });
        }),
    },
    options,
  );
  return { ...standIn, register };
}

function shown({ id, name, attributes }: RegisteredKey) {
  return { id, name, status: "active", ...attributes };
}

function success(result: unknown): ProviderReply {
  return { status: 200, body: { success: true, errors: [], messages: [], result } };
}

function failure(status: number, code: number, message: string): ProviderReply {
  return { status, body: { success: false, errors: [{ code, message }], result: null } };
}
