/**
 * Property tests and fuzzing draw the same cases on every run, so that a red build names a change
 * and not the weather. PROPERTY_SEED=random draws others, as the claims do at full size; a number
 * repeats a failure (fast-check prints the seed with it).
 */
import fc from "fast-check";

const given = process.env.PROPERTY_SEED ?? "20261122";

fc.configureGlobal({
  ...fc.readConfigureGlobal(),
  ...(given !== "random" && { seed: Number(given) }),
});
