/** The weather example's provider with one account on it, whose token is what rotates. */
import { orderAccount } from "../../../examples/weather/src/order.ts";
import { startProvider } from "../../../examples/weather/src/provider.ts";

export interface WeatherProvider {
  readonly url: string;
  readonly managementKey: string;
  readonly firstToken: string;
  /** Two side by side, or one alone. */
  readonly tokensMax: number;
  /** By name, the oldest first. */
  tokens(): Promise<string[]>;
  accepts(token: string): Promise<boolean>;
  close(): Promise<void>;
}

export async function startWeatherProvider(tokensMax: 1 | 2): Promise<WeatherProvider> {
  const { url, close } = await startProvider();
  // Answers that nobody may keep: every request of the service has to show its token.
  const wishes = { tokens: String(tokensMax), qps: "10000", keep: "0" };
  const { managementKey, token } = await orderAccount(url, wishes);
  const asked = (path: string, bearer: string) =>
    fetch(`${url}/v1/tokens${path}`, { headers: { authorization: `Bearer ${bearer}` } });
  return {
    url,
    managementKey,
    firstToken: token,
    tokensMax,
    async tokens() {
      const { tokens } = (await (await asked("", managementKey)).json()) as Listed;
      return tokens.map(({ name }) => name);
    },
    accepts: async (value) => (await asked("/self", value)).ok,
    close,
  };
}

interface Listed {
  readonly tokens: readonly { readonly name: string }[];
}
