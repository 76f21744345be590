import type { Window } from '@alo/contracts';
import type { ActivePolicy } from '@alo/domain';

/** Every window by which a policy looks at a subscriber's spend, each once: that of the tiers first. */
export const windowsOf = ({ tierWindow, review, alerts, retention, occasions }: ActivePolicy): readonly Window[] => {
  const all = [
    tierWindow,
    review?.window,
    ...alerts.map(({ window }) => window),
    ...retention.flatMap(({ window, of }) => [window, of]),
    ...occasions.flatMap(({ gift, audience }) => [gift?.window, audience.spend?.window]),
  ].filter((window) => window !== undefined);
  return [...new Map(all.map((window) => [window.name, window])).values()];
};
