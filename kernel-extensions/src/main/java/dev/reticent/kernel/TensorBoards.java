package dev.reticent.kernel;

import dev.reticent.config.UserInputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The TensorBoard servers of this notebook: one for each folder, ended with the JVM. */
final class TensorBoards {

  private static final int START_SECONDS = 90;
  private static final Pattern ADDRESS = Pattern.compile("http://[^\\s:]+:(\\d+)");

  /** A server that runs. */
  record Server(Path folder, int port, Process process) {
    String address() {
      return "http://localhost:" + port + "/";
    }
  }

  private final Map<Path, Server> servers = new LinkedHashMap<>();

  TensorBoards() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "tensorboard-stop"));
  }

  /** The server of a folder, started if there is none. */
  synchronized Server serve(Path logs) {
    Path folder = logs.toAbsolutePath().normalize();
    Server known = servers.get(folder);
    if (known != null && known.process().isAlive()) {
      return known;
    }
    if (!Files.isDirectory(folder)) {
      throw new UserInputException(
          "tensorboard: there is no folder " + folder + "; give the one with a run's logs.");
    }
    Server started = start(folder);
    servers.put(folder, started);
    return started;
  }

  /** The servers that run now. */
  synchronized List<Server> running() {
    return servers.values().stream().filter(server -> server.process().isAlive()).toList();
  }

  synchronized void stop() {
    servers.values().forEach(server -> server.process().destroy());
    servers.clear();
  }

  /** Ways to start it: the Python that was named, the command, any Python. */
  private static List<List<String>> commands() {
    List<List<String>> commands = new ArrayList<>();
    Optional.ofNullable(System.getenv("RETICENT_PYTHON"))
        .ifPresent(python -> commands.add(List.of(python, "-m", "tensorboard.main")));
    commands.add(List.of("tensorboard"));
    commands.add(List.of("python3", "-m", "tensorboard.main"));
    return commands;
  }

  private static Server start(Path folder) {
    StringBuilder said = new StringBuilder();
    for (List<String> command : commands()) {
      List<String> words = new ArrayList<>(command);
      words.addAll(
          List.of(
              "--logdir",
              folder.toString(),
              "--host",
              "127.0.0.1",
              "--port",
              "0",
              "--load_fast=false",
              "--reload_interval",
              "2"));
      try {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        process.getOutputStream().close();
        CompletableFuture<Integer> port = new CompletableFuture<>();
        Thread reader = new Thread(() -> read(process, port), "tensorboard-output");
        reader.setDaemon(true);
        reader.start();
        return new Server(folder, port.get(START_SECONDS, TimeUnit.SECONDS), process);
      } catch (IOException | ExecutionException | TimeoutException e) {
        said.append("\n  ").append(String.join(" ", command)).append(": ").append(e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("stopped while TensorBoard was starting", e);
      }
    }
    throw new UserInputException(
        "tensorboard: TensorBoard does not start. Install it with pip, and let RETICENT_PYTHON name"
            + " that python or PATH hold the command. Tried:"
            + said);
  }

  /** Finds the port, then keeps the pipe empty. */
  private static void read(Process process, CompletableFuture<Integer> port) {
    StringBuilder said = new StringBuilder();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String line = lines.readLine();
      while (line != null) {
        Matcher address = ADDRESS.matcher(line);
        if (address.find()) {
          port.complete(Integer.parseInt(address.group(1)));
        } else if (!port.isDone()) {
          said.append(line).append(' ');
        }
        line = lines.readLine();
      }
    } catch (IOException e) {
      said.append(e);
    }
    port.completeExceptionally(new IOException("it ended: " + said));
  }

  /** The page in a frame; behind JupyterHub through its proxy. */
  static Display frame(Server server, String tagPattern) {
    String hub = Optional.ofNullable(System.getenv("JUPYTERHUB_SERVICE_PREFIX")).orElse("");
    String base = hub.isEmpty() ? server.address() : hub + "proxy/" + server.port() + "/";
    String filter =
        tagPattern.isEmpty()
            ? ""
            : "&tagFilter=" + java.net.URLEncoder.encode(tagPattern, StandardCharsets.UTF_8);
    String page = base + "?darkMode=false#scalars&_smoothingWeight=0" + filter;
    return Display.html(
        "<iframe src=\""
            + Html.escape(page)
            + "\" width=\"100%\" height=\"560\" style=\"border:1px solid #cccccc\"></iframe>",
        "TensorBoard of " + server.folder() + ": " + base);
  }
}
