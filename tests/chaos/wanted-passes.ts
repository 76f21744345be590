import { failPoints } from './fail-points.ts';

const actions = ['kill', 'stop', 'throw', 'slow', 'wait'] as const;
export type Action = (typeof actions)[number];

/** What a process does when it passes a fail point for the n-th time. */
export type WantedPass = { readonly point: string; readonly nth: number; readonly action: Action };

/** More words than this would tell nothing. */
const form = /^([a-z-]+):([1-9]\d{0,8}):([a-z]+)$/;

const refused = (text: string): Error =>
  new Error(
    `ALO_FAIL_POINTS: ${JSON.stringify(text)} must be POINT:NTH:ACTION, as in committed:3:kill; points are ` +
      `${failPoints.map(({ name }) => name).join(', ')}; actions are ${actions.join(', ')}`,
  );

const readWantedPass = (text: string): WantedPass => {
  const [, point, nth, given] = form.exec(text) ?? [];
  const action = actions.find((one) => one === given);
  if (action === undefined || !failPoints.some(({ name }) => name === point)) throw refused(text);
  return { point: point as string, nth: Number(nth), action };
};

/** Reads what `ALO_FAIL_POINTS` says; of an empty text, nothing. @throws for what it cannot mean. */
export const readWantedPasses = (text: string): readonly WantedPass[] =>
  text === '' ? [] : text.split(',').map(readWantedPass);
