/** The weather project around a vault: its secret, roles and rotation, and its service. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import {
  type Provisioned,
  provision,
  secretName,
} from "../../../examples/weather/src/provision.ts";
import {
  provisionRotation,
  type TokenToRotate,
} from "../../../examples/weather/src/provision-rotation.ts";
import { cleanEnvironment, type VaultProcess } from "../../harness/vault-process.ts";
import { clientConfiguration } from "../client-configuration.ts";
import { untilPhase } from "./rotations.ts";
import type { WeatherProvider } from "./weather-provider.ts";

export interface WeatherService {
  readonly url: string;
  stop(): Promise<void>;
}

/** Resolves once it may rotate. */
export async function provisionWeather(
  vault: VaultProcess,
  { managementKey, firstToken }: WeatherProvider,
  rotation: Pick<TokenToRotate, "type" | "gracePeriod">,
): Promise<Provisioned> {
  const administrator = clientConfiguration(vault.environment);
  const provisioned = await provision(administrator, firstToken);
  await provisionRotation(administrator, { managementKey, ...rotation });
  // Which has the vault test what the secret holds.
  await untilPhase(vault, secretName, ["succeeded"]);
  return provisioned;
}

/** As a process of its own. */
export async function startWeatherService(
  root: string,
  providerUrl: string,
  { environment, roleArn }: Provisioned,
): Promise<WeatherService> {
  const program = join(root, "examples/weather/src/service.ts");
  const service = spawn(process.execPath, ["--conditions=@claviger/source", program], {
    env: {
      ...cleanEnvironment(),
      ...environment,
      WEATHER_PROVIDER_URL: providerUrl,
      WEATHER_ROLE_ARN: roleArn,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(service, "exit");
  const [printed] = await Promise.race([once(service.stdout, "data"), ended.then(() => [])]);
  if (printed === undefined) throw new Error("the weather service did not start");
  return {
    url: String(printed).trim(),
    async stop() {
      service.kill();
      await ended;
    },
  };
}
