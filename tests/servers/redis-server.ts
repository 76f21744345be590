import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { redisAnswers } from './answers.ts';
import { freePort } from './free-port.ts';
import { type GuardedFolder, guardedFolder, killing } from './guarded-folder.ts';
import { fetchLibraries } from './libraries.ts';
import { type RedisMeans, redisMeans } from './means.ts';
import { installRedis } from './missing-servers.ts';
import { type Program, runOf, runToEnd } from './server-run.ts';
import { startServer, type TestServer } from './test-server.ts';

export type RedisOptions = {
  /** As on redis-server's command line; the later of two that contradict each other holds. */
  readonly args?: readonly string[];
};

/** `url` is without TLS and names no user. */
export type RedisServer = TestServer & { readonly url: string };

const image = 'redis:8';

/** Starts a Redis of one's own: empty, on a free port of 127.0.0.1. Throws where there is nothing to start it with. */
export const startRedis = async ({ args = [] }: RedisOptions = {}): Promise<RedisServer> => {
  const means = redisMeans(process.env);
  if (means === undefined) throw new Error(`To start Redis, ${installRedis}.`);
  const folder = guardedFolder('redis', means.kind === 'docker' ? killing.container : killing.group);
  try {
    return await startIn(folder, await programOf(means, folder), args);
  } catch (error) {
    await folder.remove();
    throw new Error(`Redis did not start: ${error instanceof Error ? error.message : error}`);
  }
};

const startIn = async (folder: GuardedFolder, program: Program, args: readonly string[]): Promise<RedisServer> => {
  const port = await freePort();
  const dataDir = join(folder.path, 'data');
  mkdirSync(dataDir);
  const run = runOf({ program, args: [...usualArgs(program, port, dataDir), ...args], folder, ports: [port] });
  const server = await startServer({ port, dataDir, folder, run, answers: redisAnswers });
  return { ...server, url: `redis://127.0.0.1:${port}` };
};

const usualArgs = ({ image }: Program, port: number, dataDir: string): string[] => [
  ...['--port', `${port}`, '--dir', dataDir, '--appendonly', 'yes', '--appendfsync', 'everysec', '--save', ''],
  ...(image === undefined ? ['--bind', '127.0.0.1'] : ['--bind', '0.0.0.0', '--protected-mode', 'no']),
];

const programOf = async (means: RedisMeans, folder: GuardedFolder): Promise<Program> => {
  switch (means.kind) {
    case 'program':
      return { file: means.program };
    case 'embedded':
      return { file: await unpacked(means.java, folder) };
    case 'docker':
      return { file: 'redis-server', image };
  }
};

const embedded: Readonly<Record<string, string>> = {
  'linux-x64': 'redis-server-6.2.6-v5-linux-amd64',
  'linux-arm64': 'redis-server-6.2.7-linux-arm64',
  'darwin-x64': 'redis-server-6.2.6-v5-darwin-amd64',
  'darwin-arm64': 'redis-server-6.2.6-v5-darwin-arm64',
};

/** Takes the binary out of Maven's jar; `jar` itself may not be on the PATH where `java` is. */
const unpacked = async (java: string, folder: GuardedFolder): Promise<string> => {
  const name = embedded[`${process.platform}-${process.arch}`];
  if (name === undefined) throw new Error(`there is no binary for ${process.platform} on ${process.arch}`);
  const jar = join(await fetchLibraries(), 'embedded-redis-1.4.3.jar');
  await runToEnd({ program: { file: java }, folder, args: ['-m', 'jdk.jartool/sun.tools.jar.Main', 'xf', jar, name] });
  chmodSync(join(folder.path, name), 0o755);
  return join(folder.path, name);
};
