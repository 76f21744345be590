package alo.bench.streams;

/** Why a record is not taken: a code and a sentence. */
record Refusal(Code code, String message) implements Reading {
  /** In the order in which they are looked for. */
  enum Code {
    SCHEMA,
    UNKNOWN,
    CURRENCY,
    CLOCK,
    LATE,
    CONFLICT,
    STATE
  }
}
