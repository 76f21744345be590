import { readLine } from '@alo/contracts';
import { type ActivePolicy, activatePolicy, decodeHeader, verdictOn } from '@alo/domain';
import { type Applied, PartitionStopped } from '@alo/runtime';
import type { PartitionView, ViewedRecord } from '@alo/runtime/live';

/** Most records are passed over without being read: an activation names its type. */
const mark = Buffer.from('policy.activated');

const activationIn = ({ value }: ViewedRecord): ActivePolicy | undefined => {
  if (value === null || Buffer.from(value.buffer, value.byteOffset, value.byteLength).indexOf(mark) === -1) {
    return undefined;
  }
  const incoming = readLine(value);
  if (incoming.kind !== 'event' || incoming.event.name !== 'policy.activated') return undefined;
  const activation = activatePolicy(incoming.event.data.policy);
  return activation.ok ? activation.policy : undefined;
};

/** The policy that runs once another was offered: as the engine decides it. */
const after = (running: ActivePolicy | undefined, offered: ActivePolicy): ActivePolicy =>
  running === undefined || verdictOn(offered, running).kind === 'newer' ? offered : running;

type Stretch = { readonly from: number; readonly end: number };

const activationsIn = async (
  view: PartitionView,
  { from, end }: Stretch,
  before: ActivePolicy | undefined,
  onRead: (records: number) => void,
): Promise<ActivePolicy | undefined> => {
  let running = before;
  for await (const records of view.records(from, end)) {
    for (const record of records) {
      const offered = activationIn(record);
      if (offered) running = after(running, offered);
    }
    onRead(records.length);
  }
  return running;
};

const firstSpan = 10_000;

/** The last activation of the journal, looked for from its end back. */
const lastActivation = async (
  view: PartitionView,
  onRead: (records: number) => void,
): Promise<ActivePolicy | undefined> => {
  const { first, end } = await view.bounds();
  for (let upTo = end, span = firstSpan; upTo > first; span *= 4) {
    const from = Math.max(first, upTo - span);
    const found = await activationsIn(view, { from, end: upTo }, undefined, onRead);
    if (found) return found;
    upTo = from;
  }
  return undefined;
};

/**
 * The policy that a partition runs, or will once all of its journal is folded. What was applied is known from R, where
 * there is one, and only what lies behind it is read; else the journal is read from its end back.
 * @throws PartitionStopped where R is not of this journal.
 */
export const runningPolicy = async (
  view: PartitionView,
  applied: Applied | undefined,
  onRead: (records: number) => void,
): Promise<ActivePolicy | undefined> => {
  if (!applied) return lastActivation(view, onRead);
  const { end } = await view.bounds();
  if (applied.offset > end) {
    throw new PartitionStopped(
      `its states in Redis are at offset ${applied.offset}, past the end of the journal (${end}): they belong to another journal (see alo doctor)`,
    );
  }
  return activationsIn(view, { from: applied.offset, end }, decodeHeader(applied.header).policy, onRead);
};
