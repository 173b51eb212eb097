/** RotationRules as requests bring them and as replies show them. */
import { daysBetween, type RotationRules } from "../../secrets/rotation-rules.ts";
import { type Infer, integer, string, structure } from "../../shapes/shapes.ts";

export const rotationRules = structure({
  AutomaticallyAfterDays: integer({ min: 1, max: 1000 }),
  Duration: string({ min: 2, max: 3, pattern: "[0-9]+h" }),
  ScheduleExpression: string({ min: 1, max: 256, pattern: "[0-9A-Za-z\\(\\)#\\?\\*\\-\\/, ]+" }),
});

export function readRotationRules(given: Infer<typeof rotationRules>): RotationRules {
  return {
    automaticallyAfterDays: given.AutomaticallyAfterDays,
    duration: given.Duration,
    scheduleExpression: given.ScheduleExpression,
  };
}

export function rotationRulesOutput(rules: RotationRules, lastRotatedDate: number | undefined) {
  return {
    AutomaticallyAfterDays: daysBetween(rules, lastRotatedDate),
    Duration: rules.duration,
    ScheduleExpression: rules.scheduleExpression,
  };
}
