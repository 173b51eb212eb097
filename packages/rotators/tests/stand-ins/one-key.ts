/**
 * A stand-in for a provider that knows one key an account: its roll kills the old value at once,
 * and so does a value that the owner sets.
 */
import { KeyRegister, secretPart } from "./key-register.ts";
import {
  bearer,
  type ProviderReply,
  type ProviderRequest,
  type StandIn,
  type StandInOptions,
  startStandIn,
} from "./stand-in.ts";

export interface OneKeyStandIn extends StandIn {
  readonly register: KeyRegister;
  /** A credential that manages the key and isn't it. */
  readonly adminCredential: string;
}

const account = "acct-1";

export async function startOneKey(options: StandInOptions = {}): Promise<OneKeyStandIn> {
  const register = new KeyRegister({ newValue: () => `one_${secretPart()}` });
  const adminCredential = `admin_${secretPart()}`;
  register.make("the only one", {}, account);
  const asOwner = (request: ProviderRequest, answer: () => ProviderReply): ProviderReply => {
    const by = bearer(request);
    const isOwner = by === adminCredential || register.byValue(by) !== undefined;
    return isOwner ? answer() : { status: 401 };
  };
  const standIn = await startStandIn(
    {
      "GET /me": (request) => ({
        status: register.byValue(bearer(request)) === undefined ? 401 : 200,
        body: {},
      }),
      "POST /key/roll": (request) =>
        asOwner(request, () => ({
          status: 200,
          body: { key: register.roll(account, 0)?.value },
        })),
      "PUT /key": (request) =>
        asOwner(request, () => {
          const { key } = request.json ?? {};
          if (typeof key !== "string" || key.length < 20) return { status: 422 };
          register.set(account, key);
          return { status: 204 };
        }),
    },
    options,
  );
  return { ...standIn, register, adminCredential };
}
