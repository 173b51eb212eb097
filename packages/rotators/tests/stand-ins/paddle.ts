/**
 * A stand-in for Paddle's rotatable API keys: a new secret comes to life when it is first used, and
 * a rotation that is still waiting for that is cancelled by the next one.
 */
import { KeyRegister, secretPart } from "./key-register.ts";
import {
  bearer,
  type ProviderRequest,
  type StandIn,
  type StandInOptions,
  startStandIn,
} from "./stand-in.ts";

export interface PaddleStandIn extends StandIn {
  readonly register: KeyRegister;
  /** A rotatable key, made in the dashboard. */
  makeByHand(): string;
}

export async function startPaddle(
  options: StandInOptions & { readonly now?: () => number } = {},
): Promise<PaddleStandIn> {
  const now = options.now ?? Date.now;
  const newValue = (id: string) => `pdl_live_${id}_${secretPart(16)}`;
  const register = new KeyRegister({ newValue, now });
  const waiting = new Map<string, { readonly value: string; readonly graceMilliseconds: number }>();
  const authenticate = (request: ProviderRequest) => {
    const value = bearer(request);
    const live = register.byValue(value);
    if (live !== undefined) return live;
    const [id, rotation] = [...waiting].find(([, each]) => each.value === value) ?? [];
    if (id === undefined || rotation === undefined) return undefined;
    waiting.delete(id);
    register.set(id, rotation.value, rotation.graceMilliseconds);
    return register.byValue(value);
  };
  const standIn = await startStandIn(
    {
      "GET /event-types": (request) => ({
        status: authenticate(request) === undefined ? 403 : 200,
        body: { data: [] },
      }),
      "POST /api-keys/:id/rotations": (request) => {
        const by = authenticate(request);
        if (by === undefined || by.id !== request.parameters.id) return { status: 403 };
        const seconds = request.json?.grace_period_seconds;
        if (typeof seconds !== "number" || seconds > 86_400) return { status: 400 };
        const value = newValue(by.id);
        waiting.set(by.id, { value, graceMilliseconds: seconds * 1000 });
        return { status: 201, body: { data: { new_key: value, status: "pending" } } };
      },
    },
    options,
  );
  const makeByHand = () => {
    const id = `apikey_${secretPart(30).toLowerCase().replaceAll(/[-_]/g, "x").slice(0, 26)}`;
    return register.make("by hand", {}, id)?.value ?? "";
  };
  return { ...standIn, register, makeByHand };
}
