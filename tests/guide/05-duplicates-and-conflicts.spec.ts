/*
 * 5. Duplicates and conflicts
 *
 * Every system that sends anything sends something twice. alo counts an event once: the same `source` and `id` with the
 * same content is a duplicate, and nothing comes of it. It remembers a fingerprint of each event with the subscriber, for
 * as long as the event would not be refused as LATE.
 */
import { expect, test } from '@jest/globals';
import { charged, paid, ticked } from '../../packages/domain/src/testing/events.ts';
import { duplicate, refused, tierDowngraded, tierUpgraded } from '../../packages/domain/src/testing/expectations.ts';
import { policy, review, tiers } from '../../packages/domain/src/testing/policies.ts';
import { at, scenario } from '../../packages/domain/src/testing/scenario.ts';

const onTenth = '2026-08-10T08:00:00+07:00';
const first = charged(600_000).named('cdr-1').occurred(onTenth);

test('the same charge counts once', () => {
  scenario().given(first).when(first, charged(399_999)).then(duplicate());
  scenario().given(first).when(first, charged(400_000)).then(duplicate(), tierUpgraded('vip'));
});

test('it counts once thirty days later, too', () => {
  scenario().given(first).when(at('2026-09-09T08:00+07:00', first)).then(duplicate());
});

/*
 * The content is the type, the time as an instant, and the data as canonical JSON. So the order of keys, white space and
 * the zone in which the time is written do not count. Fields that alo does not know do.
 */
const data = { amount: 600_000, currency: 'VND', service: 'voice' };

test.each([
  { again: first.but({ time: '2026-08-10T01:00:00Z' }), told: duplicate(), why: 'the same instant, written in UTC' },
  {
    again: first.but({ data: { service: 'voice', currency: 'VND', amount: 600_000 } }),
    told: duplicate(),
    why: 'the same data in another order',
  },
  { again: first.but({ recordedtime: onTenth }), told: duplicate(), why: 'an attribute that is no content' },
  { again: first.but({ data: { ...data, amount: 600_001 } }), told: refused('CONFLICT'), why: 'another amount' },
  {
    again: first.but({ data: { ...data, cell: 'HN-12' } }),
    told: refused('CONFLICT'),
    why: 'a field that alo does not know',
  },
  { again: first.but({ time: '2026-08-10T01:00:01Z' }), told: refused('CONFLICT'), why: 'a second later' },
  { again: paid(600_000).named('cdr-1').occurred(onTenth), told: refused('CONFLICT'), why: 'another type' },
])('$why', ({ again, told }) => {
  scenario().given(first).when(again).then(told);
});

/*
 * A conflict is refused: one of the two is wrong, and alo cannot know which. An operator can, for the refused one lies
 * among the dead letters.
 *
 * An event is known by its subscriber, its source, its id, and the civil day of its time. Whatever differs in one of
 * these is another event. Many systems number their records anew each day.
 */
test.each([
  { other: first.from('/roaming'), why: 'of another source' },
  { other: first.named('cdr-2'), why: 'with another id' },
  { other: first.occurred('2026-08-09T08:00:00+07:00'), why: 'of another day' },
])('a charge $why is another charge', ({ other }) => {
  scenario().given(first).when(other, charged(400_000)).then(tierUpgraded('vip'));
});

test('a charge of another subscriber is another charge', () => {
  scenario().given(first).when(first.by('s-18'), charged(400_000).by('s-18')).then(tierUpgraded('vip').to('s-18'));
});

/* A refusal leaves no id behind: mended, the event may come again. */
test('what was refused may come again, mended', () => {
  scenario()
    .when(first.but({ data: { ...data, currency: 'USD' } }), first, charged(400_000))
    .then(refused('CURRENCY'), tierUpgraded('vip'));
});

/*
 * The id of an output holds the source and id of its cause, but not its day. Whoever uses an id again on another day gets,
 * where both say the same thing, an output whose id was used before. A consumer that drops known ids drops the second.
 * So: let ids be used once.
 */
test('an id that is used again may give an output id that was used before', () => {
  const story = scenario(policy({ tiers: tiers({ review: review() }) }));
  const vip = (day: string) => story.when(at(day, charged(1_000_000).named('cdr-1').occurred(day))).told[0]?.id;
  const before = vip('2026-06-10T12:00+07:00');
  story.when(at('2026-08-03T06:00+07:00', ticked())).then(tierDowngraded('base'));
  expect(vip('2026-08-10T12:00+07:00')).toBe(before);
  expect(before).toBe('tier.upgraded/s-17/vip/%2Fbilling/cdr-1');
});
