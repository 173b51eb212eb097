import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "../../../../tools/harness/eventually.ts";
import { ApiError, accessDenied, serviceUnavailable, throttled } from "../errors.ts";
import { families } from "./families.ts";
import { Histogram } from "./histogram.ts";
import { Metrics } from "./metrics.ts";

const read = { name: "GetParameter" };
const write = { name: "PutParameter" };
const services = [{ name: "ssm", operations: [read, write] }];

let metrics: Metrics;
const started = () => {
  metrics = new Metrics(services, ["account"]);
  return metrics;
};
afterEach(() => metrics?.close());

const traffic = { isHealthy: true, connections: 3, requestsUnderWay: 1 };
const text = () => metrics.text(traffic);
const line = (start: string) =>
  text()
    .split("\n")
    .find((each) => each.startsWith(start));

describe("metrics", () => {
  it("counts requests by operation and outcome", () => {
    const { countReply } = bound(started());
    countReply(read, undefined, 1);
    countReply(read, undefined, 1);
    countReply(read, accessDenied("no"), 1);
    countReply(read, throttled(), 1);
    countReply(read, new ApiError("ParameterNotFound", ""), 1);
    countReply(read, serviceUnavailable(undefined), 1);
    const counted = (outcome: string) =>
      line(`claviger_requests_total{service="ssm",operation="GetParameter",outcome="${outcome}"}`);
    expect(counted("ok")).toMatch(/ 2$/);
    for (const outcome of ["denied", "throttled", "client_error", "server_fault"]) {
      expect(counted(outcome)).toMatch(/ 1$/);
    }
    expect(text()).not.toContain("PutParameter");
  });

  it("have one name for all that is no operation of the vault", () => {
    const { countReply } = bound(started());
    countReply(undefined, new ApiError("UnknownOperation", ""), 1);
    countReply({ name: "of nobody" }, undefined, 1);
    const named = [...text().matchAll(/operation="([^"]*)"/g)].map(([, name]) => name);
    expect(new Set(named)).toEqual(new Set(["unknown"]));
  });

  it("are cumulative by duration, in seconds", () => {
    const { countReply } = bound(started());
    for (const milliseconds of [0.5, 3, 20_000]) countReply(write, undefined, milliseconds);
    const bucket = (le: string) =>
      line(
        `claviger_request_duration_seconds_bucket{service="ssm",operation="PutParameter",le="${le}"}`,
      );
    expect(bucket("0.0005")).toMatch(/ 1$/);
    expect(bucket("0.0025")).toMatch(/ 1$/);
    expect(bucket("0.005")).toMatch(/ 2$/);
    expect(bucket("10")).toMatch(/ 2$/);
    expect(bucket("+Inf")).toMatch(/ 3$/);
    expect(line("claviger_request_duration_seconds_sum")).toMatch(/ 20\.0035$/);
    expect(line("claviger_request_duration_seconds_count")).toMatch(/ 3$/);
  });

  it("tell the audit log, the row cache and the listener", () => {
    const of = started();
    of.countAuditGroup(7, 2, true);
    of.countAuditGroup(9, 4, false);
    of.rowCache.hits += 5;
    of.countThrottled("account");
    expect(line("claviger_audit_group_events_sum")).toMatch(/ 7$/);
    expect(line("claviger_audit_commit_duration_seconds_count")).toMatch(/ 2$/);
    expect(line("claviger_audit_commit_failures_total")).toMatch(/ 1$/);
    expect(line("claviger_row_cache_hits_total")).toMatch(/ 5$/);
    expect(line('claviger_throttled_total{limit="account"}')).toMatch(/ 1$/);
    expect(line("claviger_http_connections")).toMatch(/ 3$/);
  });

  it("tell what the process takes", () => {
    started();
    expect(Number(line("process_resident_memory_bytes")?.split(" ")[1])).toBeGreaterThan(10e6);
    expect(Number(line("process_cpu_seconds_total")?.split(" ")[1])).toBeGreaterThan(0);
    expect(line('nodejs_eventloop_delay_seconds{quantile="0.99"}')).toMatch(/ \d/);
  });

  it("tell how busy the main thread is, and what the collector takes of it", async () => {
    started();
    const pauses = () =>
      [...text().matchAll(/^nodejs_gc_duration_seconds_count\{kind="\w+"\} (\d+)$/gm)].reduce(
        (sum, [, count]) => sum + Number(count),
        0,
      );
    const active = () => Number(line("nodejs_eventloop_active_seconds_total")?.split(" ")[1]);
    const [busyBefore, pausesBefore] = [active(), pauses()];
    setFlagsFromString("--expose-gc");
    runInNewContext("gc")();
    await eventually(() => expect(pauses()).toBeGreaterThan(pausesBefore));
    expect(active()).toBeGreaterThanOrEqual(busyBefore);
    const bytes = (of: string) => Number(line(`nodejs_${of}_bytes`)?.split(" ")[1]);
    expect(bytes("heap_size_used")).toBeLessThanOrEqual(bytes("heap_size_total"));
    expect(bytes("heap_size_total")).toBeLessThan(bytes("heap_size_limit"));
    expect(bytes("external_memory")).toBeGreaterThan(0);
  });

  it("tell of failed authentications and of requests that were run again", () => {
    const of = started();
    of.guesses.wrong += 7;
    of.guesses.limited += 9;
    of.countRerun();
    expect(line('claviger_failed_authentications_total{outcome="wrong"}')).toMatch(/ 7$/);
    expect(line('claviger_failed_authentications_total{outcome="limited"}')).toMatch(/ 9$/);
    expect(line("claviger_request_reruns_total")).toMatch(/ 1$/);
  });

  it("tell whether /health is well, and when the certificate ends, where there is one", () => {
    const of = started();
    expect(line("claviger_healthy")).toMatch(/ 1$/);
    expect(of.text({ ...traffic, isHealthy: false })).toContain("\nclaviger_healthy 0\n");
    const expiry = "\nclaviger_tls_certificate_expiry_timestamp_seconds";
    expect(text()).not.toContain(`${expiry} `);
    expect(of.text({ ...traffic, certificateExpiresAt: 5000 })).toContain(`${expiry} 5\n`);
  });

  it("tell of the database only where it is one of many nodes", () => {
    const of = started();
    expect(text()).not.toMatch(/^claviger_database_\w+[ {]/m);
    expect(line("claviger_schedule_lease_held")).toMatch(/ 1$/);
    of.nodes.holdsScheduleLease = () => false;
    const state = { connectionsInUse: 2, connectionsIdle: 3, position: 40, counterSeen: 42 };
    of.nodes.database = () => ({ ...state, isReachable: true });
    expect(line("claviger_schedule_lease_held")).toMatch(/ 0$/);
    expect(line("claviger_database_reachable")).toMatch(/ 1$/);
    expect(line('claviger_database_connections{state="in_use"}')).toMatch(/ 2$/);
    expect(line('claviger_database_connections{state="idle"}')).toMatch(/ 3$/);
    expect(line("claviger_database_position")).toMatch(/ 40$/);
    expect(line("claviger_database_lag_changes")).toMatch(/ 2$/);
    of.nodes.database = () => ({ ...state, isReachable: false, position: 0 });
    expect(line("claviger_database_reachable")).toMatch(/ 0$/);
    expect(line("claviger_database_lag_changes")).toMatch(/ 0$/);
  });

  it("are each announced once with what it means, before its samples, which parse", () => {
    bound(started()).countReply(read, undefined, 1);
    const names = new Set(Object.values(families).map(({ name }) => name));
    const announced = new Set<string>();
    let current = "";
    for (const each of text().trimEnd().split("\n")) {
      const [, name = ""] = /^# HELP (\w+) \S/.exec(each) ?? [];
      if (name !== "") {
        expect(names).toContain(name);
        expect(announced).not.toContain(name);
        announced.add(name);
        current = name;
      } else if (!each.startsWith("# ")) {
        expect(each).toMatch(/^\w+(?:\{\w+="[^"]*"(?:,\w+="[^"]*")*\})? \d+(?:\.\d+)?(?:e-?\d+)?$/);
        expect(each.replace(/_(?:bucket|sum|count)(?=[{ ])/, "")).toMatch(
          new RegExp(`^${current}[{ ]`),
        );
      }
    }
    expect(announced).toEqual(names);
  });
});

describe("a histogram", () => {
  it("counts a value at its bound within it", () => {
    const histogram = new Histogram([1, 2]);
    for (const value of [0, 1, 1.5, 2, 3]) histogram.observe(value);
    expect(histogram.cumulative()).toEqual([2, 4, 5]);
    expect(histogram.sum).toBe(7.5);
  });
});

function bound(of: Metrics) {
  return { countReply: of.countReply.bind(of) };
}
