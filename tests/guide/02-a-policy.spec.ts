/*
 * 2. What a policy is
 *
 * A policy is one operator's programme as data: which tiers there are, which lists, which limits. It is JSON, and it is
 * checked whole before it is used. This is the smallest that does something: two tiers, and VIP from 1,000,000 a month.
 */
import { checkPolicy } from '@alo/contracts';
import { policyHash } from '@alo/domain';
import { expect, test } from '@jest/globals';

const first = `
{
  "id": "first", "version": 1, "zone": "Asia/Ho_Chi_Minh", "currency": "VND",
  "tiers": {
    "window": "month-to-date",
    "ladder": [
      { "name": "base" },
      { "name": "vip", "upgradeAt": 1000000, "retainAt": 800000 }
    ]
  }
}`;

/* The head (id, version, zone, currency) and tiers (window, ladder) are required. What is left out has a default. */
test('a policy gets its defaults when it is read', () => {
  const check = checkPolicy(JSON.parse(first));
  expect(check).toMatchObject({ ok: true, policy: { lateness: 'P35D', futureTolerance: 'PT15M', consent: 'opt-out' } });
});

/* Whoever writes a policy makes more than one mistake at a time. Every one is told, with its path. */
test('every problem is told, not only the first', () => {
  const wrong = { ...JSON.parse(first), zone: 'Asia/Hanoi', colour: 'red' };
  wrong.tiers.ladder[1].retainAt = 1_200_000;
  expect(checkPolicy(wrong)).toEqual({
    ok: false,
    problems: [
      { path: 'zone', message: 'must be an IANA time zone, such as Asia/Ho_Chi_Minh; it is "Asia/Hanoi"' },
      { path: 'colour', message: 'is not a key that alo knows' },
      { path: 'tiers.ladder[1].retainAt', message: 'must not be more than upgradeAt (1000000); it is 1200000' },
    ],
  });
});

/*
 * A policy is known by id, version and hash. The hash is SHA-256 over its canonical JSON (RFC 8785), as it was given:
 * white space and the order of keys do not count, and neither do defaults that were left out. `alo policy hash` prints it,
 * and every trigger names it.
 */
test('the hash does not depend on white space or the order of keys', () => {
  const { id, ...rest } = JSON.parse(first);
  expect(policyHash({ ...rest, id })).toBe(policyHash(JSON.parse(first)));
  expect(policyHash(JSON.parse(first))).toMatch(/^[0-9a-f]{64}$/);
  expect(policyHash({ ...JSON.parse(first), consent: 'opt-out' })).not.toBe(policyHash(JSON.parse(first)));
});

/*
 * This one has every section. Not every section does something yet: see "What it does not do yet" in README.md, and the
 * sections of docs/semantics.md. A section without effect is checked like the others.
 */
const example = `
{
  "id": "example", "version": 1, "zone": "Asia/Ho_Chi_Minh", "currency": "VND",
  "lateness": "P35D", "futureTolerance": "PT15M", "consent": "opt-out",
  "tiers": {
    "window": "month-to-date",
    "ladder": [
      { "name": "base" },
      { "name": "vip", "upgradeAt": 1000000, "retainAt": 800000 },
      { "name": "gold", "upgradeAt": 3000000, "retainAt": 2500000 }
    ],
    "review": {
      "every": "month", "day": 3, "at": "06:00", "window": "previous-month",
      "downgrade": "one-step", "failures": 2
    },
    "warn": ["P7D"]
  },
  "lists": {
    "official": { "floor": "vip", "gifts": "hold" },
    "top": { "floor": "vip", "ranked": { "topPpm": 10000, "leavePpm": 13000, "window": "previous-month" } }
  },
  "promotions": { "muteFrom": "gold" },
  "alerts": [
    { "id": "budget", "window": "month-to-date", "at": [500000, 800000, 1000000] }
  ],
  "retention": [
    {
      "id": "dropped", "every": "month", "day": 3, "at": "07:00", "minTier": "vip",
      "window": "previous-month", "belowPercent": 50, "of": "average-of-last-3-months"
    }
  ],
  "gifts": { "yearlyCap": 5000000, "operatorProvinces": ["HN"] },
  "occasions": [
    {
      "id": "birthday", "kind": "birthday", "feb29": "feb28",
      "lead": "P1D", "sendAt": "09:00", "spread": "PT2H",
      "audience": { "minTier": "vip" },
      "gift": {
        "window": "average-of-last-3-months",
        "bands": [{ "from": 800000, "value": 200000 }, { "from": 2000000, "value": 500000 }]
      }
    },
    {
      "id": "tet", "kind": "holiday", "lunar": "01-01", "lead": "P7D", "sendAt": "08:00",
      "audience": { "minTier": "vip" },
      "gift": { "window": "previous-month", "bands": [{ "from": 0, "value": 300000 }] }
    },
    {
      "id": "8-march", "kind": "holiday", "on": "03-08", "lead": "P2D", "sendAt": "08:00",
      "audience": { "kinds": ["person"], "gender": "female", "minTier": "vip" }
    }
  ],
  "suspension": {
    "never": ["fraud", "customer-request", "lost-sim", "legal-order", "identity"],
    "protect": [
      { "list": "official" },
      {
        "minTier": "vip", "maxConsecutiveSkips": 2, "skipDays": 7,
        "debtCap": { "absolute": 5000000, "percentOfAverage": 300 }
      }
    ],
    "grace": [{ "minTier": "gold", "days": 10 }],
    "remind": ["-P3D", "P1D"], "remindAt": "09:00", "remindMinTier": "vip"
  },
  "quality": [
    {
      "id": "drops", "kinds": ["dropped-call", "setup-failure"], "window": "last-7-days",
      "atLeast": 3, "minTier": "vip", "cooldown": "P14D"
    }
  ]
}`;

test('a policy with every section is right', () => {
  expect(checkPolicy(JSON.parse(example))).toMatchObject({ ok: true, policy: { id: 'example' } });
});

/* What a policy names must be its own: a tier of its ladder, a list of its lists. */
test('a tier or a list that the policy does not have is a problem', () => {
  const policy = JSON.parse(example);
  policy.promotions.muteFrom = 'platinum';
  policy.suspension.protect[0].list = 'officials';
  expect(checkPolicy(policy)).toMatchObject({
    problems: [
      { path: 'promotions.muteFrom', message: 'must be a tier of the ladder (base, vip, gold); it is "platinum"' },
      {
        path: 'suspension.protect[0].list',
        message: 'must be a list of this policy (official, top); it is "officials"',
      },
    ],
  });
});
