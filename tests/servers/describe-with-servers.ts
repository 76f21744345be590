import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, test } from '@jest/globals';
import { isCi, missingServers, type Need } from './missing-servers.ts';
import { kafkaForTests, redisForTests } from './servers.ts';
import { lentServersVariable } from './tie-to-run.ts';

/** Long enough to fetch Kafka on a slow line, and to start it on a busy machine. */
export const serversMsMax = 300_000;

/**
 * Describes what needs servers. Shared ones answer before the first test begins.
 * Where a server is missing, all of it is skipped and stderr says so, once in a run; with CI=true it fails.
 */
export const describeWithServers = (needs: readonly Need[], title: string, body: () => void): void => {
  const missing = missingServers(needs, process.env);
  if (missing.length === 0) describeServed(needs, title, body);
  else if (isCi(process.env)) describeFailed(title, missing);
  else describeSkipped(title, body, missing);
};

const describeServed = (needs: readonly Need[], title: string, body: () => void) =>
  describe(title, () => {
    beforeAll(async () => {
      await Promise.all([needs.includes('kafka') && kafkaForTests(), needs.includes('redis') && redisForTests()]);
    }, serversMsMax);
    body();
  });

const describeFailed = (title: string, missing: readonly string[]) =>
  describe(title, () => {
    test('has its servers', () => {
      throw new Error(missing.join(' '));
    });
  });

const describeSkipped = (title: string, body: () => void, missing: readonly string[]) => {
  for (const sentence of missing) sayOnce(`TESTS ARE SKIPPED. ${sentence}`);
  describe.skip(title, body);
};

/** Of all the processes of a run, the one that makes the folder speaks. */
const sayOnce = (sentence: string) => {
  const socket = process.env[lentServersVariable];
  const mark = socket && join(dirname(socket), sentence.replace(/[^a-z]/gi, '').slice(0, 100));
  if (mark === undefined || isNewFolder(mark)) process.stderr.write(`\n${sentence}\n\n`);
};

const isNewFolder = (path: string): boolean => {
  try {
    mkdirSync(path);
    return true;
  } catch {
    return false;
  }
};
