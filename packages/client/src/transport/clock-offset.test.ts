import { expect, test } from "vitest";
import { ClockOffset } from "./clock-offset.ts";

const hour = 3_600_000;
const inAnHour = () => new Date(Date.now() + hour).toUTCString();

test("believes the service's time once that has refused a signature", () => {
  const clock = new ClockOffset();
  expect(clock.corrects("InvalidSignatureException", inAnHour())).toBe(true);
  expect(Math.abs(clock.now().getTime() - Date.now() - hour)).toBeLessThan(2000);
  // It is right now, so the next refusal has another reason.
  expect(clock.corrects("InvalidSignatureException", inAnHour())).toBe(false);
});

test("finds back when the machine's clock is put right", () => {
  const clock = new ClockOffset();
  clock.corrects("RequestExpired", inAnHour());
  expect(clock.corrects("RequestInTheFuture", new Date().toUTCString())).toBe(true);
  expect(Math.abs(clock.now().getTime() - Date.now())).toBeLessThan(2000);
});

test.each([
  ["AccessDeniedException", inAnHour()],
  ["InvalidSignatureException", new Date().toUTCString()],
  ["InvalidSignatureException", "yesterday"],
  ["InvalidSignatureException", null],
])("%s at %s is not the clock's fault", (code, date) => {
  expect(new ClockOffset().corrects(code, date)).toBe(false);
});
