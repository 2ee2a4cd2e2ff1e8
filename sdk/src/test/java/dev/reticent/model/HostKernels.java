package dev.reticent.model;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import dev.reticent.HostCompiler;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.KernelDevice;
import dev.reticent.weights.DecoderOptions;
import dev.reticent.weights.Placement;
import dev.reticent.weights.Processor;
import dev.reticent.weights.RandomSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The kernels for cards, compiled as C++ for the host: their source as it is, and each block's
 * threads as contexts of one thread, which take turns where they have to meet.
 */
public final class HostKernels {

  /** What CUDA would provide. */
  private static final String CUDA =
      """
      #include <cstring>
      #include <cmath>
      #include <vector>
      #include <setjmp.h>
      #include <ucontext.h>
      #define __device__ static
      #define __global__
      #define __forceinline__ inline
      #define __shared__ static
      #define __launch_bounds__(threads, blocks)
      struct uint2 { unsigned x, y; };
      struct uint4 { unsigned x, y, z, w; };
      struct Place { unsigned x; };
      static Place blockIdx, blockDim, threadIdx, gridDim;
      static unsigned __float_as_uint(float x) { unsigned u; memcpy(&u, &x, 4); return u; }
      static float __uint_as_float(unsigned u) { float x; memcpy(&x, &u, 4); return x; }
      static float rsqrtf(float x) { return 1 / sqrtf(x); }

      static const int MOST = 1024, STACK = 1 << 15;
      static ucontext_t thread[MOST];
      static jmp_buf scheduler, place[MOST];
      static bool begun[MOST], over[MOST], waiting[MOST];
      static float given[MOST];
      // Those of a warp; a jump, since to swap contexts asks the system for the signals' mask.
      static void meet() { if (_setjmp(place[threadIdx.x]) == 0) _longjmp(scheduler, 1); }
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
      static void begin() {
        for (;;) { // each time another block
          body(cells);
          over[threadIdx.x] = true;
          meet();
        }
      }
      static void __attribute__((noinline)) resume(int i) {
        threadIdx.x = i;
        if (_setjmp(scheduler) != 0) return;
        if (begun[i]) _longjmp(place[i], 1);
        begun[i] = true;
        setcontext(&thread[i]);
      }
      static void make(int i) {
        static std::vector<char> stacks((long)MOST * STACK);
        getcontext(&thread[i]);
        thread[i].uc_stack.ss_sp = &stacks[(long)i * STACK];
        thread[i].uc_stack.ss_size = STACK;
        makecontext(&thread[i], begin, 0);
      }
      extern "C" void run(void (*kernel)(void**), long blocks, int threads, void** parameters) {
        body = kernel;
        cells = parameters;
        blockDim.x = threads;
        gridDim.x = blocks;
        for (blockIdx.x = 0; blockIdx.x < blocks; blockIdx.x++) {
          for (int i = 0; i < threads; i++) {
            if (!begun[i]) make(i);
            over[i] = false;
          }
          for (bool any = true; any;) {
            any = false;
            for (int warp = 0; warp < threads; warp += 32)
              for (bool more = true; more;) {
                more = false;
                for (int i = warp; i < warp + 32 && i < threads; i++)
                  if (!over[i] && !waiting[i]) {
                    resume(i);
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
      Pattern.compile(
          "extern \"C\" __global__ void (?:__launch_bounds__\\([^)]*\\) )?(\\w+)\\(([^)]*)\\)");

  private static Optional<NativeLibrary> library = Optional.empty();

  private HostKernels() {}

  /** Compiles the kernels for the host and defines their operators for tensors of the host. */
  public static void install(Path folder) throws IOException {
    NativeLibrary host = compiled(folder);
    CardKernels.define(
        "CPU",
        (kernel, card, blocks, threads, parameters) ->
            run(host, new KernelDevice.Launch(kernel, blocks, threads, parameters)));
  }

  /** Once in a process: the names of a second library would mean the first's kernels. */
  private static synchronized NativeLibrary compiled(Path folder) throws IOException {
    if (library.isEmpty()) {
      String source = CardKernels.source();
      String entries =
          KERNEL.matcher(source).results().map(HostKernels::entry).collect(Collectors.joining());
      Path file = HostCompiler.library(folder, CUDA + source + entries);
      library = Optional.of(NativeLibrary.getInstance(file.toString()));
    }
    return library.get();
  }

  private static void run(NativeLibrary host, KernelDevice.Launch launch) {
    Pointer[] cells = new Pointer[launch.parameters().size() + 1];
    for (int i = 0; i < cells.length - 1; i++) {
      cells[i] = new Pointer(launch.parameters().get(i));
    }
    Object[] arguments = {
      host.getFunction("host_" + launch.kernel()), launch.blocks(), launch.threads(), cells
    };
    synchronized (HostKernels.class) {
      host.getFunction("run").invoke(arguments);
    }
  }

  /** The host as a card that runs lists of the kernels, and tells which it ran. */
  public static final class Device implements KernelDevice {
    private final NativeLibrary host;
    private final List<String> launched = new ArrayList<>();

    public Device(Path folder) throws IOException {
      host = compiled(folder);
    }

    /** The names of the kernels that were run since the last call. */
    public List<String> launched() {
      List<String> names = List.copyOf(launched);
      launched.clear();
      return names;
    }

    /** So few that blocks go on from tile to tile. */
    @Override
    public int processors() {
      return 1;
    }

    @Override
    public Replay prepare(List<Launch> launches) {
      return new Replay() {
        @Override
        public void run() {
          for (Launch launch : launches) {
            HostKernels.run(host, launch);
            launched.add(launch.kernel());
          }
        }

        @Override
        public void close() {
          // nothing is kept
        }
      };
    }

    @Override
    public Replay oneByOne(List<Launch> launches) {
      return prepare(List.of()); // nothing has to be loaded
    }

    @Override
    public void write(ByteBuffer from, long address) {
      ByteBuffer bytes = from.duplicate();
      new Pointer(address).getByteBuffer(0, bytes.remaining()).put(bytes);
    }

    @Override
    public void read(long address, List<float[]> to) {
      long at = address;
      for (float[] values : to) {
        new Pointer(at).read(0, values, 0, values.length);
        at += (long) Float.BYTES * values.length;
      }
    }

    @Override
    public void close() {
      // the library serves the next session
    }
  }

  /** A model with random weights whose script goes the ways of cards, or those of the host. */
  public static Decoder decoder(ModelConfig config, DecoderOptions options, boolean card) {
    DecoderProgram.Cards cards =
        card ? DecoderProgram.Cards.EVERYWHERE : DecoderProgram.Cards.THEIR_OWN;
    ProgramCache<?>.Lease lease = DecoderProgram.lease(config, Processor.own(), cards);
    return new DecoderGroup(
            config,
            new RandomSource(options, lease.program()),
            List.of(ComputeDevice.CPU),
            options,
            Placement.REPLICATED,
            lease)
        .decoders()
        .get(0);
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
