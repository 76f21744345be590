/** Parts of a policy as they stand in its JSON; the activation checks them whole. */
type Parts = object;

/** A programme in Việt Nam with three tiers above the base and nothing else. */
export const policy = (parts: Parts = {}) => ({
  id: 'example',
  version: 1,
  zone: 'Asia/Ho_Chi_Minh',
  currency: 'VND',
  tiers: tiers(),
  ...parts,
});

export const tiers = (parts: Parts = {}) => ({
  window: 'month-to-date',
  ladder: [
    { name: 'base' },
    { name: 'vip', upgradeAt: 1_000_000, retainAt: 800_000 },
    { name: 'gold', upgradeAt: 3_000_000, retainAt: 2_500_000 },
    { name: 'platinum', upgradeAt: 5_000_000, retainAt: 4_000_000 },
  ],
  ...parts,
});

/** A holiday on 2 September at 09:00, with a gift of 100,000 for everybody. */
export const nationalDay = (parts: Parts = {}) => ({
  id: 'national-day',
  kind: 'holiday',
  on: '09-02',
  sendAt: '09:00',
  gift: { window: 'month-to-date', bands: [{ from: 0, value: 100_000 }] },
  ...parts,
});

/** A birthday on the day at 09:00, with a card for everybody. */
export const birthday = (parts: Parts = {}) => ({
  id: 'birthday',
  kind: 'birthday',
  feb29: 'feb28',
  sendAt: '09:00',
  ...parts,
});

/** Every month on the 3rd at 06:00, over the month before; one failure is enough. */
export const review = (parts: Parts = {}) => ({
  every: 'month',
  day: 3,
  at: '06:00',
  window: 'previous-month',
  ...parts,
});
