import type { LintRule } from './advice.ts';
import { monthsOf } from './span.ts';

/** Above this share of `upgradeAt`, in percent, the usual ups and downs of a bill cross both lines. */
const retainPercentMax = 90;

/** A retain line so close to the upgrade line that tiers flap. Windows of different length are compared by the month. */
export const flappingTier: LintRule = ({ tiers: { window, ladder, review } }) => {
  if (!review) return [];
  const scale = monthsOf(window) / monthsOf(review.window);
  return ladder.flatMap(({ name, upgradeAt = 0, retainAt = 0 }, rank) => {
    const percent = upgradeAt === 0 ? 0 : (retainAt * scale * 100) / upgradeAt;
    if (percent <= retainPercentMax) return [];
    const ofMonth = scale === 1 ? '' : ` by the month (${review.window} against ${window})`;
    const message =
      `to keep ${name} takes ${Math.floor(percent)} % of what it takes to reach it${ofMonth}: who spends about that ` +
      `much goes up and down in turn, and hears of it each time. Keep it at or below ${retainPercentMax} %`;
    return [{ rule: 'flapping-tier', path: `tiers.ladder[${rank}].retainAt`, message }];
  });
};
