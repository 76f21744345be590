import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { alo, root, scratchFolder } from './alo-process.ts';
import { policy, writePolicy } from './event-lines.ts';

const folder = scratchFolder();
const mobifone = join(root, 'infra/policies/mobifone.json');
const viettel = join(root, 'infra/policies/viettel.json');
const wrong = writePolicy(folder, { ...policy, colour: 'red' }, 'wrong.json');
const noJson = join(folder, 'no.json');
writeFileSync(noJson, '{');

describe('policy lint', () => {
  test.each([
    { file: viettel, more: [], code: 0, says: 'policy viettel version 1: nothing unwise\n', why: 'nothing was found' },
    { file: viettel, more: ['--strict'], code: 0, says: 'nothing unwise', why: 'nothing was found' },
    { file: mobifone, more: [], code: 0, says: 'tiers.review.day (early-review): the review', why: 'not strict' },
    { file: mobifone, more: ['--strict'], code: 2, says: '1 thing legal and yet unwise', why: 'strict' },
  ])('$file $more ends with $code: $why', async ({ file, more, code, says }) => {
    const ended = await alo(['policy', 'lint', file, ...more]);
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code, stderr: '' });
    expect(ended.stdout).toContain(says);
  });

  test('--json is one line that names rule, path and reason', async () => {
    const { stdout, code } = await alo(['policy', 'lint', mobifone, '--json', '--strict']);
    expect(code).toBe(2);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout)).toEqual({
      policy: { id: 'mobifone', version: 1, hash: expect.any(String) },
      warnings: [{ rule: 'early-review', path: 'tiers.review.day', message: expect.stringContaining('P35D') }],
    });
  });
});

describe('policy explain', () => {
  test('tells sentences and a calendar from the month that is asked for', async () => {
    const { stdout, stderr, code } = await alo(['policy', 'explain', mobifone, '--from', '2027-02']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Policy mobifone, version 1\nSHA-256 [0-9a-f]{64}\n\nIn general\n/);
    expect(stdout).toContain('- Who has spent 1,000,000 VND or more in this month becomes vip, at that moment.\n');
    expect(stdout).toContain('Calendar of twelve months from 2027-02\n2027-02-03  06:00           review of tiers\n');
    expect(stdout).toContain('2027-03-06  08:00 to 10:00  8-march: gifts for 2027-03-08\n');
    expect(stdout).not.toMatch(/^2026-/m);
  });

  test('by default begins with this month', async () => {
    const { stdout } = await alo(['policy', 'explain', viettel, '--json']);
    const { calendar } = JSON.parse(stdout) as { calendar: { on: string }[] };
    const now = new Date().toISOString().slice(0, 7);
    expect([now, calendar[0]?.on.slice(0, 7)].toSorted()[0]).toBe(now);
  });

  test('--json is one line with sections and calendar', async () => {
    const { stdout } = await alo(['policy', 'explain', viettel, '--from', '2027-02', '--json']);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({
      policy: { id: 'viettel' },
      sections: [{ title: 'In general' }, { title: 'Tiers' }, { title: 'Lists' }, { title: 'Suspension and payment' }],
      calendar: expect.arrayContaining([{ on: '2027-02-28', at: '06:00', what: 'review of tiers' }]),
    });
  });

  test.each(['2027', '2027-13', '2027-1', 'next'])('--from %s is no month', async (from) => {
    const { code, stderr } = await alo(['policy', 'explain', mobifone, '--from', from]);
    expect(code).toBe(1);
    expect(stderr).toContain('It must be a month, such as 2026-07.');
  });
});

describe.each(['lint', 'explain'])('policy %s', (command) => {
  test.each([
    { file: wrong, says: 'colour is not a key that alo knows' },
    { file: noJson, says: 'is not JSON' },
    { file: join(folder, 'nowhere.json'), says: 'there is no such file' },
    { file: folder, says: 'it is a directory' },
  ])('of what is no policy ends with 1: $says', async ({ file, says }) => {
    const { code, stdout, stderr } = await alo(['policy', command, file]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(says);
  });

  test('has help with examples', async () => {
    const { stdout, code } = await alo(['policy', command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`alo policy ${command} infra/policies/mobifone.json`);
  });
});
