package dev.socketserver.netty.accept;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.network.Proxy;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.operator.AddressBans;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.payload.PayloadConverter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** What it costs to refuse an address, with many that are banned and with few. */
class BanRefusalCostTests {

	private static final int ADDRESSES = 100_000;

	private static final int REFUSALS = 300;

	private static final String BANNED = "127.0.1.1";

	private final NettySocketServers servers = new NettySocketServers(List::of, 1);

	private final Logger audit = (Logger) LoggerFactory.getLogger("dev.socketserver.audit");

	@BeforeEach
	void logNothing() {
		this.audit.setLevel(Level.OFF);
	}

	@AfterEach
	void end() {
		this.audit.setLevel(null);
		this.servers.close();
	}

	private SocketServer server(String name) {
		SocketServer server = this.servers.register(ServerSpec.builder(name)
			.port(0)
			.handler(ServerHandler.function("echo", PayloadConverter.text(UTF_8), (line) -> line))
			.ban((ban) -> ban.exempt(List.of()))
			.build());
		server.start();
		return server;
	}

	private static void ban(SocketServer server, int addresses) throws IOException {
		AddressBans bans = ServerOperations.of(server).bans();
		for (int i = 1; i < addresses; i++) {
			bans.ban(InetAddress.getByAddress(ByteBuffer.allocate(4).putInt(0x0a00_0000 + i).array()),
					Duration.ofHours(1));
		}
		bans.ban(InetAddress.getByName(BANNED), Duration.ofHours(1));
		assertThat(bans.count()).isEqualTo(addresses);
	}

	/** Interleaved, so that whatever the machine does otherwise happens to both. */
	@Test
	void aFullTableMakesARefusalHardlyDearer() throws Exception {
		SocketServer few = server("few");
		SocketServer many = server("many");
		ban(few, 1);
		ban(many, ADDRESSES);
		double ratio = 2;
		for (int round = 0; round < 8 && ratio > 1.1; round++) {
			long[] ofFew = new long[REFUSALS];
			long[] ofMany = new long[REFUSALS];
			for (int i = 0; i < REFUSALS; i++) {
				ofFew[i] = refusal(few);
				ofMany[i] = refusal(many);
			}
			// The first rounds warm up.
			ratio = (round > 1) ? (double) median(ofMany) / median(ofFew) : ratio;
		}
		assertThat(ratio).isLessThanOrEqualTo(1.1);
		assertThat(many.statistics().rejected()).containsOnlyKeys(RejectReason.BANNED);
	}

	private static long median(long[] nanos) {
		Arrays.sort(nanos);
		return nanos[nanos.length / 2];
	}

	private static long refusal(SocketServer server) {
		long begun = System.nanoTime();
		try (Socket peer = Proxy.connect(BANNED, Objects.requireNonNull(server.localAddress()).getPort())) {
			assertThat(peer.getInputStream().read()).isNegative();
		}
		catch (IOException ex) {
			// Reset.
		}
		return System.nanoTime() - begun;
	}

}
