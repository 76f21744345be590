import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dayMs, type Incoming, parseInstant, readText } from '@alo/contracts';
import { activatePolicy, aloCore, compareUtf8 } from '@alo/domain';
import {
  emptyContents,
  InfrastructureError,
  type JournalRecord,
  type MemoryContents,
  makeMemoryStore,
  openPartition,
  PartitionStopped,
  partitionDefaults,
} from '@alo/runtime';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Failing, failingAt } from '../../packages/runtime/src/failing-store.ts';
import { activationText, tickText } from '../../services/cli/src/run/own-events.ts';
import { timeOf } from '../../services/cli/src/run/reading/read-block.ts';
import { simulate } from '../../services/cli/src/simulate/simulate.ts';
import { root } from '../cli/alo-process.ts';

const start = parseInstant('2026-01-01T00:00:00+07:00');

const policyOf = (version: number) => {
  const given = JSON.parse(readFileSync(join(root, 'infra/policies/mobifone.json'), 'utf8'));
  const activation = activatePolicy({ ...given, version });
  if (!activation.ok) throw new Error('the policy is wrong');
  return activation.policy;
};

/** Some months of a small carrier: a policy, its life, a second policy on the way, and a tick long after. */
const texts = (() => {
  const life = [...simulate({ subscribers: 40, days: 75, chargesPerDay: 0.5, start, brokenShare: 0.01 })];
  const middle = Math.floor(life.length / 2);
  const at = timeOf(readText(life[middle] as string)) ?? start;
  const after = start + 100 * dayMs;
  return [
    activationText(policyOf(1), start),
    ...life.slice(0, middle),
    activationText(policyOf(2), at),
    ...life.slice(middle),
    tickText(after),
  ];
})();

const journal: JournalRecord[] = texts.map((text, offset) => ({
  offset,
  appendedAt: timeOf(readText(text)) ?? start,
  ahead: false,
  bytes: Buffer.from(text),
  line: offset + 1,
}));
const incoming: Incoming[] = texts.map(readText);

type Life = {
  readonly batch: number;
  readonly changedMax: number;
  readonly cacheBytesMax: number;
  readonly failing?: Failing | undefined;
};

/** One life of an engine over this much of the journal, which lies there whole before. */
const live = async (contents: MemoryContents, { batch, failing, ...options }: Life, core = aloCore) => {
  const { log, states, calls } = failingAt(makeMemoryStore(contents, compareUtf8), failing);
  const read: typeof log.read = async function* (fromOffset) {
    for await (const records of log.read(fromOffset)) {
      for (let at = 0; at < records.length; at += batch) yield records.slice(at, at + batch);
    }
  };
  const partition = await openPartition(core, { ...log, read }, states, {
    ...partitionDefaults,
    settlePieceMax: 3,
    ...options,
    onPublished: () => undefined,
    onOutcome: () => undefined,
  });
  await partition.flush();
  return calls();
};

const withJournal = (): MemoryContents => ({ ...emptyContents(), journal });

const left = ({ outputs, receipt, subscribers }: MemoryContents) => ({
  receipt,
  numbers: outputs.every(({ number }, n) => number === n),
  outputs: hash('sha256', outputs.map((output) => JSON.stringify(output)).join('\n')),
  states: [...subscribers].map(([name, { value, dueAt }]) => `${name} ${dueAt} ${hash('md5', value)}`).sort(),
});

const usual: Life = { batch: 200, changedMax: 1000, cacheBytesMax: 1_000_000 };

const undisturbed = async () => {
  const contents = withJournal();
  const calls = await live(contents, usual);
  return { contents, calls, expected: left(contents) };
};

describe('a carrier on its real core', () => {
  test('says something of every kind that is asked of it here', async () => {
    const { contents } = await undisturbed();
    const kinds = new Set(
      contents.outputs.map((output) => (output.kind === 'trigger' ? JSON.parse(output.text).type : output.code)),
    );
    expect(incoming.length).toBe(journal.length);
    for (const kind of ['alo.tier.upgraded.v1', 'alo.standing.changed.v1', 'SCHEMA']) expect(kinds).toContain(kind);
  });

  test('leaves the same bytes, however its journal is cut, its memory bound and its life ended', async () => {
    const { expected } = await undisturbed();
    const lives = fc.record({
      batch: fc.constantFrom(1, 7, 100, 5000),
      changedMax: fc.constantFrom(1, 20, 1000),
      cacheBytesMax: fc.constantFrom(1, 20_000, 10_000_000),
    });
    const crash = fc.record({
      call: fc.integer({ min: 3, max: 60 }),
      when: fc.constantFrom('before' as const, 'after' as const),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(lives, crash), { maxLength: 3 }), lives, async (crashed, last) => {
        const contents = withJournal();
        for (const [life, failing] of crashed) {
          await live(contents, { ...life, failing }).catch((error) => {
            if (!(error instanceof InfrastructureError)) throw error;
          });
        }
        await live(contents, last);
        expect(left(contents)).toEqual(expected);
      }),
      { numRuns: 25, seed: 1 },
    );
  });

  test('is stopped in recovery where it would say one thing else, and both versions are named', async () => {
    const { contents } = await undisturbed();
    contents.applied = undefined;
    contents.subscribers.clear();
    const other: typeof aloCore = {
      ...aloCore,
      version: '9.9.9',
      foldRecord: (header, subscribers, record) => {
        const folded = aloCore.foldRecord(header, subscribers, record);
        return folded.outputs.length > 1 ? { ...folded, outputs: folded.outputs.slice(1) } : folded;
      },
    };
    const recovering = live(contents, usual, other);
    await expect(recovering).rejects.toThrow(PartitionStopped);
    await expect(recovering).rejects.toThrow(
      `engine (9.9.9) has said something else than engine ${aloCore.version} published`,
    );
  });
});
