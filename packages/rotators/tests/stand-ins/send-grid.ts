/** A stand-in for SendGrid: two keys overlap, each with scopes that its maker must have too. */
import { KeyRegister, type RegisteredKey, secretPart } from "./key-register.ts";
import {
  bearer,
  type ProviderReply,
  type ProviderRequest,
  type StandIn,
  type StandInOptions,
  startStandIn,
} from "./stand-in.ts";

export interface SendGridStandIn extends StandIn {
  readonly register: KeyRegister;
}

export async function startSendGrid(
  options: StandInOptions & { readonly keysMax?: number } = {},
): Promise<SendGridStandIn> {
  const register = new KeyRegister({
    newValue: (id) => `SG.${id}.${secretPart(32)}`,
    keysMax: options.keysMax ?? 100,
  });
  const asManager = (
    request: ProviderRequest,
    answer: (by: RegisteredKey) => ProviderReply,
  ): ProviderReply => {
    const by = register.byValue(bearer(request));
    if (by === undefined) return refusal(401, "authorization required");
    return scopesOf(by).includes("api_keys") ? answer(by) : refusal(403, "access forbidden");
  };
  const one = (request: ProviderRequest, answer: (key: RegisteredKey) => ProviderReply) =>
    asManager(request, () => {
      const key = register.byId(request.parameters.id);
      return key === undefined ? refusal(404, "unable to find API Key") : answer(key);
    });
  const standIn = await startStandIn(
    {
      "GET /v3/scopes": (request) => {
        const by = register.byValue(bearer(request));
        if (by === undefined) return refusal(401, "authorization required");
        return { status: 200, body: { scopes: scopesOf(by) } };
      },
      "GET /v3/api_keys": (request) =>
        asManager(request, () => ({
          status: 200,
          body: { result: register.live.map(({ id, name }) => ({ name, api_key_id: id })) },
        })),
      "GET /v3/api_keys/:id": (request) =>
        one(request, (key) => ({
          status: 200,
          body: { api_key_id: key.id, name: key.name, scopes: scopesOf(key) },
        })),
      "POST /v3/api_keys": (request) =>
        asManager(request, (by) => {
          const { name, scopes = scopesOf(by) } = request.json ?? {};
          if (typeof name !== "string") return refusal(400, "missing required argument");
          const key = register.make(name, { scopes }, secretPart(16));
          if (key === undefined) return refusal(403, "Cannot create more than 100 API Keys");
          const { id, value } = key;
          return { status: 201, body: { api_key: value, api_key_id: id, name, scopes } };
        }),
      "DELETE /v3/api_keys/:id": (request) =>
        one(request, ({ id }) => {
          register.revoke(id);
          return { status: 204 };
        }),
    },
    options,
  );
  return { ...standIn, register };
}

function scopesOf({ attributes }: RegisteredKey): readonly string[] {
  return attributes.scopes as string[];
}

function refusal(status: number, message: string): ProviderReply {
  return { status, body: { errors: [{ field: null, message }] } };
}
