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
const sendAll = 'for (const part of partsOf(messages)) await produce([...Map.groupBy(part, placeOf)].map(numbered));';
const sendAgain = `const numbers = [...sequences];
      const all = async () => { ${sendAll} };
      await all().catch(async () => {
        sequences.clear();
        for (const [place, number] of numbers) sequences.set(place, number);
        await (await coordinator()).endTxn({ ...identity, transactionResult: false });
        await begun(messages);
        await all();
      });`;
const keepNumbers = 'rest = failures.flatMap(({ failed }) => failed);';
const numberAnew = `rest = failures
        .flatMap(({ failed }) => failed)
        .map(({ topic, partition, messages }) =>
          numbered([\`\${topic}/\${partition}\`, messages.map((message) => ({ topic, message }))]));`;

/** It is often not known what became of a call. */
const unknown: Emphasis = { trouble: { lost: 0.02, unanswered: 0.03, late: 0.03 } };

/** Leaders change often. */
const moving: Emphasis = { trouble: { moved: 0.1 } };

/** One writer, of whom nothing stays open, and whose last word is known. */
export const sabotagesOfLog: readonly Sabotage[] = [
  inLog('there is no fence', `('alo-engine')}-`, `('alo-engine')}-\${Math.random()}-`),
  inLog('the receipt is read before the fence', fenceThenRead, readThenFence, overtaken),
  {
    name: 'the fence is put off to the first output',
    changes: [
      { file: transactions, find: 'const { nodeId, identity } = await fence();', replace: 'let nodeId, identity;' },
      {
        file: transactions,
        find: 'await begun(messages);',
        replace: 'if (!identity) ({ nodeId, identity } = await fence());\n      await begun(messages);',
      },
    ],
    where: overtaken,
  },
  inLastReceipt(
    'what is open behind the fence passes',
    'if (stable === end) return',
    'return',
    often('markers-lost', 'kill'),
  ),
  inCommitted('a receipt that was aborted passes', `markerOf(record) === 'commit' ? held : []`, 'held'),
  inLog('outputs without a receipt pass for a first start', 'if (!last) for', 'if (false) for', once('receipts-lost')),
  inLog('who began to speak meanwhile is not seen', 'if (await lastReceipt()) throw', 'if (false) throw', overtaken),
  inTransactions('what is sent again is numbered anew', keepNumbers, numberAnew, moving),
  inTransactions('what another broker leads by now is not sent there', '?? failures[0]', '', moving),
  inTransactions(
    'an end that is not known passes for a commit',
    'await (await coordinator()).endTxn({ ...identity, transactionResult: true });',
    'await (await coordinator()).endTxn({ ...identity, transactionResult: true }).catch(() => undefined);',
    unknown,
  ),
  inTransactions('a producer is kept after a doubt', sendAll, sendAgain, unknown),
];
