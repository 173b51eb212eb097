/** In the place of a stand-in where the provider is real, and has no faults at a test's wish. */
import type { StandIn } from "./stand-in.ts";

export const inert: StandIn = {
  url: "",
  calls: [],
  inject() {},
  heal() {},
  watch() {},
  close: async () => {},
};
