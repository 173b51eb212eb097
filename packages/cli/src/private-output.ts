/** A file of secrets for others to read: mode 0600, and at any moment the old one or the new one. */
import { open, realpath, rename, rm } from "node:fs/promises";

/** What a symbolic link stands for is written, and the link stays. */
export async function writePrivately(path: string, content: Uint8Array): Promise<void> {
  const place = await realpath(path).catch(() => path);
  const draft = `${place}.claviger-new`;
  // What a killed run left of its own.
  await rm(draft, { force: true });
  const file = await open(draft, "wx", 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
    await file.close();
    await rename(draft, place);
  } catch (error) {
    await file.close().catch(() => {});
    await rm(draft, { force: true });
    throw error;
  }
}
