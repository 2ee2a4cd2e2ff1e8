package dev.reticent.serving;

/**
 * A server over a script in place of a model that says a little and then calls a tool, for clients
 * that are programs of their own ({@code src/test/clients/run_tools.sh}).
 *
 * <pre>
 * java -cp … dev.reticent.serving.ToolServer PORT
 * </pre>
 */
final class ToolServer {
  private ToolServer() {}

  public static void main(String[] args) throws InterruptedException {
    ServerOptions options = Servers.OPTIONS.withPort(Integer.parseInt(args[0]));
    try (SamplingServer server =
        Servers.withTools(options, "<tool_call>", Servers.says("Let me see.<tool_call>"))) {
      System.out.println("Serving at " + server.uri());
      Thread.currentThread().join();
    }
  }
}
