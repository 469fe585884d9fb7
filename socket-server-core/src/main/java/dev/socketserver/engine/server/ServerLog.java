package dev.socketserver.engine.server;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ListenerSpec;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStatistics;
import dev.socketserver.SessionSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketServerListener.Alarm;
import dev.socketserver.SocketSession;
import dev.socketserver.address.Addresses;
import dev.socketserver.address.UnixAddress;
import dev.socketserver.engine.log.LogLimit;
import dev.socketserver.engine.log.LogText;
import dev.socketserver.engine.log.LoggedFailure;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.engine.session.Session;
import dev.socketserver.spec.DrainPlan;
import dev.socketserver.spec.Execution;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.Tls;
import dev.socketserver.tls.TlsMode;
import org.jspecify.annotations.Nullable;

/**
 * One line for each start and stop of a server, the latter with the figures of its
 * counters; and for each reason for which connections are refused, or sessions ended by
 * what their peers do, one line an interval, however many there are; of peers of UDP that
 * are refused, and of sessions that are denied something, ten. A failed start is not
 * logged here: it is thrown to whoever asked for it.
 */
public final class ServerLog implements SocketServerListener {

	private static final SafeLogger logger = SafeLogger.of(SocketServer.class);

	/** How many peers of UDP are logged that get no answer, and so do not know why. */
	static final int MOST_DATAGRAMS = 10;

	/** How many sessions are logged that were denied something, each of its own. */
	private static final int MOST_DENIED = 10;

	private final ScheduledExecutorService timer;

	private final LongSupplier nanoTime;

	private final Map<Cause, LogLimit> limits = new ConcurrentHashMap<>();

	public ServerLog(ScheduledExecutorService timer, LongSupplier nanoTime) {
		this.timer = timer;
		this.nanoTime = nanoTime;
	}

	/** A server listens in one of its places. */
	static void listens(ListenerSpec spec, @Nullable InetSocketAddress address, SocketTransport transport) {
		SessionSpec session = spec.session();
		logger.info("'{}' listens on {}, {}, {}{} framing, handler {}, execution {}", spec.label(), address(address),
				transport.name().toLowerCase(Locale.ROOT), tls(spec.tls()), session.framing().type(),
				session.handler().name(), execution(session.execution()));
	}

	/** The mode as it is configured, so that it is clear where handlers run. */
	private static String execution(Execution execution) {
		return (execution.executor() != null) ? "executor"
				: execution.mode().resolve().name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	private static String tls(@Nullable Tls tls) {
		if (tls == null) {
			return "";
		}
		String when = tls.mode() == TlsMode.IMMEDIATE ? "TLS" : "TLS on request";
		return switch (tls.clientAuth()) {
			case NONE -> when + ", ";
			case WANT -> when + " with client certificates if there are any, ";
			case NEED -> when + " with client certificates, ";
		};
	}

	@Override
	public void rejected(SocketServer server, String listener, InetSocketAddress peer, RejectReason reason,
			@Nullable String detail) {
		// A change may have removed it since the connection began.
		ListenerSpec spec = server.spec().listener(listener);
		int most = (spec == null || spec.listenOn().streams()) ? 1 : MOST_DATAGRAMS;
		String label = (spec != null) ? spec.label() : server.name() + "/" + listener;
		limit(label, reason, "refused", most).log(() -> logger.warn("'{}' has refused a connection from {}: {}{}",
				label, Addresses.format(peer), reason, (detail != null) ? ", " + LogText.of(detail) : ""));
	}

	/**
	 * Whether a reason says that a peer, or what it sends, is not as it should be.
	 * Without a default, so that no new one is forgotten.
	 */
	private static boolean isTrouble(CloseReason reason) {
		return switch (reason) {
			case LOGIN_FAILED, LOGIN_TIMEOUT, RATE_EXCEEDED, ACCESS_DENIED, FRAME_TOO_LARGE, PROTOCOL_ERROR,
					DECODE_ERROR, FIRST_FRAME_TIMEOUT, FRAME_TIMEOUT, WRITE_TIMEOUT, SLOW_CONSUMER, OVERFLOW,
					NOT_STORED, MEMORY, EXECUTOR_REJECTED, TLS_FAILED, IO_ERROR ->
				true;
			// What handlers throw has been logged already.
			case PEER_CLOSED, PEER_RESET, HANDLER_CLOSED, HANDLER_ERROR, REQUESTS_DONE, IDLE_TIMEOUT, HEARTBEAT_TIMEOUT,
					SESSION_TIMEOUT, REPLACED, ROTATED, OPERATOR_CLOSED, SERVER_STOPPED ->
				false;
		};
	}

	@Override
	public void closed(SocketSession session, CloseStatus status) {
		CloseReason reason = status.reason();
		if (isTrouble(reason)) {
			String label = ((Session) session).spec().label();
			int most = (reason == CloseReason.ACCESS_DENIED) ? MOST_DENIED : 1;
			limit(label, reason, "closed", most).log(() -> logger.warn("'{}' has closed session {} of {}: {}{}", label,
					session.id(), Addresses.format(session.remoteAddress()), reason,
					(status.detail() != null) ? ", " + LogText.of(status.detail()) : ""));
		}
	}

	private LogLimit limit(String label, Enum<?> reason, String what, int most) {
		return this.limits.computeIfAbsent(new Cause(label, reason),
				(cause) -> new LogLimit(most, this.timer, this.nanoTime,
						(count) -> logger.warn("'{}' has {} {} more with {}, in {} s or less", label, what, count,
								reason, LogLimit.INTERVAL_SECONDS)));
	}

	@Override
	public void alarm(SocketServer server, Alarm alarm) {
		Runnable line = () -> logger.warn("'{}': {}", server.name(), alarm.detail());
		Alarm.Kind kind = alarm.kind();
		// Not a switch: the compiler makes a class for it, which cannot be loaded without
		// descriptors, one of the alarms.
		if (kind == Alarm.Kind.TLS) {
			line.run();
		}
		else if (kind == Alarm.Kind.SESSIONS || kind == Alarm.Kind.MEMORY) {
			// Limited, since where few sessions are allowed a few peers that connect and
			// leave raise many alarms.
			limit(server.name(), kind, "alarmed", 1).log(line);
		}
		// The others were logged where they were found out.
	}

	@Override
	public void stopped(SocketServer server) {
		flush(server);
		long kept = server.sessions().count();
		ServerStatistics counted = server.statistics();
		logger.info("'{}' has stopped{}; since it was created: {}", server.name(),
				(kept > 0) ? " listening; sessions that go on: " + kept : "", figures(counted));
	}

	/** Leaves out zeros, except those of figures that are always looked for. */
	private static String figures(ServerStatistics counted) {
		StringBuilder line = new StringBuilder();
		line.append(counted.accepted()).append(" accepted, ");
		figure(line, "rejected", counted.rejected());
		figure(line, "abandoned", counted.abandoned());
		line.append(counted.opened()).append(" opened, ");
		figure(line, "closed", counted.closed());
		line.append("received ").append(traffic(counted.bytesReceived(), counted.messagesReceived()));
		line.append(", sent ").append(traffic(counted.bytesSent(), counted.messagesSent())).append(", ");
		long calls = counted.handlerCalls().values().stream().mapToLong(Long::longValue).sum();
		figure(line, (calls == 1) ? "call" : "calls", counted.handlerCalls());
		figure(line, (counted.bytesDiscarded() == 1) ? "byte discarded" : "bytes discarded", counted.bytesDiscarded());
		figure(line, "inbound dropped", counted.inboundDropped());
		figure(line, "inbound discarded", counted.inboundDiscarded());
		figure(line, "outbound dropped", counted.outboundDropped());
		figure(line, "outbound refused", counted.outboundRefused());
		figure(line, "outbound failed", counted.outboundFailed());
		figure(line, "stuck", counted.stuckCalls());
		figure(line, (counted.listenersReplaced() == 1) ? "listener replaced" : "listeners replaced",
				counted.listenersReplaced());
		return line.substring(0, line.length() - 2);
	}

	private static String traffic(long bytes, long messages) {
		return LogText.counted(bytes, "byte") + " in " + LogText.counted(messages, "message");
	}

	private static void figure(StringBuilder line, String name, long count) {
		if (count != 0) {
			line.append(count).append(' ').append(name).append(", ");
		}
	}

	private static void figure(StringBuilder line, String name, Map<?, Long> counts) {
		if (!counts.isEmpty()) {
			line.append(counts.values().stream().mapToLong(Long::longValue).sum())
				.append(' ')
				.append(name)
				.append(' ')
				.append(counts)
				.append(", ");
		}
	}

	@Override
	public void removed(SocketServer server) {
		flush(server);
		this.limits.keySet().removeIf((cause) -> cause.isOf(server));
	}

	private void flush(SocketServer server) {
		this.limits.forEach((cause, limit) -> {
			if (cause.isOf(server)) {
				limit.flush();
			}
		});
	}

	/** A server, or one of its listeners, is paused or goes on. */
	static void turned(String label, boolean paused) {
		logger.info(paused ? "'{}' is paused: connections wait" : "'{}' accepts connections again", label);
	}

	/** There can be fewer sessions than the specification says. */
	static void tooFewDescriptors(ServerSpec spec, int sessions) {
		String message = "'{}' can have at most {} sessions, not the {} of limits.sessions: raise the number of open "
				+ "files that the system allows the process, or lower the limit";
		int wanted = spec.limits().sessions();
		if (wanted == ServerSpec.defaultSessions(spec.handler(), spec.session().execution().mode())) {
			// The default was not configured.
			logger.info(message, spec.name(), sessions, wanted);
		}
		else {
			logger.warn(message, spec.name(), sessions, wanted);
		}
	}

	/** A restart has stopped a server that cannot start again. */
	static void cannotRestart(SocketServer server, Throwable cause) {
		logger.error("'{}' cannot start again: {}", server.name(), LogText.of(LoggedFailure.message(cause)));
	}

	/** A drain begins. */
	static void drains(String server, long sessions, DrainPlan plan, Duration timeout) {
		if (plan.over().isZero()) {
			logger.info("'{}' drains, with {}, within {} ms{}", server, LogText.counted(sessions, "session"),
					timeout.toMillis(), delay(plan));
		}
		else {
			logger.info("'{}' drains, with {}, which it ends over {} ms, {}{}", server,
					LogText.counted(sessions, "session"), plan.over().toMillis(),
					plan.order().name().toLowerCase(Locale.ROOT).replace('_', ' '), delay(plan));
		}
	}

	private static String delay(DrainPlan plan) {
		return plan.delay().isZero() ? "" : "; it accepts connections for " + plan.delay().toMillis() + " ms";
	}

	/** A drain has ended. */
	static void drained(String server, Duration taken, Map<?, Long> closed, long cut) {
		StringBuilder line = new StringBuilder();
		figure(line, "closed", closed);
		figure(line, "cut", cut);
		logger.info("'{}' has drained in {} ms: {}", server, taken.toMillis(),
				line.isEmpty() ? "there was no session" : line.substring(0, line.length() - 2));
	}

	/** A stop has given its sessions time, which was not enough for all. */
	static void abortsSessions(String server, Duration given, long late) {
		logger.warn("'{}' cuts sessions that have not ended in the {} ms that they had: {}", server, given.toMillis(),
				late);
	}

	/** A stop does not wait for handlers any longer. */
	static void leavesSessions(String server, long stuck) {
		logger.warn("'{}' stops although a handler does not return; sessions that have not ended: {}", server, stuck);
	}

	/** A start has failed, and a port that it had bound before is not free. */
	static void notFree(ListenerSpec listener) {
		logger.warn("'{}' could not be closed when another listener could not be opened", listener.label());
	}

	/** No thread waits any longer for a server that was to stop at once. */
	static void notStopped(SocketServer server) {
		logger.warn("'{}' was closed, and has not stopped within ten seconds: a listener may not have returned",
				server.name());
	}

	private static String address(@Nullable InetSocketAddress address) {
		if (address == null) {
			return "nothing";
		}
		String text = Addresses.format(address);
		// In this order, since most are not of Unix, and need no other class at the
		// start.
		if (address.getClass() != InetSocketAddress.class && address instanceof UnixAddress) {
			return text;
		}
		if (address.getAddress().isLoopbackAddress()) {
			return text + " (loopback only)";
		}
		return address.getAddress().isAnyLocalAddress() ? text + " (all interfaces)" : text;
	}

	/** Why something happened at a listener, or at a server. */
	private record Cause(String label, Enum<?> reason) {

		boolean isOf(SocketServer server) {
			String name = server.name();
			return this.label.startsWith(name)
					&& (this.label.length() == name.length() || this.label.charAt(name.length()) == '/');
		}

	}

}
