/**
 * A stand-in for OpenAI's service accounts: an account is made with its one key, which is shown
 * once, and goes with it.
 */
import { KeyRegister, type RegisteredKey, secretPart } from "./key-register.ts";
import {
  bearer,
  type ProviderReply,
  type ProviderRequest,
  type StandIn,
  type StandInOptions,
  startStandIn,
} from "./stand-in.ts";

export interface OpenAiStandIn extends StandIn {
  readonly register: KeyRegister;
  readonly adminKey: string;
}

/** The one project that it knows. */
export const projectId = "proj_1";
const accounts = `/v1/organization/projects/${projectId}/service_accounts`;

export async function startOpenAi(options: StandInOptions = {}): Promise<OpenAiStandIn> {
  const register = new KeyRegister({ newValue: () => `sk-svcacct-${secretPart(40)}` });
  const adminKey = `sk-admin-${secretPart(40)}`;
  const asAdmin = (request: ProviderRequest, answer: () => ProviderReply): ProviderReply =>
    bearer(request) === adminKey ? answer() : { status: 401, body: { error: {} } };
  const standIn = await startStandIn(
    {
      "GET /v1/models": (request) =>
        register.byValue(bearer(request)) === undefined
          ? { status: 401, body: { error: { code: "invalid_api_key" } } }
          : { status: 200, body: { data: [] } },
      [`GET ${accounts}`]: (request) =>
        asAdmin(request, () => {
          const all = register.live.map(shown);
          const from = all.findIndex(({ id }) => id === request.query.get("after")) + 1;
          // Fewer than were asked for, as the limit allows: who doesn't go on misses some.
          const data = all.slice(from, from + Math.min(Number(request.query.get("limit")), 2));
          const body = { data, last_id: data.at(-1)?.id, has_more: from + 2 < all.length };
          return { status: 200, body };
        }),
      [`POST ${accounts}`]: (request) =>
        asAdmin(request, () => {
          const { name } = request.json ?? {};
          if (typeof name !== "string") return { status: 400 };
          const key = register.make(name, {}, `svc_acct_${secretPart(12)}`);
          if (key === undefined) return { status: 400 };
          return { status: 200, body: { ...shown(key), api_key: { value: key.value } } };
        }),
      [`DELETE ${accounts}/:id`]: (request) =>
        asAdmin(request, () =>
          register.revoke(request.parameters.id ?? "")
            ? { status: 200, body: { deleted: true } }
            : { status: 404 },
        ),
    },
    options,
  );
  return { ...standIn, register, adminKey };
}

function shown({ id, name }: RegisteredKey) {
  return { object: "organization.project.service_account", id, name, role: "member" };
}
