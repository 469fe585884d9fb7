package dev.socketserver.netty.listen;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.List;
import java.util.Objects;

import ch.qos.logback.classic.Level;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.SocketServer;
import dev.socketserver.address.Addresses;
import dev.socketserver.address.UnusableSocketException;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.IpFamily;
import io.netty.channel.unix.Socket;
import org.awaitility.Awaitility;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A program with servers that inherit sockets. Each argument is a server, as its name and
 * {@code key=value}s with commas between them. It performs what its input says, and ends
 * with it. Replies are the number of the process and the line that was received.
 */
final class InheritingNode {

	private final NettySocketServers servers = new NettySocketServers(List.of());

	/** Those of sockets of UDP. */
	private final LogLines warnings = new LogLines("dev.socketserver.netty.datagram.DatagramSockets");

	private InheritingNode() {
		this.warnings.beforeEach(null);
	}

	public static void main(String[] args) throws IOException {
		Patience.begin();
		InheritingNode node = new InheritingNode();
		for (String server : args) {
			node.register(server);
		}
		OtherJvm.say("ready " + ProcessHandle.current().pid());
		BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
		for (String line = commands.readLine(); line != null; line = commands.readLine()) {
			String[] words = line.split(" ");
			if (words[0].equals("end")) {
				node.servers.forEach(SocketServer::stop);
				System.exit(Integer.parseInt(words[1]));
			}
			node.perform(words[0], words[1]);
		}
		System.exit(0);
	}

	private void perform(String action, String name) throws IOException {
		if (action.equals("warning")) {
			Awaitility.await().atMost(Patience.limit()).until(() -> !this.warnings.messages(Level.WARN).isEmpty());
			OtherJvm.say(this.warnings.messages(Level.WARN).get(0));
			return;
		}
		SocketServer server = this.servers.get(name);
		if (action.equals("kind")) {
			OtherJvm.say("kind " + name + " " + ServerOperations.of(server).protocol());
			return;
		}
		boolean done = switch (action) {
			case "stop" -> server.stop();
			case "start" -> {
				server.start();
				yield true;
			}
			case "await" -> {
				server.stopped().join();
				yield true;
			}
			case "break" -> {
				// As somebody does who has a copy of the first socket.
				new Socket(3).shutdown(true, true);
				yield true;
			}
			case "pause" -> server.pause();
			case "resume" -> server.resume();
			case "restart" -> server.restart(server.spec().drainTimeout());
			default -> throw new IllegalArgumentException(action);
		};
		OtherJvm.say(action + " " + name + " " + done);
	}

	private void register(String text) {
		List<String> words = List.of(text.split(","));
		String name = words.get(0);
		try {
			ServerSpec.Builder spec = ServerSpec.builder(name)
				.framing(Framing.line())
				.drainTimeout(java.time.Duration.ofSeconds(20))
				.handler(ServerHandler.function("lines", PayloadConverter.text(UTF_8),
						(line) -> ProcessHandle.current().pid() + " " + line));
			words.subList(1, words.size()).forEach((word) -> set(spec, word.split("=", 2)));
			SocketServer server = this.servers.register(spec.build());
			server.start();
			OtherJvm
				.say("started %s %s %s".formatted(name, Addresses.format(Objects.requireNonNull(server.localAddress())),
						ServerOperations.of(server).inherited()));
			server.listeners().stream().skip(1).forEach((each) -> OtherJvm.say(each.name() + " at " + each.port()));
		}
		catch (ServerStartException ex) {
			String remedy = (ex.getCause() instanceof UnusableSocketException unusable) ? unusable.remedy() : "";
			OtherJvm.say("failed " + name + " " + ex.problem() + ": " + ex.getMessage() + " -> " + remedy);
		}
		catch (InvalidSpecException ex) {
			OtherJvm.say("failed " + name + " " + ex.getMessage());
		}
	}

	private static void set(ServerSpec.Builder spec, String[] entry) {
		String value = entry[1];
		switch (entry[0]) {
			case "inherit" -> spec.inherit(value);
			case "port" -> spec.port(Integer.parseInt(value));
			case "address" -> spec.address(value);
			case "path" -> spec.domainSocket((unix) -> unix.path(value));
			case "user" -> spec.domainSocket((unix) -> unix.allowUsers(List.of(value)));
			case "udp" -> spec.udp((udp) -> udp.evict(true));
			case "family" -> spec.ipFamily(IpFamily.valueOf(value));
			case "transport" -> spec.transport(SocketTransport.valueOf(value));
			case "tls" -> spec.tls(Certificates.patient(Certificates.TRUSTED.bundle("localhost")));
			case "proxy" -> spec.proxyProtocol((proxy) -> proxy.mode(ProxyMode.REQUIRED)
				.trusted(List.of(dev.socketserver.address.Cidr.of("127.0.0.1/32"))));
			case "inheriting" -> spec.listener("inheriting", (listener) -> listener.inherit(value));
			case "stream" -> spec.listener("stream", (listener) -> listener.port(Integer.parseInt(value)));
			case "datagrams" -> spec.listener("datagrams",
					(listener) -> listener.port(Integer.parseInt(value)).udp((udp) -> udp.amplification(100)));
			case "one-shot" -> spec.oneShot(true);
			case "per-address" -> spec.limits((limits) -> limits.sessionsPerAddress(Integer.parseInt(value)));
			default -> throw new IllegalArgumentException(entry[0]);
		}
	}

}
