import type { Published, Receipt } from '../../packages/runtime/src/ports.ts';
import { nothingSaid, publishable, type Said } from '../../packages/runtime/src/publishable.ts';
import { ofVersion, trueCores, type Version } from './cores.ts';
import type { Broker } from './kafka/broker.ts';
import type { Plan } from './plan.ts';
import { foldJournal, journalIn, type Reference } from './reference.ts';

/** Every receipt that was ever committed, in order. */
export const receiptsOf = (broker: Broker, partition: number): Receipt[] =>
  broker
    .receipts(partition)
    .committed()
    .map(({ message }) => JSON.parse(String(message?.value)));

/** Which version of the engine published an output; undefined where none has. */
export const publisherIn =
  (receipts: readonly Receipt[]) =>
  (number: number): Version | undefined =>
    receipts.find(({ count }) => count > number)?.version as Version | undefined;

export type Fold = {
  /** What a version would have said of the whole journal. */
  readonly by: (version: Version) => Reference;
};

/** Folds a journal by one version after the other, each once and only where it is asked for. */
export const foldOf = (plan: Plan, broker: Broker, partition: number): Fold => {
  const journal = journalIn(broker.journal(partition));
  const known = new Map<Version, Reference>();
  return {
    by: (version) => {
      // Versions of one kind say the same.
      const kind = version === 'same' ? 'one' : version;
      const found = known.get(kind) ?? foldJournal(ofVersion(trueCores[plan.core], kind), journal);
      known.set(kind, found);
      return found;
    },
  };
};

export type Expected = { readonly published: Published; readonly said: Said };

/** What must be published: each output as the version says it that has published it, and what then is said in all. */
export const expectedOf = (fold: Fold, publisher: (number: number) => Version | undefined): Expected[] => {
  let said = nothingSaid;
  return fold.by('one').said.map((_, number) => {
    const { output, record } = fold.by(publisher(number) ?? 'one').said[number] as Reference['said'][number];
    const made = publishable(output, record, said);
    said = made.said;
    return made;
  });
};
