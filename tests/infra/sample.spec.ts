import { describe, expect, test } from '@jest/globals';
import { simulate } from '../../services/cli/src/simulate/simulate.ts';
import { serviceOf, textOf } from './compose-file.ts';

type Intake = { readonly topics: Readonly<Record<string, { readonly types: readonly string[] }>> };
type Event = { readonly source: string; readonly type: string };

const { topics } = JSON.parse(textOf('infra/intake/intake.json')) as Intake;
const scriptOf = (name: string) => serviceOf(name).command!.join('\n');
const played = [...scriptOf('sample').matchAll(/play ([a-z]+) &/g)].map(([, name]) => name as string);
const life = [...simulate({ subscribers: 150, days: 150 })].map((line) => JSON.parse(line) as Event);
const topicOf = ({ source }: Event) => source.replace(/^\/sim\/(.*)$/, 'operator.$1.v1');

describe('the sample of docker-compose.yml', () => {
  test('makes the topics that intake reads', () => {
    const [, made = ''] = /for topic in ([^;]*);/.exec(scriptOf('operator-topics'))!;
    expect(made.split(' ').sort()).toEqual(Object.keys(topics).sort());
  });

  test('plays to each of them', () => {
    expect(played.map((name) => `operator.${name}.v1`).sort()).toEqual(Object.keys(topics).sort());
    expect(scriptOf('sample')).toContain(`for _ in ${played.map((_, n) => n + 1).join(' ')};`);
  });

  test('plays all of the life, and nothing that intake would refuse there', () => {
    expect([...new Set(life.map(topicOf))].sort()).toEqual(Object.keys(topics).sort());
    expect(life.filter((event) => !topics[topicOf(event)]?.types.includes(event.type))).toEqual([]);
  });

  test('is over before now and within the lateness of its policy, whenever it is started', () => {
    const [, daysBack = '', startHour = ''] = /'(\d+) days ago' \+%Y-%m-%dT(\d\d):00:00Z/.exec(scriptOf('sample'))!;
    const [, days = ''] = /--days (\d+)/.exec(scriptOf('sample'))!;
    const { lateness } = JSON.parse(textOf('infra/policies/mobifone.json')) as { lateness: string };
    const lastsUntilDaysBack = Number(daysBack) - Number(days) - Number(startHour) / 24;
    expect(lastsUntilDaysBack).toBeGreaterThan(0);
    expect(Number(daysBack) + 1).toBeLessThan(Number(/^P(\d+)D$/.exec(lateness)?.[1]));
  });
});
