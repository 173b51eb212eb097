/** A stand-in for Datadog's API keys: they overlap, and need an application key to be managed. */
import { KeyRegister, type RegisteredKey, secretPart } from "./key-register.ts";
import {
  header,
  type ProviderReply,
  type ProviderRequest,
  type StandIn,
  type StandInOptions,
  startStandIn,
} from "./stand-in.ts";

export interface DatadogStandIn extends StandIn {
  readonly register: KeyRegister;
  readonly applicationKey: string;
}

export async function startDatadog(
  options: StandInOptions & { readonly keysMax?: number } = {},
): Promise<DatadogStandIn> {
  let made = 0;
  // Lists tell the last four of a key. Two with the same ones are no key that can be told apart, and
  // hex of random text would make such a pair now and then.
  const newValue = () => {
    made += 1;
    const random = Buffer.from(secretPart(16)).toString("hex").slice(0, 28);
    return random + made.toString(16).padStart(4, "0");
  };
  const register = new KeyRegister({
    newValue,
    keysMax: options.keysMax ?? 50,
  });
  const applicationKey = secretPart(30);
  const byKey = (request: ProviderRequest) => register.byValue(header(request, "dd-api-key"));
  const asManager = (request: ProviderRequest, answer: () => ProviderReply): ProviderReply => {
    const isManager = header(request, "dd-application-key") === applicationKey;
    return isManager && byKey(request) !== undefined ? answer() : forbidden;
  };
  const standIn = await startStandIn(
    {
      "GET /api/v1/validate": (request) =>
        byKey(request) === undefined ? forbidden : { status: 200, body: { valid: true } },
      "GET /api/v2/api_keys": (request) =>
        asManager(request, () => {
          const size = Number(request.query.get("page[size]") ?? 10);
          const from = Number(request.query.get("page[number]") ?? 0) * size;
          return { status: 200, body: { data: register.live.slice(from, from + size).map(shown) } };
        }),
      "POST /api/v2/api_keys": (request) =>
        asManager(request, () => {
          const data = request.json?.data as { attributes?: { name?: string } } | undefined;
          const name = data?.attributes?.name;
          if (name === undefined) return { status: 400, body: { errors: ["Bad Request"] } };
          const key = register.make(name);
          if (key === undefined) return forbidden;
          const { id, attributes } = shown(key);
          return {
            status: 201,
            body: { data: { id, attributes: { ...attributes, key: key.value } } },
          };
        }),
      "DELETE /api/v2/api_keys/:id": (request) =>
        asManager(request, () =>
          register.revoke(request.parameters.id ?? "") ? { status: 204 } : { status: 404 },
        ),
    },
    options,
  );
  return { ...standIn, register, applicationKey };
}

const forbidden: ProviderReply = { status: 403, body: { errors: ["Forbidden"] } };

function shown({ id, name, value }: RegisteredKey) {
  return { id, type: "api_keys", attributes: { name, last4: value.slice(-4) } };
}
