import { defineConfig } from "vitest/config";

// Our packages run from source, in the tests as everywhere else.
const conditions = ["@claviger/source", "node", "import", "default"];
const execArgv = ["--conditions=@claviger/source"];

function project(name: string, include: string[], testTimeout: number) {
  return {
    resolve: { conditions },
    ssr: { resolve: { conditions, externalConditions: conditions } },
    test: {
      name,
      include,
      testTimeout,
      hookTimeout: testTimeout,
      pool: "forks" as const,
      execArgv,
    },
  };
}

export default defineConfig({
  test: {
    projects: [
      project("unit", ["packages/*/src/**/*.test.ts", "tools/**/*.test.ts"], 10_000),
      project("whole", ["packages/*/tests/**/*.test.ts", "examples/*/tests/**/*.test.ts"], 60_000),
    ],
  },
});
