import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll } from '@jest/globals';

export const root = join(import.meta.dirname, '../..');
export const aloProgram = join(root, 'services/cli/bin/alo.js');

export type Ended = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type Started = { readonly child: ChildProcess; readonly ended: Promise<Ended> };

const childEnv = { ...process.env, NODE_OPTIONS: '' };

/** A slow machine is told how far it is; that is no part of what a command says. */
const withoutProgress = (stderr: string): string =>
  stderr.replace(/^[\d,]+ (?:lines|events|subscribers) .*so far\n/gm, '');

/** Starts the command line as its users do: in a process of its own. */
export const start = (args: readonly string[], options: SpawnOptions = {}): Started => {
  const child = spawn(process.execPath, [aloProgram, ...args], { env: childEnv, ...options });
  const ended = Promise.all([
    once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
    child.stdout ? text(child.stdout) : '',
    child.stderr ? text(child.stderr) : '',
  ]).then(([[code, signal], stdout, stderr]) => ({ code, signal, stdout, stderr: withoutProgress(stderr) }));
  return { child, ended };
};

/** Runs it to its end, with this as its standard input. */
export const alo = (args: readonly string[], stdin: string | Buffer = ''): Promise<Ended> => {
  const { child, ended } = start(args);
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(stdin);
  return ended;
};

/** Runs a line of shell in which `alo` is the command line. */
export const shell = (script: string, cwd?: string, env: NodeJS.ProcessEnv = childEnv): Promise<Ended> => {
  const child = spawn('bash', ['-c', `alo() { "$NODE" "$ALO" "$@"; }; set -o pipefail; ${script}`], {
    env: { ...env, NODE: process.execPath, ALO: aloProgram },
    cwd,
  });
  return Promise.all([
    once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
    text(child.stdout),
    text(child.stderr),
  ]).then(([[code, signal], stdout, stderr]) => ({ code, signal, stdout, stderr: withoutProgress(stderr) }));
};

/** A folder of a test's own, gone after the file's last test. */
export const scratchFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'alo-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

export const isRoot = process.getuid?.() === 0;
