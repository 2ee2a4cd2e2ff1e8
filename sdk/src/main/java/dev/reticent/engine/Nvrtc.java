package dev.reticent.engine;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.StringArray;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** NVIDIA's compiler for kernels, which comes with every libtorch that computes on cards. */
final class Nvrtc {

  /** The functions of the header {@code nvrtc.h}; each returns 0 on success. */
  interface Api extends Library {
    int nvrtcVersion(IntByReference major, IntByReference minor);

    int nvrtcCreateProgram(
        PointerByReference program,
        String source,
        String name,
        int headers,
        Pointer texts,
        Pointer names);

    int nvrtcCompileProgram(Pointer program, int count, StringArray options);

    int nvrtcGetProgramLogSize(Pointer program, LongByReference size);

    int nvrtcGetProgramLog(Pointer program, byte[] log);

    int nvrtcGetCUBINSize(Pointer program, LongByReference size);

    int nvrtcGetCUBIN(Pointer program, Pointer code);

    int nvrtcDestroyProgram(PointerByReference program);
  }

  private final Api api;

  private Nvrtc(Api api) {
    this.api = api;
  }

  /** The compiler beside a libtorch: in its folder, or as pip installs it. */
  static Optional<Nvrtc> beside(Path libtorch) {
    Path packages = libtorch.resolve("../../nvidia").normalize();
    List<Path> folders =
        List.of(
            libtorch,
            packages.resolve("cuda_nvrtc/lib"),
            packages.resolve("cu13/lib"),
            packages.resolve("cu12/lib"));
    return folders.stream()
        .flatMap(folder -> libraries(folder, "libnvrtc").stream())
        .findFirst()
        .map(Nvrtc::load);
  }

  private static Nvrtc load(Path library) {
    // The compiler looks for its own headers by their library's name: loaded already, they are
    // found.
    libraries(Optional.ofNullable(library.getParent()).orElseThrow(), "libnvrtc-builtins")
        .forEach(builtins -> NativeLibrary.getInstance(builtins.toString()));
    return new Nvrtc(Native.load(library.toString(), Api.class));
  }

  private static List<Path> libraries(Path folder, String name) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(
              file ->
                  file.getFileName().toString().matches(name + "(-[0-9a-f]+)?\\.so\\.\\d[\\d.]*"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Compiles for a compute capability such as {@code 9.0}. No product and sum are fused but where
   * the source says so, so results are those of the same operations one by one.
   *
   * @return the code that a driver loads
   * @throws IllegalStateException with the compiler's words when it refuses
   */
  byte[] compile(String name, String source, String capability) {
    PointerByReference program = new PointerByReference();
    check(api.nvrtcCreateProgram(program, source, name, 0, Pointer.NULL, Pointer.NULL));
    try {
      String[] options = options(capability);
      int status =
          api.nvrtcCompileProgram(program.getValue(), options.length, new StringArray(options));
      if (status != 0) {
        LongByReference size = new LongByReference();
        check(api.nvrtcGetProgramLogSize(program.getValue(), size));
        byte[] log = new byte[(int) size.getValue()];
        check(api.nvrtcGetProgramLog(program.getValue(), log));
        throw new IllegalStateException(name + " does not compile: " + Native.toString(log));
      }
      LongByReference size = new LongByReference();
      check(api.nvrtcGetCUBINSize(program.getValue(), size));
      Memory code = new Memory(size.getValue());
      check(api.nvrtcGetCUBIN(program.getValue(), code));
      return code.getByteArray(0, Math.toIntExact(size.getValue()));
    } finally {
      api.nvrtcDestroyProgram(program);
    }
  }

  /** All that decides about the code of a source. */
  String key(String name, String source, String capability) {
    IntByReference major = new IntByReference();
    IntByReference minor = new IntByReference();
    check(api.nvrtcVersion(major, minor));
    return String.join(
        "\n",
        major.getValue() + "." + minor.getValue(),
        String.join(" ", options(capability)),
        name,
        source);
  }

  private static String[] options(String capability) {
    return new String[] {
      "--gpu-architecture=sm_" + capability.replace(".", ""), "--fmad=false", "--std=c++17"
    };
  }

  private static void check(int status) {
    if (status != 0) {
      throw new IllegalStateException("NVRTC failed with status " + status);
    }
  }
}
