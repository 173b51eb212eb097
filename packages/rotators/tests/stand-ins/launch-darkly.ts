/** A stand-in for LaunchDarkly's access tokens: a reset gives the old value the time it says. */
import { KeyRegister, secretPart } from "./key-register.ts";
import {
  header,
  type ProviderReply,
  type ProviderRequest,
  type StandIn,
  type StandInOptions,
  startStandIn,
} from "./stand-in.ts";

export async function startLaunchDarkly(
  options: StandInOptions & { readonly now?: () => number } = {},
): Promise<StandIn & { readonly register: KeyRegister }> {
  const { now = Date.now } = options;
  const register = new KeyRegister({ newValue: () => `api-${secretPart()}`, now });
  const asMember = (request: ProviderRequest, answer: () => ProviderReply): ProviderReply =>
    register.byValue(header(request, "authorization")) === undefined
      ? { status: 401, body: { code: "unauthorized" } }
      : answer();
  const standIn = await startStandIn(
    {
      "GET /api/v2/caller-identity": (request) =>
        asMember(request, () => ({ status: 200, body: {} })),
      "GET /api/v2/tokens/:id": (request) =>
        asMember(request, () => {
          const key = register.byId(request.parameters.id);
          if (key === undefined) return { status: 404 };
          return { status: 200, body: { _id: key.id, token: key.value.slice(-4) } };
        }),
      "POST /api/v2/tokens/:id/reset": (request) =>
        asMember(request, () => {
          // Whoever asks has the real time.
          const expiry = Number(request.query.get("expiry") ?? 0);
          const grace = Math.max(0, expiry - Date.now());
          const key = register.roll(request.parameters.id ?? "", grace);
          if (key === undefined) return { status: 404 };
          return { status: 200, body: { _id: key.id, token: key.value } };
        }),
    },
    options,
  );
  return { ...standIn, register };
}
