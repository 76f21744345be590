package alo.bench.streams;

/** What came of reading a record: an event, or why it is none. */
sealed interface Reading permits Event, Refusal {}
