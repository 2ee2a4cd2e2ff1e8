package dev.reticent.serving;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;

/**
 * Processor seconds of this process: of the engine's thread, of the event loop, and of all else,
 * the compiler and the collector among it.
 */
record CpuTimes(double engine, double eventLoop, double rest) {

  static CpuTimes now() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    double engine = 0;
    double loop = 0;
    for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (thread != null) {
        double seconds = 1e-9 * threads.getThreadCpuTime(thread.getThreadId());
        engine += thread.getThreadName().equals("sampling-engine") ? seconds : 0;
        loop += thread.getThreadName().startsWith("vert.x-eventloop") ? seconds : 0;
      }
    }
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return new CpuTimes(engine, loop, 1e-9 * system.getProcessCpuTime() - engine - loop);
  }

  CpuTimes since(CpuTimes before) {
    return new CpuTimes(engine - before.engine, eventLoop - before.eventLoop, rest - before.rest);
  }
}
