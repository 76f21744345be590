import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tieToRun } from './tie-to-run.ts';

/** A temporary folder, and what runs in it, which outlive this process in no case: not even kill -9. */
export type GuardedFolder = {
  readonly path: string;
  /** Names what is to be killed with the folder; an empty name, nothing. */
  watch(id: string | number): void;
  /** Kills what is watched and deletes the folder. */
  remove(): Promise<void>;
};

/** How what is watched is killed, by `$id`: a process with all that it started, or a container. */
export const killing = { group: 'kill -s KILL -- "-$id"', container: 'docker rm -f -v "$id"' };

/**
 * Makes the folder, and beside it a shell that reads a pipe from this process. The pipe ends when this process
 * does, whatever ended it; then the shell kills and deletes.
 */
export const guardedFolder = (name: string, kill: string = killing.group): GuardedFolder => {
  const path = mkdtempSync(join(tmpdir(), `alo-${name}-`));
  const script = `id=; while read -r line; do id=$line; done; [ -z "$id" ] || ${kill}; rm -rf -- "$0"`;
  const shell = spawn('sh', ['-c', script, path], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  shell.unref();
  (shell.stdin as Socket).on('error', () => undefined).unref();
  const untie = tieToRun();
  const remove = async () => {
    untie();
    if (shell.exitCode !== null) return;
    shell.ref();
    shell.stdin.end();
    await once(shell, 'exit');
  };
  return { path, watch: (id) => void shell.stdin.write(`${id}\n`), remove };
};
