package dev.socketserver.examples.ssdp;

import java.nio.file.Path;

import dev.socketserver.ServerStatistics;
import dev.socketserver.SocketServers;
import dev.socketserver.fixtures.network.RealProgram;
import dev.socketserver.test.LocalSocketPort;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

@SpringBootTest(properties = { "spring.config.name=ssdp", "socket.servers.ssdp.udp.groups=239.255.255.250@lo" })
@EnabledOnOs(OS.LINUX) // has the interface
class SsdpTests {

	private static final String SEARCH = "M-SEARCH * HTTP/1.1\\r\\nMAN: \"ssdp:discover\"\\r\\nST: ssdp:all\\r\\n"
			+ "HOST: 239.255.255.250:1900\\r\\nMX: 1\\r\\n\\r\\n";

	@LocalSocketPort("ssdp")
	private int port;

	@Test
	void whoSearchesIsAnswered(@TempDir Path directory) throws Exception {
		assumeTrue(RealProgram.isInstalled("socat"), "socat is not on this machine");
		assertThat(RealProgram.run(directory, "sh", "-c",
				"printf '%s' | socat -t 60 - UDP4-DATAGRAM:239.255.255.250:%s,".formatted(SEARCH, this.port)
						+ "bind=127.0.0.1,ip-multicast-if=127.0.0.1,readbytes=85"))
			.contains("HTTP/1.1 200 OK\r\n", "LOCATION: http://127.0.0.1:8080");
	}

	@Test
	void whatIsSentToTheMachineAloneIsNotAnswered(@SocketConnection("ssdp") SocketTestClient client,
			@Autowired SocketServers servers) {
		ServerStatistics statistics = servers.get("ssdp").statistics();
		long received = statistics.messagesReceived();
		long sent = statistics.messagesSent();
		client.send("M-SEARCH * HTTP/1.1\r\n\r\n");
		await().until(() -> statistics.messagesReceived() > received
				&& servers.get("ssdp").sessions().noneMatch((each) -> each.info().pendingInbound() > 0));
		assertThat(statistics.messagesSent()).isEqualTo(sent);
	}

}
