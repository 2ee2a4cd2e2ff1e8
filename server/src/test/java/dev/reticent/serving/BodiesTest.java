package dev.reticent.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bodies that are only begun take no more memory than there is for them. */
@Timeout(60)
class BodiesTest {
  private static final String HI = "{'model':'scripted','prompt':'hi','max_tokens':2}";

  @Test
  void bodiesThatAreOnlyBegunAreBoundedTogetherAndLeaveRoomWhenTheyGo() throws IOException {
    int largest = (int) Math.min(1 << 28, Runtime.getRuntime().maxMemory() / 8);
    ServerOptions standard = Servers.OPTIONS;
    ServerOptions options =
        new ServerOptions(
            standard.host(),
            0,
            standard.apiKey(),
            standard.allowedHosts(),
            false,
            8,
            largest,
            60,
            5,
            0,
            Optional.empty(),
            standard.schemas());
    try (SamplingServer server = Servers.scripted(options, 2, Servers.endless(0))) {
      Http http = new Http(server);
      List<Socket> open = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        open.add(socket);
        String head =
            "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: %d\r\n\r\n{".formatted(largest / 2 + 1);
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      }
      // The first one fits, the second does not, and a short one still does.
      byte[] answer = open.get(1).getInputStream().readNBytes(12);
      assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 429");
      http.ok(Http.COMPLETIONS, HI);
      for (Socket socket : open) {
        socket.close();
      }
      http.ok(Http.COMPLETIONS, HI);
      ReliabilityTest.eventually("permits are back", () -> server.answersUnderWay() == 0);
    }
  }
}
