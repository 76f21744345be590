import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
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
 * Starts a shell that reads a pipe from this process, and makes the folder. The pipe ends when this process does,
 * whatever ended it; then the shell kills and deletes. It is there first: who dies between the two leaves no folder.
 */
export const guardedFolder = (name: string, kill: string = killing.group): GuardedFolder => {
  const path = join(tmpdir(), `alo-${name}-${randomBytes(6).toString('hex')}`);
  const script = `id=; while read -r line; do id=$line; done; [ -z "$id" ] || ${kill}; rm -rf -- "$0"`;
  const shell = spawn('sh', ['-c', script, path], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  mkdirSync(path, { mode: 0o700 });
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
