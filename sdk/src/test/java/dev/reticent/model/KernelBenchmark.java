package dev.reticent.model;

import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.ElementType;
import dev.reticent.engine.Program;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Script;
import dev.reticent.engine.Tensor;
import dev.reticent.testing.Scratch;
import dev.reticent.weights.Nf4;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/**
 * For {@code card.py}: each kernel of ours on a device, beside libtorch's own operators, on shapes
 * of a 7B model and on odd ones; how far apart they are, how long each takes and how much memory it
 * moves in that time. Without a card the kernels are those of the host, on small shapes.
 */
final class KernelBenchmark {

  private static final String SCRIPT =
      """
        def unpack(self, data: Tensor, scale: Tensor, extra: Tensor, pairs: Tensor, scales: Tensor, like: Tensor, rows: int, times: int) -> Tensor:
          torch.set_grad_enabled(False)
          m = torch.empty([rows, data.numel() * 2 // rows], dtype=like.dtype, device=like.device)
          left = 0
          for i in range(times):
            left = left + ops.reticent.nf4_unpack(data, scale, extra, pairs, scales, m)
          return torch.full([1], float(left), dtype=$float32, device=like.device)

        def unpack_apart(self, data: Tensor, scale: Tensor, extra: Tensor, pairs: Tensor, scales: Tensor, like: Tensor) -> Tensor:
          torch.set_grad_enabled(False)
          m = torch.empty([data.numel() * 2], dtype=like.dtype, device=like.device)
          left = ops.reticent.nf4_unpack(data, scale, extra, pairs, scales, m)
          apart = torch.max(torch.abs(m.to($float32) - self.plain(data, scale, extra, pairs, scales, like).to($float32)))
          return apart + float(left) * 1000.

        def plain(self, data: Tensor, scale: Tensor, extra: Tensor, pairs: Tensor, scales: Tensor, like: Tensor) -> Tensor:
          codes = torch.index_select(scales, 0, scale.to($int32))
          second = torch.repeat_interleave(torch.slice(extra, 0, 1, 9223372036854775807, 1), 256)
          absmax = codes * torch.slice(second, 0, 0, codes.numel(), 1) + extra[0]
          blocks = torch.reshape(torch.index_select(pairs, 0, data.to($int32)), [-1, 64])
          return torch.reshape(blocks * torch.unsqueeze(absmax, 1), [-1]).to(like.dtype)

        def product(self, x: Tensor, data: Tensor, scale: Tensor, extra: Tensor, pairs: Tensor, scales: Tensor, times: int) -> Tensor:
          torch.set_grad_enabled(False)
          none = torch.empty([0], dtype=x.dtype, device=x.device)
          y = torch.empty([x.size(0), data.numel() * 2 // x.size(1)], dtype=x.dtype, device=x.device)
          left = 0
          for i in range(times):
            left = left + ops.reticent.nf4_product(x, data, scale, extra, pairs, scales, none, y, x.size(0))
          return torch.full([1], float(left), dtype=$float32, device=x.device)

        def product_apart(self, x: Tensor, data: Tensor, scale: Tensor, extra: Tensor, pairs: Tensor, scales: Tensor) -> Tensor:
          torch.set_grad_enabled(False)
          none = torch.empty([0], dtype=x.dtype, device=x.device)
          y = torch.empty([x.size(0), data.numel() * 2 // x.size(1)], dtype=x.dtype, device=x.device)
          left = ops.reticent.nf4_product(x, data, scale, extra, pairs, scales, none, y, x.size(0))
          m = self.plain(data, scale, extra, pairs, scales, x)
          z = torch.linear(x, torch.reshape(m, [-1, x.size(1)]))
          apart = torch.max(torch.abs((y - z).to($float32))) / torch.max(torch.abs(z.to($float32)))
          return apart + float(left) * 1000.

        def plain_product(self, x: Tensor, m: Tensor, times: int) -> Tensor:
          torch.set_grad_enabled(False)
          none = torch.empty([0], dtype=x.dtype, device=x.device)
          y = torch.empty([x.size(0), m.size(0)], dtype=x.dtype, device=x.device)
          left = 0
          for i in range(times):
            left = left + ops.reticent.product(x, m, none, y, x.size(0))
          return torch.full([1], float(left), dtype=$float32, device=x.device)

        def plain_product_apart(self, x: Tensor, m: Tensor) -> Tensor:
          torch.set_grad_enabled(False)
          none = torch.empty([0], dtype=x.dtype, device=x.device)
          y = torch.empty([x.size(0), m.size(0)], dtype=x.dtype, device=x.device)
          left = ops.reticent.product(x, m, none, y, x.size(0))
          z = torch.linear(x, m)
          apart = torch.max(torch.abs((y - z).to($float32))) / torch.max(torch.abs(z.to($float32)))
          return apart + float(left) * 1000.

        def gate(self, x: Tensor, times: int) -> Tensor:
          torch.set_grad_enabled(False)
          y = torch.empty_like(x)
          left = 0
          for i in range(times):
            left = left + ops.reticent.gate(x, x, y)
          return torch.full([1], float(left), dtype=$float32, device=x.device)

        def norm(self, x: Tensor, times: int) -> Tensor:
          torch.set_grad_enabled(False)
          y = torch.empty_like(x)
          g = torch.ones([x.size(1)], dtype=$float32, device=x.device)
          left = 0
          for i in range(times):
            left = left + ops.reticent.norm(x, g, y, 925353388, 0, 0)
          return torch.full([1], float(left), dtype=$float32, device=x.device)

        def linear(self, x: Tensor, m: Tensor, times: int) -> Tensor:
          torch.set_grad_enabled(False)
          for i in range(times):
            y = torch.linear(x, m)
          return torch.full([1], 0., dtype=$float32, device=x.device)

        def matrix(self, data: Tensor, scale: Tensor, extra: Tensor, pairs: Tensor, scales: Tensor, like: Tensor, rows: int) -> Tensor:
          torch.set_grad_enabled(False)
          return torch.reshape(self.plain(data, scale, extra, pairs, scales, like), [rows, -1])

        def bfloat16(self, x: Tensor) -> Tensor:
          torch.set_grad_enabled(False)
          return x.to($bfloat16)
      """;

  private final ComputeDevice device;
  private final Program program;
  private final int times;
  private final Random random = new Random(0);

  private KernelBenchmark(ComputeDevice device, Program program, int times) {
    this.device = device;
    this.program = program;
    this.times = times;
  }

  public static void main(String[] args) throws IOException {
    ComputeDevice device = ComputeDevice.parse(args[0]);
    if (device.onHost()) {
      HostKernels.install(Scratch.folder("kernels"));
    } else if (!CardKernels.installed()) {
      System.out.println("  the kernels do not compile here");
      return;
    }
    String source = SCRIPT;
    for (Map.Entry<String, String> type :
        Map.of("$float32", "6", "$int32", "3", "$bfloat16", "15").entrySet()) {
      source = source.replace(type.getKey(), type.getValue());
    }
    try (Program program = Program.compile(new Script("Kernels", source))) {
      new KernelBenchmark(device, program, device.onHost() ? 1 : 50)
          .run(
              device.onHost()
                  ? List.of(new int[] {24, 64}, new int[] {7, 192})
                  : List.of(
                      new int[] {4096, 4096},
                      new int[] {1024, 4096},
                      new int[] {14336, 4096},
                      new int[] {4096, 14336},
                      new int[] {333, 192}));
    }
  }

  /** A line for each kernel and shape: a failure is one, too. */
  private void run(List<int[]> shapes) {
    for (int[] shape : shapes) {
      attempt("nf4_unpack " + words(shape), () -> unpack(shape[0], shape[1]));
      for (int rows : new int[] {1, 8, 16}) {
        attempt(rows + " rows, nf4_product " + words(shape), () -> product(rows, shape));
        attempt(rows + " rows, product " + words(shape), () -> plainProduct(rows, shape));
      }
    }
    int[] large = shapes.get(device.onHost() ? 0 : 2);
    attempt("norm " + words(large), () -> moving("norm", large));
    attempt("gate " + words(large), () -> moving("gate", large));
    for (int rows : new int[] {1, 8, 16}) {
      attempt(rows + " rows, linear in bf16 " + words(large), () -> linear(rows, large));
    }
  }

  private interface Attempt {
    String run(Scope scope);
  }

  private static void attempt(String title, Supplier<Attempt> work) {
    try (Scope scope = new Scope()) {
      System.out.printf("  %-44s %s%n", title, work.get().run(scope));
    } catch (RuntimeException e) {
      System.out.printf("  %-44s failed: %s%n", title, e);
    }
  }

  private static String words(int[] shape) {
    return shape[0] + " x " + shape[1];
  }

  private Attempt unpack(int rows, int columns) {
    return scope -> {
      List<Tensor> w = weights(scope, rows, columns);
      Tensor like = typed(scope, 1, 1);
      float apart = call(scope, "unpack_apart", with(w, like));
      double seconds = timed(n -> call(scope, "unpack", with(w, like, rows, n)));
      return line("differs by %.1e", apart, seconds, 2.5 * rows * columns);
    };
  }

  private Attempt product(int count, int[] shape) {
    return scope -> {
      List<Tensor> w = weights(scope, shape[0], shape[1]);
      Tensor x = typed(scope, count, shape[1]);
      float apart = call(scope, "product_apart", before(x, w));
      double seconds = timed(n -> call(scope, "product", before(x, w, n)));
      return line("differs by %.1e of the largest", apart, seconds, 0.52 * shape[0] * shape[1]);
    };
  }

  private Attempt plainProduct(int count, int[] shape) {
    return scope -> {
      List<Tensor> w = weights(scope, shape[0], shape[1]);
      Tensor x = typed(scope, count, shape[1]);
      Tensor m = program.call(scope, "matrix", with(w, x, shape[0])).get(0);
      float apart = call(scope, "plain_product_apart", x, m);
      double seconds = timed(n -> call(scope, "plain_product", x, m, n));
      return line("differs by %.1e of the largest", apart, seconds, 2.0 * shape[0] * shape[1]);
    };
  }

  private Attempt moving(String kernel, int[] shape) {
    return scope -> {
      Tensor x = typed(scope, shape[0], shape[1]);
      double seconds = timed(n -> call(scope, kernel, x, n));
      return line("%s", "", seconds, 4.0 * shape[0] * shape[1]);
    };
  }

  private Attempt linear(int count, int[] shape) {
    return scope -> {
      List<Tensor> w = weights(scope, shape[0], shape[1]);
      Tensor x = typed(scope, count, shape[1]);
      Tensor m = program.call(scope, "matrix", with(w, x, shape[0])).get(0);
      double seconds = timed(n -> call(scope, "linear", x, m, n));
      return line("%s", "libtorch's own", seconds, 2.0 * shape[0] * shape[1]);
    };
  }

  private static Object[] with(List<Tensor> w, Object... more) {
    List<Object> all = new ArrayList<>(w);
    all.addAll(List.of(more));
    return all.toArray();
  }

  private static Object[] before(Tensor x, List<Tensor> w, Object... more) {
    List<Object> all = new ArrayList<>(List.of(x));
    all.addAll(w);
    all.addAll(List.of(more));
    return all.toArray();
  }

  private float call(Scope scope, String method, Object... arguments) {
    return program.call(scope, method, arguments).get(0).toFloats()[0];
  }

  private interface Work {
    void run(int times);
  }

  /** Seconds of one: a call waits for the device, so its own time is taken off. */
  private double timed(Work work) {
    work.run(1);
    double best = Double.MAX_VALUE;
    for (int round = 0; round < 3; round++) {
      long start = System.nanoTime();
      work.run(1);
      long middle = System.nanoTime();
      work.run(1 + times);
      best = Math.min(best, ((System.nanoTime() - middle) - (middle - start)) * 1e-9 / times);
    }
    return best;
  }

  private static String line(String format, Object apart, double seconds, double bytes) {
    String words = String.format(Locale.ROOT, format, apart);
    return seconds <= 0
        ? words
        : String.format(
            Locale.ROOT, "%-34s%9.1f µs %8.0f GB/s", words, seconds * 1e6, bytes / seconds / 1e9);
  }

  /** data, scale, extra, pairs, scales. */
  private List<Tensor> weights(Scope scope, int rows, int columns) {
    int blocks = rows * columns / Nf4.BLOCK;
    float[] extra = new float[1 + (blocks + Nf4.GROUP - 1) / Nf4.GROUP];
    for (int i = 0; i < extra.length; i++) {
      extra[i] = i == 0 ? 0.02f : 0.01f * random.nextFloat();
    }
    float[] codes = Nf4.values();
    float[] pairs = new float[512];
    for (int b = 0; b < 256; b++) {
      pairs[2 * b] = codes[b >> 4];
      pairs[2 * b + 1] = codes[b & 15];
    }
    List<Tensor> tensors =
        List.of(
            bytes(rows * columns / 2),
            bytes(blocks),
            Tensor.of(device, extra, extra.length),
            Tensor.of(device, pairs, 256, 2),
            Tensor.of(device, Nf4.scaleValues(), 256));
    tensors.forEach(scope::own);
    return tensors;
  }

  private Tensor bytes(int count) {
    byte[] values = new byte[count];
    random.nextBytes(values);
    ByteBuffer buffer = ByteBuffer.allocateDirect(count).order(ByteOrder.nativeOrder());
    buffer.put(values).flip();
    return Tensor.of(device, buffer, ElementType.UINT8, count);
  }

  private Tensor typed(Scope scope, int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    Tensor wide = scope.own(Tensor.of(device, values, rows, columns));
    return program.call(scope, "bfloat16", wide).get(0);
  }
}
