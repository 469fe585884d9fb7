package dev.socketserver.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

import dev.socketserver.ServerSpec;
import dev.socketserver.address.Cidr;
import dev.socketserver.netty.EngineSpec;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.operator.MessageObserver;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.spec.gate.Rate;

/**
 * What a server of this project can have besides its defaults. Each is measured alone, as
 * long as nothing exceeds it.
 */
enum Feature {

	/** What those that take lines are compared with. */
	NONE("nothing besides the defaults", (spec) -> {
	}),

	/** What those that take frames are compared with. */
	FRAMES("frames that begin with their length, in place of lines", (spec) -> {
	}),

	TLS("TLS 1.3", (spec) -> {
	}),

	RATES("rates of messages and bytes",
			(spec) -> spec.rate((rate) -> rate.messages(Rate.messages("10000000/s")).bytes(Rate.bytes("10GB/s")))),

	/** None of the peers logs in. */
	LOGINS("logins",
			(spec) -> spec.login((login) -> login.timeout(Duration.ofHours(1))
				.messages(Integer.MAX_VALUE)
				.sessions(EchoServer.MAX_CONNECTIONS))),

	BANS("bans", (spec) -> spec.ban((ban) -> ban.offences(3).exempt(List.of()))),

	ADDRESSES("limits by address, and of accepts",
			(spec) -> spec.limits((limits) -> limits.sessionsPerAddress(EchoServer.MAX_CONNECTIONS - 1)
				.acceptRate(1_000_000)
				.deny(List.of(Cidr.of("192.0.2.0/24"))))),

	TIMEOUTS("timeouts",
			(spec) -> spec.timeouts((timeouts) -> timeouts.firstFrame(Duration.ofMinutes(5))
				.idle(Duration.ofMinutes(5))
				.session(Duration.ofHours(24)))),

	HEARTBEATS("heartbeats",
			(spec) -> spec
				.heartbeat((heartbeat) -> heartbeat.period(Duration.ofSeconds(10)).timeout(Duration.ofSeconds(30)))),

	/** Each connection begins with a header. */
	PROXY("PROXY protocol, a header on each connection",
			(spec) -> spec
				.proxyProtocol((proxy) -> proxy.mode(ProxyMode.REQUIRED).trusted(List.of(Cidr.of("127.0.0.0/8"))))),

	/** The last frames that each session has received and sent. */
	TAPS("taps: a recorder of 20 frames a session", (spec) -> {
	}),

	OBSERVATION("observation by an empty observer", (spec) -> {
	});

	private static final long MEMORY = 256L << 20;

	private static final int RECORDED = 20;

	private final String title;

	private final Consumer<ServerSpec.Builder> change;

	Feature(String title, Consumer<ServerSpec.Builder> change) {
		this.title = title;
		this.change = change;
	}

	String title() {
		return this.title;
	}

	/**
	 * Returns the only service with which it is measured: a server with more of them runs
	 * code that is compiled for more kinds of messages. A heartbeat is an empty frame.
	 */
	Service service() {
		return switch (this) {
			case FRAMES, HEARTBEATS -> Service.FRAMES;
			case TLS -> Service.TLS;
			default -> Service.LINES;
		};
	}

	/** Returns the engine of servers that have it. */
	NettySocketServers servers() {
		if (this != TAPS && this != OBSERVATION) {
			return new NettySocketServers(List::of, EchoServer.LOOPS);
		}
		MessageObserver observer = (this == OBSERVATION) ? (session, message) -> (failure) -> {
		} : null;
		EngineSpec spec = EngineSpec.defaults().eventLoopThreads(EchoServer.LOOPS).memoryLimit(MEMORY);
		return new NettySocketServers(List::of, (this == TAPS) ? spec.taps(1, RECORDED, List::of) : spec,
				() -> observer, List::of);
	}

	/** Has a server have it. */
	void addTo(ServerSpec.Builder spec) {
		this.change.accept(spec);
	}

}
