import { aloCore } from '@alo/domain';
import type { AnyCore } from '../../simulation/cores.ts';
import { foldJournal } from '../../simulation/reference.ts';
import { lazily } from '../lazily.ts';
import { lifeOf } from './lives.ts';

const recordsInLife = 60;
const lives = 6;

const folded = lazily(() =>
  Array.from({ length: lives }, (_, seed) =>
    foldJournal(
      aloCore as unknown as AnyCore,
      lifeOf(seed, recordsInLife).map((record, offset) => ({ ...record, offset, ahead: false })),
    ),
  ),
);

/** What is known of subscribers who have lived, packed. */
export const packedStates = lazily((): readonly Buffer[] =>
  folded().flatMap(({ states }) => [...states.values()].map(({ value }) => value)),
);

/** Headers of partitions, as text. */
export const headerTexts = lazily((): readonly string[] => [
  ...folded().map(({ header }) => header),
  aloCore.encodeHeader(aloCore.emptyHeader),
]);
