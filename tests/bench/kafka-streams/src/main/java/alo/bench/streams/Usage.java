package alo.bench.streams;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** What the process has used so far: processor time of the whole JVM, and wall time since it started. */
record Usage(double cpuSeconds, double wallSeconds) {
  static Usage now() {
    OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return new Usage(system.getProcessCpuTime() / 1e9, ManagementFactory.getRuntimeMXBean().getUptime() / 1e3);
  }
}
