/** What is used of date-chinese: its own declarations are not reachable from its exports. */
declare module 'date-chinese' {
  /** The Chinese calendar as it is reckoned in Việt Nam: UTC+7, before 1968 UTC+8. Months count from Tết; a `leap` of 1 is the month after. */
  export class CalendarVietnamese {
    set(cycle: number, year: number, month: number, leap: 0 | 1, day: number): this;
    /** The local midnight of the date that was set, as a Julian ephemeris day, in the lunar year that begins in a Gregorian one. */
    toJDE(gregorianYear: number): number;
    /** The local midnight of the day of the first new moon at or after an ephemeris day. */
    nextNewMoon(jde: number): number;
    /** The local midnight of the day of the last new moon at or before an ephemeris day. */
    previousNewMoon(jde: number): number;
  }
}
