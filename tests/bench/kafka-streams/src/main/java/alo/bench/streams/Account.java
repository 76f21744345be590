package alo.bench.streams;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/** What is known of one subscriber: sums by civil day and month, the tier reached, whether it is still open. */
final class Account {
  enum Phase {
    OPEN,
    CLOSED,
    ERASED
  }

  private static final int DAYS_KEPT = 100;
  private static final int MONTHS_KEPT = 26;
  private static final Phase[] PHASES = Phase.values();

  Phase phase = Phase.OPEN;
  Tier tier = Tier.BASE;
  /** Packed ids, where they are kept here. */
  byte[] ids = new byte[0];

  private final Sums days;
  private final Sums months;

  Account() {
    this(new Sums(), new Sums());
  }

  private Account(Sums days, Sums months) {
    this.days = days;
    this.months = months;
  }

  /** Leaves nothing but that it is erased. */
  void erase() {
    phase = Phase.ERASED;
    tier = Tier.BASE;
    ids = new byte[0];
    days.clear();
    months.clear();
  }

  long monthSumMinor(int month) {
    return Math.max(0, months.at(month));
  }

  void add(int day, long amountMinor, int today) {
    days.add(day, amountMinor);
    days.forgetBefore(today - DAYS_KEPT + 1);
    months.add(CivilCalendar.monthOf(day), amountMinor);
    months.forgetBefore(CivilCalendar.monthOf(today) - MONTHS_KEPT + 1);
  }

  static Serde<Account> serde() {
    return Serdes.serdeFrom((topic, account) -> toBytes(account), (topic, bytes) -> fromBytes(bytes));
  }

  private static byte[] toBytes(Account account) {
    if (account == null) return null;
    ByteBuffer out = ByteBuffer.allocate(2 + account.days.bytesMax() + account.months.bytesMax() + account.ids.length);
    out.put((byte) account.phase.ordinal()).put((byte) account.tier.ordinal());
    account.days.writeTo(out);
    account.months.writeTo(out);
    out.put(account.ids);
    return Arrays.copyOf(out.array(), out.position());
  }

  private static Account fromBytes(byte[] bytes) {
    if (bytes == null) return null;
    ByteBuffer in = ByteBuffer.wrap(bytes);
    Phase phase = PHASES[in.get()];
    Tier tier = Tier.ofRank(in.get());
    Account account = new Account(Sums.readFrom(in), Sums.readFrom(in));
    account.phase = phase;
    account.tier = tier;
    account.ids = Arrays.copyOfRange(bytes, in.position(), bytes.length);
    return account;
  }
}
