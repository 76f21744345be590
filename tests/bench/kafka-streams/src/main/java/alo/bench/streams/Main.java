package alo.bench.streams;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;

/** Runs the topology until SIGTERM or, with -Dstop.at.end=true, until the journal as it stood at the start is committed. */
public final class Main {
  private static final Duration CLOSE_MAX = Duration.ofSeconds(30);
  private static final long POLL_MS = 50;

  private Main() {}

  public static void main(String[] args) {
    int exitCode = 1;
    try {
      exitCode = run(Settings.fromSystem());
    } catch (IllegalArgumentException | KafkaException e) {
      System.err.println(e.getMessage());
    } catch (ExecutionException e) {
      System.err.println(e.getCause().getMessage());
    } catch (InterruptedException e) {
      System.err.println("interrupted");
    }
    Runtime.getRuntime().halt(exitCode);
  }

  private static int run(Settings settings) throws ExecutionException, InterruptedException {
    CountDownLatch stop = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stopAndWait(stop)));
    Tally tally = new Tally();
    try (Admin admin = Admin.create(settings.forAdmin());
        KafkaStreams streams = new KafkaStreams(TierTopology.with(tally, settings.windowsIds()), settings.forStreams())) {
      int partitions = Topics.journalPartitions(admin);
      Topics.makeMissing(admin, partitions);
      JournalEnd end = JournalEnd.of(admin, settings.applicationId(), partitions);
      start(streams, stop);
      while (!stop.await(POLL_MS, TimeUnit.MILLISECONDS)) {
        if (settings.stopsAtEnd() && streams.state() == State.RUNNING && end.isReached()) break;
      }
      return finish(streams, settings, tally);
    }
  }

  private static void start(KafkaStreams streams, CountDownLatch stop) {
    streams.setUncaughtExceptionHandler(e -> StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
    streams.setStateListener((now, before) -> {
      System.err.println("state " + now);
      if (now == State.ERROR) stop.countDown();
    });
    streams.start();
  }

  private static int finish(KafkaStreams streams, Settings settings, Tally tally) {
    Usage worked = Usage.now();
    boolean isWell = streams.state() != State.ERROR;
    boolean isClosed = streams.close(
        CloseOptions.timeout(CLOSE_MAX).withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP));
    System.out.println(Summary.of(settings, tally, worked));
    System.out.flush();
    return isWell && isClosed ? 0 : 1;
  }

  /** Holds the JVM open while the main thread closes and reports; it halts the JVM itself. */
  private static void stopAndWait(CountDownLatch stop) {
    stop.countDown();
    try {
      Thread.sleep(CLOSE_MAX.toMillis() * 2);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
