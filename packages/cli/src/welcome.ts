/** What the vault says when it serves: where it is and how to use it. Never a secret. */
import { relative } from "node:path";
import {
  type Configuration,
  isRootLocked,
  rootCredentialsPath,
  settings,
} from "@claviger/vault/data-folder";
import { coloured } from "./terminal/colour.ts";

export function welcome(url: string, configuration: Configuration): string {
  const data = shown(configuration.dataDirectory);
  const rows: readonly (readonly [string, string])[] = [
    ["vault", url],
    configuration.database === undefined
      ? ["data", data]
      : ["database", databaseOf(configuration.database.url)],
    ["root credentials", credentialsOf(configuration)],
  ];
  const wide = Math.max(...rows.map(([name]) => name.length));
  const table = rows.map(([name, value]) => `  ${dim(name.padEnd(wide))}  ${value}`).join("\n");
  const flag = data === ".claviger" ? "" : ` --data ${data}`;
  return `
  ${coloured("bold", "claviger")} ${dim("keeps your keys")}

${table}
${warnings(configuration)}
  ${dim("Point any AWS client at it, in another terminal:")}
    eval "$(npx claviger env${flag})"
    printf %s 'a token' > token.txt
    aws ssm put-parameter --name /my/token --type SecureString --value file://token.txt
    aws ssm get-parameter --name /my/token --with-decryption

${offer(configuration, flag)}  ${dim("Stop it with Ctrl-C; everything it acknowledged is kept.")}

`;
}

/** Where it is, and nothing of who may enter. */
function databaseOf(text: string): string {
  const { host, pathname, searchParams } = new URL(text);
  return `postgres://${searchParams.get("host") ?? host}${pathname}`;
}

/** Said until it is taken: no question, which would hold up a script. */
function offer({ rootCredentials, dataDirectory }: Configuration, flag: string): string {
  if (rootCredentials !== undefined || isRootLocked(dataDirectory)) return "";
  return `  ${dim("Be an administrator of your own, and lock the root credentials away:")}
    npx claviger setup${flag}

`;
}

function credentialsOf({ rootCredentials, dataDirectory }: Configuration): string {
  if (rootCredentials === undefined && isRootLocked(dataDirectory)) {
    return "locked away; claviger setup --unlock brings them back";
  }
  return rootCredentials === undefined
    ? shown(rootCredentialsPath(dataDirectory))
    : `given by ${settings.rootAccessKeyId.variable}`;
}

/** What the way to this vault asks of whoever runs it. */
function warnings({ host, tls, trustedProxies, isInsecure }: Configuration): string {
  const said: string[] = [];
  if (trustedProxies.length > 0) {
    said.push(
      "Only requests that came through your proxy are served: set AWS_ENDPOINT_URL to its URL.",
    );
  } else if (tls !== undefined) {
    said.push(
      "Clients that don't know the certificate's issuer need it in AWS_CA_BUNDLE (CLI, boto3)",
      "or NODE_EXTRA_CA_CERTS (Node).",
    );
  } else if (isInsecure) {
    const warning = `INSECURE: it listens on ${host} without TLS. Secrets can be read on the way.`;
    said.push(coloured("red", warning));
  }
  return said.map((line) => `\n  ${line}`).join("") + (said.length > 0 ? "\n" : "");
}

function dim(text: string): string {
  return coloured("dim", text);
}

/** A path below the current folder is shown relative to it. */
function shown(path: string): string {
  const below = relative(process.cwd(), path);
  return below === "" || below.startsWith("..") ? path : below;
}
