package dev.reticent.spark;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A master and two workers of a core each, all processes of their own on the loopback interface.
 */
final class StandaloneCluster implements AutoCloseable {

  private static final String SPARK = System.getProperty("spark.classpath", "");

  /** What clusters are given. */
  private static final String OURS = System.getProperty("cluster.jar", "");

  private static final List<String> OPENS =
      List.of(
          "java.lang",
          "java.lang.invoke",
          "java.lang.reflect",
          "java.io",
          "java.net",
          "java.nio",
          "java.util",
          "java.util.concurrent",
          "java.util.concurrent.atomic",
          "sun.nio.ch",
          "sun.nio.cs",
          "sun.security.action",
          "sun.util.calendar");

  private final Path folder;
  private final String master;
  private final List<Process> running = new ArrayList<>();
  private final List<Process> workers = new ArrayList<>();

  StandaloneCluster(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectories(folder.resolve("home").resolve("jars"));
    int port = freePort();
    this.master = "spark://127.0.0.1:" + port;
    start(
        "master",
        "127.0.0.1",
        List.of("-Xmx256m"),
        List.of("org.apache.spark.deploy.master.Master"),
        List.of("--host", "127.0.0.1", "--port", "" + port, "--webui-port", "0"));
    await("the master", () -> log("master").contains("I have been elected leader"));
    Path discovery = cards();
    // On addresses of their own: of a slow task Spark starts a copy on another host alone.
    for (String address : List.of("127.0.0.2", "127.0.0.3")) {
      workers.add(
          start(
              "worker-" + address,
              address,
              List.of(
                  "-Xmx256m",
                  "-Dspark.worker.resource.gpu.amount=1",
                  "-Dspark.worker.resource.gpu.discoveryScript=" + discovery),
              List.of("org.apache.spark.deploy.worker.Worker"),
              List.of(
                  "--host",
                  address,
                  "--cores",
                  "1",
                  "--memory",
                  "1g",
                  "--webui-port",
                  "0",
                  "--work-dir",
                  folder.resolve("work").toString(),
                  master)));
    }
    await("two workers", () -> log("master").split("Registering worker", -1).length > 2);
  }

  /** Says that there is a card, by the name of a processor that stands in for one. */
  private Path cards() throws IOException {
    Path script = folder.resolve("cards");
    Files.writeString(
        script, "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"cpu:1\"]}'\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return script;
  }

  /** What a driver on it is started with. */
  Map<String, String> conf() {
    return Map.of(
        "spark.master", master,
        "spark.driver.host", "127.0.0.1",
        "spark.ui.enabled", "false",
        "spark.executor.cores", "1",
        "spark.executor.memory", "600m",
        "spark.executor.extraClassPath", classPath(),
        "spark.executor.extraJavaOptions", String.join(" ", quick()));
  }

  /** Submits a run; its settings follow the config file. */
  Process submit(String name, Map<String, String> conf, List<String> arguments) throws IOException {
    List<String> options = new ArrayList<>(List.of("-Xmx600m"));
    conf().forEach((key, value) -> options.add("-D" + key + "=" + value));
    conf.forEach((key, value) -> options.add("-D" + key + "=" + value));
    return start(name, "127.0.0.1", options, List.of(Submit.class.getName()), arguments);
  }

  /** One worker's process, with those that it started. */
  void killAWorker() {
    workers.get(0).destroyForcibly();
  }

  String log(String name) {
    try {
      return Files.readString(folder.resolve(name + ".log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void await(String what, BooleanSupplier there) {
    for (int i = 0; i < 3600; i++) {
      if (there.getAsBoolean()) {
        return;
      }
      try {
        TimeUnit.MILLISECONDS.sleep(50);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    throw new AssertionError("not within three minutes: " + what);
  }

  private Process start(
      String name, String address, List<String> options, List<String> main, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(quick());
    command.addAll(options);
    command.add("-cp");
    command.add(classPath());
    command.addAll(main);
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().remove("JDK_JAVA_OPTIONS");
    builder.environment().put("SPARK_LOCAL_IP", address);
    builder.environment().put("SPARK_HOME", folder.resolve("home").toString());
    builder.environment().put("SPARK_SCALA_VERSION", System.getProperty("spark.scala", "2.12"));
    builder.redirectErrorStream(true).redirectOutput(folder.resolve(name + ".log").toFile());
    Process process = builder.start();
    running.add(process);
    return process;
  }

  private static List<String> quick() {
    List<String> options =
        new ArrayList<>(
            List.of(
                "-XX:+IgnoreUnrecognizedVMOptions",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dai.djl.offline=true",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=info"));
    OPENS.forEach(name -> options.add("--add-opens=java.base/" + name + "=ALL-UNNAMED"));
    return options;
  }

  private static String classPath() {
    String tests =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> entry.endsWith("test-classes"))
            .findFirst()
            .orElse("");
    return String.join(File.pathSeparator, tests, OURS, SPARK);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    for (Process process : running) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
