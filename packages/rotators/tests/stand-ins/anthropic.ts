/** A stand-in for Anthropic: keys are made in its Console, and disabled by its Admin API. */
import { KeyRegister, type RegisteredKey, secretPart } from "./key-register.ts";
import {
  header,
  type ProviderReply,
  type ProviderRequest,
  type StandIn,
  type StandInOptions,
  startStandIn,
} from "./stand-in.ts";

export interface AnthropicStandIn extends StandIn {
  readonly register: KeyRegister;
  readonly adminKey: string;
}

export async function startAnthropic(options: StandInOptions = {}): Promise<AnthropicStandIn> {
  const register = new KeyRegister({ newValue: () => `sk-ant-api03-${secretPart(60)}` });
  const adminKey = `sk-ant-admin01-${secretPart(60)}`;
  const asAdmin = (request: ProviderRequest, answer: () => ProviderReply): ProviderReply =>
    header(request, "x-api-key") === adminKey ? answer() : { status: 401 };
  const shown = (key: RegisteredKey) => ({
    id: key.id,
    name: key.name,
    partial_key_hint: `${key.value.slice(0, 16)}...${key.value.slice(-4)}`,
    status: register.isLive(key) ? "active" : "inactive",
  });
  const standIn = await startStandIn(
    {
      "GET /v1/models": (request) => ({
        status: register.byValue(header(request, "x-api-key")) === undefined ? 401 : 200,
        body: { data: [] },
      }),
      "GET /v1/organizations/api_keys": (request) =>
        asAdmin(request, () => {
          const all = register.everMade.map(shown);
          const from = all.findIndex(({ id }) => id === request.query.get("after_id")) + 1;
          const data = all.slice(from, from + 2);
          return { status: 200, body: { data, last_id: data.at(-1)?.id ?? null } };
        }),
      "POST /v1/organizations/api_keys/:id": (request) =>
        asAdmin(request, () => {
          const { id = "" } = request.parameters;
          const known = register.everMade.some((key) => key.id === id);
          if (!known) return { status: 404 };
          if (request.json?.status === "inactive") register.revoke(id);
          return { status: 200, body: { id } };
        }),
    },
    options,
  );
  return { ...standIn, register, adminKey };
}
