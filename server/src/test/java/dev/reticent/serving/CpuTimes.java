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
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    double queue = 0;
    double loop = 0;
    for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (thread != null) {
        double seconds = 1e-9 * threads.getThreadCpuTime(thread.getThreadId());
        queue += thread.getThreadName().equals("generation-queue") ? seconds : 0;
        loop += thread.getThreadName().startsWith("vert.x-eventloop") ? seconds : 0;
      }
    }
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return new CpuTimes(queue, loop, 1e-9 * system.getProcessCpuTime() - queue - loop);
  }

  CpuTimes since(CpuTimes before) {
    return new CpuTimes(queue - before.queue, eventLoop - before.eventLoop, rest - before.rest);
  }
}
