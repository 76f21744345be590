import { expect, test } from '@jest/globals';
import { sabotages } from '../simulation/sabotages/sabotages.ts';
import { liveSabotages, notLive } from './live-scenes.ts';

test('every sabotage has a scene on real servers, or a reason why it has none', () => {
  const named = [...liveSabotages.map(({ sabotage }) => sabotage), ...notLive.keys()];
  expect(named.sort()).toEqual(sabotages.map(({ name }) => name).sort());
});
