import { topics } from '@alo/contracts';
import type { Published } from '@alo/runtime';

/** A trigger as an engine publishes it: the one of that number, counted from 0. */
export const publishedTrigger = (number = 0): Extract<Published, { kind: 'trigger' }> => {
  const id = `id-${number + 1}`;
  const subject = 's-1';
  return {
    kind: 'trigger',
    number,
    offset: number,
    topic: topics.tiers,
    subject,
    id,
    text: JSON.stringify({
      specversion: '1.0',
      id,
      source: '/alo/test',
      type: 'alo.tier.upgraded.v1',
      subject,
      time: '2026-08-10T02:00:00Z',
      datacontenttype: 'application/json',
      data: {},
    }),
  };
};
