import { expect, test } from "vitest";
import { ClockOffset } from "./clock-offset.ts";

const hour = 3_600_000;
const inAnHour = () => new Date(Date.now() + hour).toUTCString();

test("believes the service's time once that has refused a signature", () => {
  const clock = new ClockOffset();
  const signed = clock.now();
  expect(clock.corrects("InvalidSignatureException", inAnHour(), signed)).toBe(true);
  expect(Math.abs(clock.now().getTime() - Date.now() - hour)).toBeLessThan(2000);
  const put = clock.now();
  // What was signed before can be signed anew; of what is signed now a refusal has another reason.
  expect(clock.corrects("InvalidSignatureException", inAnHour(), signed)).toBe(true);
  expect(Math.abs(clock.now().getTime() - put.getTime())).toBeLessThan(500);
  expect(clock.corrects("InvalidSignatureException", inAnHour(), clock.now())).toBe(false);
});

test("finds back when the machine's clock is put right", () => {
  const clock = new ClockOffset();
  clock.corrects("RequestExpired", inAnHour(), clock.now());
  const date = new Date().toUTCString();
  expect(clock.corrects("RequestInTheFuture", date, clock.now())).toBe(true);
  expect(Math.abs(clock.now().getTime() - Date.now())).toBeLessThan(2000);
});

test.each([
  ["AccessDeniedException", inAnHour()],
  ["InvalidSignatureException", new Date().toUTCString()],
  ["InvalidSignatureException", "yesterday"],
  ["InvalidSignatureException", null],
])("%s at %s is not the clock's fault", (code, date) => {
  expect(new ClockOffset().corrects(code, date, new Date())).toBe(false);
});
