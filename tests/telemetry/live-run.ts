import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dayMs, parseInstant, readText } from '@alo/contracts';
import { activatePolicy, aloCore, compareUtf8 } from '@alo/domain';
import { emptyContents, type JournalRecord, makeMemoryStore } from '@alo/runtime';
import {
  liveDefaults,
  type Ports,
  runPartition,
  type WorkerOptions,
} from '../../packages/runtime/src/partition-worker.ts';
import { activationText, tickText } from '../../services/cli/src/run/own-events.ts';
import { timeOf } from '../../services/cli/src/run/reading/read-block.ts';
import { simulate } from '../../services/cli/src/simulate/simulate.ts';
import { root } from '../cli/alo-process.ts';

const start = parseInstant('2026-01-01T00:00:00+07:00');
const followedAtOnce = 50;

const policy = () => {
  const activation = activatePolicy(JSON.parse(readFileSync(join(root, 'infra/policies/mobifone.json'), 'utf8')));
  if (!activation.ok) throw new Error('the policy is wrong');
  return activation.policy;
};

/** Some months of a small carrier, broken lines among them, each line as `mark` leaves it. */
export const journalOf = (mark: (line: string, n: number) => string): JournalRecord[] => {
  const life = [...simulate({ subscribers: 30, days: 75, chargesPerDay: 0.5, start, brokenShare: 0.01 })];
  const texts = [activationText(policy(), start), ...life.map(mark), tickText(start + 100 * dayMs)];
  return texts.map((text, offset) => ({
    offset,
    appendedAt: timeOf(readText(text)) ?? start,
    ahead: false,
    bytes: Buffer.from(text),
  }));
};

type Told = Pick<WorkerOptions, 'onCondition' | 'onProgress'>;

/** Owns a partition in memory until all of the journal is folded: its first half is recovered, the rest followed. */
export const runLive = async (
  journal: readonly JournalRecord[],
  { measured = (ports) => ports, told }: { measured?: (ports: Ports) => Ports; told?: Told } = {},
) => {
  const contents = emptyContents();
  contents.journal.push(...journal.slice(0, Math.floor(journal.length / 2)));
  const { log, states } = makeMemoryStore(contents, compareUtf8);
  const follow: Ports['log']['follow'] = async function* (from) {
    for (let at = from; at < journal.length; at += followedAtOnce) {
      yield { records: journal.slice(at, at + followedAtOnce), end: journal.length };
    }
    for (;;) yield { records: [], end: journal.length };
  };
  const over = new AbortController();
  await runPartition(aloCore, {
    partition: 0,
    openPorts: async () => measured({ log: { ...log, follow }, states, close: async () => undefined }),
    confirmed: async () => undefined,
    signal: over.signal,
    options: { ...liveDefaults, onPublished: () => undefined, onOutcome: () => undefined },
    onCondition: (condition) => {
      told?.onCondition(condition);
      if (condition.kind === 'stopped') over.abort();
    },
    onProgress: (at) => {
      told?.onProgress(at);
      if (at.offset === journal.length) over.abort();
    },
  });
  return contents;
};
