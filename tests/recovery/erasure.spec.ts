import { hash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { readEvent } from '@alo/contracts';
import { fingerprintOf } from '@alo/domain';
import { expect, test } from '@jest/globals';
import { calendarOf } from '../../packages/domain/src/calendar/calendar.ts';
import { run } from '../../services/cli/src/run/run.ts';
import { scratchFolder } from '../cli/alo-process.ts';
import { charged, type Event, linesOf, listed, writePolicy } from '../cli/event-lines.ts';

const folder = scratchFolder();
const policy = writePolicy(folder);
const subscribers = 3000;
const rounds = 6;
/** Two of three stay: what was known of the erased may have lain beside what is known of them. */
const isErased = (n: number) => n % 3 === 0;

/** The n-th subscriber's province, which no other text holds, and which grows from round to round. */
const provinceOf = (n: number) => `province-of-${hash('md5', `${n}`)}`;
const grown = (n: number, round: number) => provinceOf(n).repeat(1 + ((n * 7 + round * 5) % 9));

const at = (round: number, n: number) =>
  new Date(Date.UTC(2026, 7, 1 + round) + n * 1000).toISOString().replace('.000Z', 'Z');

const updated = (n: number, round: number): Event => ({
  specversion: '1.0',
  id: `u-${round}-${n}`,
  source: '/test',
  type: 'alo.subscriber.updated.v1',
  subject: `s-${n}`,
  time: at(round, n),
  data: { kind: 'person', province: grown(n, round) },
});
const erased = (n: number): Event => ({ ...updated(n, rounds), id: `x-${n}`, type: 'alo.subscriber.erased.v1' });

const chargeOf = (n: number) => charged(`s-${n}`, 1000, at(0, n), `c-${n}`);
const listingOf = (n: number) => listed(`s-${n}`, at(0, n), '2027-01-01T00:00:00Z');

const everybody = Array.from({ length: subscribers }, (_, n) => n);
const inSomeOrder = (round: number) =>
  everybody.toSorted((a, b) => (hash('md5', `${a}/${round}`) < hash('md5', `${b}/${round}`) ? -1 : 1));

const feed = async (name: string, events: readonly Event[]) => {
  const file = join(folder, `${name}.ndjson`);
  writeFileSync(file, linesOf(events.toSorted((a, b) => (a.time < b.time ? -1 : 1))));
  await run({ policy, events: file, data: join(folder, 'data'), maxGapMs: 1e12 });
};

const file = join(folder, 'data', 'alo.db');

/** The pages of the file that hold nothing of what is kept by design: journal, inputs, outputs, dead letters. */
const pagesOfWhatIsKnown = (): string => {
  const db = new DatabaseSync(file, { readOnly: true });
  const { page_size: size } = db.prepare('PRAGMA page_size').get() as { page_size: number };
  const kept = db
    .prepare("SELECT pageno FROM dbstat WHERE name IN ('journal', 'inputs', 'outputs', 'dead_letters')")
    .all()
    .map(({ pageno }) => pageno as number);
  db.close();
  const bytes = readFileSync(file);
  for (const page of kept) bytes.fill(0, (page - 1) * size, page * size);
  return bytes.toString('latin1');
};

const fingerprint = (event: Event): string => {
  const read = readEvent(event);
  if (read.kind !== 'event') throw new Error('it is an event');
  const day = calendarOf('Asia/Ho_Chi_Minh').dayOf(read.event.occurredAt);
  return fingerprintOf(read.event, day).known;
};

/** How many of these are found by their province, and, of every seventh, by the fingerprint of the charge. */
const foundIn = (pages: string, wanted: readonly number[]) => {
  const provinces = new Set(pages.match(/province-of-[0-9a-f]{32}/g));
  return {
    provinces: wanted.filter((n) => provinces.has(provinceOf(n))).length,
    fingerprints: wanted.filter((n) => n % 7 === 0 && pages.includes(fingerprint(chargeOf(n)))).length,
  };
};

const waiting = () => {
  const db = new DatabaseSync(file, { readOnly: true });
  const rows = db.prepare('SELECT subscriber FROM subscribers WHERE due_at IS NOT NULL').all();
  const known = db.prepare('SELECT length(state) AS bytes FROM subscribers WHERE subscriber = ?').get('s-0');
  const note = db.prepare("SELECT count(*) AS notes FROM notes WHERE name = 'erased'").get();
  db.close();
  return { waiting: rows.length, tombstoneBytes: known?.bytes, notes: note?.notes };
};

test('of whom is erased the pages of states, fingerprints and index hold nothing but the tombstone', async () => {
  await feed(
    'first',
    everybody.flatMap((n) => [chargeOf(n), listingOf(n)]),
  );
  for (let round = 1; round < rounds; round += 1) {
    await feed(
      `round-${round}`,
      inSomeOrder(round)
        .slice(0, 2000)
        .map((n) => updated(n, round)),
    );
  }
  const before = foundIn(pagesOfWhatIsKnown(), everybody.filter(isErased));
  expect(before.provinces).toBeGreaterThan(900);
  expect(before.fingerprints).toBe(143);

  await feed('last', everybody.filter(isErased).map(erased));

  expect(existsSync(`${file}-wal`)).toBe(false);
  const pages = pagesOfWhatIsKnown();
  expect(foundIn(pages, everybody.filter(isErased))).toEqual({ provinces: 0, fingerprints: 0 });
  expect(
    foundIn(
      pages,
      everybody.filter((n) => !isErased(n)),
    ).fingerprints,
  ).toBe(286);
  expect(waiting()).toMatchObject({ waiting: 2000, notes: 0 });
}, 60_000);
