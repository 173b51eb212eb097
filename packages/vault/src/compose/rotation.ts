/** Joins the rotation engine with those who rotate, and opens what they need when they need it. */
import type { CallBack, Surroundings } from "../compose.ts";
import type { Configuration } from "../configuration.ts";
import type { Keys } from "../keys/keys.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Pipeline } from "../pipeline.ts";
import type { Principals } from "../principals/principals.ts";
import type { Sessions } from "../principals/sessions/sessions.ts";
import { BuiltInRotators } from "../rotation/built-in.ts";
import { RotationEngine } from "../rotation/engine.ts";
import type { EngineParts } from "../rotation/engine-parts.ts";
import type { RotationReaders } from "../rotation/readers/readers.ts";
import { Rotators } from "../rotation/rotators.ts";
import { withoutValues } from "../rotation/scrubbing.ts";

export interface RotationParts
  extends Omit<EngineParts, "rotators" | "laggardsOf" | "withoutValues" | "metrics"> {
  readonly configuration: Configuration;
  readonly surroundings: Partial<Surroundings>;
  readonly keys: Keys;
  readonly principals: Principals;
  readonly sessions: Sessions;
  readonly readers: RotationReaders;
  readonly metrics: Metrics;
  /** Of the vault, which is composed after it. */
  pipeline(): Pipeline;
}

export interface ComposedRotation {
  readonly engine: RotationEngine;
  close(): Promise<void>;
}

export function composeRotation(parts: RotationParts): ComposedRotation {
  const { configuration, surroundings, readers, metrics, principals, sessions, clock } = parts;
  let callBack: Promise<CallBack> | undefined;
  const builtIn = new BuiltInRotators({
    principals,
    sessions,
    clock,
    startHost: surroundings.startRotatorHost,
    async callBackUrl() {
      const { openCallBack } = surroundings;
      if (openCallBack === undefined) throw new Error("nothing serves the rotators");
      callBack ??= openCallBack(parts.pipeline());
      return (await callBack).url;
    },
  });
  const { functions, credentials } = configuration.rotators;
  const engine = new RotationEngine({
    ...parts,
    rotators: new Rotators({ functions, credentials }, builtIn),
    laggardsOf: (run, now) => readers.laggardsOf(run, now),
    withoutValues: (...said) => withoutValues(parts, ...said),
    metrics: metrics.rotations,
  });
  return {
    engine,
    async close() {
      await engine.close();
      await builtIn.close();
      await (await callBack?.catch(() => undefined))?.close();
    },
  };
}
