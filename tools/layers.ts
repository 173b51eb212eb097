/**
 * Which folder may import which: the flow of a request goes one way, and this table is the law
 * that `npm run check` enforces. Keys and values are folders (or files) of packages/vault/src;
 * `types` may be imported as types only.
 */
import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize, sep } from "node:path";

interface Layer {
  readonly may: readonly string[];
  readonly types?: readonly string[];
}

/** The ground: words that everyone may use. It stands on nothing. */
const ground = [
  "back-off.ts",
  "clock.ts",
  "errors.ts",
  "event-stream.ts",
  "message.ts",
  "notices.ts",
  "ordered-thread.ts",
  "private-file.ts",
  "scope.ts",
  "shapes",
  "soon.ts",
  "unavailable.ts",
];

/**
 * Stored policies are compiled by the domain. Only the pipeline asks for decisions and permits:
 * operations ask it (`call.authorize`), so that the trail has what was asked for.
 */
const compile = "authorization/compile.ts";

/** What the vault does by itself it asks for too, as the service that does it. */
const asService = [compile, "authorization/authorize.ts", "authorization/request-context.ts"];

/** IAM's simulator only asks what policies would say: no permit comes of it. */
const simulation = [compile, "authorization/simulate.ts", "authorization/context-keys.ts"];

const domain = ["secrets", "parameters", "keys", "principals", "changes", "rotation"];

/** The pipeline's own: what joins the steps of a request. */
const spine = [
  ...ground,
  "wire",
  "authentication",
  "authorization",
  "operations",
  "audit",
  "storage",
  "metrics",
  "throttling",
];

const layers: Readonly<Record<string, Layer>> = {
  ...Object.fromEntries(
    ground.map((name) => [name, { may: ["back-off.ts", "errors.ts", "event-stream.ts"] }]),
  ),
  wire: { may: ground },
  encryption: { may: ground },
  postgres: { may: ground },
  storage: { may: [...ground, "postgres"] },
  audit: { may: [...ground, "postgres"] },
  metrics: { may: ground },
  throttling: { may: [...ground, "encryption/bounded-cache.ts"] },
  authorization: { may: ground },
  keys: { may: [...ground, "encryption", "storage", compile], types: ["authorization"] },
  principals: {
    may: [...ground, "encryption", "storage", "keys", compile],
    types: ["authorization"],
  },
  secrets: {
    may: [...ground, "encryption", "storage", "keys", compile, "rotation/run.ts"],
    types: ["authorization"],
  },
  parameters: { may: [...ground, "encryption", "storage", "keys"], types: ["authorization"] },
  rotation: {
    may: [...ground, "storage", "secrets", "audit/event-id.ts", ...asService],
    types: ["authorization", "audit", "keys", "leases", "principals"],
  },
  changes: {
    may: [...ground, "storage", "secrets", "parameters"],
    types: ["authorization"],
  },
  snapshot: {
    may: [
      ...ground,
      ...domain,
      "audit",
      "encryption",
      "postgres",
      "storage",
      "configuration",
      "configuration.ts",
      "database-setting.ts",
      "settings.ts",
    ],
  },
  webhook: { may: [...ground, "storage", "changes"], types: ["leases"] },
  leases: { may: [...ground, "storage"] },
  authentication: {
    may: [...ground, "principals", "encryption", "throttling"],
    types: ["authorization"],
  },
  operations: {
    may: [...ground, ...domain, "audit", ...simulation, "authorization/request-context.ts"],
    types: ["authorization"],
  },
  "pipeline.ts": { may: [...spine, "pipeline"] },
  pipeline: { may: [...spine, "encryption/bounded-cache.ts"] },
  http: { may: ground, types: ["pipeline.ts", "configuration.ts", "metrics"] },
};

/** May join everything, each for the reason its own first lines give. */
const joiners = new Set([
  "compose.ts",
  "compose",
  "main.ts",
  "index.ts",
  "data-folder",
  "testing",
  "configuration",
  "configuration.ts",
  "database-setting.ts",
  "settings.ts",
  "root-credentials.ts",
  "root-lock.ts",
  "schedule.ts",
]);

/** Between packages: who may import whom. */
const packages: Readonly<Record<string, readonly string[]>> = {
  vault: [],
  client: [],
  agent: ["@claviger/client"],
  rotators: [],
  cli: ["@claviger/vault", "@claviger/client", "@claviger/agent", "@claviger/rotators"],
};

/** What breaks the rules, one sentence each; empty when all is well. */
export function layerViolations(root: string): string[] {
  return globSync("packages/*/src/**/*.ts", { cwd: root }).flatMap((path) => {
    const [, packageName = "", , ...inside] = path.split(sep);
    const imports = importsOf(readFileSync(join(root, path), "utf8"));
    const between = imports
      .filter(({ from }) => from.startsWith("@claviger/") || from === "claviger")
      .filter(({ from }) => {
        const name = from.split("/").slice(0, 2).join("/");
        return !packages[packageName]?.includes(name);
      })
      .map(({ from }) => `${path} imports ${from}, which packages/${packageName} may not`);
    if (packageName !== "vault" || /\.(test|fixture|child)\.ts$/.test(path)) return between;
    return [...between, ...inVault(path, inside.join("/"), imports)];
  });
}

interface Import {
  readonly from: string;
  readonly isTypeOnly: boolean;
}

function inVault(path: string, inside: string, imports: readonly Import[]): string[] {
  const own = layerOf(inside);
  if (joiners.has(own)) return [];
  const layer = layers[own];
  if (layer === undefined) return [`${path} is in no layer of tools/layers.ts`];
  return imports
    .filter(({ from }) => from.startsWith("."))
    .flatMap(({ from, isTypeOnly }) => {
      const file = normalize(join(dirname(inside), from));
      const target = layerOf(file);
      const isAllowed =
        target === own ||
        layer.may.includes(target) ||
        layer.may.includes(file) ||
        (isTypeOnly && layer.types?.includes(target));
      return isAllowed ? [] : [`${path} imports ${from}: ${own} may not import ${target}`];
    });
}

function layerOf(inside: string): string {
  return inside.split("/")[0] ?? "";
}

/** Every module named by an import, export-from or dynamic import. Biome keeps the form regular. */
function importsOf(source: string): Import[] {
  const statements = source.matchAll(
    /^(?:import|export)\s+(type\s)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"|\bimport\("([^"]+)"\)/gm,
  );
  return [...statements].map(([, type, fromStatic, fromDynamic]) => ({
    from: fromStatic ?? fromDynamic ?? "",
    isTypeOnly: type !== undefined,
  }));
}
