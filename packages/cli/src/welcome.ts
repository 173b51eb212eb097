/** What the vault says when it serves: where it is and how to use it. Never a secret. */
import { isAbsolute, relative } from "node:path";
import { styleText } from "node:util";

export interface Welcome {
  readonly url: string;
  readonly dataDirectory: string;
  /** Where the root credentials lie. */
  readonly credentials: string;
}

export function welcome({ url, dataDirectory, credentials }: Welcome): string {
  const rows: readonly (readonly [string, string])[] = [
    ["vault", url],
    ["data", shown(dataDirectory)],
    ["root credentials", isAbsolute(credentials) ? shown(credentials) : credentials],
  ];
  const wide = Math.max(...rows.map(([name]) => name.length));
  const table = rows.map(([name, value]) => `  ${dim(name.padEnd(wide))}  ${value}`).join("\n");
  const data = shown(dataDirectory);
  const flag = data === ".claviger" ? "" : ` --data ${data}`;
  return `
  ${styleText("bold", "claviger")} ${dim("keeps your keys")}

${table}

  ${dim("Point any AWS client at it, in another terminal:")}
    eval "$(npx claviger env${flag})"
    aws ssm put-parameter --name /weatherproject/apiToken --type SecureString --value file://token.txt
    aws ssm get-parameter --name /weatherproject/apiToken --with-decryption

  ${dim("Stop it with Ctrl-C; everything it acknowledged is kept.")}

`;
}

function dim(text: string): string {
  return styleText("dim", text);
}

/** A path below the current folder is shown relative to it. */
function shown(path: string): string {
  const below = relative(process.cwd(), path);
  return below === "" || below.startsWith("..") ? path : below;
}
