package dev.reticent.model;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.reticent.HostCompiler;
import java.io.IOException;
import java.nio.file.Path;

/** The kernels for cards, compiled as C++ for the host, where threads run one after the other. */
final class HostKernels {

  /**
   * What CUDA would provide. A warp's sum becomes a sum over calls, since its lanes come in turn.
   */
  private static final String CUDA =
      """
      #include <cstring>
      #include <cmath>
      #define __device__ static
      #define __global__
      #define __shared__ static
      #define __syncthreads()
      struct uint4 { unsigned x, y, z, w; };
      struct Place { unsigned x; };
      static Place blockIdx, blockDim, threadIdx;
      static unsigned __float_as_uint(float x) { unsigned u; memcpy(&u, &x, 4); return u; }
      static float __uint_as_float(unsigned u) { float x; memcpy(&x, &u, 4); return x; }
      static float lanes[4]; static int turn;
      static float __shfl_xor_sync(unsigned, float, int) { return 0; }
      """;

  /** Runs every thread of a launch; lanes of a warp are added up by hand. */
  private static final String LAUNCH =
      """
      extern "C" void unpack(long blocks, int threads, void** p) {
        blockDim.x = threads;
        for (int pass = 0; pass < 2; pass++) // the first fills what threads share
        for (blockIdx.x = 0; blockIdx.x < blocks; blockIdx.x++)
          for (threadIdx.x = 0; threadIdx.x < (unsigned)threads; threadIdx.x++)
            nf4_unpack_bf16((byte*)p[0], (byte*)p[1], (float*)p[2], (float*)p[3], (float*)p[4],
                (half2bytes*)p[5], (long)p[6]);
      }
      extern "C" void product(long blocks, int threads, void** p) {
        blockDim.x = threads;
        for (int pass = 0; pass < 2; pass++) // the first fills what threads share
        for (blockIdx.x = 0; blockIdx.x < blocks; blockIdx.x++)
          for (threadIdx.x = 0; threadIdx.x < (unsigned)threads; threadIdx.x++) {
            if (threadIdx.x % 32 == 0) memset(lanes, 0, sizeof lanes);
            nf4_product_bf16((half2bytes*)p[0], (byte*)p[1], (byte*)p[2], (float*)p[3], (float*)p[4],
                (float*)p[5], (half2bytes*)p[6], (long)p[7], (long)p[8], (long)p[9]);
          }
      }
      """;

  /** The host's build of the kernels. */
  interface Host extends Library {
    void unpack(long blocks, int threads, Pointer[] parameters);

    void product(long blocks, int threads, Pointer[] parameters);
  }

  private HostKernels() {}

  /** Compiles the kernels for the host and defines their operators for tensors of the host. */
  static void install(Path folder) throws IOException {
    // The reduction is the only place where threads need each other.
    String reduced =
        Nf4Kernels.source()
            .replaceAll("for \\(int apart = 16.*?;\\n", "sum[r] = lanes[r] += sum[r];\n")
            .replace("if (lane == 0) y", "if (lane == 31) y");
    Path library = HostCompiler.library(folder, CUDA + reduced + LAUNCH);
    Host host = Native.load(library.toString(), Host.class);
    Nf4Kernels.define(
        "CPU",
        (kernel, card, blocks, threads, parameters) -> {
          Pointer[] cells = new Pointer[parameters.size() + 1];
          for (int i = 0; i < parameters.size(); i++) {
            cells[i] = new Pointer(parameters.get(i));
          }
          if (kernel.equals("nf4_unpack_bf16")) {
            host.unpack(blocks, threads, cells);
          } else {
            host.product(blocks, threads, cells);
          }
        });
  }
}
