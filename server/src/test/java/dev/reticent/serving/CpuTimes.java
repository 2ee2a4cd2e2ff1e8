package dev.reticent.serving;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;

/**
 * Processor seconds of this process: of the queue's thread, of the event loop, and of all else, the
 * compiler and the collector among it.
 */
record CpuTimes(double queue, double eventLoop, double rest) {

  static CpuTimes now() {
    double queue = of("generation-queue");
    double loop = of("vert.x-eventloop");
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return new CpuTimes(queue, loop, 1e-9 * system.getProcessCpuTime() - queue - loop);
  }

  /** Processor seconds of the threads whose names begin so. */
  static double of(String name) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    double sum = 0;
    for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (thread != null && thread.getThreadName().startsWith(name)) {
        sum += 1e-9 * threads.getThreadCpuTime(thread.getThreadId());
      }
    }
    return sum;
  }

  CpuTimes since(CpuTimes before) {
    return new CpuTimes(queue - before.queue, eventLoop - before.eventLoop, rest - before.rest);
  }
}
