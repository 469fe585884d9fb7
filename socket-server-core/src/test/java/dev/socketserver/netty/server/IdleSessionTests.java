package dev.socketserver.netty.server;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.management.ObjectName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.spec.listen.Tls;
import dev.socketserver.tls.ClientAuth;
import dev.socketserver.tls.TlsMaterial;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a session holds that has nothing to do: of our own classes, counted in the heap.
 * What it costs besides are Netty's channel and its place in the map of sessions.
 */
class IdleSessionTests {

	private static final int SESSIONS = 64;

	private static final int ENGINES = 1000;

	/** No object is smaller: what is less for each session is of none. */
	private static final long SMALLEST = 8;

	/** So many bytes have the objects of a session. */
	private static final long PLAIN = 688;

	/**
	 * So many have those that TLS takes besides, apart from what is Netty's or the JDK's.
	 */
	private static final long TLS = 224;

	/** Arrays of objects of an engine, without a list of all cipher suites. */
	private static final long ARRAYS = 100;

	/** A line of the histogram: a number, instances, bytes and a class. */
	private static final Pattern CLASS = Pattern.compile("\\s*\\d+:\\s+(\\d+)\\s+(\\d+)\\s+(\\S+).*");

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture(1);

	@Test
	void aSessionHoldsFewObjects() throws Exception {
		Map<String, Long> held = held(UnaryOperator.identity());

		assertThat(bytes(held)).as("%s", held).isLessThanOrEqualTo(PLAIN);
	}

	@Test
	void overTlsItHoldsNothingOfItsHandshake() throws Exception {
		Map<String, Long> held = held((spec) -> spec.tls(Tls.of(Certificates.TRUSTED.bundle("localhost"))));

		assertThat(bytes(held)).as("%s", held).isLessThanOrEqualTo(PLAIN + TLS);
	}

	@Test
	void enginesShareTheCipherSuitesOfTheirContext() throws Exception {
		TlsMaterial material = Certificates.TRUSTED.bundle("localhost").material();
		SSLContext context = material.context();
		List<SSLEngine> engines = new ArrayList<>();
		engines.add(material.serverEngine(context, ClientAuth.NONE));
		String arrays = Object[].class.getName();
		long before = heap(arrays::equals).get(arrays);
		while (engines.size() <= ENGINES) {
			engines.add(material.serverEngine(context, ClientAuth.NONE));
		}

		assertThat((heap(arrays::equals).get(arrays) - before) / ENGINES).isLessThanOrEqualTo(ARRAYS);
		assertThat(engines).doesNotContainNull();
	}

	private static long bytes(Map<String, Long> held) {
		return held.values().stream().mapToLong(Long::longValue).sum();
	}

	/** Returns the bytes of each class that one more session holds. */
	private Map<String, Long> held(UnaryOperator<ServerSpec.Builder> spec) throws Exception {
		SocketServer server = this.fixture.echo("idle", spec);
		List<Peer> peers = new ArrayList<>();
		try {
			// What only the first session makes.
			peers.add(asked(server));
			Map<String, Long> before = heap(IdleSessionTests::isOurs);
			while (peers.size() <= SESSIONS) {
				peers.add(asked(server));
			}
			Map<String, Long> held = new TreeMap<>();
			heap(IdleSessionTests::isOurs).forEach((name, bytes) -> {
				long each = (bytes - before.getOrDefault(name, 0L)) / SESSIONS;
				if (each >= SMALLEST) {
					held.put(name, each);
				}
			});
			return held;
		}
		finally {
			Opened.closeAll(peers);
		}
	}

	private static Peer asked(SocketServer server) throws Exception {
		Peer peer = new Peer(server);
		assertThat(peer.ask("one")).isEqualTo("idle one");
		return peer;
	}

	/** Returns the bytes of some classes in the heap, after a collection. */
	private static Map<String, Long> heap(Predicate<String> counted) throws Exception {
		String histogram = (String) ManagementFactory.getPlatformMBeanServer()
			.invoke(new ObjectName("com.sun.management:type=DiagnosticCommand"), "gcClassHistogram",
					new Object[] { null }, new String[] { String[].class.getName() });
		Map<String, Long> bytes = new TreeMap<>();
		for (String line : histogram.lines().toList()) {
			Matcher matcher = CLASS.matcher(line);
			if (matcher.matches() && counted.test(matcher.group(3))) {
				bytes.merge(matcher.group(3).replaceAll("/.*", ""), Long.parseLong(matcher.group(2)), Long::sum);
			}
		}
		return bytes;
	}

	/**
	 * Whether it is a class of the main code; a lambda has no name that could be found.
	 */
	private static boolean isOurs(String name) {
		if (!name.startsWith("dev.socketserver.")) {
			return false;
		}
		String host = name.replaceAll("\\$\\$Lambda.*", "");
		try {
			Class<?> found = Class.forName(host, false, IdleSessionTests.class.getClassLoader());
			return found.getProtectionDomain()
				.getCodeSource()
				.equals(SocketServer.class.getProtectionDomain().getCodeSource());
		}
		catch (ClassNotFoundException ex) {
			return false;
		}
	}

}
