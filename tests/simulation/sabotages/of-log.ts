import type { Emphasis } from '../plan.ts';
import { often, once, overtaken, type Sabotage, sabotagesOf } from './sabotage.ts';

const inLog = sabotagesOf('runtime/src/kafka/kafka-log.ts');
const transactions = 'runtime/src/kafka/transactions.ts';
const inTransactions = sabotagesOf(transactions);
const inLastReceipt = sabotagesOf('runtime/src/kafka/last-receipt.ts');
const inCommitted = sabotagesOf('runtime/src/kafka/committed.ts');

const fenceThenRead = `    await fence();
    const last = await lastReceipt();`;
const readThenFence = `    const last = await lastReceipt();
    await fence();`;
const fenceAtStart = `    const first = await producer.transaction();
    await first.abort();
`;
const send = 'await transaction.sendBatch({ topicMessages: topicMessages ?? [], acks: -1 })';
const sendAgain = `${send}.catch(async () => {
            await transaction.abort();
            transaction = await producer.transaction();
            return ${send.slice('await '.length)};
          })`;

/** It is often not known what became of a call. */
const unknown: Emphasis = { trouble: { lost: 0.02, unanswered: 0.03, late: 0.03 } };

/** One writer, of whom nothing stays open, and whose last word is known. */
export const sabotagesOfLog: readonly Sabotage[] = [
  inLog('there is no fence', `('alo-engine')}-`, `('alo-engine')}-\${Math.random()}-`),
  inLog('the receipt is read before the fence', fenceThenRead, readThenFence, overtaken),
  inTransactions('the fence is put off to the first output', fenceAtStart, '', overtaken),
  inLastReceipt(
    'what is open behind the fence passes',
    'if (stable === end) return',
    'return',
    often('markers-lost', 'kill'),
  ),
  inCommitted('a receipt that was aborted passes', `markerOf(record) === 'commit' ? held : []`, 'held'),
  inLog('outputs without a receipt pass for a first start', 'if (!last) for', 'if (false) for', once('receipts-lost')),
  inLog('who began to speak meanwhile is not seen', 'if (await lastReceipt()) throw', 'if (false) throw', overtaken),
  inTransactions('what was never sent is not missed', 'if (!answered.has(', 'if (false && !answered.has(', {
    trouble: { unsent: 0.2 },
  }),
  inTransactions(
    'an end that is not known passes for a commit',
    'await transaction.commit();',
    'await transaction.commit().catch(() => undefined);',
    unknown,
  ),
  {
    name: 'a producer is kept after a doubt',
    changes: [
      { file: transactions, find: 'const transaction = await producer', replace: 'let transaction = await producer' },
      { file: transactions, find: send, replace: sendAgain },
    ],
    where: unknown,
  },
];
