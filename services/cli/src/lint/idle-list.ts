import type { LintRule } from './advice.ts';

/** A list on which nothing depends: whoever is put on it was approved for nothing. */
export const idleList: LintRule = ({ lists = {}, suspension, occasions = [] }) =>
  Object.entries(lists).flatMap(([name, { floor, gifts, ranked }]) => {
    const isProtected = suspension?.protect?.some(({ list }) => list === name);
    const isInvited = occasions.some(({ audience }) => audience?.lists?.includes(name));
    if (floor !== undefined || gifts !== undefined || isProtected || isInvited) return [];
    const message =
      `nobody is approved for anything by it: it has no floor and no word on gifts, no protect rule and no audience ` +
      `names it${ranked ? ', and so ranking fills a list that changes nothing' : ''}. Give it a meaning, or remove it`;
    return [{ rule: 'idle-list', path: `lists.${name}`, message }];
  });
