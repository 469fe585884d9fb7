package dev.socketserver.netty.datagram;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import dev.socketserver.ConnectionHandler;
import dev.socketserver.DatagramDrop;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.address.Addresses;
import dev.socketserver.address.Cidr;
import dev.socketserver.address.UnusableSocketException;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.network.OwnNetwork;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.connect.NettySocketClients;
import dev.socketserver.operator.Counter;
import dev.socketserver.operator.CounterSource;
import dev.socketserver.spec.SocketTransport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Groups and broadcasts in a network of two links that is made for them, one for each
 * transport. Needs Linux, root, and iproute2.
 */
@EnabledOnOs(OS.LINUX)
class DatagramGroupsTests {

	private static final int PORT = 7007;

	/** Addresses need not be looked for on links that have two ends. */
	private static final String SET_UP = """
			ip link set lo up
			echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad""";

	private static final Map<SocketTransport, Network> NETWORKS = new EnumMap<>(SocketTransport.class);

	/** What a test that has failed leaves is not for the next one. */
	@RegisterExtension
	final AfterEachCallback fresh = (context) -> context.getExecutionException().ifPresent((failure) -> end());

	@BeforeAll
	static void canHaveNetworks() throws Exception {
		String problem = OwnNetwork.problem(SET_UP + "\nip link add near1 type veth peer name far1");
		assumeTrue(problem.isEmpty(), () -> "no networks of its own here: " + problem);
	}

	@AfterAll
	static void end() {
		NETWORKS.values().forEach(Network::close);
		NETWORKS.clear();
	}

	/** Each test begins with {@link Network#start}, which forgets the last one. */
	private static Network network(SocketTransport transport) throws Exception {
		Network network = NETWORKS.get(transport);
		if (network == null) {
			network = new Network(transport);
			NETWORKS.put(transport, network);
			network.link(1);
			network.link(2);
		}
		return network;
	}

	@Every.DefaultTransport
	void aGroupIsHeardByItsInterfaceAndAnsweredFromThere(SocketTransport transport) throws Exception {
		Network network = network(transport);
		network.start("239.1.2.3@near1", "239.1.2.4", "ff02::114@near1", "ff02::115", "ff05::114");
		// By the interface that is named.
		network.asks("far1", "239.1.2.3", "239.1.2.3 at 10.77.1.1", "10.77.1.1");
		network.asks("far1", "ff02::114", "ff02::114 at " + network.local("near1"), network.local("near1"));
		// By every interface.
		for (int i = 1; i <= 2; i++) {
			network.asks("far" + i, "239.1.2.4", "239.1.2.4 at 10.77." + i + ".1", "10.77." + i + ".1");
			String local = network.local("near" + i);
			network.asks("far" + i, "ff02::115", "ff02::115 at " + local, local);
			network.asks("far" + i, "ff05::114", "ff05::114 at " + local, local);
		}
		// What is sent to it alone is another session.
		network.asks("far1", "10.77.1.1", "alone at 10.77.1.1", "10.77.1.1");
		network.server.command("sessions");
		assertThat(network.server.next()).isEqualTo("sessions: 9 of 9");
	}

	@Every.DefaultTransport
	void groupsOfOthersAreNotHeard(SocketTransport transport) throws Exception {
		Network network = network(transport);
		network.start("239.1.2.3@near1", "ff05::114@near1");
		// The machine is in these, too.
		network.server.command("join 239.1.2.3 near2");
		network.server.command("join 239.9.9.9 near1");
		network.server.command("join ff05::114 near2");
		network.server.command("join ff05::999 near1");
		network.far.command("send far2 239.1.2.3 by the wrong interface");
		network.far.command("send far1 239.9.9.9 to another group");
		if (transport == SocketTransport.EPOLL) {
			// For others, Linux looks at the group alone.
			network.far.command("send far2 ff05::114 by the wrong interface");
		}
		network.far.command("send far1 ff05::999 to another group");
		network.asks("far1", "239.1.2.3", "239.1.2.3 at 10.77.1.1", "10.77.1.1");
		network.asks("far1", "ff05::114", "ff05::114 at " + network.local("near1"), network.local("near1"));
		network.asks("far2", "10.77.2.1", "alone at 10.77.2.1", "10.77.2.1");
		network.server.command("sessions");
		assertThat(network.server.next()).isEqualTo("sessions: 3 of 3");
	}

	/** Of both transports at once, as an interface is looked for every few seconds. */
	@Test
	void anInterfaceThatComesBackIsJoinedAgain() throws Exception {
		List<Network> networks = new ArrayList<>();
		for (SocketTransport transport : ServerFixture.transports().toList()) {
			networks.add(network(transport));
		}
		for (Network network : networks) {
			network.start("239.1.2.3@near1", "239.1.2.4", "ff02::114@near1");
			network.asks("far1", "239.1.2.3", "239.1.2.3 at 10.77.1.1", "10.77.1.1");
			OwnNetwork.in(network.server, "ip link delete near1");
		}
		for (Network network : networks) {
			network.logs("'groups' hears the group 239.1.2.3 no more by near1");
			network.asks("far2", "239.1.2.4", "239.1.2.4 at 10.77.2.1", "10.77.2.1");
			network.far.command("forget far1");
			network.link(1);
		}
		for (Network network : networks) {
			network.logs("'groups' has joined the group 239.1.2.3 by near1");
			network.logs("'groups' has joined the group 239.1.2.4 by near1");
			network.logs("'groups' has joined the group ff02::114 by near1");
			network.asks("far1", "239.1.2.3", "239.1.2.3 at 10.77.1.1", "10.77.1.1");
			network.asks("far1", "239.1.2.4", "239.1.2.4 at 10.77.1.1", "10.77.1.1");
			network.asks("far1", "ff02::114", "ff02::114 at " + network.local("near1"), network.local("near1"));
		}
	}

	@Every.DefaultTransport
	void aGroupThatCannotBeJoinedFailsTheStart(SocketTransport transport) throws Exception {
		Network network = network(transport);
		network.start("239.1.2.3@near3");
		assertThat(network.problem).isEqualTo("GROUP udp.groups has 239.1.2.3@near3, and this machine has no "
				+ "interface near3 with an address of IPv4");
		// Nothing is left of it.
		network.start("239.1.2.3@near2");
		network.asks("far2", "239.1.2.3", "239.1.2.3 at 10.77.2.1", "10.77.2.1");
	}

	@Every.DefaultTransport
	void broadcastsAreForThoseWhoWantThem(SocketTransport transport) throws Exception {
		Network network = network(transport);
		network.start("broadcast");
		String at = (transport == SocketTransport.EPOLL) ? "10.77.1.255" : "::";
		network.asks("far1", "10.77.1.255", "alone at " + at, "10.77.1.1");
		network.far.command("forget far1");
		at = (transport == SocketTransport.EPOLL) ? "255.255.255.255" : "::";
		network.asks("far1", "255.255.255.255", "alone at " + at, "10.77.1.1");
	}

	@Every.DefaultTransport
	void broadcastsAreDroppedElse(SocketTransport transport) throws Exception {
		assumeTrue(transport == SocketTransport.EPOLL, "the JDK does not say where a datagram was sent to");
		Network network = network(transport);
		network.start();
		network.far.command("send far1 10.77.1.255 to all");
		network.far.command("send far1 255.255.255.255 to all");
		network.asks("far1", "10.77.1.1", "alone at 10.77.1.1", "10.77.1.1");
		network.server.command("sessions");
		assertThat(network.server.next()).isEqualTo("sessions: 1 of 3");
		network.server.command("rejected");
		assertThat(network.server.next()).isEqualTo("rejected: 2");
	}

	@Every.DefaultTransport
	void aClientSendsToAllWhoListenAndHearsNobody(SocketTransport transport) throws Exception {
		Network network = network(transport);
		network.start("239.1.2.3@near1", "ff02::114@near1", "broadcast");
		int unexpected = 0;
		for (String host : List.of("239.1.2.3", "ff02::114", "10.77.1.255")) {
			network.far.command("client " + transport + " " + host + " 1 true");
			assertThat(network.far.next()).isEqualTo("connected");
			network.far.command("sends here to " + host);
			network.server.command("heard here to " + host);
			assertThat(network.server.next()).isEqualTo("heard");
			network.far.command("unexpected " + ++unexpected);
			assertThat(network.far.next()).isEqualTo("unexpected " + unexpected);
			network.far.command("asks");
			assertThat(network.far.next()).startsWith("Client 'sends' cannot ask: it only sends, to ")
				.endsWith(", where nobody answers");
		}
	}

	@Every.DefaultTransport
	void aClientSaysHowFarItSends(SocketTransport transport) throws Exception {
		Network network = network(transport);
		network.start("239.1.2.3@near1", "ff02::114@near1");
		for (String host : List.of("239.1.2.3", "ff02::114")) {
			network.far.command("hear " + host + " far1");
			network.far.command("client " + transport + " " + host + " 0 true");
			assertThat(network.far.next()).isEqualTo("connected");
			network.far.command("sends no farther than this machine, to " + host);
			network.far.command("first");
			assertThat(network.far.next()).isEqualTo("no farther than this machine, to " + host);
			network.far.command("client " + transport + " " + host + " 1 false");
			assertThat(network.far.next()).isEqualTo("connected");
			network.far.command("sends not on this machine, to " + host);
			network.server.command("heard not on this machine, to " + host);
			assertThat(network.server.next()).isEqualTo("heard");
			network.far.command("client " + transport + " " + host + " 7 true");
			assertThat(network.far.next()).isEqualTo("connected");
			network.far.command("sends everywhere, to " + host);
			network.far.command("first");
			assertThat(network.far.next()).isEqualTo("everywhere, to " + host);
			network.server.command("heard everywhere, to " + host);
			assertThat(network.server.next()).isEqualTo("heard");
		}
		network.server.command("all");
		assertThat(network.server.next()).isEqualTo("all: 4");
	}

	/** Two links between a machine with a server and another. */
	private static final class Network implements AutoCloseable {

		private final OtherJvm far = new OtherJvm(OwnNetwork.made(SET_UP), List.of(), Far.class);

		private final OtherJvm server;

		private String problem = "";

		Network(SocketTransport transport) throws Exception {
			this.server = new OtherJvm(OwnNetwork.made(SET_UP), List.of(), Near.class, transport.name());
			this.far.await("here");
			this.server.await("here");
		}

		void link(int number) throws Exception {
			OwnNetwork.in(this.server, """
					ip link add near%1$s type veth peer name far%1$s netns %2$s
					ip address add 10.77.%1$s.1/24 broadcast + dev near%1$s
					ip link set near%1$s up""".formatted(number, this.far.pid()));
			OwnNetwork.in(this.far, """
					ip address add 10.77.%1$s.2/24 broadcast + dev far%1$s
					ip link set far%1$s up""".formatted(number));
			this.server.command("local near" + number);
			this.server.next();
			this.far.command("local far" + number);
			this.far.next();
		}

		/** Starts the server, and expects that it does, or says why not. */
		void start(String... groups) throws Exception {
			this.far.command("reset");
			this.far.await("reset");
			this.server.command("start " + String.join(" ", groups));
			String said = this.server.next();
			this.problem = said.equals("started") ? "" : said;
		}

		/** The link-local address of an interface of the server. */
		String local(String by) throws Exception {
			this.server.command("local " + by);
			return this.server.next();
		}

		void logs(String line) throws Exception {
			this.server.command("logs " + line);
			assertThat(this.server.next()).isEqualTo("logged");
		}

		void asks(String by, String where, String answer, String from) throws Exception {
			this.far.command("ask " + by + " " + where + " hello");
			assertThat(this.far.next()).isEqualTo(answer + ": hello from " + from);
		}

		@Override
		public void close() {
			this.server.close();
			this.far.close();
		}

	}

	/** What both machines do. */
	private abstract static class Machine {

		final void run() throws Exception {
			OtherJvm.say("here");
			BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
			for (String line = commands.readLine(); line != null; line = commands.readLine()) {
				String[] words = line.split(" ", 4);
				if (words[0].equals("local")) {
					OtherJvm.say(Addresses.format(local(words[1], true)).split("%")[0]);
				}
				else {
					command(words);
				}
			}
		}

		static String rest(String[] words) {
			return String.join(" ", Arrays.asList(words).subList(1, words.length));
		}

		abstract void command(String[] words) throws Exception;

		/** Waits for an address: that of IPv6 comes when the link is up. */
		static InetAddress local(String by, boolean ipv6) throws Exception {
			InetAddress found = null;
			while (found == null) {
				NetworkInterface named = NetworkInterface.getByName(by);
				found = (named == null) ? null
						: named.inetAddresses()
							.filter((each) -> each instanceof Inet6Address == ipv6)
							.findAny()
							.orElse(null);
				Thread.onSpinWait();
			}
			return found;
		}

	}

	/** The machine with the server. */
	static final class Near extends Machine {

		private final NettySocketServers servers = new NettySocketServers(List.of());

		private final SocketTransport transport;

		private final List<DatagramChannel> others = new ArrayList<>();

		private final LogLines lines = new LogLines("dev.socketserver.netty.datagram.Groups");

		private SocketServer server;

		private Near(SocketTransport transport) {
			this.transport = transport;
			this.lines.beforeEach(null);
		}

		public static void main(String[] args) throws Exception {
			Patience.begin();
			new Near(SocketTransport.valueOf(args[0])).run();
		}

		@Override
		void command(String[] words) throws Exception {
			switch (words[0]) {
				case "logs" -> {
					String line = rest(words);
					Awaitility.await()
						.atMost(Patience.limit())
						.until(() -> this.lines.messages().stream().anyMatch((each) -> each.startsWith(line)));
					OtherJvm.say("logged");
				}
				case "start" -> start(rest(words));
				case "join" -> {
					boolean ipv6 = words[1].contains(":");
					DatagramChannel other = DatagramChannel
						.open(ipv6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET);
					other.bind(null);
					other.join(InetAddress.getByName(words[1]), NetworkInterface.getByName(words[2]));
					this.others.add(other);
				}
				case "heard" -> {
					String text = rest(words);
					Awaitility.await().atMost(Patience.limit()).until(() -> Says.HEARD.contains(text));
					OtherJvm.say("heard");
				}
				case "all" -> OtherJvm.say("all: " + Says.HEARD.size());
				case "sessions" -> OtherJvm.say("sessions: " + this.server.statistics().active() + " of "
						+ this.server.statistics().datagrams().received());
				case "rejected" -> OtherJvm.say("rejected: "
						+ this.server.statistics().datagrams().dropped().getOrDefault(DatagramDrop.REJECTED, 0L));
				default -> throw new IllegalArgumentException(words[0]);
			}
		}

		private void start(String groups) throws IOException {
			if (this.server != null) {
				this.servers.remove("groups");
			}
			for (DatagramChannel other : this.others) {
				other.close();
			}
			this.others.clear();
			Says.HEARD.clear();
			List<String> all = Stream.of(groups.split(" ")).filter((each) -> !each.isEmpty()).toList();
			this.server = this.servers.register(ServerSpec.builder("groups")
				.address("any")
				.port(PORT)
				.transport(this.transport)
				.udp((udp) -> udp.amplification(0)
					.broadcast(all.contains("broadcast"))
					.groups(all.stream().filter((each) -> !each.equals("broadcast")).toArray(String[]::new)))
				.limits((limits) -> limits.allow(List.of(Cidr.of("0.0.0.0/0"), Cidr.of("::/0"))))
				.handler(ServerHandler.connection("says", new Says()))
				.build());
			try {
				this.server.start();
				OtherJvm.say("started");
			}
			catch (ServerStartException ex) {
				Throwable cause = ex.getCause();
				OtherJvm.say(ex.problem() + " " + ((cause instanceof UnusableSocketException known) ? known.key() : "")
						+ " " + cause.getMessage());
			}
		}

	}

	/** Says what it knows of the session. */
	private static final class Says implements ConnectionHandler<Void> {

		static final List<String> HEARD = new CopyOnWriteArrayList<>();

		@Override
		public Void received(Void state, ByteBuffer data, SocketSession session) {
			InetAddress group = session.group();
			String text = UTF_8.decode(data).toString();
			HEARD.add(text);
			String local = Addresses.format(session.localAddress().getAddress()).split("%")[0];
			session.send((((group != null) ? Addresses.format(group) : "alone") + " at " + local + ": " + text)
				.getBytes(UTF_8));
			return null;
		}

	}

	/** The other machine. */
	static final class Far extends Machine {

		private final Map<String, DatagramChannel> channels = new HashMap<>();

		private final NettySocketServers servers = new NettySocketServers(List.of());

		private final NettySocketClients clients = new NettySocketClients(this.servers, () -> List.of());

		private SocketClient client;

		private DatagramChannel hearing;

		private Far() {
		}

		public static void main(String[] args) throws Exception {
			Patience.begin();
			new Far().run();
		}

		@Override
		void command(String[] words) throws Exception {
			switch (words[0]) {
				case "client" -> client(SocketTransport.valueOf(words[1]), words[2], words[3].split(" "));
				case "sends" -> this.client.send(rest(words));
				case "unexpected" -> {
					CounterSource counters = CounterSource.of(this.client.statistics());
					Awaitility.await()
						.atMost(Patience.limit())
						.until(() -> counters.sum(Counter.DATAGRAMS_DROPPED, DatagramDrop.UNEXPECTED) == 1);
					OtherJvm.say(rest(words).isEmpty() ? "" : "unexpected " + words[1]);
				}
				case "asks" -> {
					try {
						this.client.ask("anybody?", Duration.ofSeconds(1));
					}
					catch (IllegalStateException ex) {
						OtherJvm.say(ex.getMessage());
					}
				}
				case "reset" -> reset();
				case "hear" -> hear(InetAddress.getByName(words[1]), words[2]);
				case "first" -> {
					ByteBuffer heard = ByteBuffer.allocate(1_000);
					this.hearing.receive(heard);
					OtherJvm.say(UTF_8.decode(heard.flip()).toString());
				}
				default -> send(words);
			}
		}

		private void reset() throws Exception {
			endClient();
			for (DatagramChannel channel : this.channels.values()) {
				channel.close();
			}
			this.channels.clear();
			if (this.hearing != null) {
				this.hearing.close();
			}
			OtherJvm.say("reset");
		}

		private void endClient() throws Exception {
			if (this.client != null) {
				this.client.close();
				this.client.closed().get();
				this.clients.remove("sends");
				this.client = null;
			}
		}

		private void client(SocketTransport transport, String host, String[] options) throws Exception {
			endClient();
			this.client = this.clients.register(ClientSpec.builder("sends")
				.host(host)
				.port(PORT)
				.datagrams(true)
				.transport(transport)
				.route((route) -> route.broadcast(true))
				.options((block) -> block.multicastInterface("far1")
					.multicastTtl(Integer.parseInt(options[0]))
					.multicastLoop(Boolean.parseBoolean(options[1])))
				.build());
			this.client.start();
			Awaitility.await().atMost(Patience.limit()).until(() -> this.client.state() == ClientState.CONNECTED);
			OtherJvm.say("connected");
		}

		private void hear(InetAddress group, String by) throws Exception {
			if (this.hearing != null) {
				this.hearing.close();
			}
			this.hearing = DatagramChannel
				.open((group instanceof Inet6Address) ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET);
			this.hearing.setOption(StandardSocketOptions.SO_REUSEADDR, true).bind(new InetSocketAddress(PORT));
			this.hearing.join(group, NetworkInterface.getByName(by));
		}

		private void send(String[] words) throws Exception {
			String by = words[1];
			if (words[0].equals("forget")) {
				for (String each : List.of(by + " true", by + " false")) {
					DatagramChannel old = this.channels.remove(each);
					if (old != null) {
						old.close();
					}
				}
				return;
			}
			InetAddress where = InetAddress.getByName(words[2]);
			DatagramChannel channel = channel(by, where instanceof Inet6Address);
			channel.send(ByteBuffer.wrap(words[3].getBytes(UTF_8)), new InetSocketAddress(where, PORT));
			if (words[0].equals("ask")) {
				ByteBuffer answer = ByteBuffer.allocate(1_000);
				InetSocketAddress from = (InetSocketAddress) channel.receive(answer);
				OtherJvm
					.say(UTF_8.decode(answer.flip()) + " from " + Addresses.format(from.getAddress()).split("%")[0]);
			}
		}

		private DatagramChannel channel(String by, boolean ipv6) throws Exception {
			DatagramChannel known = this.channels.get(by + " " + ipv6);
			if (known == null) {
				known = DatagramChannel.open(ipv6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET)
					.setOption(StandardSocketOptions.IP_MULTICAST_IF, NetworkInterface.getByName(by))
					.setOption(StandardSocketOptions.SO_BROADCAST, true)
					.bind(new InetSocketAddress(local(by, ipv6), 0));
				this.channels.put(by + " " + ipv6, known);
			}
			return known;
		}

	}

}
