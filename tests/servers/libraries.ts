import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { withLock } from './lock.ts';

const run = promisify(execFile);

const pom = join(import.meta.dirname, 'pom.xml');
const folder = join(import.meta.dirname, 'libs');
const fetchMsMax = 240_000;

/** Where the jars of the pom lie once all of them are there: a folder named by what the pom says. */
export const librariesFolder = (): string =>
  join(folder, createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12));

/** The folder of jars, fetched first if need be; of many processes that ask at once, one fetches. */
export const fetchLibraries = async (): Promise<string> => {
  const wanted = librariesFolder();
  if (existsSync(wanted)) return wanted;
  mkdirSync(folder, { recursive: true });
  await withLock(join(folder, 'lock.db'), { waitMsMax: fetchMsMax }, async () => {
    if (!existsSync(wanted)) await fetchInto(wanted);
  });
  return wanted;
};

/** What is fetched gets its name last, so that a fetch that was cut short counts for nothing. */
const fetchInto = async (wanted: string) => {
  for (const old of readdirSync(folder)) if (!old.startsWith('lock.db')) rmSync(join(folder, old), { recursive: true });
  const part = join(folder, `${basename(wanted)}.part`);
  await copyDependencies(part);
  renameSync(part, wanted);
};

/** From Maven's own store where that has everything: without a network, and without asking one. */
const copyDependencies = async (into: string) => {
  const args = ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${into}`];
  try {
    await run('mvn', ['-o', ...args], { timeout: fetchMsMax });
  } catch {
    await run('mvn', args, { timeout: fetchMsMax }).catch(({ stdout, message }) => {
      throw new Error(`Maven could not fetch Kafka for the tests: ${/\[ERROR\] .*/.exec(stdout)?.[0] ?? message}`);
    });
  }
};
