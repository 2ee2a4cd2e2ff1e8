package dev.reticent.model;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import dev.reticent.HostCompiler;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The kernels for cards, compiled as C++ for the host: their source as it is, and each block's
 * threads as contexts of one thread, which take turns where they have to meet.
 */
final class HostKernels {

  /** What CUDA would provide. */
  private static final String CUDA =
      """
      #include <cstring>
      #include <cmath>
      #include <vector>
      #include <ucontext.h>
      #define __device__ static
      #define __global__
      #define __forceinline__ inline
      #define __shared__ static
      struct uint4 { unsigned x, y, z, w; };
      struct Place { unsigned x; };
      static Place blockIdx, blockDim, threadIdx;
      static unsigned __float_as_uint(float x) { unsigned u; memcpy(&u, &x, 4); return u; }
      static float __uint_as_float(unsigned u) { float x; memcpy(&x, &u, 4); return x; }
      static float rsqrtf(float x) { return 1 / sqrtf(x); }

      static const int MOST = 1024, STACK = 1 << 15;
      static ucontext_t scheduler, thread[MOST];
      static bool over[MOST], waiting[MOST];
      static float given[MOST];
      static void meet() { swapcontext(&thread[threadIdx.x], &scheduler); } // those of a warp
      static void __syncthreads() { waiting[threadIdx.x] = true; meet(); }
      static float __shfl_xor_sync(unsigned, float x, int apart) {
        given[threadIdx.x] = x;
        meet();
        float other = given[threadIdx.x ^ apart];
        meet();
        return other;
      }
      static unsigned operands[MOST][6];
      static float widened(unsigned two, int i) {
        return __uint_as_float(i == 0 ? two << 16 : two & 0xffff0000u);
      }
      static void add_product(float* sum, unsigned a0, unsigned a1, unsigned a2, unsigned a3,
          unsigned b0, unsigned b1) {
        unsigned own[6] = {a0, a1, a2, a3, b0, b1};
        memcpy(operands[threadIdx.x], own, sizeof own);
        meet();
        int warp = threadIdx.x / 32 * 32, lane = threadIdx.x % 32;
        for (int i = 0; i < 4; i++)
          for (int k = 0; k < 16; k++) {
            int pair = k % 8 / 2, later = k / 8;
            unsigned a = operands[warp + lane / 4 * 4 + pair][2 * later + i / 2];
            unsigned b = operands[warp + (2 * (lane % 4) + i % 2) * 4 + pair][4 + later];
            sum[i] += widened(a, k % 2) * widened(b, k % 2);
          }
        meet();
      }
      static void (*body)(void**);
      static void** cells;
      static void begin() { body(cells); over[threadIdx.x] = true; }
      extern "C" void run(void (*kernel)(void**), long blocks, int threads, void** parameters) {
        static std::vector<char> stacks((long)MOST * STACK);
        body = kernel;
        cells = parameters;
        blockDim.x = threads;
        for (blockIdx.x = 0; blockIdx.x < blocks; blockIdx.x++) {
          for (int i = 0; i < threads; i++) {
            getcontext(&thread[i]);
            thread[i].uc_stack.ss_sp = &stacks[(long)i * STACK];
            thread[i].uc_stack.ss_size = STACK;
            thread[i].uc_link = &scheduler;
            makecontext(&thread[i], begin, 0);
            over[i] = false;
          }
          for (bool any = true; any;) {
            any = false;
            for (int warp = 0; warp < threads; warp += 32)
              for (bool more = true; more;) {
                more = false;
                for (int i = warp; i < warp + 32 && i < threads; i++)
                  if (!over[i] && !waiting[i]) {
                    threadIdx.x = i;
                    swapcontext(&scheduler, &thread[i]);
                    more |= !over[i] && !waiting[i];
                  }
              }
            for (int i = 0; i < threads; i++) {
              any |= !over[i];
              waiting[i] = false;
            }
          }
        }
      }
      """;

  private static final Pattern KERNEL =
      Pattern.compile("extern \"C\" __global__ void (\\w+)\\(([^)]*)\\)");

  private HostKernels() {}

  /** Compiles the kernels for the host and defines their operators for tensors of the host. */
  static void install(Path folder) throws IOException {
    String source = CardKernels.source();
    String entries =
        KERNEL.matcher(source).results().map(HostKernels::entry).collect(Collectors.joining());
    NativeLibrary host =
        NativeLibrary.getInstance(HostCompiler.library(folder, CUDA + source + entries).toString());
    CardKernels.define(
        "CPU",
        (kernel, card, blocks, threads, parameters) -> {
          Pointer[] cells = new Pointer[parameters.size() + 1];
          for (int i = 0; i < parameters.size(); i++) {
            cells[i] = new Pointer(parameters.get(i));
          }
          Object[] arguments = {host.getFunction("host_" + kernel), blocks, threads, cells};
          synchronized (HostKernels.class) {
            host.getFunction("run").invoke(arguments);
          }
        });
  }

  /** A function that takes a kernel's parameters out of cells of eight bytes. */
  private static String entry(MatchResult kernel) {
    String[] parameters = kernel.group(2).split(",");
    StringBuilder call = new StringBuilder();
    for (int i = 0; i < parameters.length; i++) {
      String type = parameters[i].strip().replaceAll("\\w+$", "");
      call.append(i == 0 ? "" : ", ").append("(" + type + ")p[" + i + "]");
    }
    return "extern \"C\" void host_%s(void** p) { %s(%s); }\n"
        .formatted(kernel.group(1), kernel.group(1), call);
  }
}
