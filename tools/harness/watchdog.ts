/**
 * Ends a server and removes its folder when asked, or when this process is gone, however it went:
 * a shell of its own session that waits for the end of a pipe of ours.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";

export interface Watchdog {
  /** Which process to end; a later one replaces it. */
  watch(pid: number): void;
  /** Resolves when the process has gone and the folder is removed. */
  end(): Promise<void>;
}

/** `signal` ends what is watched; what hasn't gone two seconds later is killed. */
export function startWatchdog(folder: string, signal: NodeJS.Signals): Watchdog {
  const script = `
    while read -r pid; do last=$pid; done
    if [ -n "$last" ]; then
      kill -${signal.slice("SIG".length)} "$last"
      for turn in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        kill -0 "$last" || break
        sleep 0.1
      done
      kill -KILL "$last"
    fi
    rm -rf "$0"`;
  const shell = spawn("/bin/sh", ["-c", script, folder], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  const gone = once(shell, "exit");
  // Nobody has to end it: the process may go before it.
  shell.unref();
  const { stdin } = shell;
  if (stdin && "unref" in stdin && typeof stdin.unref === "function") stdin.unref();
  return {
    watch: (pid) => void stdin?.write(`${pid}\n`),
    async end() {
      shell.ref();
      stdin?.end();
      await gone;
    },
  };
}
