/**
 * Rotations of the weather service's token of which one step fails, or says that it is done and is
 * not: what must have come of it then.
 */
import { kill } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { secretName as SecretId } from "../../../examples/weather/src/provision.ts";
import { asRoot } from "../../harness/aws-clients.ts";
import type { InterferingProxy, Reply } from "../../harness/interfering-proxy.ts";
import type { VaultProcess } from "../../harness/vault-process.ts";
import { demand } from "../claim.ts";
import { beginRotation, untilPhase } from "./rotations.ts";
import { stepOf } from "./watched-host.ts";
import type { WeatherProvider } from "./weather-provider.ts";

export interface FailingGround {
  readonly vault: VaultProcess;
  readonly provider: WeatherProvider;
  /** Between the vault and its rotators; undefined where nobody stands there. */
  readonly proxy: InterferingProxy | undefined;
}

export interface Failure {
  readonly step: string;
  /** "lies": it does nothing, and says that it is done. */
  readonly how: "fails before" | "fails after" | "lies";
}

const steps = ["createSecret", "setSecret", "testSecret", "finishSecret"];

export const everyFailure: readonly Failure[] = [
  ...steps.map((step) => ({ step, how: "fails before" as const })),
  ...steps.map((step) => ({ step, how: "fails after" as const })),
  { step: "finishSecret", how: "lies" },
];

/** As Lambda tells what a function threw. */
export const thrown: Reply = {
  status: 200,
  headers: { "content-type": "application/json", "x-amz-function-error": "Unhandled" },
  body: JSON.stringify({ errorType: "Injected", errorMessage: "This step was made to fail." }),
};
const done: Reply = { status: 200, headers: { "content-type": "application/json" }, body: "null" };

/**
 * So often each of them may happen to one vault: for one a minute passes by its clock alone, and
 * when that is five ahead it takes no client's signature any more.
 */
export const turnsMax = 3;

/** A rotation with one failure; ends when the vault has dealt with that. */
export async function failOnce(ground: FailingGround, failure: Failure): Promise<void> {
  const { vault, provider } = ground;
  const where = `where ${failure.step} ${failure.how}`;
  const before = await currentOf(vault);
  const failed = failNext(ground, failure);
  const versionId = await beginRotation(vault, SecretId);
  if (failure.step === "finishSecret" && failure.how === "fails after") {
    await failed;
    await finishAgain(vault);
    demand((await currentOf(vault)).versionId === versionId, `${where} AWSCURRENT is another`);
  } else {
    const { FailureStep } = await untilPhase(vault, SecretId, ["failed"]);
    demand(FailureStep === failure.step, `${where} it is told as one of ${FailureStep}`);
    demand((await currentOf(vault)).versionId === before.versionId, `${where} AWSCURRENT moved`);
  }
  const { value } = await currentOf(vault);
  demand(await provider.accepts(value), `${where} the provider refuses AWSCURRENT`);
  const tokens = await provider.tokens();
  demand(tokens.length === 1, `${where} the provider is left with ${tokens.join(", ")}`);
}

/** Resolves when it has. */
function failNext({ proxy }: FailingGround, { step, how }: Failure): Promise<void> {
  if (proxy === undefined) throw new Error("nobody stands in between");
  const failed = Promise.withResolvers<void>();
  let isDue = true;
  proxy.interfere = async (passing) => {
    const isMoment = passing.moment === (how === "fails after" ? "after" : "before");
    if (!isDue || !isMoment || stepOf(passing) !== step) return "pass";
    isDue = false;
    failed.resolve();
    return how === "lies" ? done : thrown;
  };
  return failed.promise;
}

/** The labels have moved by then, so there is no way back: the step comes again in a minute. */
async function finishAgain(vault: VaultProcess): Promise<void> {
  // The vault has yet to hear of the failure.
  await sleep(500);
  kill(vault.pid, "SIGUSR2");
  await untilPhase(vault, SecretId, ["succeeded"]);
}

async function currentOf(vault: VaultProcess): Promise<{ versionId: string; value: string }> {
  const { secrets } = asRoot(vault);
  const { VersionIdsToStages = {} } = await secrets.describeSecret({ SecretId });
  const labels = Object.values(VersionIdsToStages).flat();
  demand(!labels.includes("AWSPENDING"), "AWSPENDING is left");
  const { VersionId, SecretString } = await secrets.getSecretValue({ SecretId });
  return { versionId: VersionId ?? "", value: SecretString ?? "" };
}
