package dev.socketserver.autoconfigure;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.annotation.SocketClientHandler;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.Correlator;
import dev.socketserver.client.NotReadyException;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.payload.PayloadConverter;
import org.awaitility.Awaitility;
import org.jpos.iso.ISOException;
import org.jpos.iso.ISOMsg;
import org.jpos.iso.ISOPackager;
import org.jpos.iso.ISOServer;
import org.jpos.iso.ISOSource;
import org.jpos.iso.channel.NACChannel;
import org.jpos.iso.packager.ISO87APackager;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client of jPOS, which accepts nothing on a connection before it has confirmed the
 * sign-on.
 */
class ClientSignOnTests {

	private static final String APPROVED = "00";

	@Test
	void nothingIsSentToAnUpstreamBeforeItHasConfirmedTheSignOn() throws Exception {
		try (Upstream upstream = new Upstream()) {
			upstream.confirms = true;
			runner(upstream).run((context) -> {
				SocketClient client = context.getBean(SocketClients.class).get("upstream");
				ISOMsg reply = client.ask(message("0200", "000001"), ISOMsg.class, Patience.limit()).join();
				assertThat(reply.getMTI()).isEqualTo("0210");
				assertThat(reply.getString(39)).isEqualTo(APPROVED);
				assertThat(upstream.seen).containsExactly("0800", "0200");

				client.reconnect();
				assertThat(client.ask(message("0200", "000002"), ISOMsg.class, Patience.limit()).join().getString(39))
					.isEqualTo(APPROVED);
				assertThat(upstream.seen).containsExactly("0800", "0200", "0800", "0200");
			});
		}
	}

	@Test
	void whatIsAskedWaitsWhileAnUpstreamRefusesTheSignOn() throws Exception {
		try (Upstream upstream = new Upstream()) {
			runner(upstream).run((context) -> {
				SocketClient client = context.getBean(SocketClients.class).get("upstream");
				CompletionStage<ISOMsg> reply = client.ask(message("0200", "000001"), ISOMsg.class, Patience.limit());
				Awaitility.await()
					.atMost(Patience.limit())
					.until(() -> upstream.seen.size() > 1 && client.failure() instanceof NotReadyException);
				assertThat(client.state()).isNotEqualTo(ClientState.CONNECTED);
				assertThat(upstream.seen).containsOnly("0800");
				upstream.confirms = true;
				assertThat(reply).succeedsWithin(Patience.limit());
				assertThat(upstream.seen).containsOnlyOnce("0200").endsWith("0800", "0200");
			});
		}
	}

	private static ApplicationContextRunner runner(Upstream upstream) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
			.withUserConfiguration(Payments.class)
			.withPropertyValues("socket.clients.upstream.port=" + upstream.port,
					"socket.clients.upstream.framing.type=length-field", "socket.clients.upstream.framing.width=2",
					"socket.clients.upstream.correlator=trace", "socket.clients.upstream.ready=opened",
					"socket.clients.upstream.ready-timeout=10m", "socket.clients.upstream.reconnect.period=50ms");
	}

	private static ISOMsg message(String type, String trace) {
		ISOMsg message = new ISOMsg(type);
		message.set(11, trace);
		return message;
	}

	/** Confirms sign-ons, unless it is to refuse them. */
	private static final class Upstream implements AutoCloseable {

		final int port = Ports.free();

		/** The types of messages in the order in which they came. */
		final List<String> seen = new CopyOnWriteArrayList<>();

		private final List<ISOSource> signedOn = new CopyOnWriteArrayList<>();

		private final ISOServer server;

		volatile boolean confirms;

		Upstream() throws IOException {
			this.server = new ISOServer(this.port, new NACChannel(new ISO87APackager(), new byte[0]), null);
			this.server.addISORequestListener(this::answer);
			new Thread(this.server).start();
		}

		private boolean answer(ISOSource source, ISOMsg message) {
			try {
				this.seen.add(message.getMTI());
				boolean signOn = message.getMTI().equals("0800");
				boolean confirmed = signOn ? this.confirms : this.signedOn.contains(source);
				if (signOn && confirmed) {
					this.signedOn.add(source);
				}
				ISOMsg reply = (ISOMsg) message.clone();
				reply.setResponseMTI();
				reply.set(39, confirmed ? APPROVED : "05");
				source.send(reply);
				return true;
			}
			catch (ISOException | IOException ex) {
				return false;
			}
		}

		@Override
		public void close() {
			this.server.shutdown();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Payments {

		@Bean
		UpstreamHandler upstreamHandler() {
			return new UpstreamHandler();
		}

		@Bean
		IsoMessages isoMessages() {
			return new IsoMessages();
		}

		@Bean
		Correlator trace() {
			return (message) -> ((ISOMsg) message).getString(11);
		}

	}

	@SocketClientHandler("upstream")
	static class UpstreamHandler {

		@OnOpen
		CompletionStage<Void> signOn(SocketSession session) {
			return session.ask(message("0800", "999999"), ISOMsg.class, Patience.limit()).thenAccept((reply) -> {
				if (!APPROVED.equals(reply.getString(39))) {
					throw new IllegalStateException("The sign-on was refused: " + reply.getString(39));
				}
			});
		}

		@OnMessage
		void other(ISOMsg message) {
		}

	}

	static class IsoMessages implements PayloadConverter<ISOMsg> {

		private final ISOPackager packager = new ISO87APackager();

		@Override
		public Class<ISOMsg> type() {
			return ISOMsg.class;
		}

		@Override
		public ISOMsg read(byte[] source, int offset, int length) throws ISOException {
			ISOMsg message = new ISOMsg();
			message.setPackager(this.packager);
			message.unpack(Arrays.copyOfRange(source, offset, offset + length));
			return message;
		}

		@Override
		public byte[] write(ISOMsg message) throws ISOException {
			message.setPackager(this.packager);
			return message.pack();
		}

	}

}
