package dev.socketserver.demo;

import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.ClientStatistics;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.fixtures.Patience;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@DemoTest
class MeterTests {

	@Autowired
	private SocketServers servers;

	@Autowired
	private SocketClients clients;

	private SocketServer frames;

	private SocketClient meter;

	@BeforeEach
	void start() {
		this.frames = this.servers.server("frames").orElseThrow();
		this.meter = this.clients.client("meter").orElseThrow();
		this.meter.start();
		await().atMost(Patience.limit()).until(() -> this.meter.state() == ClientState.CONNECTED);
	}

	@AfterEach
	void stop() {
		if (this.frames.state() != ServerState.RUNNING) {
			await().atMost(Patience.limit()).until(() -> this.frames.state() == ServerState.STOPPED);
			this.frames.start();
		}
		this.meter.stop().join();
	}

	@Test
	void reportsItsReadingsAndReceivesThemAgain() {
		long before = this.meter.statistics().messagesReceived();

		await().atMost(Patience.limit()).until(() -> this.meter.statistics().messagesReceived() >= before + 2);
	}

	@Test
	void survivesAStopOfTheServer() {
		ClientStatistics statistics = this.meter.statistics();
		long undelivered = statistics.undelivered();
		this.frames.stop();
		await().atMost(Patience.limit())
			.until(() -> this.meter.state() != ClientState.CONNECTED && statistics.pending() >= 2);

		this.frames.start();

		await().atMost(Patience.limit())
			.until(() -> this.meter.state() == ClientState.CONNECTED && statistics.pending() == 0);
		long before = statistics.messagesReceived();
		await().atMost(Patience.limit()).until(() -> statistics.messagesReceived() > before);
		assertThat(statistics.undelivered()).isEqualTo(undelivered);
		assertThat(statistics.outboundDropped()).isZero();
	}

}
