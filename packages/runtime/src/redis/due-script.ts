import type { Instant } from '@alo/contracts';
import { Command } from 'ioredis';
import type { Due } from '../ports.ts';

/**
 * What comes after a place in the order of (score, bytes of the member), whether the place still holds or not: the
 * rank after all lower scores, then a search by halves among the equal ones. Lua's own `<` on strings goes by the
 * server's locale, so the bytes are compared here. Without a place ARGV holds the number alone.
 */
const afterPlace = `
local due, most, score, member = KEYS[1], tonumber(ARGV[1]), ARGV[2], ARGV[3]
local function isAfter(other)
  local length = math.min(#other, #member)
  for at = 1, length do
    local a, b = string.byte(other, at), string.byte(member, at)
    if a ~= b then return a > b end
  end
  return #other > #member
end
local from = 0
if score then
  from = redis.call('ZCOUNT', due, '-inf', '(' .. score)
  local to = redis.call('ZCOUNT', due, '-inf', score)
  while from < to do
    local middle = math.floor((from + to) / 2)
    if isAfter(redis.call('ZRANGE', due, middle, middle)[1]) then to = middle else from = middle + 1 end
  end
end
return redis.call('ZRANGE', due, from, from + most - 1, 'WITHSCORES')
`;

/** Asks for what falls due after a place. The text goes along each time: a known script would have to be sent again. */
export const dueCommand = (key: string, place: Due | undefined, most: number): Command => {
  const from = place === undefined ? [] : [String(place.dueAt), place.subscriber];
  return new Command('EVAL', [afterPlace, '1', key, String(most), ...from], { replyEncoding: 'utf8' });
};

export const dueOf = (reply: unknown): Due[] => {
  const flat = reply as string[];
  return Array.from({ length: flat.length / 2 }, (_, n) => ({
    subscriber: flat[2 * n] as string,
    dueAt: Number(flat[2 * n + 1]) as Instant,
  }));
};
